"""Compiled from problem fence_paint_cost (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def lower(one: int, other: int) -> int:
    if one < other:
        return one
    return other

def fence_paint_cost(prices: list[tuple[int, int, int]]) -> int:
    red = 0
    green = 0
    blue = 0
    first = True
    for red_price, green_price, blue_price in prices:
        if first:
            red, green, blue = (red_price, green_price, blue_price)
            first = False
            continue
        next_red = lower(green, blue + 2) + red_price
        next_green = lower(red, blue) + green_price
        next_blue = lower(red, green) + blue_price
        red, green, blue = (next_red, next_green, next_blue)
    return lower(red, lower(green, blue))

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


class FencePaintCostEnv(gymnasium.Env):
    """Every post of a fence is to be painted red, green or blue, and for each post the three prices are known in that
    order. Posts side by side must not have the same colour. Red paint dries slowly: a post painted red right after a blue
    one costs 2 coins more. Report the lowest price for the whole fence."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'PricesRows': 1, 'PricesRowLength': 2, 'PricesCell': 3, 'WorkOutNextRed': 4, 'Combine': 5, 'Lower': 6, 'Done': 7}
        self.parameters = {'Observe': {}, 'PricesRows': {}, 'PricesRowLength': {'row': 'integer'}, 'PricesCell': {'row': 'integer', 'column': 'integer'}, 'WorkOutNextRed': {'green': 'integer', 'blue': 'integer', 'red_price': 'integer'}, 'Combine': {'first': 'integer', 'second': 'integer', 'third': 'integer'}, 'Lower': {'red': 'integer', 'green': 'integer', 'blue': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'prices': [(15, 5, 14), (13, 4, 16), (7, 19, 15)]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return FencePaintCostEnv(env_str) if env_str.startswith("FencePaintCostEnv@") else None

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
        return canonical((fence_paint_cost)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "prices: 3 rows of whole numbers"
        """
        return "\n".join(['prices: {} rows of whole numbers'.format(len(self.config['prices']))])

    def PricesRows(self) -> int:
        """Count the rows of prices.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "3"
        """
        return len(self.config['prices'])

    def PricesRowLength(self, row: int) -> int:
        """Count what is in one row of prices.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "3"
        """
        return len(self.config['prices'][row])

    def PricesCell(self, row: int, column: int) -> int:
        """Read what is in one row of prices, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int: what is there
        Example Output:
            "15"
        """
        return self.config['prices'][row][column]

    def WorkOutNextRed(self, green: int, blue: int, red_price: int) -> int:
        """Work out (`green` and (`blue` plus 2) in lower case) plus `red_price`.
        Args:
            green (int): value of green
            blue (int): value of blue
            red_price (int): value of red price
        Returns:
            int: the result
        Example Output:
            "18"
        """
        return lower(green, blue + 2) + red_price

    def Combine(self, first: int, second: int, third: int) -> int:
        """Work out `first` and `second` in lower case plus `third`.
        Args:
            first (int): the first
            second (int): the second
            third (int): the third
        Returns:
            int: the result
        Example Output:
            "18"
        """
        return lower(first, second) + third

    def Lower(self, red: int, green: int, blue: int) -> int:
        """Work out `red` and `green` and `blue` in lower case in lower case.
        Args:
            red (int): value of red
            green (int): value of green
            blue (int): value of blue
        Returns:
            int: the result
        Example Output:
            "25"
        """
        return lower(red, lower(green, blue))

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

        def row_prices(row):
            return tuple([call("PricesCell", row=row, column=column) for column in range(call("PricesRowLength", row=row))])

        def each_prices():
            for row in range(call("PricesRows")):
                yield row_prices(row)

        def read_prices():
            return list(each_prices())

        def fence_paint_cost():
            red = 0
            green = 0
            blue = 0
            first = True
            for red_price, green_price, blue_price in each_prices():
                if first:
                    red, green, blue = (red_price, green_price, blue_price)
                    first = False
                    continue
                next_red = call('WorkOutNextRed', green=green, blue=blue, red_price=red_price)
                next_green = call('Combine', first=red, second=blue, third=green_price)
                next_blue = call('Combine', first=red, second=green, third=blue_price)
                red, green, blue = (next_red, next_green, next_blue)
            return call('Lower', red=red, green=green, blue=blue)

        call("Done", answer=canonical(fence_paint_cost()))
