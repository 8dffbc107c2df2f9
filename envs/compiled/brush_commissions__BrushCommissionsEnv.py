"""Compiled from problem brush_commissions (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def share(earlier: int, sale: int) -> int:
    """What a seller keeps of a sale, given the takings before it."""
    if earlier >= 500:
        return sale // 5
    if earlier >= 200:
        return sale // 8
    return sale // 10

def brush_commissions(sales: list[tuple[str, int]]) -> list[int]:
    takings = {}
    kept = []
    firm = 0
    for seller, coins in sales:
        earlier = takings.get(seller, 0)
        commission = share(earlier, coins)
        kept.append(commission)
        firm += coins - commission
        takings[seller] = earlier + coins
    kept.append(firm)
    return kept

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


class BrushCommissionsEnv(gymnasium.Env):
    """Travelling sellers of brushes report their sales line by line, each with the seller and the coins taken. A seller
    keeps one tenth of every sale, rounded down. As soon as the seller's takings from earlier lines reach two hundred
    coins, it is one eighth of the sale instead, and from five hundred coins on one fifth, each rounded down. Report the
    coins kept on each line in order, and as the last entry what remains for the firm from all lines together."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'SalesRows': 1, 'SalesRowLength': 2, 'SalesCell': 3, 'Share': 4, 'UpdateFirm': 5, 'Add': 6, 'Done': 7}
        self.parameters = {'Observe': {}, 'SalesRows': {}, 'SalesRowLength': {'row': 'integer'}, 'SalesCell': {'row': 'integer', 'column': 'integer'}, 'Share': {'earlier': 'integer', 'sale': 'integer'}, 'UpdateFirm': {'firm': 'integer', 'coins': 'integer', 'commission': 'integer'}, 'Add': {'earlier': 'integer', 'coins': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'sales': [('Pia', 65), ('Pia', 130), ('Pia', 159), ('Pia', 176)]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return BrushCommissionsEnv(env_str) if env_str.startswith("BrushCommissionsEnv@") else None

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
        return canonical((brush_commissions)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "sales: 4 rows of values of several kinds"
        """
        return "\n".join(['sales: {} rows of values of several kinds'.format(len(self.config['sales']))])

    def SalesRows(self) -> int:
        """Count the rows of sales.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "4"
        """
        return len(self.config['sales'])

    def SalesRowLength(self, row: int) -> int:
        """Count what is in one row of sales.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['sales'][row])

    def SalesCell(self, row: int, column: int):
        """Read what is in one row of sales, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int, float, str, bool or list: what is there
        Example Output:
            ""Pia\""
        """
        return self.config['sales'][row][column]

    def Share(self, earlier: int, sale: int) -> int:
        """What a seller keeps of a sale, given the takings before it.
        Args:
            earlier (int): value of earlier
            sale (int): value of sale
        Returns:
            int: the result
        Example Output:
            "6"
        """
        return share(earlier, sale)

    def UpdateFirm(self, firm: int, coins: int, commission: int) -> int:
        """Work out `firm` plus (`coins` minus `commission`).
        Args:
            firm (int): value of firm
            coins (int): value of coins
            commission (int): value of commission
        Returns:
            int: the result
        Example Output:
            "59"
        """
        return firm + (coins - commission)

    def Add(self, earlier: int, coins: int) -> int:
        """Work out `earlier` plus `coins`.
        Args:
            earlier (int): value of earlier
            coins (int): value of coins
        Returns:
            int: the result
        Example Output:
            "65"
        """
        return earlier + coins

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

        def row_sales(row):
            return tuple([call("SalesCell", row=row, column=column) for column in range(call("SalesRowLength", row=row))])

        def each_sales():
            for row in range(call("SalesRows")):
                yield row_sales(row)

        def read_sales():
            return list(each_sales())

        def brush_commissions():
            takings = {}
            kept = []
            firm = 0
            for seller, coins in each_sales():
                earlier = takings.get(seller, 0)
                commission = call('Share', earlier=earlier, sale=coins)
                kept.append(commission)
                firm = call('UpdateFirm', firm=firm, coins=coins, commission=commission)
                takings[seller] = call('Add', earlier=earlier, coins=coins)
            kept.append(firm)
            return kept

        call("Done", answer=canonical(brush_commissions()))
