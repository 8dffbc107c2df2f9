"""Decoding letter by letter."""

import ast
import json
import random

import gymnasium


class CodeBookEnv(gymnasium.Env):
    """A message of coded letters arrives. Look up each letter in the code book and write down the plain one. Report
    the plain message.
    """

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {"Observe": 0, "Next": 1, "Decode": 2, "Write": 3, "Erase": 4, "Done": 5}
        self.config = {"message": "QBQ", "book": "HIJKLMNOPQRSTUVWXYZABCDEFG"}
        self.reset(None if env_str is None else ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return CodeBookEnv(env_str) if env_str.startswith("CodeBookEnv@") else None

    @property
    def finished(self) -> bool:
        return self._finished

    @property
    def reward(self) -> float:
        return self._reward

    def reset(self, options: dict | None = None) -> str:
        self.config = options or self.config
        self.message, self.book = self.config["message"], self.config["book"]
        self.place, self.text = 0, ""
        self.ranges = {tool: {} for tool in self.func_mapping} | {"Done": {"answer": 99}}
        self.ranges |= {"Decode": {"letter": 1}, "Write": {"letter": 1}}
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
        for key, most in ranges.items():
            text = given[key]
            if type(text) is not str or not 1 <= len(text) <= most or not all("A" <= c <= "Z" for c in text):
                return True, f"error: {key} must be text of 1 to {most} letters from A to Z"
        return True, getattr(self, name)(**given)

    def get_ref_answer(self) -> str:
        return "".join(self.book["ABCDEFGHIJKLMNOPQRSTUVWXYZ".index(letter)] for letter in self.message)

    def Observe(self) -> str:
        """Tell how long the message is.
        Args:
            None
        Returns:
            str: number of letters
        Example Output:
            "3"
        """
        return str(len(self.message))

    def Next(self) -> str:
        """Receive the next coded letter.
        Args:
            None
        Returns:
            str: the letter, or "end"
        Example Output:
            "Q"
        """
        if self.place == len(self.message):
            return "end"
        self.place += 1
        return self.message[self.place - 1]

    def Decode(self, letter: str) -> str:
        """Look up a coded letter in the code book.
        Args:
            letter (str): coded letter, A to Z
        Returns:
            str: the plain letter
        Example Output:
            "X"
        """
        return self.book[ord(letter) - ord("A")]

    def Write(self, letter: str) -> str:
        """Write a letter at the end of your note, which has room for 99.
        Args:
            letter (str): plain letter, A to Z
        Returns:
            str: what is on the note, or "full"
        Example Output:
            "X"
        """
        if len(self.text) == 99:
            return "full"
        self.text += letter
        return self.text

    def Erase(self) -> str:
        """Erase your note.
        Args:
            None
        Returns:
            str: "ok"
        Example Output:
            "ok"
        """
        self.text = ""
        return "ok"

    def Done(self, answer: str) -> str:
        """Hand in the answer; only the first one counts.
        Args:
            answer (str): the plain message
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
        while (letter := call("Next")) != "end":
            text = call("Write", letter=call("Decode", letter=letter))
        return call("Done", answer=text)

    @staticmethod
    def generate(seed: int, difficulty: int) -> dict:
        """A configuration; difficulty 1 to 5 is its size, and equal arguments give equal ones."""
        rng = random.Random(seed)
        letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        n = rng.randint(*((2, 3), (3, 3), (4, 7), (8, 11), (12, 25))[difficulty - 1])
        message = "".join(rng.choice(letters) for _ in range(n))
        return {"message": message, "book": "".join(rng.sample(letters, 26))}
