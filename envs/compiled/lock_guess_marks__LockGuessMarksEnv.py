"""Compiled from problem lock_guess_marks (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def lock_guess_marks(secret: list[int], tries: list[list[int]]) -> list[int]:
    report = []
    for setting in tries:
        loud = 0
        soft = 0
        for dial in range(len(secret)):
            digit = setting[dial]
            if digit == secret[dial]:
                loud += 1
            elif dial > 0 and secret[dial - 1] == digit or (dial + 1 < len(secret) and secret[dial + 1] == digit):
                soft += 1
        report.append(10 * loud + soft)
    return report

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


class LockGuessMarksEnv(gymnasium.Env):
    """A box is locked by a row of dials set to secret digits, and a thief tries several settings. For each try the lock
    clicks loudly for every dial that is right. It clicks softly for every other dial of the try whose digit is wrong
    there but is the secret digit of one of the dials next to it, directly to the left or to the right. Report for each
    try, in order, ten times the loud clicks plus the soft ones."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'SecretLength': 1, 'SecretItem': 2, 'TriesRows': 3, 'TriesRowLength': 4, 'TriesCell': 5, 'IsEqual': 6, 'IsDialGreaterThan0': 7, 'CheckSecretLengthAndDial': 8, 'CombineSoftAndLoud': 9, 'Done': 10}
        self.parameters = {'Observe': {}, 'SecretLength': {}, 'SecretItem': {'index': 'integer'}, 'TriesRows': {}, 'TriesRowLength': {'row': 'integer'}, 'TriesCell': {'row': 'integer', 'column': 'integer'}, 'IsEqual': {'first': 'integer', 'second': 'integer'}, 'IsDialGreaterThan0': {'dial': 'integer'}, 'CheckSecretLengthAndDial': {'dial': 'integer', 'secret_length': 'integer'}, 'CombineSoftAndLoud': {'loud': 'integer', 'soft': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'secret': [4, 1, 4, 3], 'tries': [[1, 4, 2, 4]]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return LockGuessMarksEnv(env_str) if env_str.startswith("LockGuessMarksEnv@") else None

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
        return canonical((lock_guess_marks)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "secret: 4 whole numbers\\ntries: 1 rows of whole numbers"
        """
        return "\n".join(['secret: {} whole numbers'.format(len(self.config['secret'])), 'tries: {} rows of whole numbers'.format(len(self.config['tries']))])

    def SecretLength(self) -> int:
        """Count the elements of secret.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "4"
        """
        return len(self.config['secret'])

    def SecretItem(self, index: int) -> int:
        """Read one element of secret.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "4"
        """
        return self.config['secret'][index]

    def TriesRows(self) -> int:
        """Count the rows of tries.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "1"
        """
        return len(self.config['tries'])

    def TriesRowLength(self, row: int) -> int:
        """Count what is in one row of tries.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "4"
        """
        return len(self.config['tries'][row])

    def TriesCell(self, row: int, column: int) -> int:
        """Read what is in one row of tries, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int: what is there
        Example Output:
            "1"
        """
        return self.config['tries'][row][column]

    def IsEqual(self, first: int, second: int) -> bool:
        """Tell whether `first` equals `second`.
        Args:
            first (int): the first
            second (int): the second
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return first == second

    def IsDialGreaterThan0(self, dial: int) -> bool:
        """Tell whether `dial` is greater than 0.
        Args:
            dial (int): value of dial
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return dial > 0

    def CheckSecretLengthAndDial(self, dial: int, secret_length: int) -> bool:
        """Tell whether (`dial` plus 1) is less than `secret_length`.
        Args:
            dial (int): value of dial
            secret_length (int): value of secret length
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return dial + 1 < secret_length

    def CombineSoftAndLoud(self, loud: int, soft: int) -> int:
        """Work out (10 times `loud`) plus `soft`.
        Args:
            loud (int): value of loud
            soft (int): value of soft
        Returns:
            int: the result
        Example Output:
            "3"
        """
        return 10 * loud + soft

    def Done(self, answer) -> str:
        """Hand in the answer. The first one counts.
        Args:
            answer (list): the answer, a list, in the order asked for; where order does not matter, ascending
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

        def each_secret():
            for index in range(call("SecretLength")):
                yield call("SecretItem", index=index)

        def read_secret():
            return list(each_secret())

        def row_tries(row):
            return [call("TriesCell", row=row, column=column) for column in range(call("TriesRowLength", row=row))]

        def each_tries():
            for row in range(call("TriesRows")):
                yield row_tries(row)

        def read_tries():
            return list(each_tries())

        def lock_guess_marks():
            report = []
            for setting in each_tries():
                loud = 0
                soft = 0
                for dial in range(call('SecretLength')):
                    digit = setting[dial]
                    if call('IsEqual', first=digit, second=call('SecretItem', index=dial)):
                        loud += 1
                    elif call('IsDialGreaterThan0', dial=dial) and call('IsEqual', first=call('SecretItem', index=dial - 1), second=digit) or (call('CheckSecretLengthAndDial', dial=dial, secret_length=call('SecretLength')) and call('IsEqual', first=call('SecretItem', index=dial + 1), second=digit)):
                        soft += 1
                report.append(call('CombineSoftAndLoud', loud=loud, soft=soft))
            return report

        call("Done", answer=canonical(lock_guess_marks()))
