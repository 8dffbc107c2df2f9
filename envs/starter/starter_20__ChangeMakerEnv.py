"""Change in the fewest coins."""

import ast
import json
import random

import gymnasium


class ChangeMakerEnv(gymnasium.Env):
    """A machine owes change and has endless coins of several types, numbered from 0, the most valuable first. Pay with
    as few coins as possible: each time the most valuable coin that still fits. Each type has a hidden weight.
    Report the weight of all coins paid.
    """

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {"Observe": 0, "Fits": 1, "Pay": 2, "Reset": 3, "Weigh": 4, "Done": 5}
        self.config = {"owed": 13, "coins": [5, 1], "weights": [20, 11]}
        self.reset(None if env_str is None else ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return ChangeMakerEnv(env_str) if env_str.startswith("ChangeMakerEnv@") else None

    @property
    def finished(self) -> bool:
        return self._finished

    @property
    def reward(self) -> float:
        return self._reward

    def reset(self, options: dict | None = None) -> str:
        self.config = options or self.config
        self.coins, self.weights = list(self.config["coins"]), list(self.config["weights"])
        self.owed, self.weight = self.config["owed"], 0
        coin = {"i": len(self.coins) - 1}
        self.ranges = {tool: {} for tool in self.func_mapping} | {"Done": {"answer": 999999}}
        self.ranges |= {"Fits": coin, "Pay": coin}
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
        owed, weight = self.config["owed"], 0
        for coin, grams in zip(self.coins, self.weights):
            weight, owed = weight + owed // coin * grams, owed % coin
        return weight

    def Observe(self) -> str:
        """Tell how many types of coins there are.
        Args:
            None
        Returns:
            str: number of types
        Example Output:
            "2"
        """
        return str(len(self.coins))

    def Fits(self, i: int) -> str:
        """Tell whether a coin of type i still fits into what is owed.
        Args:
            i (int): type of coin
        Returns:
            str: "yes" or "no"
        Example Output:
            "yes"
        """
        return "yes" if self.coins[i] <= self.owed else "no"

    def Pay(self, i: int) -> str:
        """Pay one coin of type i.
        Args:
            i (int): type of coin
        Returns:
            str: "more" if something is still owed, "paid", or "refused"
        Example Output:
            "more"
        """
        if self.coins[i] > self.owed:
            return "refused"
        self.owed, self.weight = self.owed - self.coins[i], self.weight + self.weights[i]
        return "more" if self.owed else "paid"

    def Reset(self) -> str:
        """Take all coins back.
        Args:
            None
        Returns:
            str: "ok"
        Example Output:
            "ok"
        """
        self.owed, self.weight = self.config["owed"], 0
        return "ok"

    def Weigh(self) -> str:
        """Weigh the coins, when all is paid.
        Args:
            None
        Returns:
            str: their weight, or "unpaid"
        Example Output:
            "73"
        """
        return "unpaid" if self.owed else str(self.weight)

    def Done(self, answer: int) -> str:
        """Hand in the answer; only the first one counts.
        Args:
            answer (int): weight of all coins paid
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
        i, paid = 0, "more"
        while paid == "more":
            if call("Fits", i=i) == "yes":
                paid = call("Pay", i=i)
            else:
                i += 1
        return call("Done", answer=int(call("Weigh")))

    @staticmethod
    def generate(seed: int, difficulty: int) -> dict:
        """A configuration; difficulty 1 to 5 is its size, and equal arguments give equal ones."""
        rng = random.Random(seed)
        types, low, high = ((2, 2, 3), (3, 2, 4), (4, 4, 7), (5, 10, 15), (6, 16, 36))[difficulty - 1]
        ratios = [rng.randint(2, 3 if difficulty < 3 else 5) for _ in range(types - 1)]
        coins = [1]
        for ratio in reversed(ratios):
            coins.insert(0, coins[0] * ratio)
        # fewer coins of a type than make up one of the type before, so that the greedy payment is this one
        paid = [0, *(rng.randint(0, ratio - 1) for ratio in ratios)]
        paid[0] = max(1, rng.randint(low, high) - sum(paid[1:]))
        weights = rng.sample(range(10, 100 if difficulty < 3 else 1000), types)
        return {"owed": sum(k * coin for k, coin in zip(paid, coins)), "coins": coins, "weights": weights}
