"""Compiled from problem stamp_window (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def worth(corner: int, east: int, south: int, opposite: int) -> int:
    return 2 * corner + east + south + opposite

def stamp_window(values: list[list[int]]) -> list[int]:
    best_row, best_column, best = (0, 0, -1)
    for row in range(len(values) - 1):
        upper = values[row]
        lower = values[row + 1]
        for column in range(len(upper) - 1):
            block = worth(upper[column], upper[column + 1], lower[column], lower[column + 1])
            if block > best or (block == best and row > best_row):
                best_row, best_column, best = (row, column, block)
    return [best_row, best_column, best]

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


class StampWindowEnv(gymnasium.Env):
    """A sheet of stamps has rows and columns of stamps of given values. A collector may cut out one block of two by two
    stamps; its worth is the sum of the four values, with the block's north-west stamp counted twice. Report the row and
    the column of the north-west stamp of the worthiest block, counted from 0, and its worth. Among equally worthy blocks
    take the one furthest south, and among those the one furthest west."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'ValuesRows': 1, 'ValuesRowLength': 2, 'ValuesCell': 3, 'Subtract': 4, 'Add': 5, 'WorkOutFromUpper': 6, 'Worth': 7, 'CheckBlockAndBest': 8, 'Done': 9}
        self.parameters = {'Observe': {}, 'ValuesRows': {}, 'ValuesRowLength': {'row': 'integer'}, 'ValuesCell': {'row': 'integer', 'column': 'integer'}, 'Subtract': {'values_rows': 'integer'}, 'Add': {'value': 'integer'}, 'WorkOutFromUpper': {'upper': 'array'}, 'Worth': {'corner': 'integer', 'east': 'integer', 'south': 'integer', 'opposite': 'integer'}, 'CheckBlockAndBest': {'block': 'integer', 'best': 'integer', 'row': 'integer', 'best_row': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'values': [[13, 3, 12, 11], [2, 14, 5, 17]]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return StampWindowEnv(env_str) if env_str.startswith("StampWindowEnv@") else None

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
        return canonical((stamp_window)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "values of several kinds: 2 rows of whole numbers"
        """
        return "\n".join(['values of several kinds: {} rows of whole numbers'.format(len(self.config['values']))])

    def ValuesRows(self) -> int:
        """Count the rows of values.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['values'])

    def ValuesRowLength(self, row: int) -> int:
        """Count what is in one row of values.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "4"
        """
        return len(self.config['values'][row])

    def ValuesCell(self, row: int, column: int) -> int:
        """Read what is in one row of values, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int: what is there
        Example Output:
            "13"
        """
        return self.config['values'][row][column]

    def Subtract(self, values_rows: int) -> int:
        """Work out `values_rows` minus 1.
        Args:
            values_rows (int): the values rows
        Returns:
            int: the result
        Example Output:
            "1"
        """
        return values_rows - 1

    def Add(self, value: int) -> int:
        """Work out `value` plus 1.
        Args:
            value (int): the value
        Returns:
            int: the result
        Example Output:
            "1"
        """
        return value + 1

    def WorkOutFromUpper(self, upper: list) -> int:
        """Work out how many elements `upper` has minus 1.
        Args:
            upper (list): value of upper
        Returns:
            int: the result
        Example Output:
            "3"
        """
        return len(upper) - 1

    def Worth(self, corner: int, east: int, south: int, opposite: int) -> int:
        """Work out the worth of `corner` and `east` and `south` and `opposite`.
        Args:
            corner (int): value of corner
            east (int): value of east
            south (int): value of south
            opposite (int): value of opposite
        Returns:
            int: the result
        Example Output:
            "45"
        """
        return worth(corner, east, south, opposite)

    def CheckBlockAndBest(self, block: int, best: int, row: int, best_row: int) -> bool:
        """Tell whether (`block` is greater than `best`) or ((`block` equals `best`) and (`row` is greater than `best_row`)).
        Args:
            block (int): value of block
            best (int): value of best
            row (int): value of row
            best_row (int): value of best row
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return block > best or (block == best and row > best_row)

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

        def row_values(row):
            return [call("ValuesCell", row=row, column=column) for column in range(call("ValuesRowLength", row=row))]

        def each_values():
            for row in range(call("ValuesRows")):
                yield row_values(row)

        def read_values():
            return list(each_values())

        def stamp_window():
            best_row, best_column, best = (0, 0, -1)
            for row in range(call('Subtract', values_rows=call('ValuesRows'))):
                upper = row_values(row)
                lower = row_values(call('Add', value=row))
                for column in range(call('WorkOutFromUpper', upper=upper)):
                    block = call('Worth', corner=upper[column], east=upper[call('Add', value=column)], south=lower[column], opposite=lower[call('Add', value=column)])
                    if call('CheckBlockAndBest', block=block, best=best, row=row, best_row=best_row):
                        best_row, best_column, best = (row, column, block)
            return [best_row, best_column, best]

        call("Done", answer=canonical(stamp_window()))
