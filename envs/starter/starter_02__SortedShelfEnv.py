"""A binary search that opens the right box only."""

import ast
import json
import random

import gymnasium


class SortedShelfEnv(gymnasium.Env):
    """Boxes on a shelf are numbered from 0 and sorted by their hidden labels; exactly one carries the wanted label.
    Report the price inside it. Compare tells how a label relates to the wanted one; After and Before narrow the
    window of boxes you still consider, which is the whole shelf at first. Opening a wrong box jams the lock for
    good.
    """

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {"Observe": 0, "Middle": 1, "Compare": 2, "After": 3, "Before": 4, "Open": 5, "Done": 6}
        self.config = {"boxes": 5, "wanted": 3, "price": 42}
        self.reset(None if env_str is None else ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return SortedShelfEnv(env_str) if env_str.startswith("SortedShelfEnv@") else None

    @property
    def finished(self) -> bool:
        return self._finished

    @property
    def reward(self) -> float:
        return self._reward

    def reset(self, options: dict | None = None) -> str:
        self.config = options or self.config
        self.low, self.high, self.jammed = 0, self.config["boxes"] - 1, False
        box = {"i": self.config["boxes"] - 1}
        self.ranges = {tool: {} for tool in self.func_mapping} | {"Done": {"answer": 999999}}
        self.ranges |= {"Compare": box, "After": box, "Before": box, "Open": box}
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
        return self.config["price"]

    def Observe(self) -> str:
        """Tell how many boxes there are.
        Args:
            None
        Returns:
            str: number of boxes
        Example Output:
            "5"
        """
        return str(self.config["boxes"])

    def Middle(self) -> str:
        """Tell the middle box of the window.
        Args:
            None
        Returns:
            str: number of the box, or "none" if the window is empty
        Example Output:
            "2"
        """
        return str((self.low + self.high) // 2) if self.low <= self.high else "none"

    def Compare(self, i: int) -> str:
        """Compare the label of box i with the wanted label.
        Args:
            i (int): number of a box
        Returns:
            str: "less" if the label of box i comes before the wanted one, "equal" or "greater"
        Example Output:
            "less"
        """
        wanted = self.config["wanted"]
        return "less" if i < wanted else "greater" if i > wanted else "equal"

    def After(self, i: int) -> str:
        """Keep only the boxes after box i in the window.
        Args:
            i (int): number of a box
        Returns:
            str: "ok"
        Example Output:
            "ok"
        """
        self.low = max(self.low, i + 1)
        return "ok"

    def Before(self, i: int) -> str:
        """Keep only the boxes before box i in the window.
        Args:
            i (int): number of a box
        Returns:
            str: "ok"
        Example Output:
            "ok"
        """
        self.high = min(self.high, i - 1)
        return "ok"

    def Open(self, i: int) -> str:
        """Open box i; a wrong one jams the lock.
        Args:
            i (int): number of a box
        Returns:
            str: the price, or "jammed"
        Example Output:
            "42"
        """
        self.jammed = self.jammed or i != self.config["wanted"]
        return "jammed" if self.jammed else str(self.config["price"])

    def Done(self, answer: int) -> str:
        """Hand in the answer; only the first one counts.
        Args:
            answer (int): price inside the wanted box
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
        middle = int(call("Middle"))
        while (side := call("Compare", i=middle)) != "equal":
            call("After" if side == "less" else "Before", i=middle)
            middle = int(call("Middle"))
        return call("Done", answer=int(call("Open", i=middle)))

    @staticmethod
    def generate(seed: int, difficulty: int) -> dict:
        """A configuration; difficulty 1 to 5 is its size, and equal arguments give equal ones."""
        rng = random.Random(seed)
        boxes = rng.randint(*((4, 6), (6, 9), (20, 50), (150, 400), (3000, 9000))[difficulty - 1])
        price = rng.randint(10, 99) if difficulty < 3 else rng.randint(100, 999)
        return {"boxes": boxes, "wanted": rng.randrange(boxes), "price": price}
