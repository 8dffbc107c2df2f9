"""Compiled from problem tide_cover (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def longer(one: int, other: int) -> int:
    if one > other:
        return one
    return other

def tide_cover(ships: list[tuple[int, int]]) -> list[int]:
    seen_until = ships[0][0]
    covered = 0
    longest_gap = 0
    for came, gone in ships:
        if came > seen_until:
            longest_gap = longer(longest_gap, came - seen_until)
            covered += gone - came
            seen_until = gone
        elif gone > seen_until:
            covered += gone - seen_until
            seen_until = gone
    return [covered, longest_gap]

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


class TideCoverEnv(gymnasium.Env):
    """A lookout has noted for each ship the minute in which it came into view and the minute in which it was gone, in the
    order in which the ships came into view. Report two numbers: for how many minutes at least one ship was in view, and
    the length in minutes of the longest time without any ship between the first ship and the last, 0 if there was none."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'ShipsRows': 1, 'ShipsRowLength': 2, 'ShipsCell': 3, 'IsGreater': 4, 'Longer': 5, 'UpdateCovered': 6, 'Done': 7}
        self.parameters = {'Observe': {}, 'ShipsRows': {}, 'ShipsRowLength': {'row': 'integer'}, 'ShipsCell': {'row': 'integer', 'column': 'integer'}, 'IsGreater': {'first': 'integer', 'second': 'integer'}, 'Longer': {'longest_gap': 'integer', 'came': 'integer', 'seen_until': 'integer'}, 'UpdateCovered': {'first': 'integer', 'second': 'integer', 'third': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'ships': [(12, 19), (22, 24), (28, 34), (29, 37)]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return TideCoverEnv(env_str) if env_str.startswith("TideCoverEnv@") else None

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
        return canonical((tide_cover)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "ships: 4 rows of whole numbers"
        """
        return "\n".join(['ships: {} rows of whole numbers'.format(len(self.config['ships']))])

    def ShipsRows(self) -> int:
        """Count the rows of ships.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "4"
        """
        return len(self.config['ships'])

    def ShipsRowLength(self, row: int) -> int:
        """Count what is in one row of ships.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['ships'][row])

    def ShipsCell(self, row: int, column: int) -> int:
        """Read what is in one row of ships, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int: what is there
        Example Output:
            "12"
        """
        return self.config['ships'][row][column]

    def IsGreater(self, first: int, second: int) -> bool:
        """Tell whether `first` is greater than `second`.
        Args:
            first (int): the first
            second (int): the second
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return first > second

    def Longer(self, longest_gap: int, came: int, seen_until: int) -> int:
        """Work out the longer of `longest_gap` and (`came` minus `seen_until`).
        Args:
            longest_gap (int): value of longest gap
            came (int): value of came
            seen_until (int): value of seen until
        Returns:
            int: the result
        Example Output:
            "3"
        """
        return longer(longest_gap, came - seen_until)

    def UpdateCovered(self, first: int, second: int, third: int) -> int:
        """Work out `first` plus (`second` minus `third`).
        Args:
            first (int): the first
            second (int): the second
            third (int): the third
        Returns:
            int: the result
        Example Output:
            "7"
        """
        return first + (second - third)

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

        def row_ships(row):
            return tuple([call("ShipsCell", row=row, column=column) for column in range(call("ShipsRowLength", row=row))])

        def each_ships():
            for row in range(call("ShipsRows")):
                yield row_ships(row)

        def read_ships():
            return list(each_ships())

        def tide_cover():
            seen_until = call('ShipsCell', row=0, column=0)
            covered = 0
            longest_gap = 0
            for came, gone in each_ships():
                if call('IsGreater', first=came, second=seen_until):
                    longest_gap = call('Longer', longest_gap=longest_gap, came=came, seen_until=seen_until)
                    covered = call('UpdateCovered', first=covered, second=gone, third=came)
                    seen_until = gone
                elif call('IsGreater', first=gone, second=seen_until):
                    covered = call('UpdateCovered', first=covered, second=gone, third=seen_until)
                    seen_until = gone
            return [covered, longest_gap]

        call("Done", answer=canonical(tide_cover()))
