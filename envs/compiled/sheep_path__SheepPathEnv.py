"""Compiled from problem sheep_path (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def better(one: int, other: int) -> int:
    if one > other:
        return one
    return other

def sheep_path(tufts: list[list[int]]) -> int:
    columns = len(tufts[0])
    best = [0] * columns
    for row in range(len(tufts)):
        for column in range(columns):
            from_north = best[column] - 1
            if row == 0 and column == 0:
                arriving = 0
            elif row == 0:
                arriving = best[column - 1]
            elif column == 0:
                arriving = from_north
            else:
                arriving = better(from_north, best[column - 1])
            best[column] = arriving + tufts[row][column]
    return best[columns - 1]

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


class SheepPathEnv(gymnasium.Env):
    """A hillside is divided into square fields; each has a number of tufts of clover, or a negative number where thistles
    prick. A sheep goes from the north-west field to the south-east field, always one field east or one field south, and
    every step south costs it one tuft's worth of strength. Report the best total that a way can have: all the numbers on
    it, first and last field included, minus the strength."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'TuftsRows': 1, 'TuftsRowLength': 2, 'TuftsCell': 3, 'CheckRowAndColumn': 4, 'IsValueEqualTo0': 5, 'Better': 6, 'Add': 7, 'Done': 8}
        self.parameters = {'Observe': {}, 'TuftsRows': {}, 'TuftsRowLength': {'row': 'integer'}, 'TuftsCell': {'row': 'integer', 'column': 'integer'}, 'CheckRowAndColumn': {'row': 'integer', 'column': 'integer'}, 'IsValueEqualTo0': {'value': 'integer'}, 'Better': {'one': 'integer', 'other': 'integer'}, 'Add': {'arriving': 'integer', 'tufts_cell': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'tufts': [[7, 15, -3, 6], [5, -4, 8, -1]]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return SheepPathEnv(env_str) if env_str.startswith("SheepPathEnv@") else None

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
        return canonical((sheep_path)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "tufts: 2 rows of whole numbers"
        """
        return "\n".join(['tufts: {} rows of whole numbers'.format(len(self.config['tufts']))])

    def TuftsRows(self) -> int:
        """Count the rows of tufts.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['tufts'])

    def TuftsRowLength(self, row: int) -> int:
        """Count what is in one row of tufts.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "4"
        """
        return len(self.config['tufts'][row])

    def TuftsCell(self, row: int, column: int) -> int:
        """Read what is in one row of tufts, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int: what is there
        Example Output:
            "7"
        """
        return self.config['tufts'][row][column]

    def CheckRowAndColumn(self, row: int, column: int) -> bool:
        """Tell whether (`row` equals 0) and (`column` equals 0).
        Args:
            row (int): value of row
            column (int): value of column
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return row == 0 and column == 0

    def IsValueEqualTo0(self, value: int) -> bool:
        """Tell whether `value` equals 0.
        Args:
            value (int): the value
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return value == 0

    def Better(self, one: int, other: int) -> int:
        """Work out the better of `one` and `other`.
        Args:
            one (int): value of one
            other (int): value of other
        Returns:
            int: the result
        Example Output:
            "21"
        """
        return better(one, other)

    def Add(self, arriving: int, tufts_cell: int) -> int:
        """Work out `arriving` plus `tufts_cell`.
        Args:
            arriving (int): value of arriving
            tufts_cell (int): value of tufts cell
        Returns:
            int: the result
        Example Output:
            "7"
        """
        return arriving + tufts_cell

    def Done(self, answer) -> str:
        """Hand in the answer. The first one counts.
        Args:
            answer (int): the answer, a whole number
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

        def row_tufts(row):
            return [call("TuftsCell", row=row, column=column) for column in range(call("TuftsRowLength", row=row))]

        def each_tufts():
            for row in range(call("TuftsRows")):
                yield row_tufts(row)

        def read_tufts():
            return list(each_tufts())

        def sheep_path():
            columns = call('TuftsRowLength', row=0)
            best = [0] * columns
            for row in range(call('TuftsRows')):
                for column in range(columns):
                    from_north = best[column] - 1
                    if call('CheckRowAndColumn', row=row, column=column):
                        arriving = 0
                    elif call('IsValueEqualTo0', value=row):
                        arriving = best[column - 1]
                    elif call('IsValueEqualTo0', value=column):
                        arriving = from_north
                    else:
                        arriving = call('Better', one=from_north, other=best[column - 1])
                    best[column] = call('Add', arriving=arriving, tufts_cell=call('TuftsCell', row=row, column=column))
            return best[columns - 1]

        call("Done", answer=canonical(sheep_path()))
