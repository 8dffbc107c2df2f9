"""The greatest common divisor by subtraction."""

import ast
import json
import random

import gymnasium


class RopeCutterEnv(gymnasium.Env):
    """Two ropes have hidden lengths. Cut the shorter one's length off the longer one, again and again, until both are
    equally long: that is the greatest length that measures both ropes. Report it. CutLeft shortens the left rope by
    the length of the right one, CutRight the right rope by the length of the left one. A cut that would leave
    nothing snaps the rope, and nothing can be measured any more.
    """

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {"Observe": 0, "Compare": 1, "CutLeft": 2, "CutRight": 3, "Measure": 4, "Done": 5}
        self.config = {"left": 51, "right": 34}
        self.reset(None if env_str is None else ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return RopeCutterEnv(env_str) if env_str.startswith("RopeCutterEnv@") else None

    @property
    def finished(self) -> bool:
        return self._finished

    @property
    def reward(self) -> float:
        return self._reward

    def reset(self, options: dict | None = None) -> str:
        self.config = options or self.config
        self.left, self.right, self.cuts, self.snapped = self.config["left"], self.config["right"], 0, False
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
        a, b = self.config["left"], self.config["right"]
        while b:
            a, b = b, a % b
        return a

    def Observe(self) -> str:
        """Tell how many cuts were made so far.
        Args:
            None
        Returns:
            str: number of cuts
        Example Output:
            "0"
        """
        return str(self.cuts)

    def Compare(self) -> str:
        """Compare the left rope with the right one.
        Args:
            None
        Returns:
            str: "less" if the left rope is shorter, "equal" or "greater"
        Example Output:
            "greater"
        """
        return "less" if self.left < self.right else "greater" if self.left > self.right else "equal"

    def CutLeft(self) -> str:
        """Cut the length of the right rope off the left one.
        Args:
            None
        Returns:
            str: "ok", or "snapped" if nothing would be left
        Example Output:
            "ok"
        """
        if self.left <= self.right:
            self.snapped = True
            return "snapped"
        self.left, self.cuts = self.left - self.right, self.cuts + 1
        return "ok"

    def CutRight(self) -> str:
        """Cut the length of the left rope off the right one.
        Args:
            None
        Returns:
            str: "ok", or "snapped" if nothing would be left
        Example Output:
            "ok"
        """
        if self.right <= self.left:
            self.snapped = True
            return "snapped"
        self.right, self.cuts = self.right - self.left, self.cuts + 1
        return "ok"

    def Measure(self) -> str:
        """Measure the ropes, which works only when they are equally long.
        Args:
            None
        Returns:
            str: their length, "unequal" or "snapped"
        Example Output:
            "17"
        """
        if self.snapped:
            return "snapped"
        return str(self.left) if self.left == self.right else "unequal"

    def Done(self, answer: int) -> str:
        """Hand in the answer; only the first one counts.
        Args:
            answer (int): greatest length that measures both ropes
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
        while (left := call("Compare")) != "equal":
            call("CutLeft" if left == "greater" else "CutRight")
        return call("Done", answer=int(call("Measure")))

    @staticmethod
    def generate(seed: int, difficulty: int) -> dict:
        """A configuration; difficulty 1 to 5 is its size, and equal arguments give equal ones."""
        rng = random.Random(seed)
        cuts = rng.randint(*((1, 3), (3, 4), (5, 9), (11, 16), (18, 40))[difficulty - 1])
        left = right = rng.randint(10, 99 if difficulty < 3 else 9999)
        for _ in range(cuts):  # the way back: each addition here is one cut for the agent
            left, right = (left + right, right) if rng.random() < 0.5 else (left, left + right)
        return {"left": left, "right": right}
