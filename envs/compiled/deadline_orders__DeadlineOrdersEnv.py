"""Compiled from problem deadline_orders (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def deadline_orders(orders: list[tuple[int, int]]) -> int:
    taken = []
    coins = 0
    for pay, last_day in orders:
        day = last_day
        while day > 0 and day in taken:
            day -= 1
        if day > 0:
            taken.append(day)
            coins += pay
        else:
            coins -= 3
    return coins

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


class DeadlineOrdersEnv(gymnasium.Env):
    """A cobbler has orders, the best paid first; each has the pay and the last day, counted from day 1, on which it can
    be done. Every order takes one whole day. He goes through them in the given order and gives each the latest day that
    is still free and not after its last day. If no such day is left, he turns the order down and loses 3 coins on a
    letter of apology. Report the pay of all orders done minus the coins lost."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'OrdersRows': 1, 'OrdersRowLength': 2, 'OrdersCell': 3, 'CheckDayAndTaken': 4, 'IsDayGreaterThan0': 5, 'UpdateCoins': 6, 'Done': 7}
        self.parameters = {'Observe': {}, 'OrdersRows': {}, 'OrdersRowLength': {'row': 'integer'}, 'OrdersCell': {'row': 'integer', 'column': 'integer'}, 'CheckDayAndTaken': {'day': 'integer', 'taken': 'array'}, 'IsDayGreaterThan0': {'day': 'integer'}, 'UpdateCoins': {'coins': 'integer', 'pay': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'orders': [(54, 4), (53, 3), (47, 1), (32, 4), (11, 2)]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return DeadlineOrdersEnv(env_str) if env_str.startswith("DeadlineOrdersEnv@") else None

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
        return canonical((deadline_orders)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "orders: 5 rows of whole numbers"
        """
        return "\n".join(['orders: {} rows of whole numbers'.format(len(self.config['orders']))])

    def OrdersRows(self) -> int:
        """Count the rows of orders.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "5"
        """
        return len(self.config['orders'])

    def OrdersRowLength(self, row: int) -> int:
        """Count what is in one row of orders.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['orders'][row])

    def OrdersCell(self, row: int, column: int) -> int:
        """Read what is in one row of orders, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int: what is there
        Example Output:
            "54"
        """
        return self.config['orders'][row][column]

    def CheckDayAndTaken(self, day: int, taken: list) -> bool:
        """Tell whether (`day` is greater than 0) and (`day` is among `taken`).
        Args:
            day (int): value of day
            taken (list): value of taken
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return day > 0 and day in taken

    def IsDayGreaterThan0(self, day: int) -> bool:
        """Tell whether `day` is greater than 0.
        Args:
            day (int): value of day
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return day > 0

    def UpdateCoins(self, coins: int, pay: int) -> int:
        """Work out `coins` plus `pay`.
        Args:
            coins (int): value of coins
            pay (int): value of pay
        Returns:
            int: the result
        Example Output:
            "54"
        """
        return coins + pay

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

        def row_orders(row):
            return tuple([call("OrdersCell", row=row, column=column) for column in range(call("OrdersRowLength", row=row))])

        def each_orders():
            for row in range(call("OrdersRows")):
                yield row_orders(row)

        def read_orders():
            return list(each_orders())

        def deadline_orders():
            taken = []
            coins = 0
            for pay, last_day in each_orders():
                day = last_day
                while call('CheckDayAndTaken', day=day, taken=taken):
                    day -= 1
                if call('IsDayGreaterThan0', day=day):
                    taken.append(day)
                    coins = call('UpdateCoins', coins=coins, pay=pay)
                else:
                    coins -= 3
            return coins

        call("Done", answer=canonical(deadline_orders()))
