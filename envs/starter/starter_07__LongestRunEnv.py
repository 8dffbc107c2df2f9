"""A run-length scan."""

import ast
import json
import random

import gymnasium


class LongestRunEnv(gymnasium.Env):
    """Beads lie in a row, each with a hidden number, and your finger is on the first one. A run is a stretch of beads
    with the same number. Step along the row, Grow the run for each bead like the one before it and Close it at each
    other one and at the end. Report the number on the longest run times its length (the earliest run if several are
    as long).
    """

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {"Observe": 0, "Step": 1, "Grow": 2, "Close": 3, "Best": 4, "Done": 5}
        self.config = {"beads": [14, 14, 23]}
        self.reset(None if env_str is None else ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return LongestRunEnv(env_str) if env_str.startswith("LongestRunEnv@") else None

    @property
    def finished(self) -> bool:
        return self._finished

    @property
    def reward(self) -> float:
        return self._reward

    def reset(self, options: dict | None = None) -> str:
        self.config = options or self.config
        self.beads, self.place, self.start = list(self.config["beads"]), 0, 0
        self.run, self.best = 1, (0, 0)  # best: length and number
        self.ranges = {tool: {} for tool in self.func_mapping} | {"Done": {"answer": 999999}}
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
        length, best, number = 0, 0, 0
        for i, bead in enumerate(self.beads):
            length = length + 1 if i and bead == self.beads[i - 1] else 1
            if length > best:
                best, number = length, bead
        return best * number

    def Observe(self) -> str:
        """Tell how many beads there are.
        Args:
            None
        Returns:
            str: number of beads
        Example Output:
            "3"
        """
        return str(len(self.beads))

    def Step(self) -> str:
        """Move your finger to the next bead.
        Args:
            None
        Returns:
            str: "same" if it is like the one before, "new", or "end"
        Example Output:
            "same"
        """
        if self.place + 1 >= len(self.beads):
            return "end"
        self.place += 1
        return "same" if self.beads[self.place] == self.beads[self.place - 1] else "new"

    def Grow(self) -> str:
        """Make the run one bead longer.
        Args:
            None
        Returns:
            str: length of the run
        Example Output:
            "2"
        """
        self.run += 1
        return str(self.run)

    def Close(self) -> str:
        """End the run: it is kept if longer than the best. A run of length 1 begins under your finger.
        Args:
            None
        Returns:
            str: "best" if it was kept, else "no"
        Example Output:
            "best"
        """
        kept = self.run > self.best[0]
        if kept:
            self.best = (self.run, self.beads[self.start])
        self.start, self.run = self.place, 1
        return "best" if kept else "no"

    def Best(self) -> str:
        """Tell the number times the length of the best run that was closed.
        Args:
            None
        Returns:
            str: their product
        Example Output:
            "28"
        """
        return str(self.best[0] * self.best[1])

    def Done(self, answer: int) -> str:
        """Hand in the answer; only the first one counts.
        Args:
            answer (int): number on the longest run times its length
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

        call("Observe")
        while (bead := call("Step")) != "end":
            call("Grow" if bead == "same" else "Close")
        call("Close")
        return call("Done", answer=int(call("Best")))

    @staticmethod
    def generate(seed: int, difficulty: int) -> dict:
        """A configuration; difficulty 1 to 5 is its size, and equal arguments give equal ones."""
        rng = random.Random(seed)
        n = rng.randint(*((3, 4), (4, 5), (6, 10), (13, 18), (20, 40))[difficulty - 1])
        runs = []
        while sum(runs) < n:
            runs.append(min(rng.randint(1, 3 + difficulty // 4), n - sum(runs)))
        if max(runs) == 1:  # else the first bead would be the answer
            runs = [*runs[:-2], 2]
        numbers = rng.sample(range(10, 100 if difficulty < 3 else 1000), len(runs))
        beads = [number for number, length in zip(numbers, runs) for _ in range(length)]
        return {"beads": beads}
