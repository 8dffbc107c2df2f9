"""Compiled from problem dust_robot (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def inside(place: int, length: int) -> bool:
    return 0 <= place < length

def dust_robot(dust: list[list[int]], orders: str) -> int:
    row, column = (0, 0)
    cleaned = [(0, 0)]
    grams = dust[0][0]
    for order in orders:
        next_row = row
        next_column = column
        if order == 'N':
            next_row -= 1
        elif order == 'S':
            next_row += 1
        elif order == 'E':
            next_column += 1
        else:
            next_column -= 1
        if not inside(next_row, len(dust)) or not inside(next_column, len(dust[0])):
            grams -= 3
            continue
        row, column = (next_row, next_column)
        if (row, column) not in cleaned:
            grams += dust[row][column]
            cleaned.append((row, column))
        else:
            grams -= 1
    return grams

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


class DustRobotEnv(gymnasium.Env):
    """A cleaning robot starts on the north-west tile of a room; every tile has some grams of dust. Its orders are the
    letters N, E, S and W, one tile each. It takes up the dust of a tile when it comes there for the first time, the first
    tile's before any order. An order that would take it through a wall leaves it where it is and costs 3 grams, blown out
    by the bump, and one that takes it to a tile where it has been before costs 1 gram. Report the grams it holds in the
    end."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'DustRows': 1, 'DustRowLength': 2, 'DustCell': 3, 'OrdersLength': 4, 'OrdersCharacter': 5, 'IsOrderEqual': 6, 'IsOrderEqual2': 7, 'IsOrderEqual3': 8, 'IsNot': 9, 'UpdateGrams': 10, 'Done': 11}
        self.parameters = {'Observe': {}, 'DustRows': {}, 'DustRowLength': {'row': 'integer'}, 'DustCell': {'row': 'integer', 'column': 'integer'}, 'OrdersLength': {}, 'OrdersCharacter': {'index': 'integer'}, 'IsOrderEqual': {'order': 'string'}, 'IsOrderEqual2': {'order': 'string'}, 'IsOrderEqual3': {'order': 'string'}, 'IsNot': {'first': 'integer', 'second': 'integer'}, 'UpdateGrams': {'grams': 'integer', 'dust_cell': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'dust': [[5, 8], [22, 8]], 'orders': 'SENWE'}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return DustRobotEnv(env_str) if env_str.startswith("DustRobotEnv@") else None

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
        return canonical((dust_robot)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "dust: 2 rows of whole numbers\\norders: a text of 5 characters"
        """
        return "\n".join(['dust: {} rows of whole numbers'.format(len(self.config['dust'])), 'orders: a text of {} characters'.format(len(self.config['orders']))])

    def DustRows(self) -> int:
        """Count the rows of dust.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['dust'])

    def DustRowLength(self, row: int) -> int:
        """Count what is in one row of dust.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['dust'][row])

    def DustCell(self, row: int, column: int) -> int:
        """Read what is in one row of dust, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int: what is there
        Example Output:
            "5"
        """
        return self.config['dust'][row][column]

    def OrdersLength(self) -> int:
        """Count the characters of the text orders.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "5"
        """
        return len(self.config['orders'])

    def OrdersCharacter(self, index: int) -> str:
        """Read one character of the text orders.
        Args:
            index (int): place, counted from 0
        Returns:
            str: the element there
        Example Output:
            ""S\""
        """
        return self.config['orders'][index]

    def IsOrderEqual(self, order: str) -> bool:
        """Tell whether `order` equals 'N'.
        Args:
            order (str): value of order
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return order == 'N'

    def IsOrderEqual2(self, order: str) -> bool:
        """Tell whether `order` equals 'S'.
        Args:
            order (str): value of order
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return order == 'S'

    def IsOrderEqual3(self, order: str) -> bool:
        """Tell whether `order` equals 'E'.
        Args:
            order (str): value of order
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return order == 'E'

    def IsNot(self, first: int, second: int) -> bool:
        """Tell whether not the inside of `first` and `second`.
        Args:
            first (int): the first
            second (int): the second
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return not inside(first, second)

    def UpdateGrams(self, grams: int, dust_cell: int) -> int:
        """Work out `grams` plus `dust_cell`.
        Args:
            grams (int): value of grams
            dust_cell (int): value of dust cell
        Returns:
            int: the result
        Example Output:
            "27"
        """
        return grams + dust_cell

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

        def row_dust(row):
            return [call("DustCell", row=row, column=column) for column in range(call("DustRowLength", row=row))]

        def each_dust():
            for row in range(call("DustRows")):
                yield row_dust(row)

        def read_dust():
            return list(each_dust())

        def each_orders():
            for index in range(call("OrdersLength")):
                yield call("OrdersCharacter", index=index)

        def read_orders():
            return ''.join(each_orders())

        def dust_robot():
            row, column = (0, 0)
            cleaned = [(0, 0)]
            grams = call('DustCell', row=0, column=0)
            for order in each_orders():
                next_row = row
                next_column = column
                if call('IsOrderEqual', order=order):
                    next_row -= 1
                elif call('IsOrderEqual2', order=order):
                    next_row += 1
                elif call('IsOrderEqual3', order=order):
                    next_column += 1
                else:
                    next_column -= 1
                if call('IsNot', first=next_row, second=call('DustRows')) or call('IsNot', first=next_column, second=call('DustRowLength', row=0)):
                    grams -= 3
                    continue
                row, column = (next_row, next_column)
                if (row, column) not in cleaned:
                    grams = call('UpdateGrams', grams=grams, dust_cell=call('DustCell', row=row, column=column))
                    cleaned.append((row, column))
                else:
                    grams -= 1
            return grams

        call("Done", answer=canonical(dust_robot()))
