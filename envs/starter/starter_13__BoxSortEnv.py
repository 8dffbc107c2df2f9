"""Sorting by swaps of neighbours."""

import ast
import json
import random

import gymnasium


class BoxSortEnv(gymnasium.Env):
    """Boxes in a row are numbered from 0 by place and have hidden weights. Sort them, lightest first, by swapping
    neighbours, then seal the row and report the seal: the sum of each weight times its place counted from 1.
    Sealing works only once.
    """

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {"Observe": 0, "Compare": 1, "Swap": 2, "Swaps": 3, "Seal": 4, "Done": 5}
        self.config = {"weights": [40, 12, 25]}
        self.reset(None if env_str is None else ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return BoxSortEnv(env_str) if env_str.startswith("BoxSortEnv@") else None

    @property
    def finished(self) -> bool:
        return self._finished

    @property
    def reward(self) -> float:
        return self._reward

    def reset(self, options: dict | None = None) -> str:
        self.config = options or self.config
        self.weights, self.swaps, self.sealed = list(self.config["weights"]), 0, False
        place = {"i": len(self.weights) - 2}
        self.ranges = {tool: {} for tool in self.func_mapping} | {"Done": {"answer": 999999}}
        self.ranges |= {"Compare": place, "Swap": place}
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
        return sum(place * w for place, w in enumerate(sorted(self.config["weights"]), start=1))

    def Observe(self) -> str:
        """Tell how many boxes there are.
        Args:
            None
        Returns:
            str: number of boxes
        Example Output:
            "3"
        """
        return str(len(self.weights))

    def Compare(self, i: int) -> str:
        """Compare box i with box i + 1.
        Args:
            i (int): place of the left box
        Returns:
            str: "less" if box i is lighter, "equal" or "greater"
        Example Output:
            "greater"
        """
        a, b = self.weights[i], self.weights[i + 1]
        return "less" if a < b else "greater" if a > b else "equal"

    def Swap(self, i: int) -> str:
        """Swap box i and box i + 1.
        Args:
            i (int): place of the left box
        Returns:
            str: "ok", or "sealed"
        Example Output:
            "ok"
        """
        if self.sealed:
            return "sealed"
        self.weights[i], self.weights[i + 1] = self.weights[i + 1], self.weights[i]
        self.swaps += 1
        return "ok"

    def Swaps(self) -> str:
        """Tell how many swaps were made.
        Args:
            None
        Returns:
            str: number of swaps
        Example Output:
            "2"
        """
        return str(self.swaps)

    def Seal(self) -> str:
        """Seal the row as it is.
        Args:
            None
        Returns:
            str: the seal, or "sealed"
        Example Output:
            "182"
        """
        if self.sealed:
            return "sealed"
        self.sealed = True
        return str(sum(place * w for place, w in enumerate(self.weights, start=1)))

    def Done(self, answer: int) -> str:
        """Hand in the answer; only the first one counts.
        Args:
            answer (int): seal of the sorted row
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

        last, i = int(call("Observe")) - 1, 0
        while i < last:
            if call("Compare", i=i) == "greater":
                call("Swap", i=i)
                i = i - 1 if i else 1
            else:
                i += 1
        return call("Done", answer=int(call("Seal")))

    @staticmethod
    def generate(seed: int, difficulty: int) -> dict:
        """A configuration; difficulty 1 to 5 is its size, and equal arguments give equal ones."""
        rng = random.Random(seed)
        n = rng.randint(*((3, 3), (3, 4), (5, 5), (6, 7), (8, 10))[difficulty - 1])
        while True:
            weights = rng.sample(range(10, 100 if difficulty < 3 else 1000), n)
            if weights != sorted(weights):
                return {"weights": weights}
