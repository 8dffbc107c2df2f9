"""A breadth-first search over one-way roads."""

import ast
import json
import random

import gymnasium


class RoadNetworkEnv(gymnasium.Env):
    """Towns are numbered from 0 and joined by one-way roads. Report how much fruit there is in all towns that can be
    reached from town 0, itself included. A waiting list holds town 0 at first. Take visits the first town on it and
    collects its fruit, Near names the towns that its roads lead to, one at a time, and Put adds a town to the list.
    """

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {"Observe": 0, "Take": 1, "Near": 2, "Put": 3, "Total": 4, "Done": 5}
        self.config = {"roads": [[2], [0], [0]], "fruit": [12, 30, 25]}
        self.reset(None if env_str is None else ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return RoadNetworkEnv(env_str) if env_str.startswith("RoadNetworkEnv@") else None

    @property
    def finished(self) -> bool:
        return self._finished

    @property
    def reward(self) -> float:
        return self._reward

    def reset(self, options: dict | None = None) -> str:
        self.config = options or self.config
        self.roads, self.fruit = [list(towns) for towns in self.config["roads"]], list(self.config["fruit"])
        self.told, self.listed, self.taken = [0] * len(self.roads), [0], 0
        town = {"i": len(self.roads) - 1}
        self.ranges = {tool: {} for tool in self.func_mapping} | {"Done": {"answer": 999999}}
        self.ranges |= {"Near": town, "Put": town}
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
        reached, fresh = set(), {0}
        while fresh:
            reached |= fresh
            fresh = {town for here in fresh for town in self.roads[here]} - reached
        return sum(self.fruit[town] for town in reached)

    def Observe(self) -> str:
        """Tell how many towns there are.
        Args:
            None
        Returns:
            str: number of towns
        Example Output:
            "3"
        """
        return str(len(self.roads))

    def Take(self) -> str:
        """Visit the next town on the waiting list and collect its fruit.
        Args:
            None
        Returns:
            str: number of the town, or "empty"
        Example Output:
            "0"
        """
        if self.taken == len(self.listed):
            return "empty"
        self.taken += 1
        return str(self.listed[self.taken - 1])

    def Near(self, i: int) -> str:
        """Follow the next road that leaves town i.
        Args:
            i (int): number of a town
        Returns:
            str: the town it leads to, or "none" after the last road
        Example Output:
            "2"
        """
        if self.told[i] == len(self.roads[i]):
            return "none"
        self.told[i] += 1
        return str(self.roads[i][self.told[i] - 1])

    def Put(self, i: int) -> str:
        """Add a town to the waiting list.
        Args:
            i (int): number of a town
        Returns:
            str: "ok", or "seen" if it was on the list already
        Example Output:
            "ok"
        """
        if i in self.listed:
            return "seen"
        self.listed.append(i)
        return "ok"

    def Total(self) -> str:
        """Tell how much fruit you collected.
        Args:
            None
        Returns:
            str: the amount
        Example Output:
            "37"
        """
        return str(sum(self.fruit[town] for town in self.listed[: self.taken]))

    def Done(self, answer: int) -> str:
        """Hand in the answer; only the first one counts.
        Args:
            answer (int): fruit in all towns that can be reached
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
        while (town := call("Take")) != "empty":
            while (other := call("Near", i=int(town))) != "none":
                call("Put", i=int(other))
        return call("Done", answer=int(call("Total")))

    @staticmethod
    def generate(seed: int, difficulty: int) -> dict:
        """A configuration; difficulty 1 to 5 is its size, and equal arguments give equal ones."""
        rng = random.Random(seed)
        low, high, extra = ((2, 2, 0), (2, 3, 0), (3, 4, 1), (5, 7, 3), (8, 14, 9))[difficulty - 1]
        reach = rng.randint(low, high)
        towns = reach + rng.randint(1, 3)
        order = [0, *rng.sample(range(1, towns), towns - 1)]
        roads = [[] for _ in range(towns)]
        for k in range(1, reach):
            roads[order[rng.randrange(k)]].append(order[k])
        for _ in range(rng.randint(0, extra) if extra else 0):  # further roads, none of which leaves what is reached
            here, there = order[rng.randrange(reach)], order[rng.randrange(reach)]
            if here != there and there not in roads[here]:
                roads[here].append(there)
        for k in range(reach, towns):
            roads[order[k]].append(order[rng.randrange(reach)])
        return {"roads": roads, "fruit": [rng.randint(10, 99 if difficulty < 3 else 999) for _ in roads]}
