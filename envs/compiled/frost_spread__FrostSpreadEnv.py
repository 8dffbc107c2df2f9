"""Compiled from problem frost_spread (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def frost_spread(beds: list[list[int]]) -> list[int]:
    rows = len(beds)
    columns = len(beds[0])
    frosted = []
    for row in range(rows):
        count = 0
        for column in range(columns):
            near = 0
            if row > 0:
                near += beds[row - 1][column]
            if row + 1 < rows:
                near += beds[row + 1][column]
            if column > 0:
                near += beds[row][column - 1]
            if column + 1 < columns:
                near += beds[row][column + 1]
            if near % 2 == 1:
                count += 1
        frosted.append(count)
    return frosted

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


class FrostSpreadEnv(gymnasium.Env):
    """A garden has square beds in rows; 1 marks a frosted bed, 0 a clear one. Overnight all beds change at once: a bed is
    frosted in the morning exactly if an odd number of its neighbours to the north, south, east and west were frosted in
    the evening. Neighbours beyond the garden's edge count as clear. Report for each row the number of beds that are
    frosted in the morning."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'BedsRows': 1, 'BedsRowLength': 2, 'BedsCell': 3, 'IsValueGreaterThan0': 4, 'UpdateNear': 5, 'CheckCondition': 6, 'CheckRemainder': 7, 'Done': 8}
        self.parameters = {'Observe': {}, 'BedsRows': {}, 'BedsRowLength': {'row': 'integer'}, 'BedsCell': {'row': 'integer', 'column': 'integer'}, 'IsValueGreaterThan0': {'value': 'integer'}, 'UpdateNear': {'near': 'integer', 'beds_cell': 'integer'}, 'CheckCondition': {'first': 'integer', 'second': 'integer'}, 'CheckRemainder': {'near': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'beds': [[1, 0, 1, 1], [0, 1, 0, 1]]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return FrostSpreadEnv(env_str) if env_str.startswith("FrostSpreadEnv@") else None

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
        return canonical((frost_spread)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "beds: 2 rows of whole numbers"
        """
        return "\n".join(['beds: {} rows of whole numbers'.format(len(self.config['beds']))])

    def BedsRows(self) -> int:
        """Count the rows of beds.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['beds'])

    def BedsRowLength(self, row: int) -> int:
        """Count what is in one row of beds.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "4"
        """
        return len(self.config['beds'][row])

    def BedsCell(self, row: int, column: int) -> int:
        """Read what is in one row of beds, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int: what is there
        Example Output:
            "0"
        """
        return self.config['beds'][row][column]

    def IsValueGreaterThan0(self, value: int) -> bool:
        """Tell whether `value` is greater than 0.
        Args:
            value (int): the value
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return value > 0

    def UpdateNear(self, near: int, beds_cell: int) -> int:
        """Work out `near` plus `beds_cell`.
        Args:
            near (int): value of near
            beds_cell (int): value of beds cell
        Returns:
            int: the result
        Example Output:
            "0"
        """
        return near + beds_cell

    def CheckCondition(self, first: int, second: int) -> bool:
        """Tell whether (`first` plus 1) is less than `second`.
        Args:
            first (int): the first
            second (int): the second
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return first + 1 < second

    def CheckRemainder(self, near: int) -> bool:
        """Tell whether (the remainder of `near` divided by 2) equals 1.
        Args:
            near (int): value of near
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return near % 2 == 1

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

        def row_beds(row):
            return [call("BedsCell", row=row, column=column) for column in range(call("BedsRowLength", row=row))]

        def each_beds():
            for row in range(call("BedsRows")):
                yield row_beds(row)

        def read_beds():
            return list(each_beds())

        def frost_spread():
            rows = call('BedsRows')
            columns = call('BedsRowLength', row=0)
            frosted = []
            for row in range(rows):
                count = 0
                for column in range(columns):
                    near = 0
                    if call('IsValueGreaterThan0', value=row):
                        near = call('UpdateNear', near=near, beds_cell=call('BedsCell', row=row - 1, column=column))
                    if call('CheckCondition', first=row, second=rows):
                        near = call('UpdateNear', near=near, beds_cell=call('BedsCell', row=row + 1, column=column))
                    if call('IsValueGreaterThan0', value=column):
                        near = call('UpdateNear', near=near, beds_cell=call('BedsCell', row=row, column=column - 1))
                    if call('CheckCondition', first=column, second=columns):
                        near = call('UpdateNear', near=near, beds_cell=call('BedsCell', row=row, column=column + 1))
                    if call('CheckRemainder', near=near):
                        count += 1
                frosted.append(count)
            return frosted

        call("Done", answer=canonical(frost_spread()))
