"""Compiled from problem seed_reorders (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def sold_bags(demand: int, stock: int) -> int:
    if demand > stock:
        return stock
    return demand

def seed_reorders(demands: list[int], opening: int, level: int, lot: int) -> list[int]:
    stock = opening
    lost = 0
    delivery_in = 0
    for demand in demands:
        if delivery_in > 0:
            delivery_in -= 1
            if delivery_in == 0:
                stock += lot
        sold = sold_bags(demand, stock)
        stock -= sold
        lost += demand - sold
        if stock <= level and delivery_in == 0:
            delivery_in = 2
    return [lost, stock]

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


class SeedReordersEnv(gymnasium.Env):
    """A seed shop sells as many bags a day as customers ask for, or all it has if that is less; the rest of the demand is
    lost. In the evening, if the bags left are at or below a given level and no delivery is on its way, it orders a given
    number of bags. The next day passes without the delivery, and it comes the morning after that, before the shop opens.
    Report how many bags of demand were lost and how many bags are in the shop after the last day."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'DemandsLength': 1, 'DemandsItem': 2, 'ReadSetting': 3, 'IsDeliveryInGreaterThan0': 4, 'IsDeliveryInEqualTo0': 5, 'UpdateStock': 6, 'SoldBags': 7, 'UpdateStock2': 8, 'UpdateLost': 9, 'CheckStockAndLevel': 10, 'Done': 11}
        self.parameters = {'Observe': {}, 'DemandsLength': {}, 'DemandsItem': {'index': 'integer'}, 'ReadSetting': {'name': 'string'}, 'IsDeliveryInGreaterThan0': {'delivery_in': 'integer'}, 'IsDeliveryInEqualTo0': {'delivery_in': 'integer'}, 'UpdateStock': {'stock': 'integer', 'lot': 'integer'}, 'SoldBags': {'demand': 'integer', 'stock': 'integer'}, 'UpdateStock2': {'stock': 'integer', 'sold': 'integer'}, 'UpdateLost': {'lost': 'integer', 'demand': 'integer', 'sold': 'integer'}, 'CheckStockAndLevel': {'stock': 'integer', 'level': 'integer', 'delivery_in': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'demands': [12, 6, 10, 12, 1, 6], 'opening': 12, 'level': 9, 'lot': 21}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return SeedReordersEnv(env_str) if env_str.startswith("SeedReordersEnv@") else None

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
        return canonical((seed_reorders)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "demands: 6 whole numbers\\nopening: a single whole number\\nlevel: a single whole number\\nlot: a single whole number"
        """
        return "\n".join(['demands: {} whole numbers'.format(len(self.config['demands'])), 'opening: a single whole number', 'level: a single whole number', 'lot: a single whole number'])

    def DemandsLength(self) -> int:
        """Count the elements of demands.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "6"
        """
        return len(self.config['demands'])

    def DemandsItem(self, index: int) -> int:
        """Read one element of demands.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "12"
        """
        return self.config['demands'][index]

    def ReadSetting(self, name: str) -> int:
        """Read a value that stands alone: opening, level, lot.
        Args:
            name (str): one of opening, level, lot
        Returns:
            int: the value
        Example Output:
            "12"
        """
        return {name: self.config[name] for name in ['opening', 'level', 'lot']}[name]

    def IsDeliveryInGreaterThan0(self, delivery_in: int) -> bool:
        """Tell whether `delivery_in` is greater than 0.
        Args:
            delivery_in (int): value of delivery in
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return delivery_in > 0

    def IsDeliveryInEqualTo0(self, delivery_in: int) -> bool:
        """Tell whether `delivery_in` equals 0.
        Args:
            delivery_in (int): value of delivery in
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return delivery_in == 0

    def UpdateStock(self, stock: int, lot: int) -> int:
        """Work out `stock` plus `lot`.
        Args:
            stock (int): value of stock
            lot (int): value of lot
        Returns:
            int: the result
        Example Output:
            "21"
        """
        return stock + lot

    def SoldBags(self, demand: int, stock: int) -> int:
        """Work out the sold bags of `demand` and `stock`.
        Args:
            demand (int): value of demand
            stock (int): value of stock
        Returns:
            int: the result
        Example Output:
            "12"
        """
        return sold_bags(demand, stock)

    def UpdateStock2(self, stock: int, sold: int) -> int:
        """Work out `stock` minus `sold`.
        Args:
            stock (int): value of stock
            sold (int): value of sold
        Returns:
            int: the result
        Example Output:
            "0"
        """
        return stock - sold

    def UpdateLost(self, lost: int, demand: int, sold: int) -> int:
        """Work out `lost` plus (`demand` minus `sold`).
        Args:
            lost (int): value of lost
            demand (int): value of demand
            sold (int): value of sold
        Returns:
            int: the result
        Example Output:
            "0"
        """
        return lost + (demand - sold)

    def CheckStockAndLevel(self, stock: int, level: int, delivery_in: int) -> bool:
        """Tell whether (`stock` is at most `level`) and (`delivery_in` equals 0).
        Args:
            stock (int): value of stock
            level (int): value of level
            delivery_in (int): value of delivery in
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return stock <= level and delivery_in == 0

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

        def each_demands():
            for index in range(call("DemandsLength")):
                yield call("DemandsItem", index=index)

        def read_demands():
            return list(each_demands())

        def read_opening():
            return call("ReadSetting", name='opening')

        def read_level():
            return call("ReadSetting", name='level')

        def read_lot():
            return call("ReadSetting", name='lot')

        def seed_reorders(opening, level, lot):
            stock = opening
            lost = 0
            delivery_in = 0
            for demand in each_demands():
                if call('IsDeliveryInGreaterThan0', delivery_in=delivery_in):
                    delivery_in -= 1
                    if call('IsDeliveryInEqualTo0', delivery_in=delivery_in):
                        stock = call('UpdateStock', stock=stock, lot=lot)
                sold = call('SoldBags', demand=demand, stock=stock)
                stock = call('UpdateStock2', stock=stock, sold=sold)
                lost = call('UpdateLost', lost=lost, demand=demand, sold=sold)
                if call('CheckStockAndLevel', stock=stock, level=level, delivery_in=delivery_in):
                    delivery_in = 2
            return [lost, stock]

        call("Done", answer=canonical(seed_reorders(opening=read_opening(), level=read_level(), lot=read_lot())))
