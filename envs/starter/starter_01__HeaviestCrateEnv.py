"""A running maximum found with a balance."""

import ast
import json
import random

import gymnasium


class HeaviestCrateEnv(gymnasium.Env):
    """A hall holds crates numbered from 0. A balance compares the crate you hold with any other one. Report the weight
    of the heaviest crate. The scale behind Weigh works only once, so hold the heaviest crate before you use it.
    """

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {"Observe": 0, "Hold": 1, "Held": 2, "Versus": 3, "Weigh": 4, "Done": 5}
        self.config = {"weights": [31, 84, 52]}
        self.reset(None if env_str is None else ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return HeaviestCrateEnv(env_str) if env_str.startswith("HeaviestCrateEnv@") else None

    @property
    def finished(self) -> bool:
        return self._finished

    @property
    def reward(self) -> float:
        return self._reward

    def reset(self, options: dict | None = None) -> str:
        self.config = options or self.config
        self.weights = list(self.config["weights"])
        self.held, self.weighed = 0, False
        crate = {"i": len(self.weights) - 1}
        self.ranges = {tool: {} for tool in self.func_mapping} | {"Done": {"answer": 999999}}
        self.ranges |= {"Hold": crate, "Versus": crate}
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
        return max(self.weights)

    def Observe(self) -> str:
        """Tell how many crates there are.
        Args:
            None
        Returns:
            str: number of crates
        Example Output:
            "3"
        """
        return str(len(self.weights))

    def Hold(self, i: int) -> str:
        """Put down the crate you hold and pick up crate i. You start with crate 0.
        Args:
            i (int): number of a crate
        Returns:
            str: "ok"
        Example Output:
            "ok"
        """
        self.held = i
        return "ok"

    def Held(self) -> str:
        """Tell which crate you hold.
        Args:
            None
        Returns:
            str: number of the crate
        Example Output:
            "0"
        """
        return str(self.held)

    def Versus(self, i: int) -> str:
        """Compare the crate you hold with crate i.
        Args:
            i (int): number of a crate
        Returns:
            str: "less" if the held crate is lighter than crate i, "equal" or "greater"
        Example Output:
            "less"
        """
        held, other = self.weights[self.held], self.weights[i]
        return "less" if held < other else "greater" if held > other else "equal"

    def Weigh(self) -> str:
        """Weigh the crate you hold. The scale breaks after the first use.
        Args:
            None
        Returns:
            str: weight of the held crate, or "broken"
        Example Output:
            "52"
        """
        if self.weighed:
            return "broken"
        self.weighed = True
        return str(self.weights[self.held])

    def Done(self, answer: int) -> str:
        """Hand in the answer; only the first one counts.
        Args:
            answer (int): weight of the heaviest crate
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

        n = int(call("Observe"))
        call("Hold", i=0)
        for i in range(1, n):
            if call("Versus", i=i) == "less":
                call("Hold", i=i)
        return call("Done", answer=int(call("Weigh")))

    @staticmethod
    def generate(seed: int, difficulty: int) -> dict:
        """A configuration; difficulty 1 to 5 is its size, and equal arguments give equal ones."""
        rng = random.Random(seed)
        n = rng.randint(*((4, 5), (6, 7), (8, 12), (16, 22), (30, 45))[difficulty - 1])
        return {"weights": rng.sample(range(10, 100) if difficulty < 3 else range(100, 1000), n)}
