"""Pairs that stand in the wrong order."""

import ast
import json
import random

import gymnasium


class InversionsEnv(gymnasium.Env):
    """Cards in a row are numbered from 0 and have hidden values. A pair of cards is wrong if the left card is greater.
    Charge the gap of every wrong pair once and report the total. Compare tells about two cards; no pair is charged
    for you.
    """

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {"Observe": 0, "Compare": 1, "Charge": 2, "Clear": 3, "Total": 4, "Done": 5}
        self.config = {"values": [30, 12, 25]}
        self.reset(None if env_str is None else ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return InversionsEnv(env_str) if env_str.startswith("InversionsEnv@") else None

    @property
    def finished(self) -> bool:
        return self._finished

    @property
    def reward(self) -> float:
        return self._reward

    def reset(self, options: dict | None = None) -> str:
        self.config = options or self.config
        self.values, self.total, self.closed = list(self.config["values"]), 0, False
        pair = {"i": len(self.values) - 1, "j": len(self.values) - 1}
        self.ranges = {tool: {} for tool in self.func_mapping} | {"Done": {"answer": 999999}}
        self.ranges |= {"Compare": pair, "Charge": pair}
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
        values = self.values
        return sum(max(0, a - b) for i, a in enumerate(values) for b in values[i + 1 :])

    def Observe(self) -> str:
        """Tell how many cards there are.
        Args:
            None
        Returns:
            str: number of cards
        Example Output:
            "3"
        """
        return str(len(self.values))

    def Compare(self, i: int, j: int) -> str:
        """Compare cards i and j.
        Args:
            i (int): number of a card
            j (int): number of another card
        Returns:
            str: "less" if card i is less than card j, "equal" or "greater"
        Example Output:
            "greater"
        """
        a, b = self.values[i], self.values[j]
        return "less" if a < b else "greater" if a > b else "equal"

    def Charge(self, i: int, j: int) -> str:
        """Add the gap between cards i and j to the total.
        Args:
            i (int): number of a card
            j (int): number of another card
        Returns:
            str: "ok"
        Example Output:
            "ok"
        """
        self.total += abs(self.values[i] - self.values[j])
        return "ok"

    def Clear(self) -> str:
        """Set the total back to 0.
        Args:
            None
        Returns:
            str: "ok"
        Example Output:
            "ok"
        """
        self.total = 0
        return "ok"

    def Total(self) -> str:
        """Tell the total. After that the desk is closed.
        Args:
            None
        Returns:
            str: the total, or "closed"
        Example Output:
            "23"
        """
        if self.closed:
            return "closed"
        self.closed = True
        return str(self.total)

    def Done(self, answer: int) -> str:
        """Hand in the answer; only the first one counts.
        Args:
            answer (int): sum of the gaps of all wrong pairs
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

        n = int(call("Observe"))
        for i in range(n):
            for j in range(i + 1, n):
                if call("Compare", i=i, j=j) == "greater":
                    call("Charge", i=i, j=j)
        return call("Done", answer=int(call("Total")))

    @staticmethod
    def generate(seed: int, difficulty: int) -> dict:
        """A configuration; difficulty 1 to 5 is its size, and equal arguments give equal ones."""
        rng = random.Random(seed)
        n = rng.randint(*((3, 3), (3, 4), (5, 5), (6, 7), (8, 11))[difficulty - 1])
        while True:
            values = rng.sample(range(10, 100 if difficulty < 3 else 1000), n)
            if values != sorted(values):
                return {"values": values}
