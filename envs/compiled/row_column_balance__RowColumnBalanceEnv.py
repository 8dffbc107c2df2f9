"""Compiled from problem row_column_balance (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def verdict(row_jars: int, column_jars: int) -> int:
    ahead = row_jars - column_jars
    if ahead < 0:
        ahead = 2 * ahead
    return ahead

def row_column_balance(jars: list[list[int]]) -> list[int]:
    side = len(jars)
    row_sums = [0] * side
    column_sums = [0] * side
    for row in range(side):
        for column in range(side):
            row_sums[row] += jars[row][column]
            column_sums[column] += jars[row][column]
    report = []
    for number in range(side):
        report.append(verdict(row_sums[number], column_sums[number]))
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


class RowColumnBalanceEnv(gymnasium.Env):
    """A beekeeper's hives stand in a square, and each gave some jars of honey. Rows and columns are numbered alike. For
    each number she compares the jars of that row with the jars of that column. Report, in order, by how many jars each
    row is ahead of the column with its number; where the column is ahead, the number is negative and doubled."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'JarsRows': 1, 'JarsRowLength': 2, 'JarsCell': 3, 'Verdict': 4, 'Done': 5}
        self.parameters = {'Observe': {}, 'JarsRows': {}, 'JarsRowLength': {'row': 'integer'}, 'JarsCell': {'row': 'integer', 'column': 'integer'}, 'Verdict': {'row_jars': 'integer', 'column_jars': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'jars': [[24, 13, 21], [24, 3, 12], [11, 2, 14]]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return RowColumnBalanceEnv(env_str) if env_str.startswith("RowColumnBalanceEnv@") else None

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
        return canonical((row_column_balance)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "jars: 3 rows of whole numbers"
        """
        return "\n".join(['jars: {} rows of whole numbers'.format(len(self.config['jars']))])

    def JarsRows(self) -> int:
        """Count the rows of jars.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "3"
        """
        return len(self.config['jars'])

    def JarsRowLength(self, row: int):
        """Count what is in one row of jars.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            ""
        """
        return len(self.config['jars'][row])

    def JarsCell(self, row: int, column: int) -> int:
        """Read what is in one row of jars, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int: what is there
        Example Output:
            "24"
        """
        return self.config['jars'][row][column]

    def Verdict(self, row_jars: int, column_jars: int) -> int:
        """Work out the verdict of `row_jars` and `column_jars`.
        Args:
            row_jars (int): value of row jars
            column_jars (int): value of column jars
        Returns:
            int: the result
        Example Output:
            "-2"
        """
        return verdict(row_jars, column_jars)

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

        def row_jars(row):
            return [call("JarsCell", row=row, column=column) for column in range(call("JarsRowLength", row=row))]

        def each_jars():
            for row in range(call("JarsRows")):
                yield row_jars(row)

        def read_jars():
            return list(each_jars())

        def row_column_balance():
            side = call('JarsRows')
            row_sums = [0] * side
            column_sums = [0] * side
            for row in range(side):
                for column in range(side):
                    row_sums[row] += call('JarsCell', row=row, column=column)
                    column_sums[column] += call('JarsCell', row=row, column=column)
            report = []
            for number in range(side):
                report.append(call('Verdict', row_jars=row_sums[number], column_jars=column_sums[number]))
            return report

        call("Done", answer=canonical(row_column_balance()))
