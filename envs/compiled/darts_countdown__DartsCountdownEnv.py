"""Compiled from problem darts_countdown (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def left_after(left: int, ring: int, number: int) -> int:
    return left - ring * number

def darts_countdown(darts: list[tuple[int, int]], start: int) -> list[int]:
    finished = 0
    wasted = 0
    left = start
    for ring, number in darts:
        rest = left_after(left, ring, number)
        if rest < 0 or rest == 1:
            wasted += 1
        elif rest == 0:
            finished += 1
            left = start
        else:
            left = rest
    return [finished, left, wasted]

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


class DartsCountdownEnv(gymnasium.Env):
    """A darts player counts down from a given number. Every dart hits a number in a single, double or triple ring,
    written as 1, 2 or 3, and scores the number that many times. A dart that would leave less than 0, or exactly 1, does
    not count and is marked as wasted. Once exactly 0 is reached, a new game begins from the same number with the next
    dart. Report the number of games finished, what is left in the game under way, and the number of wasted darts."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'DartsRows': 1, 'DartsRowLength': 2, 'DartsCell': 3, 'ReadSetting': 4, 'LeftAfter': 5, 'CheckRest': 6, 'IsRestEqualTo0': 7, 'Done': 8}
        self.parameters = {'Observe': {}, 'DartsRows': {}, 'DartsRowLength': {'row': 'integer'}, 'DartsCell': {'row': 'integer', 'column': 'integer'}, 'ReadSetting': {'name': 'string'}, 'LeftAfter': {'left': 'integer', 'ring': 'integer', 'number': 'integer'}, 'CheckRest': {'rest': 'integer'}, 'IsRestEqualTo0': {'rest': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'darts': [(3, 4), (3, 12), (1, 15), (1, 18)], 'start': 81}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return DartsCountdownEnv(env_str) if env_str.startswith("DartsCountdownEnv@") else None

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
        return canonical((darts_countdown)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "darts: 4 rows of whole numbers\\nstart: a single whole number"
        """
        return "\n".join(['darts: {} rows of whole numbers'.format(len(self.config['darts'])), 'start: a single whole number'])

    def DartsRows(self) -> int:
        """Count the rows of darts.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "4"
        """
        return len(self.config['darts'])

    def DartsRowLength(self, row: int) -> int:
        """Count what is in one row of darts.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['darts'][row])

    def DartsCell(self, row: int, column: int) -> int:
        """Read what is in one row of darts, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int: what is there
        Example Output:
            "3"
        """
        return self.config['darts'][row][column]

    def ReadSetting(self, name: str) -> int:
        """Read a value that stands alone: start.
        Args:
            name (str): start
        Returns:
            int: the value
        Example Output:
            "81"
        """
        return {name: self.config[name] for name in ['start']}[name]

    def LeftAfter(self, left: int, ring: int, number: int) -> int:
        """Work out the left after of `left` and `ring` and `number`.
        Args:
            left (int): value of left
            ring (int): value of ring
            number (int): value of number
        Returns:
            int: the result
        Example Output:
            "69"
        """
        return left_after(left, ring, number)

    def CheckRest(self, rest: int) -> bool:
        """Tell whether (`rest` is less than 0) or (`rest` equals 1).
        Args:
            rest (int): value of rest
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return rest < 0 or rest == 1

    def IsRestEqualTo0(self, rest: int) -> bool:
        """Tell whether `rest` equals 0.
        Args:
            rest (int): value of rest
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return rest == 0

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

        def row_darts(row):
            return tuple([call("DartsCell", row=row, column=column) for column in range(call("DartsRowLength", row=row))])

        def each_darts():
            for row in range(call("DartsRows")):
                yield row_darts(row)

        def read_darts():
            return list(each_darts())

        def read_start():
            return call("ReadSetting", name='start')

        def darts_countdown(start):
            finished = 0
            wasted = 0
            left = start
            for ring, number in each_darts():
                rest = call('LeftAfter', left=left, ring=ring, number=number)
                if call('CheckRest', rest=rest):
                    wasted += 1
                elif call('IsRestEqualTo0', rest=rest):
                    finished += 1
                    left = start
                else:
                    left = rest
            return [finished, left, wasted]

        call("Done", answer=canonical(darts_countdown(start=read_start())))
