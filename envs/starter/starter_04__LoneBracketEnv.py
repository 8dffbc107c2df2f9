"""Bracket matching with a stack."""

import ast
import json
import random

import gymnasium


class LoneBracketEnv(gymnasium.Env):
    """A tape carries opening and closing brackets with a hidden number under each. Every closing bracket pairs with
    the nearest opening one before it that is still free. Exactly one bracket has no partner: report the number
    under it. The number reader works only once. Positions start at 0.
    """

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {"Observe": 0, "Scan": 1, "Push": 2, "Pop": 3, "Number": 4, "Done": 5}
        self.config = {"tape": "(()", "numbers": [17, 62, 35]}
        self.reset(None if env_str is None else ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return LoneBracketEnv(env_str) if env_str.startswith("LoneBracketEnv@") else None

    @property
    def finished(self) -> bool:
        return self._finished

    @property
    def reward(self) -> float:
        return self._reward

    def reset(self, options: dict | None = None) -> str:
        self.config = options or self.config
        self.tape, self.numbers = self.config["tape"], list(self.config["numbers"])
        self.place, self.stack, self.read = 0, [], False
        place = {"i": len(self.tape) - 1}
        self.ranges = {tool: {} for tool in self.func_mapping} | {"Done": {"answer": 999999}}
        self.ranges |= {"Push": place, "Number": place}
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
        free = []
        for i, bracket in enumerate(self.tape):
            if bracket == "(":
                free.append(i)
            elif free:
                free.pop()
            else:
                return self.numbers[i]
        return self.numbers[free[0]]

    def Observe(self) -> str:
        """Tell how long the tape is.
        Args:
            None
        Returns:
            str: number of brackets
        Example Output:
            "3"
        """
        return str(len(self.tape))

    def Scan(self) -> str:
        """Read the next bracket of the tape.
        Args:
            None
        Returns:
            str: the bracket and its position, or "end"
        Example Output:
            "( 0"
        """
        if self.place == len(self.tape):
            return "end"
        self.place += 1
        return f"{self.tape[self.place - 1]} {self.place - 1}"

    def Push(self, i: int) -> str:
        """Put a position on the stack, which has room for one a bracket.
        Args:
            i (int): position of a bracket
        Returns:
            str: "ok" or "full"
        Example Output:
            "ok"
        """
        if len(self.stack) == len(self.tape):
            return "full"
        self.stack.append(i)
        return "ok"

    def Pop(self) -> str:
        """Take the top position off the stack.
        Args:
            None
        Returns:
            str: the position, or "empty"
        Example Output:
            "0"
        """
        return str(self.stack.pop()) if self.stack else "empty"

    def Number(self, i: int) -> str:
        """Read the number under a bracket. The reader works once.
        Args:
            i (int): position of a bracket
        Returns:
            str: the number, or "broken"
        Example Output:
            "17"
        """
        if self.read:
            return "broken"
        self.read = True
        return str(self.numbers[i])

    def Done(self, answer: int) -> str:
        """Hand in the answer; only the first one counts.
        Args:
            answer (int): number under the bracket without a partner
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
        while (seen := call("Scan")) != "end":
            bracket, lone = seen.split()
            if bracket == "(":
                call("Push", i=int(lone))
            elif call("Pop") == "empty":
                break
        else:
            lone = call("Pop")
        return call("Done", answer=int(call("Number", i=int(lone))))

    @staticmethod
    def generate(seed: int, difficulty: int) -> dict:
        """A configuration; difficulty 1 to 5 is its size, and equal arguments give equal ones."""
        rng = random.Random(seed)
        pairs = rng.randint(*((1, 1), (1, 2), (3, 4), (6, 8), (10, 18))[difficulty - 1])
        tape, depth, opened, lone = "", 0, 0, rng.choice("()")
        while len(tape) < 2 * pairs:
            opens = opened < pairs and (depth == 0 or rng.random() < 0.5)
            tape, depth, opened = tape + ")("[opens], depth + (1 if opens else -1), opened + opens
        cut = rng.randint(0, len(tape)) if lone == "(" else rng.randint(pairs, len(tape))
        tape = tape[:cut] + lone + tape[cut:]
        return {"tape": tape, "numbers": [rng.randint(10, 99 if difficulty < 3 else 999) for _ in tape]}
