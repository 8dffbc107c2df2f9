"""Compiled from problem terrace_highspots (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def terrace_highspots(heights: list[list[int]]) -> int:
    rows = len(heights)
    columns = len(heights[0])
    total = 0
    for row in range(rows):
        for column in range(columns):
            height = heights[row][column]
            high = True
            if row > 0 and heights[row - 1][column] >= height:
                high = False
            if row + 1 < rows and heights[row + 1][column] >= height:
                high = False
            if column > 0 and heights[row][column - 1] >= height:
                high = False
            if column + 1 < columns and heights[row][column + 1] >= height:
                high = False
            if high:
                total += height
            if column + 1 < columns and heights[row][column + 1] == height:
                total -= 1
    return total

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


class TerraceHighspotsEnv(gymnasium.Env):
    """A vineyard is a block of square terraces with given heights. A terrace is a high spot if it is strictly higher than
    each of its neighbours to the north, south, east and west, as far as there are any. Report the sum of the heights of
    all high spots minus the number of terraces that are as high as their neighbour to the east."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'HeightsRows': 1, 'HeightsRowLength': 2, 'HeightsCell': 3, 'IsValueGreaterThan0': 4, 'IsHeightsCellAtLeastHeight': 5, 'CheckCondition': 6, 'UpdateTotal': 7, 'IsHeightsCellEqualToHeight': 8, 'Done': 9}
        self.parameters = {'Observe': {}, 'HeightsRows': {}, 'HeightsRowLength': {'row': 'integer'}, 'HeightsCell': {'row': 'integer', 'column': 'integer'}, 'IsValueGreaterThan0': {'value': 'integer'}, 'IsHeightsCellAtLeastHeight': {'heights_cell': 'integer', 'height': 'integer'}, 'CheckCondition': {'first': 'integer', 'second': 'integer'}, 'UpdateTotal': {'total': 'integer', 'height': 'integer'}, 'IsHeightsCellEqualToHeight': {'heights_cell': 'integer', 'height': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'heights': [[7, 11, 2], [7, 6, 2]]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return TerraceHighspotsEnv(env_str) if env_str.startswith("TerraceHighspotsEnv@") else None

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
        return canonical((terrace_highspots)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "heights: 2 rows of whole numbers"
        """
        return "\n".join(['heights: {} rows of whole numbers'.format(len(self.config['heights']))])

    def HeightsRows(self) -> int:
        """Count the rows of heights.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['heights'])

    def HeightsRowLength(self, row: int) -> int:
        """Count what is in one row of heights.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "3"
        """
        return len(self.config['heights'][row])

    def HeightsCell(self, row: int, column: int) -> int:
        """Read what is in one row of heights, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int: what is there
        Example Output:
            "7"
        """
        return self.config['heights'][row][column]

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

    def IsHeightsCellAtLeastHeight(self, heights_cell: int, height: int) -> bool:
        """Tell whether `heights_cell` is at least `height`.
        Args:
            heights_cell (int): value of heights cell
            height (int): value of height
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return heights_cell >= height

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

    def UpdateTotal(self, total: int, height: int) -> int:
        """Work out `total` plus `height`.
        Args:
            total (int): value of total
            height (int): value of height
        Returns:
            int: the result
        Example Output:
            "11"
        """
        return total + height

    def IsHeightsCellEqualToHeight(self, heights_cell: int, height: int) -> bool:
        """Tell whether `heights_cell` equals `height`.
        Args:
            heights_cell (int): value of heights cell
            height (int): value of height
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return heights_cell == height

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

        def row_heights(row):
            return [call("HeightsCell", row=row, column=column) for column in range(call("HeightsRowLength", row=row))]

        def each_heights():
            for row in range(call("HeightsRows")):
                yield row_heights(row)

        def read_heights():
            return list(each_heights())

        def terrace_highspots():
            rows = call('HeightsRows')
            columns = call('HeightsRowLength', row=0)
            total = 0
            for row in range(rows):
                for column in range(columns):
                    height = call('HeightsCell', row=row, column=column)
                    high = True
                    if call('IsValueGreaterThan0', value=row) and call('IsHeightsCellAtLeastHeight', heights_cell=call('HeightsCell', row=row - 1, column=column), height=height):
                        high = False
                    if call('CheckCondition', first=row, second=rows) and call('IsHeightsCellAtLeastHeight', heights_cell=call('HeightsCell', row=row + 1, column=column), height=height):
                        high = False
                    if call('IsValueGreaterThan0', value=column) and call('IsHeightsCellAtLeastHeight', heights_cell=call('HeightsCell', row=row, column=column - 1), height=height):
                        high = False
                    if call('CheckCondition', first=column, second=columns) and call('IsHeightsCellAtLeastHeight', heights_cell=call('HeightsCell', row=row, column=column + 1), height=height):
                        high = False
                    if high:
                        total = call('UpdateTotal', total=total, height=height)
                    if call('CheckCondition', first=column, second=columns) and call('IsHeightsCellEqualToHeight', heights_cell=call('HeightsCell', row=row, column=column + 1), height=height):
                        total -= 1
            return total

        call("Done", answer=canonical(terrace_highspots()))
