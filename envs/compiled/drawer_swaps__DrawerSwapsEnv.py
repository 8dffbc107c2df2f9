"""Compiled from problem drawer_swaps (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def drawer_swaps(coins: list[list[int]], orders: list[tuple[str, int, int]]) -> list[int]:
    side = len(coins)
    row_at = list(range(side))
    column_at = list(range(side))
    for kind, one, other in orders:
        if kind == 'r':
            kept = row_at[one]
            row_at[one] = row_at[other]
            row_at[other] = kept
        else:
            kept = column_at[one]
            column_at[one] = column_at[other]
            column_at[other] = kept
    line = []
    for place in range(side):
        line.append(coins[row_at[place]][column_at[place]])
    return line

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


class DrawerSwapsEnv(gymnasium.Env):
    """A square cabinet has rows and columns of drawers with some coins in each. A restless owner swaps whole rows (r) or
    whole columns (c): each order names the letter and the two positions, counted from 0, whose rows or columns change
    places. Report, after all the orders, the coins in the drawers along the line from the north-west to the south-east
    corner, in that order."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'CoinsRows': 1, 'CoinsRowLength': 2, 'CoinsCell': 3, 'OrdersRows': 4, 'OrdersRowLength': 5, 'OrdersCell': 6, 'IsKindEqual': 7, 'Done': 8}
        self.parameters = {'Observe': {}, 'CoinsRows': {}, 'CoinsRowLength': {'row': 'integer'}, 'CoinsCell': {'row': 'integer', 'column': 'integer'}, 'OrdersRows': {}, 'OrdersRowLength': {'row': 'integer'}, 'OrdersCell': {'row': 'integer', 'column': 'integer'}, 'IsKindEqual': {'kind': 'string'}, 'Done': {'answer': 'any'}}
        self.config = {'coins': [[22, 69], [56, 17]], 'orders': [('c', 1, 0), ('c', 1, 0)]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return DrawerSwapsEnv(env_str) if env_str.startswith("DrawerSwapsEnv@") else None

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
        return canonical((drawer_swaps)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "coins: 2 rows of whole numbers\\norders: 2 rows of values of several kinds"
        """
        return "\n".join(['coins: {} rows of whole numbers'.format(len(self.config['coins'])), 'orders: {} rows of values of several kinds'.format(len(self.config['orders']))])

    def CoinsRows(self) -> int:
        """Count the rows of coins.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['coins'])

    def CoinsRowLength(self, row: int):
        """Count what is in one row of coins.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            ""
        """
        return len(self.config['coins'][row])

    def CoinsCell(self, row: int, column: int) -> int:
        """Read what is in one row of coins, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int: what is there
        Example Output:
            "22"
        """
        return self.config['coins'][row][column]

    def OrdersRows(self) -> int:
        """Count the rows of orders.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['orders'])

    def OrdersRowLength(self, row: int) -> int:
        """Count what is in one row of orders.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "3"
        """
        return len(self.config['orders'][row])

    def OrdersCell(self, row: int, column: int):
        """Read what is in one row of orders, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int, float, str, bool or list: what is there
        Example Output:
            ""c\""
        """
        return self.config['orders'][row][column]

    def IsKindEqual(self, kind: str) -> bool:
        """Tell whether `kind` equals 'r'.
        Args:
            kind (str): value of kind
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return kind == 'r'

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

        def row_coins(row):
            return [call("CoinsCell", row=row, column=column) for column in range(call("CoinsRowLength", row=row))]

        def each_coins():
            for row in range(call("CoinsRows")):
                yield row_coins(row)

        def read_coins():
            return list(each_coins())

        def row_orders(row):
            return tuple([call("OrdersCell", row=row, column=column) for column in range(call("OrdersRowLength", row=row))])

        def each_orders():
            for row in range(call("OrdersRows")):
                yield row_orders(row)

        def read_orders():
            return list(each_orders())

        def drawer_swaps():
            side = call('CoinsRows')
            row_at = list(range(side))
            column_at = list(range(side))
            for kind, one, other in each_orders():
                if call('IsKindEqual', kind=kind):
                    kept = row_at[one]
                    row_at[one] = row_at[other]
                    row_at[other] = kept
                else:
                    kept = column_at[one]
                    column_at[one] = column_at[other]
                    column_at[other] = kept
            line = []
            for place in range(side):
                line.append(call('CoinsCell', row=row_at[place], column=column_at[place]))
            return line

        call("Done", answer=canonical(drawer_swaps()))
