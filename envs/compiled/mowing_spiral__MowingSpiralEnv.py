"""Compiled from problem mowing_spiral (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def fuel(before: int, after: int) -> int:
    if after > before:
        return 2 * (after - before)
    return after - before

def mowing_spiral(heights: list[list[int]]) -> int:
    top, bottom = (0, len(heights) - 1)
    left, right = (0, len(heights[0]) - 1)
    row, column = (0, 0)
    down, across = (0, 1)
    used = 0
    for _ in range(len(heights) * len(heights[0]) - 1):
        if across == 1 and column == right:
            down, across, top = (1, 0, top + 1)
        elif down == 1 and row == bottom:
            down, across, right = (0, -1, right - 1)
        elif across == -1 and column == left:
            down, across, bottom = (-1, 0, bottom - 1)
        elif down == -1 and row == top:
            down, across, left = (0, 1, left + 1)
        before = heights[row][column]
        row += down
        column += across
        used += fuel(before, heights[row][column])
    return used

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


class MowingSpiralEnv(gymnasium.Env):
    """A meadow is divided into square plots of given heights. A mower starts at the north-west corner, goes east along
    the edge, and spirals inwards clockwise until every plot is done. Whenever the next plot is lower than the one before,
    the mower rolls and saves as many drops of fuel as the heights differ; whenever it is higher, it burns twice the
    difference. Report the drops burnt minus the drops saved."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'HeightsRows': 1, 'HeightsRowLength': 2, 'HeightsCell': 3, 'CombineHeightsRowsAndHeightsRowLength': 4, 'CheckCondition': 5, 'CheckCondition2': 6, 'Add': 7, 'UpdateUsed': 8, 'Done': 9}
        self.parameters = {'Observe': {}, 'HeightsRows': {}, 'HeightsRowLength': {'row': 'integer'}, 'HeightsCell': {'row': 'integer', 'column': 'integer'}, 'CombineHeightsRowsAndHeightsRowLength': {'heights_rows': 'integer', 'heights_row_length': 'integer'}, 'CheckCondition': {'first': 'integer', 'second': 'integer', 'third': 'integer'}, 'CheckCondition2': {'first': 'integer', 'second': 'integer', 'third': 'integer'}, 'Add': {'first': 'integer', 'second': 'integer'}, 'UpdateUsed': {'used': 'integer', 'before': 'integer', 'heights_cell': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'heights': [[25, 14, 22], [25, 4, 13]]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return MowingSpiralEnv(env_str) if env_str.startswith("MowingSpiralEnv@") else None

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
        return canonical((mowing_spiral)(**_ast.literal_eval(repr(self.config))))

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
            "25"
        """
        return self.config['heights'][row][column]

    def CombineHeightsRowsAndHeightsRowLength(self, heights_rows: int, heights_row_length: int) -> int:
        """Work out (`heights_rows` times `heights_row_length`) minus 1.
        Args:
            heights_rows (int): value of heights rows
            heights_row_length (int): value of heights row length
        Returns:
            int: the result
        Example Output:
            "5"
        """
        return heights_rows * heights_row_length - 1

    def CheckCondition(self, first: int, second: int, third: int) -> bool:
        """Tell whether (`first` equals 1) and (`second` equals `third`).
        Args:
            first (int): the first
            second (int): the second
            third (int): the third
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return first == 1 and second == third

    def CheckCondition2(self, first: int, second: int, third: int) -> bool:
        """Tell whether (`first` equals minus 1) and (`second` equals `third`).
        Args:
            first (int): the first
            second (int): the second
            third (int): the third
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return first == -1 and second == third

    def Add(self, first: int, second: int) -> int:
        """Work out `first` plus `second`.
        Args:
            first (int): the first
            second (int): the second
        Returns:
            int: the result
        Example Output:
            "0"
        """
        return first + second

    def UpdateUsed(self, used: int, before: int, heights_cell: int) -> int:
        """Work out `used` plus the fuel of `before` and `heights_cell`.
        Args:
            used (int): value of used
            before (int): value of before
            heights_cell (int): value of heights cell
        Returns:
            int: the result
        Example Output:
            "-11"
        """
        return used + fuel(before, heights_cell)

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

        def mowing_spiral():
            top, bottom = (0, call('HeightsRows') - 1)
            left, right = (0, call('HeightsRowLength', row=0) - 1)
            row, column = (0, 0)
            down, across = (0, 1)
            used = 0
            for _ in range(call('CombineHeightsRowsAndHeightsRowLength', heights_rows=call('HeightsRows'), heights_row_length=call('HeightsRowLength', row=0))):
                if call('CheckCondition', first=across, second=column, third=right):
                    down, across, top = (1, 0, top + 1)
                elif call('CheckCondition', first=down, second=row, third=bottom):
                    down, across, right = (0, -1, right - 1)
                elif call('CheckCondition2', first=across, second=column, third=left):
                    down, across, bottom = (-1, 0, bottom - 1)
                elif call('CheckCondition2', first=down, second=row, third=top):
                    down, across, left = (0, 1, left + 1)
                before = call('HeightsCell', row=row, column=column)
                row = call('Add', first=row, second=down)
                column = call('Add', first=column, second=across)
                used = call('UpdateUsed', used=used, before=before, heights_cell=call('HeightsCell', row=row, column=column))
            return used

        call("Done", answer=canonical(mowing_spiral()))
