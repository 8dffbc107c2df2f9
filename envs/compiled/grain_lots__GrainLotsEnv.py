"""Compiled from problem grain_lots (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def grain_lots(lots: list[tuple[int, int]], sales: list[int], emergency: int) -> list[int]:
    costs = []
    lot = 0
    used = 0
    for sacks in sales:
        wanted = sacks
        cost = 0
        while wanted > 0 and lot < len(lots):
            amount, price = lots[lot]
            taken = min(wanted, amount - used)
            cost += taken * price
            wanted -= taken
            used += taken
            if used == amount:
                lot += 1
                used = 0
        cost += wanted * emergency
        costs.append(cost)
    return costs

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


class GrainLotsEnv(gymnasium.Env):
    """A mill buys grain in lots, each with a number of sacks and a price for one sack, and uses the sacks of the oldest
    lot first. The sales follow one after another once all lots are in the store; each sale is a number of sacks. What a
    sale costs the mill is the sum of the prices of the sacks used for it. When the store runs empty, each missing sack
    is bought elsewhere for a given emergency price. Report the cost of every sale in order."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'LotsRows': 1, 'LotsRowLength': 2, 'LotsCell': 3, 'SalesLength': 4, 'SalesItem': 5, 'ReadSetting': 6, 'IsWantedGreaterThan0': 7, 'IsLotLessThanLotsRows': 8, 'WorkOutTaken': 9, 'UpdateCost': 10, 'IsUsedEqualToAmount': 11, 'Done': 12}
        self.parameters = {'Observe': {}, 'LotsRows': {}, 'LotsRowLength': {'row': 'integer'}, 'LotsCell': {'row': 'integer', 'column': 'integer'}, 'SalesLength': {}, 'SalesItem': {'index': 'integer'}, 'ReadSetting': {'name': 'string'}, 'IsWantedGreaterThan0': {'wanted': 'integer'}, 'IsLotLessThanLotsRows': {'lot': 'integer', 'lots_rows': 'integer'}, 'WorkOutTaken': {'wanted': 'integer', 'amount': 'integer', 'used': 'integer'}, 'UpdateCost': {'first': 'integer', 'second': 'integer', 'third': 'integer'}, 'IsUsedEqualToAmount': {'used': 'integer', 'amount': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'lots': [(12, 26), (7, 17)], 'sales': [9, 5, 11], 'emergency': 40}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return GrainLotsEnv(env_str) if env_str.startswith("GrainLotsEnv@") else None

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
        return canonical((grain_lots)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "lots: 2 rows of whole numbers\\nsales: 3 whole numbers\\nemergency: a single whole number"
        """
        return "\n".join(['lots: {} rows of whole numbers'.format(len(self.config['lots'])), 'sales: {} whole numbers'.format(len(self.config['sales'])), 'emergency: a single whole number'])

    def LotsRows(self) -> int:
        """Count the rows of lots.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['lots'])

    def LotsRowLength(self, row: int) -> int:
        """Count what is in one row of lots.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['lots'][row])

    def LotsCell(self, row: int, column: int) -> int:
        """Read what is in one row of lots, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int: what is there
        Example Output:
            "12"
        """
        return self.config['lots'][row][column]

    def SalesLength(self) -> int:
        """Count the elements of sales.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "3"
        """
        return len(self.config['sales'])

    def SalesItem(self, index: int) -> int:
        """Read one element of sales.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "9"
        """
        return self.config['sales'][index]

    def ReadSetting(self, name: str) -> int:
        """Read a value that stands alone: emergency.
        Args:
            name (str): emergency
        Returns:
            int: the value
        Example Output:
            "40"
        """
        return {name: self.config[name] for name in ['emergency']}[name]

    def IsWantedGreaterThan0(self, wanted: int) -> bool:
        """Tell whether `wanted` is greater than 0.
        Args:
            wanted (int): value of wanted
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return wanted > 0

    def IsLotLessThanLotsRows(self, lot: int, lots_rows: int) -> bool:
        """Tell whether `lot` is less than `lots_rows`.
        Args:
            lot (int): value of lot
            lots_rows (int): value of lots rows
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return lot < lots_rows

    def WorkOutTaken(self, wanted: int, amount: int, used: int) -> int:
        """Work out the smallest of `wanted` and (`amount` minus `used`).
        Args:
            wanted (int): value of wanted
            amount (int): value of amount
            used (int): value of used
        Returns:
            int: the result
        Example Output:
            "9"
        """
        return min(wanted, amount - used)

    def UpdateCost(self, first: int, second: int, third: int) -> int:
        """Work out `first` plus (`second` times `third`).
        Args:
            first (int): the first
            second (int): the second
            third (int): the third
        Returns:
            int: the result
        Example Output:
            "234"
        """
        return first + second * third

    def IsUsedEqualToAmount(self, used: int, amount: int) -> bool:
        """Tell whether `used` equals `amount`.
        Args:
            used (int): value of used
            amount (int): value of amount
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return used == amount

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

        def row_lots(row):
            return tuple([call("LotsCell", row=row, column=column) for column in range(call("LotsRowLength", row=row))])

        def each_lots():
            for row in range(call("LotsRows")):
                yield row_lots(row)

        def read_lots():
            return list(each_lots())

        def each_sales():
            for index in range(call("SalesLength")):
                yield call("SalesItem", index=index)

        def read_sales():
            return list(each_sales())

        def read_emergency():
            return call("ReadSetting", name='emergency')

        def grain_lots(emergency):
            costs = []
            lot = 0
            used = 0
            for sacks in each_sales():
                wanted = sacks
                cost = 0
                while call('IsWantedGreaterThan0', wanted=wanted) and call('IsLotLessThanLotsRows', lot=lot, lots_rows=call('LotsRows')):
                    amount, price = row_lots(lot)
                    taken = call('WorkOutTaken', wanted=wanted, amount=amount, used=used)
                    cost = call('UpdateCost', first=cost, second=taken, third=price)
                    wanted -= taken
                    used += taken
                    if call('IsUsedEqualToAmount', used=used, amount=amount):
                        lot += 1
                        used = 0
                cost = call('UpdateCost', first=cost, second=wanted, third=emergency)
                costs.append(cost)
            return costs

        call("Done", answer=canonical(grain_lots(emergency=read_emergency())))
