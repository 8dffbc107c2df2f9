"""Compiled from problem tower_sight (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def lanterns(one: int, other: int, empty: int) -> int:
    lower = one
    if other < one:
        lower = other
    return lower + empty

def tower_sight(plots: list[list[int]]) -> int:
    columns = len(plots[0])
    last_height = [0] * columns
    last_row = [0] * columns
    total = 0
    for row in range(len(plots)):
        west_height = 0
        west_column = 0
        for column in range(columns):
            height = plots[row][column]
            if height == 0:
                continue
            if west_height > 0:
                total += lanterns(west_height, height, column - west_column - 1)
            if last_height[column] > 0:
                total += lanterns(last_height[column], height, row - last_row[column] - 1)
            west_height, west_column = (height, column)
            last_height[column], last_row[column] = (height, row)
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


class TowerSightEnv(gymnasium.Env):
    """On a square grid of plots, 0 is an empty plot and any other number is a tower of that height. Two towers can signal
    to each other if they stand in the same row or the same column and no tower is between them. Such a pair needs as many
    lanterns as the lower of the two towers is high, plus the number of empty plots between them. Report how many lanterns
    all the pairs need."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'PlotsRows': 1, 'PlotsRowLength': 2, 'PlotsCell': 3, 'IsHeightEqualTo0': 4, 'IsValueGreaterThan0': 5, 'UpdateTotal': 6, 'Done': 7}
        self.parameters = {'Observe': {}, 'PlotsRows': {}, 'PlotsRowLength': {'row': 'integer'}, 'PlotsCell': {'row': 'integer', 'column': 'integer'}, 'IsHeightEqualTo0': {'height': 'integer'}, 'IsValueGreaterThan0': {'value': 'integer'}, 'UpdateTotal': {'first': 'integer', 'second': 'integer', 'third': 'integer', 'fourth': 'integer', 'fifth': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'plots': [[4, 8, 0, 4], [3, 0, 5, 0]]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return TowerSightEnv(env_str) if env_str.startswith("TowerSightEnv@") else None

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
        return canonical((tower_sight)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "plots: 2 rows of whole numbers"
        """
        return "\n".join(['plots: {} rows of whole numbers'.format(len(self.config['plots']))])

    def PlotsRows(self) -> int:
        """Count the rows of plots.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['plots'])

    def PlotsRowLength(self, row: int) -> int:
        """Count what is in one row of plots.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "4"
        """
        return len(self.config['plots'][row])

    def PlotsCell(self, row: int, column: int) -> int:
        """Read what is in one row of plots, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int: what is there
        Example Output:
            "4"
        """
        return self.config['plots'][row][column]

    def IsHeightEqualTo0(self, height: int) -> bool:
        """Tell whether `height` equals 0.
        Args:
            height (int): value of height
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return height == 0

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

    def UpdateTotal(self, first: int, second: int, third: int, fourth: int, fifth: int) -> int:
        """Work out `first` plus (the lanterns of `second` and `third` and ((`fourth` minus `fifth`) minus 1)).
        Args:
            first (int): the first
            second (int): the second
            third (int): the third
            fourth (int): value of fourth
            fifth (int): value of fifth
        Returns:
            int: the result
        Example Output:
            "4"
        """
        return first + lanterns(second, third, fourth - fifth - 1)

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

        def row_plots(row):
            return [call("PlotsCell", row=row, column=column) for column in range(call("PlotsRowLength", row=row))]

        def each_plots():
            for row in range(call("PlotsRows")):
                yield row_plots(row)

        def read_plots():
            return list(each_plots())

        def tower_sight():
            columns = call('PlotsRowLength', row=0)
            last_height = [0] * columns
            last_row = [0] * columns
            total = 0
            for row in range(call('PlotsRows')):
                west_height = 0
                west_column = 0
                for column in range(columns):
                    height = call('PlotsCell', row=row, column=column)
                    if call('IsHeightEqualTo0', height=height):
                        continue
                    if call('IsValueGreaterThan0', value=west_height):
                        total = call('UpdateTotal', first=total, second=west_height, third=height, fourth=column, fifth=west_column)
                    if call('IsValueGreaterThan0', value=last_height[column]):
                        total = call('UpdateTotal', first=total, second=last_height[column], third=height, fourth=row, fifth=last_row[column])
                    west_height, west_column = (height, column)
                    last_height[column], last_row[column] = (height, row)
            return total

        call("Done", answer=canonical(tower_sight()))
