"""Compiled from problem seed_suppliers (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def seed_suppliers(old: dict[str, int], new: dict[str, int], orders: list[tuple[str, int]]) -> list[int]:
    paid_old = 0
    paid_new = 0
    struck_out = 0
    for kind, bags in orders:
        if kind in old and kind in new:
            if old[kind] < new[kind]:
                paid_old += old[kind] * bags
            else:
                paid_new += new[kind] * bags
        elif kind in old:
            paid_old += old[kind] * bags
        elif kind in new:
            paid_new += new[kind] * bags
        else:
            struck_out += bags
    return [paid_old, paid_new, struck_out]

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


class SeedSuppliersEnv(gymnasium.Env):
    """A gardener compares two seed catalogues, the old one and the new one, which give a price for each kind of seed,
    and has a list of orders, each with a kind and a number of bags. Each order is placed where the bag is cheaper, with
    the new catalogue when both cost the same; a kind found in one catalogue only is ordered there, and a kind found in
    neither is struck out. Report the coins paid to the old supplier, the coins paid to the new supplier and the number
    of bags struck out."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'OldKeys': 1, 'OldLookup': 2, 'NewKeys': 3, 'NewLookup': 4, 'OrdersRows': 5, 'OrdersRowLength': 6, 'OrdersCell': 7, 'IsOldValueLessThanNewValue': 8, 'Combine': 9, 'UpdateStruckOut': 10, 'Done': 11}
        self.parameters = {'Observe': {}, 'OldKeys': {}, 'OldLookup': {'key': 'string'}, 'NewKeys': {}, 'NewLookup': {'key': 'string'}, 'OrdersRows': {}, 'OrdersRowLength': {'row': 'integer'}, 'OrdersCell': {'row': 'integer', 'column': 'integer'}, 'IsOldValueLessThanNewValue': {'old_value': 'integer', 'new_value': 'integer'}, 'Combine': {'first': 'integer', 'second': 'integer', 'third': 'integer'}, 'UpdateStruckOut': {'struck_out': 'integer', 'bags': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'old': {'bean': 16, 'beet': 6}, 'new': {'dill': 15}, 'orders': [('dill', 2), ('yam', 3)]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return SeedSuppliersEnv(env_str) if env_str.startswith("SeedSuppliersEnv@") else None

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
        return canonical((seed_suppliers)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "old: 2 keys, each with a whole number\\nnew: 1 keys, each with a whole number\\norders: 2 rows of values of several kinds"
        """
        return "\n".join(['old: {} keys, each with a whole number'.format(len(self.config['old'])), 'new: {} keys, each with a whole number'.format(len(self.config['new'])), 'orders: {} rows of values of several kinds'.format(len(self.config['orders']))])

    def OldKeys(self) -> list:
        """List the keys of old, without what belongs to them.
        Args:
            None
        Returns:
            list[str]: the keys
        Example Output:
            "["bean", "beet"]"
        """
        return list(self.config['old'])

    def OldLookup(self, key: str) -> int:
        """Look up what belongs to one key of old.
        Args:
            key (str): a key of old
        Returns:
            int: what belongs to it
        Example Output:
            "16"
        """
        return self.config['old'][key]

    def NewKeys(self) -> list:
        """List the keys of new, without what belongs to them.
        Args:
            None
        Returns:
            list[str]: the keys
        Example Output:
            "["dill"]"
        """
        return list(self.config['new'])

    def NewLookup(self, key: str) -> int:
        """Look up what belongs to one key of new.
        Args:
            key (str): a key of new
        Returns:
            int: what belongs to it
        Example Output:
            "15"
        """
        return self.config['new'][key]

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
            "2"
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
            ""dill\""
        """
        return self.config['orders'][row][column]

    def IsOldValueLessThanNewValue(self, old_value: int, new_value: int) -> bool:
        """Tell whether `old_value` is less than `new_value`.
        Args:
            old_value (int): the old value
            new_value (int): the new value
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return old_value < new_value

    def Combine(self, first: int, second: int, third: int) -> int:
        """Work out `first` plus (`second` times `third`).
        Args:
            first (int): the first
            second (int): the second
            third (int): the third
        Returns:
            int: the result
        Example Output:
            "30"
        """
        return first + second * third

    def UpdateStruckOut(self, struck_out: int, bags: int) -> int:
        """Work out `struck_out` plus `bags`.
        Args:
            struck_out (int): value of struck out
            bags (int): value of bags
        Returns:
            int: the result
        Example Output:
            "3"
        """
        return struck_out + bags

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

        def read_old():
            return {key: call("OldLookup", key=key) for key in call("OldKeys")}

        def read_new():
            return {key: call("NewLookup", key=key) for key in call("NewKeys")}

        def row_orders(row):
            return tuple([call("OrdersCell", row=row, column=column) for column in range(call("OrdersRowLength", row=row))])

        def each_orders():
            for row in range(call("OrdersRows")):
                yield row_orders(row)

        def read_orders():
            return list(each_orders())

        def seed_suppliers(old, new):
            paid_old = 0
            paid_new = 0
            struck_out = 0
            for kind, bags in each_orders():
                if kind in old and kind in new:
                    if call('IsOldValueLessThanNewValue', old_value=old[kind], new_value=new[kind]):
                        paid_old = call('Combine', first=paid_old, second=old[kind], third=bags)
                    else:
                        paid_new = call('Combine', first=paid_new, second=new[kind], third=bags)
                elif kind in old:
                    paid_old = call('Combine', first=paid_old, second=old[kind], third=bags)
                elif kind in new:
                    paid_new = call('Combine', first=paid_new, second=new[kind], third=bags)
                else:
                    struck_out = call('UpdateStruckOut', struck_out=struck_out, bags=bags)
            return [paid_old, paid_new, struck_out]

        call("Done", answer=canonical(seed_suppliers(old=read_old(), new=read_new())))
