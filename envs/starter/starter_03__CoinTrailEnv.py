"""A walk along a linked list."""

import ast
import json
import random

import gymnasium


class CoinTrailEnv(gymnasium.Env):
    """Each room of a cave holds some coins and a note that names the next room. A trail leads from the start room
    until a note says end. Report how many coins lie on the trail. Other rooms are not on it. Add keeps the total.
    """

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {"Observe": 0, "Start": 1, "Coins": 2, "Add": 3, "Next": 4, "Done": 5}
        self.config = {"start": 2, "next": [-1, 0, 1, 0], "coins": [5, 8, 20, 3]}
        self.reset(None if env_str is None else ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return CoinTrailEnv(env_str) if env_str.startswith("CoinTrailEnv@") else None

    @property
    def finished(self) -> bool:
        return self._finished

    @property
    def reward(self) -> float:
        return self._reward

    def reset(self, options: dict | None = None) -> str:
        self.config = options or self.config
        self.next, self.coins = list(self.config["next"]), list(self.config["coins"])
        self.total = 0
        room = {"i": len(self.next) - 1}
        self.ranges = {tool: {} for tool in self.func_mapping} | {"Add": {"value": 999}, "Done": {"answer": 999999}}
        self.ranges |= {"Coins": room, "Next": room}
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
        room, total = self.config["start"], 0
        while room >= 0:
            total += self.coins[room]
            room = self.next[room]
        return total

    def Observe(self) -> str:
        """Tell how many rooms the cave has.
        Args:
            None
        Returns:
            str: number of rooms
        Example Output:
            "4"
        """
        return str(len(self.next))

    def Start(self) -> str:
        """Tell where the trail starts.
        Args:
            None
        Returns:
            str: number of the start room
        Example Output:
            "2"
        """
        return str(self.config["start"])

    def Coins(self, i: int) -> str:
        """Count the coins in room i.
        Args:
            i (int): number of a room
        Returns:
            str: number of coins
        Example Output:
            "20"
        """
        return str(self.coins[i])

    def Add(self, value: int) -> str:
        """Add to the total, which is 0 at first.
        Args:
            value (int): number of coins
        Returns:
            str: the new total
        Example Output:
            "20"
        """
        self.total += value
        return str(self.total)

    def Next(self, i: int) -> str:
        """Read the note in room i.
        Args:
            i (int): number of a room
        Returns:
            str: number of the next room, or "end"
        Example Output:
            "1"
        """
        return "end" if self.next[i] < 0 else str(self.next[i])

    def Done(self, answer: int) -> str:
        """Hand in the answer; only the first one counts.
        Args:
            answer (int): number of coins on the trail
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
        room = call("Start")
        while room != "end":
            total = call("Add", value=int(call("Coins", i=int(room))))
            room = call("Next", i=int(room))
        return call("Done", answer=int(total))

    @staticmethod
    def generate(seed: int, difficulty: int) -> dict:
        """A configuration; difficulty 1 to 5 is its size, and equal arguments give equal ones."""
        rng = random.Random(seed)
        length = rng.randint(*((2, 2), (3, 3), (4, 7), (8, 11), (12, 20))[difficulty - 1])
        rooms = length + rng.randint(1, 3)
        trail = rng.sample(range(rooms), length)
        after = [rng.randrange(rooms) for _ in range(rooms)]
        for here, there in zip(trail, [*trail[1:], -1]):
            after[here] = there
        coins = [rng.randint(1, 49 if difficulty < 3 else 400) for _ in range(rooms)]
        return {"start": trail[0], "next": after, "coins": coins}
