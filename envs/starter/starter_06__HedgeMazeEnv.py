"""A corridor walked by feel."""

import ast
import json
import random

import gymnasium


class HedgeMazeEnv(gymnasium.Env):
    """You stand in a hedge maze of squares. Each square has one way on: ahead, to the right or to the left of how you
    came in; behind you the hedge has closed. Find the chest at the end of the path and report the number inside it.
    """

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {"Observe": 0, "Ahead": 1, "Right": 2, "Left": 3, "Walk": 4, "Open": 5, "Done": 6}
        self.config = {"path": "FR", "number": 58}
        self.reset(None if env_str is None else ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return HedgeMazeEnv(env_str) if env_str.startswith("HedgeMazeEnv@") else None

    @property
    def finished(self) -> bool:
        return self._finished

    @property
    def reward(self) -> float:
        return self._reward

    def reset(self, options: dict | None = None) -> str:
        self.config = options or self.config
        self.path, self.place, self.facing = self.config["path"], 0, 0  # facing: quarter turns to the right
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
        return self.config["number"]

    def Observe(self) -> str:
        """Tell how many squares the path has before the chest.
        Args:
            None
        Returns:
            str: number of squares
        Example Output:
            "2"
        """
        return str(len(self.path))

    def Ahead(self) -> str:
        """Feel what is in front of you.
        Args:
            None
        Returns:
            str: "open", "hedge" or "chest"
        Example Output:
            "open"
        """
        if self.place == len(self.path):
            return "chest"
        return "open" if self.path[self.place] == "FRBL"[self.facing] else "hedge"

    def Right(self) -> str:
        """Turn right on the spot.
        Args:
            None
        Returns:
            str: "ok"
        Example Output:
            "ok"
        """
        self.facing = (self.facing + 1) % 4
        return "ok"

    def Left(self) -> str:
        """Turn left on the spot.
        Args:
            None
        Returns:
            str: "ok"
        Example Output:
            "ok"
        """
        self.facing = (self.facing + 3) % 4
        return "ok"

    def Walk(self) -> str:
        """Walk to the next square if the way is open.
        Args:
            None
        Returns:
            str: "ok", "hedge" or "chest"
        Example Output:
            "ok"
        """
        ahead = self.Ahead()
        if ahead == "open":
            self.place, self.facing = self.place + 1, 0
            return "ok"
        return ahead

    def Open(self) -> str:
        """Open the chest in front of you.
        Args:
            None
        Returns:
            str: the number inside it, or "no chest"
        Example Output:
            "58"
        """
        return str(self.config["number"]) if self.place == len(self.path) else "no chest"

    def Done(self, answer: int) -> str:
        """Hand in the answer; only the first one counts.
        Args:
            answer (int): number inside the chest
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
        while (ahead := call("Ahead")) != "chest":
            if ahead == "hedge":
                call("Right")
                if call("Ahead") == "hedge":
                    call("Left")
                    call("Left")
            call("Walk")
        return call("Done", answer=int(call("Open")))

    @staticmethod
    def generate(seed: int, difficulty: int) -> dict:
        """A configuration; difficulty 1 to 5 is its size, and equal arguments give equal ones."""
        rng = random.Random(seed)
        n = rng.randint(*((1, 1), (2, 2), (3, 5), (6, 8), (10, 18))[difficulty - 1])
        path = "".join(rng.choice("FFRRL") for _ in range(n))
        return {"path": path, "number": rng.randint(10, 99 if difficulty < 3 else 9999)}
