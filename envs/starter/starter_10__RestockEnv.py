"""Threshold checks and orders."""

import ast
import json
import random

import gymnasium


class RestockEnv(gymnasium.Env):
    """A store keeps items numbered from 0. Order every item that is low in stock and no other one; the price of each
    order is hidden. Report the sum on the bill for exactly these orders.
    """

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {"Observe": 0, "Check": 1, "Order": 2, "Cancel": 3, "Bill": 4, "Done": 5}
        self.config = {"stock": [3, 9, 1], "least": [5, 4, 2], "price": [21, 40, 13]}
        self.reset(None if env_str is None else ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return RestockEnv(env_str) if env_str.startswith("RestockEnv@") else None

    @property
    def finished(self) -> bool:
        return self._finished

    @property
    def reward(self) -> float:
        return self._reward

    def reset(self, options: dict | None = None) -> str:
        self.config = options or self.config
        self.stock, self.least = list(self.config["stock"]), list(self.config["least"])
        self.price = list(self.config["price"])
        self.ordered, self.billed = [False] * len(self.price), False
        item = {"i": len(self.stock) - 1}
        self.ranges = {tool: {} for tool in self.func_mapping} | {"Done": {"answer": 999999}}
        self.ranges |= {"Check": item, "Order": item, "Cancel": item}
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
        return sum(p for s, least, p in zip(self.stock, self.least, self.price) if s < least)

    def Observe(self) -> str:
        """Tell how many items there are.
        Args:
            None
        Returns:
            str: number of items
        Example Output:
            "3"
        """
        return str(len(self.stock))

    def Check(self, i: int) -> str:
        """Check the stock of item i.
        Args:
            i (int): number of an item
        Returns:
            str: "low" or "enough"
        Example Output:
            "low"
        """
        return "low" if self.stock[i] < self.least[i] else "enough"

    def Order(self, i: int) -> str:
        """Order item i.
        Args:
            i (int): number of an item
        Returns:
            str: "ok", or "already" if it is ordered
        Example Output:
            "ok"
        """
        if self.ordered[i]:
            return "already"
        self.ordered[i] = True
        return "ok"

    def Cancel(self, i: int) -> str:
        """Take back the order of item i.
        Args:
            i (int): number of an item
        Returns:
            str: "ok", or "none" if it is not ordered
        Example Output:
            "ok"
        """
        if not self.ordered[i]:
            return "none"
        self.ordered[i] = False
        return "ok"

    def Bill(self) -> str:
        """Read the sum of all orders. The bill can be read once; after that the store is closed.
        Args:
            None
        Returns:
            str: the sum, or "closed"
        Example Output:
            "34"
        """
        if self.billed:
            return "closed"
        self.billed = True
        return str(sum(p for p, ordered in zip(self.price, self.ordered) if ordered))

    def Done(self, answer: int) -> str:
        """Hand in the answer; only the first one counts.
        Args:
            answer (int): sum on the bill when exactly the low items are ordered
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

        for i in range(int(call("Observe"))):
            if call("Check", i=i) == "low":
                call("Order", i=i)
        return call("Done", answer=int(call("Bill")))

    @staticmethod
    def generate(seed: int, difficulty: int) -> dict:
        """A configuration; difficulty 1 to 5 is its size, and equal arguments give equal ones."""
        rng = random.Random(seed)
        n = rng.randint(*((3, 4), (4, 6), (8, 13), (16, 24), (30, 50))[difficulty - 1])
        top = 99 if difficulty < 3 else 499
        while True:
            stock, least = [rng.randint(0, 20) for _ in range(n)], [rng.randint(1, 20) for _ in range(n)]
            if (
                0 < sum(s < needed for s, needed in zip(stock, least)) < n
            ):  # ordering nothing or everything is no answer
                return {"stock": stock, "least": least, "price": [rng.randint(10, top) for _ in range(n)]}
