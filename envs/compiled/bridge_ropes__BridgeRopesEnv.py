"""Compiled from problem bridge_ropes (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def gift_of(price: int) -> int:
    return price // 10

def bridge_ropes(islets: int, offers: list[tuple[int, int, int]]) -> int:
    parent = list(range(islets))
    paid = 0
    for one, other, price in offers:
        left = one
        while parent[left] != left:
            left = parent[left]
        right = other
        while parent[right] != right:
            right = parent[right]
        if left != right:
            parent[left] = right
            paid += price
        else:
            paid -= gift_of(price)
    return paid

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


class BridgeRopesEnv(gymnasium.Env):
    """Builders offer rope bridges between islets, each for a price, and the offers lie on a pile. The harbour master
    takes them one after another from the top: she buys an offer if the two islets are not yet joined by bridges bought
    before, directly or over other islets, and otherwise turns it down and gets a tenth of its price, rounded down, as a
    gift from the disappointed builder. Report what she has paid in the end, gifts subtracted."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'OffersRows': 1, 'OffersRowLength': 2, 'OffersCell': 3, 'ReadSetting': 4, 'IsDifferent': 5, 'UpdatePaid': 6, 'UpdatePaid2': 7, 'Done': 8}
        self.parameters = {'Observe': {}, 'OffersRows': {}, 'OffersRowLength': {'row': 'integer'}, 'OffersCell': {'row': 'integer', 'column': 'integer'}, 'ReadSetting': {'name': 'string'}, 'IsDifferent': {'first': 'integer', 'second': 'integer'}, 'UpdatePaid': {'paid': 'integer', 'price': 'integer'}, 'UpdatePaid2': {'paid': 'integer', 'price': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'islets': 3, 'offers': [(1, 0, 60), (1, 0, 69), (0, 1, 26)]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return BridgeRopesEnv(env_str) if env_str.startswith("BridgeRopesEnv@") else None

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
        return canonical((bridge_ropes)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "islets: a single whole number\\noffers: 3 rows of whole numbers"
        """
        return "\n".join(['islets: a single whole number', 'offers: {} rows of whole numbers'.format(len(self.config['offers']))])

    def OffersRows(self) -> int:
        """Count the rows of offers.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "3"
        """
        return len(self.config['offers'])

    def OffersRowLength(self, row: int) -> int:
        """Count what is in one row of offers.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "3"
        """
        return len(self.config['offers'][row])

    def OffersCell(self, row: int, column: int) -> int:
        """Read what is in one row of offers, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int: what is there
        Example Output:
            "1"
        """
        return self.config['offers'][row][column]

    def ReadSetting(self, name: str) -> int:
        """Read a value that stands alone: islets.
        Args:
            name (str): islets
        Returns:
            int: the value
        Example Output:
            "3"
        """
        return {name: self.config[name] for name in ['islets']}[name]

    def IsDifferent(self, first: int, second: int) -> bool:
        """Tell whether `first` differs from `second`.
        Args:
            first (int): the first
            second (int): the second
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return first != second

    def UpdatePaid(self, paid: int, price: int) -> int:
        """Work out `paid` plus `price`.
        Args:
            paid (int): value of paid
            price (int): value of price
        Returns:
            int: the result
        Example Output:
            "60"
        """
        return paid + price

    def UpdatePaid2(self, paid: int, price: int) -> int:
        """Work out `paid` minus the gift of of `price`.
        Args:
            paid (int): value of paid
            price (int): value of price
        Returns:
            int: the result
        Example Output:
            "54"
        """
        return paid - gift_of(price)

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

        def read_islets():
            return call("ReadSetting", name='islets')

        def row_offers(row):
            return tuple([call("OffersCell", row=row, column=column) for column in range(call("OffersRowLength", row=row))])

        def each_offers():
            for row in range(call("OffersRows")):
                yield row_offers(row)

        def read_offers():
            return list(each_offers())

        def bridge_ropes(islets):
            parent = list(range(islets))
            paid = 0
            for one, other, price in each_offers():
                left = one
                while call('IsDifferent', first=parent[left], second=left):
                    left = parent[left]
                right = other
                while call('IsDifferent', first=parent[right], second=right):
                    right = parent[right]
                if call('IsDifferent', first=left, second=right):
                    parent[left] = right
                    paid = call('UpdatePaid', paid=paid, price=price)
                else:
                    paid = call('UpdatePaid2', paid=paid, price=price)
            return paid

        call("Done", answer=canonical(bridge_ropes(islets=read_islets())))
