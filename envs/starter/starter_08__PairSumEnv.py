"""Two pointers in a sorted row."""

import ast
import json
import random

import gymnasium


class PairSumEnv(gymnasium.Env):
    """Cards in a row are numbered from 0 and carry hidden values in ascending order. Exactly one pair of cards adds up
    to the hidden target. Report the product of that pair. Check compares the sum of two cards with the target:
    start at both ends, and go inwards on the left after less, on the right after greater.
    """

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {"Observe": 0, "Check": 1, "Value": 2, "Gap": 3, "Product": 4, "Done": 5}
        self.config = {"values": [12, 15, 31, 40], "target": 46}
        self.reset(None if env_str is None else ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return PairSumEnv(env_str) if env_str.startswith("PairSumEnv@") else None

    @property
    def finished(self) -> bool:
        return self._finished

    @property
    def reward(self) -> float:
        return self._reward

    def reset(self, options: dict | None = None) -> str:
        self.config = options or self.config
        self.values = list(self.config["values"])
        last = len(self.values) - 1
        pair = {"i": last, "j": last}
        self.ranges = {tool: {} for tool in self.func_mapping} | {"Value": {"i": last}, "Done": {"answer": 999999}}
        self.ranges |= {"Check": pair, "Gap": pair, "Product": pair}
        self._finished, self._reward, self.step_count = False, 0.0, 0
        return "reset"

    def step(self, action: str) -> tuple[bool, str]:
        """Run one JSON action; a malformed one changes nothing and is told what is wrong with it."""
        self.step_count += 1
        if self._finished:
            return True, "finished"
        try:
            call = json.loads(action)
            name, given = call["name"], {**call["parameters"]}
            ranges = self.ranges[name]
        except (KeyError, TypeError, ValueError, RecursionError):
            return True, 'error: expected {"name": ..., "parameters": {...}}, name one of ' + ", ".join(self.ranges)
        if given.keys() != ranges.keys():
            return True, f"error: {name} takes " + (", ".join(ranges) or "no parameters")
        for key, high in ranges.items():
            if type(given[key]) is not int or not 0 <= given[key] <= high:
                return True, f"error: {key} must be an integer from 0 to {high}"
        return True, getattr(self, name)(**given)

    def get_ref_answer(self) -> int:
        target = self.config["target"]
        return next(a * (target - a) for a in self.values if target - a in self.values and 2 * a != target)

    def Observe(self) -> str:
        """Tell how many cards there are.
        Args:
            None
        Returns:
            str: number of cards
        Example Output:
            "4"
        """
        return str(len(self.values))

    def Check(self, i: int, j: int) -> str:
        """Compare the sum of cards i and j with the target.
        Args:
            i (int): number of a card
            j (int): number of another card
        Returns:
            str: "less" if the sum is below the target, "equal" or "greater"
        Example Output:
            "less"
        """
        total, target = self.values[i] + self.values[j], self.config["target"]
        return "less" if total < target else "greater" if total > target else "equal"

    def Value(self, i: int) -> str:
        """Read one card.
        Args:
            i (int): number of a card
        Returns:
            str: its value
        Example Output:
            "12"
        """
        return str(self.values[i])

    def Gap(self, i: int, j: int) -> str:
        """Tell the difference of cards i and j.
        Args:
            i (int): number of a card
            j (int): number of another card
        Returns:
            str: the difference
        Example Output:
            "3"
        """
        return str(abs(self.values[i] - self.values[j]))

    def Product(self, i: int, j: int) -> str:
        """Multiply cards i and j.
        Args:
            i (int): number of a card
            j (int): number of another card
        Returns:
            str: the product
        Example Output:
            "465"
        """
        return str(self.values[i] * self.values[j])

    def Done(self, answer: int) -> str:
        """Hand in the answer; only the first one counts.
        Args:
            answer (int): product of the pair that adds up to the target
        Returns:
            str: "correct" or "wrong"
        Example Output:
            "correct"
        """
        self._finished = True
        self._reward = float(answer == self.get_ref_answer())
        return "correct" if self._reward else "wrong"

    def solve(self) -> str:
        """Play the task through `step` alone, deciding on nothing but what it returned."""

        def call(name: str, **parameters) -> str:
            return self.step(json.dumps({"name": name, "parameters": parameters}))[1]

        i, j = 0, int(call("Observe")) - 1
        while (total := call("Check", i=i, j=j)) != "equal":
            i, j = (i + 1, j) if total == "less" else (i, j - 1)
        return call("Done", answer=int(call("Product", i=i, j=j)))

    @staticmethod
    def generate(seed: int, difficulty: int) -> dict:
        """A configuration; difficulty 1 to 5 is its size, and equal arguments give equal ones."""
        rng = random.Random(seed)
        n, steps = ((5, 1), (7, 3), (16, 8), (30, 18), (60, 32))[difficulty - 1]
        n += rng.randint(0, n // 5)
        while True:
            values = sorted(rng.sample(range(10, 100 if difficulty < 3 else 1000), n))
            i, j = sorted(rng.sample(range(n), 2))
            target = values[i] + values[j]
            # one pair only, and not among the first that two pointers check
            if i + n - 1 - j >= steps and sum(target - a in values and 2 * a != target for a in values) == 2:
                return {"values": values, "target": target}
