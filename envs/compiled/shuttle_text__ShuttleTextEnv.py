"""Compiled from problem shuttle_text (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def shuttle_text(signs: str) -> str:
    left = ''
    right = ''
    for sign in signs:
        if sign == '<':
            if left:
                right = left[-1] + right
                left = left[:-1]
        elif sign == '>':
            if right:
                left += right[0]
                right = right[1:]
        elif sign == 'X':
            right = right[1:]
        else:
            left += sign
    return left + '|' + right

def canonical(value):
    """The JSON form of an answer: tuples are lists, sets sorted lists, keys strings. ValueError if it has none."""
    if value is None or type(value) in (bool, int, str):
        return value
    if isinstance(value, float):
        if value - value != 0:
            raise ValueError("an answer that is no finite number")
        return float(value)
    if isinstance(value, (list, tuple, range)):
        return [canonical(item) for item in value]
    if isinstance(value, (set, frozenset)):
        items = [canonical(item) for item in value]
        return sorted(items, key=lambda item: (str(type(item)), item))
    if isinstance(value, dict):
        return {str(key): canonical(item) for key, item in value.items()}
    if isinstance(value, (int, str)):  # an enum, say
        return int(value) if isinstance(value, int) else str(value)
    raise ValueError(f"an answer of type {str(type(value))[8:-2]}")


def same(a, b):
    """Whether two canonical answers are one: numbers within 1e-6 where one is a float, and True is not 1."""
    if isinstance(a, bool) or isinstance(b, bool) or a is None or b is None:
        return a is b
    if isinstance(a, (int, float)) and isinstance(b, (int, float)):
        return a == b or (
            isinstance(a + 0 * b, float) and abs(a - b) <= 1e-6 * max(1, abs(a), abs(b)) and abs(a) < 1e300
        )
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    return isinstance(a, str) and isinstance(b, str) and a == b


class ShuttleTextEnv(gymnasium.Env):
    """A typewriter with a movable carriage is given a row of signs. A small letter is put in at the carriage, what
    stands to the right of it moves on, and the carriage stands behind the new letter. A < moves the carriage one letter
    to the left, a > one letter to the right, and an X takes out the letter directly to the right of the carriage; where
    that is not possible the sign does nothing. Report the finished line with a | at the place where the carriage
    stands."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'SignsLength': 1, 'SignsCharacter': 2, 'IsSignEqual': 3, 'Add': 4, 'IsSignEqual2': 5, 'IsSignEqual3': 6, 'WorkOutAnswer': 7, 'Done': 8}
        self.parameters = {'Observe': {}, 'SignsLength': {}, 'SignsCharacter': {'index': 'integer'}, 'IsSignEqual': {'sign': 'string'}, 'Add': {'first': 'string', 'second': 'string'}, 'IsSignEqual2': {'sign': 'string'}, 'IsSignEqual3': {'sign': 'string'}, 'WorkOutAnswer': {'left': 'string', 'right': 'string'}, 'Done': {'answer': 'any'}}
        self.config = {'signs': '<bk>dh<h'}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return ShuttleTextEnv(env_str) if env_str.startswith("ShuttleTextEnv@") else None

    @property
    def finished(self) -> bool:
        return self._finished

    @property
    def reward(self) -> float:
        return self._reward

    def reset(self, options: dict | None = None) -> str:
        self.config = options or self.config
        self._finished, self._reward, self.step_count = False, 0.0, 0
        return "reset"

    def step(self, action: str) -> tuple[bool, str]:
        """Run one JSON action; a malformed one changes nothing and is told what is wrong with it."""
        self.step_count += 1
        if self._finished:
            return True, "finished"
        try:
            call = _json.loads(action)
            name, given = call["name"], {**call["parameters"]}
            kinds = self.parameters[name]
        except (KeyError, TypeError, ValueError, RecursionError):
            tools = ", ".join(self.parameters)
            return True, 'error: expected {"name": ..., "parameters": {...}}, name one of ' + tools
        if given.keys() != kinds.keys():
            return True, "error: " + name + " takes " + (", ".join(kinds) or "no parameters")
        for key, kind in kinds.items():
            number = kind in ("integer", "number")
            if not isinstance(given[key], self.KINDS[kind]) or (number and type(given[key]) is bool):
                return True, "error: " + key + " must be of type " + kind
            if type(given[key]) is int and abs(given[key]) > 10**400:
                return True, "error: " + key + " is too large"
        try:
            value = getattr(self, name)(**given)
            return True, value if name == "Observe" else _json.dumps(value)
        except (ArithmeticError, LookupError, TypeError, ValueError, AttributeError, RecursionError):
            return True, "error: " + name + " cannot work with these parameters"

    def get_ref_answer(self):
        return canonical((shuttle_text)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "signs: a text of 8 characters"
        """
        return "\n".join(['signs: a text of {} characters'.format(len(self.config['signs']))])

    def SignsLength(self) -> int:
        """Count the characters of the text signs.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "8"
        """
        return len(self.config['signs'])

    def SignsCharacter(self, index: int) -> str:
        """Read one character of the text signs.
        Args:
            index (int): place, counted from 0
        Returns:
            str: the element there
        Example Output:
            ""<\""
        """
        return self.config['signs'][index]

    def IsSignEqual(self, sign: str) -> bool:
        """Tell whether `sign` equals '<'.
        Args:
            sign (str): value of sign
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return sign == '<'

    def Add(self, first: str, second: str) -> str:
        """Work out `first` plus `second`.
        Args:
            first (str): the first
            second (str): the second
        Returns:
            str: the result
        Example Output:
            ""b\""
        """
        return first + second

    def IsSignEqual2(self, sign: str) -> bool:
        """Tell whether `sign` equals '>'.
        Args:
            sign (str): value of sign
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return sign == '>'

    def IsSignEqual3(self, sign: str) -> bool:
        """Tell whether `sign` equals 'X'.
        Args:
            sign (str): value of sign
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return sign == 'X'

    def WorkOutAnswer(self, left: str, right: str) -> str:
        """Work out (`left` plus '|') plus `right`.
        Args:
            left (str): value of left
            right (str): value of right
        Returns:
            str: the result
        Example Output:
            ""bkdh|h\""
        """
        return left + '|' + right

    def Done(self, answer) -> str:
        """Hand in the answer. The first one counts.
        Args:
            answer (str): the answer, a text
        Returns:
            str: "recorded"
        Example Output:
            "\"recorded\""
        """
        self._finished, self._reward = True, float(same(answer, self.get_ref_answer()))
        return "recorded"

    def solve(self):
        """The original's control flow, with a call wherever a tool does it."""

        def call(name, /, **parameters):
            return _json.loads(self.step(_json.dumps({"name": name, "parameters": parameters}))[1])

        def each_signs():
            for index in range(call("SignsLength")):
                yield call("SignsCharacter", index=index)

        def read_signs():
            return ''.join(each_signs())

        def shuttle_text():
            left = ''
            right = ''
            for sign in each_signs():
                if call('IsSignEqual', sign=sign):
                    if left:
                        right = call('Add', first=left[-1], second=right)
                        left = left[:-1]
                elif call('IsSignEqual2', sign=sign):
                    if right:
                        left = call('Add', first=left, second=right[0])
                        right = right[1:]
                elif call('IsSignEqual3', sign=sign):
                    right = right[1:]
                else:
                    left = call('Add', first=left, second=sign)
            return call('WorkOutAnswer', left=left, right=right)

        call("Done", answer=canonical(shuttle_text()))
