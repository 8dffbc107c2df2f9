"""Compiled from problem ant_arrows (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def ant_arrows(arrows: list[list[str]], steps: int) -> list[int]:
    rows = len(arrows)
    columns = len(arrows[0])
    turned = [[0] * columns for _ in range(rows)]
    row, column = (0, 0)
    crossings = 0
    for _ in range(steps):
        heading = ('NESW'.index(arrows[row][column]) + turned[row][column]) % 4
        turned[row][column] += 1
        if heading == 0:
            row -= 1
        elif heading == 1:
            column += 1
        elif heading == 2:
            row += 1
        else:
            column -= 1
        if row < 0 or row == rows or column < 0 or (column == columns):
            crossings += 1
        row = row % rows
        column = column % columns
    return [row, column, crossings]

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


class AntArrowsEnv(gymnasium.Env):
    """Each square of a table carries an arrow that points north, east, south or west (N, E, S, W). A toy ant starts on
    the north-west square and takes a given number of steps. It always goes one square the way the arrow under it points,
    and as it leaves, that arrow turns a quarter clockwise. Going over an edge it comes in again on the opposite side of
    the same row or column. Report the row and the column, counted from 0 at the north-west, where it ends, and how many
    times it went over an edge."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'ArrowsRows': 1, 'ArrowsRowLength': 2, 'ArrowsCell': 3, 'ReadSetting': 4, 'WorkOutHeading': 5, 'IsHeadingEqualTo0': 6, 'IsHeadingEqualTo1': 7, 'IsHeadingEqualTo2': 8, 'CheckRowAndRows': 9, 'Remainder': 10, 'Done': 11}
        self.parameters = {'Observe': {}, 'ArrowsRows': {}, 'ArrowsRowLength': {'row': 'integer'}, 'ArrowsCell': {'row': 'integer', 'column': 'integer'}, 'ReadSetting': {'name': 'string'}, 'WorkOutHeading': {'arrows_cell': 'string', 'turned_value': 'integer'}, 'IsHeadingEqualTo0': {'heading': 'integer'}, 'IsHeadingEqualTo1': {'heading': 'integer'}, 'IsHeadingEqualTo2': {'heading': 'integer'}, 'CheckRowAndRows': {'row': 'integer', 'rows': 'integer', 'column': 'integer', 'columns': 'integer'}, 'Remainder': {'first': 'integer', 'second': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'arrows': [['W', 'N', 'W'], ['S', 'N', 'W']], 'steps': 7}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return AntArrowsEnv(env_str) if env_str.startswith("AntArrowsEnv@") else None

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
        return canonical((ant_arrows)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "arrows: 2 rows of texts\\nsteps: a single whole number"
        """
        return "\n".join(['arrows: {} rows of texts'.format(len(self.config['arrows'])), 'steps: a single whole number'])

    def ArrowsRows(self) -> int:
        """Count the rows of arrows.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['arrows'])

    def ArrowsRowLength(self, row: int) -> int:
        """Count what is in one row of arrows.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "3"
        """
        return len(self.config['arrows'][row])

    def ArrowsCell(self, row: int, column: int) -> str:
        """Read what is in one row of arrows, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            str: what is there
        Example Output:
            ""W\""
        """
        return self.config['arrows'][row][column]

    def ReadSetting(self, name: str) -> int:
        """Read a value that stands alone: steps.
        Args:
            name (str): steps
        Returns:
            int: the value
        Example Output:
            "7"
        """
        return {name: self.config[name] for name in ['steps']}[name]

    def WorkOutHeading(self, arrows_cell: str, turned_value: int) -> int:
        """Work out the remainder of (the index of 'NESW' and `arrows_cell` plus `turned_value`) divided by 4.
        Args:
            arrows_cell (str): value of arrows cell
            turned_value (int): the turned value
        Returns:
            int: the result
        Example Output:
            "3"
        """
        return ('NESW'.index(arrows_cell) + turned_value) % 4

    def IsHeadingEqualTo0(self, heading: int) -> bool:
        """Tell whether `heading` equals 0.
        Args:
            heading (int): value of heading
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return heading == 0

    def IsHeadingEqualTo1(self, heading: int) -> bool:
        """Tell whether `heading` equals 1.
        Args:
            heading (int): value of heading
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return heading == 1

    def IsHeadingEqualTo2(self, heading: int) -> bool:
        """Tell whether `heading` equals 2.
        Args:
            heading (int): value of heading
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return heading == 2

    def CheckRowAndRows(self, row: int, rows: int, column: int, columns: int) -> bool:
        """Tell whether (`row` is less than 0) or (`row` equals `rows`) or (`column` is less than 0) or (`column` equals `columns`).
        Args:
            row (int): value of row
            rows (int): value of rows
            column (int): value of column
            columns (int): value of columns
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return row < 0 or row == rows or column < 0 or (column == columns)

    def Remainder(self, first: int, second: int) -> int:
        """Work out the remainder of `first` divided by `second`.
        Args:
            first (int): the first
            second (int): the second
        Returns:
            int: the result
        Example Output:
            "0"
        """
        return first % second

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

        def row_arrows(row):
            return [call("ArrowsCell", row=row, column=column) for column in range(call("ArrowsRowLength", row=row))]

        def each_arrows():
            for row in range(call("ArrowsRows")):
                yield row_arrows(row)

        def read_arrows():
            return list(each_arrows())

        def read_steps():
            return call("ReadSetting", name='steps')

        def ant_arrows(steps):
            rows = call('ArrowsRows')
            columns = call('ArrowsRowLength', row=0)
            turned = [[0] * columns for _ in range(rows)]
            row, column = (0, 0)
            crossings = 0
            for _ in range(steps):
                heading = call('WorkOutHeading', arrows_cell=call('ArrowsCell', row=row, column=column), turned_value=turned[row][column])
                turned[row][column] += 1
                if call('IsHeadingEqualTo0', heading=heading):
                    row -= 1
                elif call('IsHeadingEqualTo1', heading=heading):
                    column += 1
                elif call('IsHeadingEqualTo2', heading=heading):
                    row += 1
                else:
                    column -= 1
                if call('CheckRowAndRows', row=row, rows=rows, column=column, columns=columns):
                    crossings += 1
                row = call('Remainder', first=row, second=rows)
                column = call('Remainder', first=column, second=columns)
            return [row, column, crossings]

        call("Done", answer=canonical(ant_arrows(steps=read_steps())))
