"""A lift that answers calls in order."""

import ast
import json
import random

import gymnasium


class ElevatorEnv(gymnasium.Env):
    """A lift serves calls in order. Request tells whether the next caller is up or down from here. Move until the
    caller is here, then open the door to collect the hidden fare. Report the fares of all calls. A move in a
    direction that the floors do not have goes nowhere.
    """

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {"Observe": 0, "Request": 1, "Up": 2, "Down": 3, "Open": 4, "Fares": 5, "Done": 6}
        self.config = {"floors": 5, "start": 1, "calls": [3, 0], "fares": [24, 15]}
        self.reset(None if env_str is None else ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return ElevatorEnv(env_str) if env_str.startswith("ElevatorEnv@") else None

    @property
    def finished(self) -> bool:
        return self._finished

    @property
    def reward(self) -> float:
        return self._reward

    def reset(self, options: dict | None = None) -> str:
        self.config = options or self.config
        self.calls, self.fares = list(self.config["calls"]), list(self.config["fares"])
        self.floor, self.served, self.waiting = self.config["start"], 0, False
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
        return sum(self.fares)

    def Observe(self) -> str:
        """Tell how many floors and calls there are.
        Args:
            None
        Returns:
            str: number of floors and number of calls
        Example Output:
            "5 2"
        """
        return f"{self.config['floors']} {len(self.calls)}"

    def Request(self) -> str:
        """Ask where the next caller is; the same one until the door was opened there.
        Args:
            None
        Returns:
            str: "up", "down" or "here", or "none" after the last call
        Example Output:
            "up"
        """
        if self.served == len(self.calls):
            return "none"
        self.waiting = True
        target = self.calls[self.served]
        return "up" if target > self.floor else "down" if target < self.floor else "here"

    def Up(self) -> str:
        """Move up one floor.
        Args:
            None
        Returns:
            str: where the caller is now: "up", "down", "here", or "none" if nobody was asked for
        Example Output:
            "here"
        """
        self.floor = min(self.config["floors"] - 1, self.floor + 1)
        return self.Request() if self.waiting else "none"

    def Down(self) -> str:
        """Move down one floor.
        Args:
            None
        Returns:
            str: where the caller is now: "up", "down", "here", or "none" if nobody was asked for
        Example Output:
            "here"
        """
        self.floor = max(0, self.floor - 1)
        return self.Request() if self.waiting else "none"

    def Open(self) -> str:
        """Open the door and collect the fare if the caller is here.
        Args:
            None
        Returns:
            str: "ok" or "nobody"
        Example Output:
            "ok"
        """
        if not self.waiting or self.calls[self.served] != self.floor:
            return "nobody"
        self.served, self.waiting = self.served + 1, False
        return "ok"

    def Fares(self) -> str:
        """Tell the fares collected.
        Args:
            None
        Returns:
            str: their sum
        Example Output:
            "39"
        """
        return str(sum(self.fares[: self.served]))

    def Done(self, answer: int) -> str:
        """Hand in the answer; only the first one counts.
        Args:
            answer (int): sum of the fares of all calls
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
        while (way := call("Request")) != "none":
            while way != "here":
                way = call("Up" if way == "up" else "Down")
            call("Open")
        return call("Done", answer=int(call("Fares")))

    @staticmethod
    def generate(seed: int, difficulty: int) -> dict:
        """A configuration; difficulty 1 to 5 is its size, and equal arguments give equal ones."""
        rng = random.Random(seed)
        floors, low, high = ((4, 1, 2), (5, 2, 2), (8, 2, 4), (12, 4, 6), (16, 6, 10))[difficulty - 1]
        floors, at = floors + rng.randint(0, 2), rng.randrange(floors)
        config = {"floors": floors, "start": at, "calls": [], "fares": []}
        for _ in range(rng.randint(low, high)):
            near = 2 if difficulty < 3 else floors
            at = rng.choice([floor for floor in range(floors) if 0 < abs(floor - at) <= near])
            config["calls"].append(at)
            config["fares"].append(rng.randint(10, 99 if difficulty < 3 else 999))
        return config
