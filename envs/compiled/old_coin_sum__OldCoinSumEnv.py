"""Compiled from problem old_coin_sum (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def in_pence(pounds: int, shillings: int, pence: int) -> int:
    return (pounds * 20 + shillings) * 12 + pence

def old_coin_sum(bills: list[tuple[int, int, int]]) -> list[int]:
    total = 0
    smallest = -1
    smallest_charged = 0
    for pounds, shillings, pence in bills:
        value = in_pence(pounds, shillings, pence)
        charged = value
        if pence == 0:
            charged += 4
        total += charged
        if smallest < 0 or value < smallest:
            smallest = value
            smallest_charged = charged
    total -= smallest_charged
    return [total // 240, total // 12 % 20, total % 12]

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


class OldCoinSumEnv(gymnasium.Env):
    """An inn keeps its bills in old money: 12 pence make a shilling and 20 shillings a pound. Each bill is given in
    pounds, shillings and pence. The landlord drops the smallest bill, once only, and adds up the others, but charges 4
    pence more on every bill that has no odd pence, that is, whose pence are 0. Dropping is decided before the extra pence
    are put on. Report the sum as pounds, shillings and pence, with fewer than 20 shillings and fewer than 12 pence."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'BillsRows': 1, 'BillsRowLength': 2, 'BillsCell': 3, 'InPence': 4, 'IsPenceEqualTo0': 5, 'UpdateTotal': 6, 'CheckSmallestAndValue': 7, 'UpdateTotal2': 8, 'WorkOutFromTotal': 9, 'Done': 10}
        self.parameters = {'Observe': {}, 'BillsRows': {}, 'BillsRowLength': {'row': 'integer'}, 'BillsCell': {'row': 'integer', 'column': 'integer'}, 'InPence': {'pounds': 'integer', 'shillings': 'integer', 'pence': 'integer'}, 'IsPenceEqualTo0': {'pence': 'integer'}, 'UpdateTotal': {'total': 'integer', 'charged': 'integer'}, 'CheckSmallestAndValue': {'smallest': 'integer', 'value': 'integer'}, 'UpdateTotal2': {'total': 'integer', 'smallest_charged': 'integer'}, 'WorkOutFromTotal': {'total': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'bills': [(6, 13, 9), (6, 3, 5), (2, 2, 6)]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return OldCoinSumEnv(env_str) if env_str.startswith("OldCoinSumEnv@") else None

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
        return canonical((old_coin_sum)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "bills: 3 rows of whole numbers"
        """
        return "\n".join(['bills: {} rows of whole numbers'.format(len(self.config['bills']))])

    def BillsRows(self) -> int:
        """Count the rows of bills.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "3"
        """
        return len(self.config['bills'])

    def BillsRowLength(self, row: int) -> int:
        """Count what is in one row of bills.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "3"
        """
        return len(self.config['bills'][row])

    def BillsCell(self, row: int, column: int) -> int:
        """Read what is in one row of bills, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int: what is there
        Example Output:
            "6"
        """
        return self.config['bills'][row][column]

    def InPence(self, pounds: int, shillings: int, pence: int) -> int:
        """Work out the in pence of `pounds` and `shillings` and `pence`.
        Args:
            pounds (int): value of pounds
            shillings (int): value of shillings
            pence (int): value of pence
        Returns:
            int: the result
        Example Output:
            "1605"
        """
        return in_pence(pounds, shillings, pence)

    def IsPenceEqualTo0(self, pence: int) -> bool:
        """Tell whether `pence` equals 0.
        Args:
            pence (int): value of pence
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return pence == 0

    def UpdateTotal(self, total: int, charged: int) -> int:
        """Work out `total` plus `charged`.
        Args:
            total (int): value of total
            charged (int): value of charged
        Returns:
            int: the result
        Example Output:
            "1605"
        """
        return total + charged

    def CheckSmallestAndValue(self, smallest: int, value: int) -> bool:
        """Tell whether (`smallest` is less than 0) or (`value` is less than `smallest`).
        Args:
            smallest (int): value of smallest
            value (int): the value
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return smallest < 0 or value < smallest

    def UpdateTotal2(self, total: int, smallest_charged: int) -> int:
        """Work out `total` minus `smallest_charged`.
        Args:
            total (int): value of total
            smallest_charged (int): value of smallest charged
        Returns:
            int: the result
        Example Output:
            "3086"
        """
        return total - smallest_charged

    def WorkOutFromTotal(self, total: int) -> int:
        """Work out the remainder of (`total` divided by 12, rounded down) divided by 20.
        Args:
            total (int): value of total
        Returns:
            int: the result
        Example Output:
            "17"
        """
        return total // 12 % 20

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

        def row_bills(row):
            return tuple([call("BillsCell", row=row, column=column) for column in range(call("BillsRowLength", row=row))])

        def each_bills():
            for row in range(call("BillsRows")):
                yield row_bills(row)

        def read_bills():
            return list(each_bills())

        def old_coin_sum():
            total = 0
            smallest = -1
            smallest_charged = 0
            for pounds, shillings, pence in each_bills():
                value = call('InPence', pounds=pounds, shillings=shillings, pence=pence)
                charged = value
                if call('IsPenceEqualTo0', pence=pence):
                    charged += 4
                total = call('UpdateTotal', total=total, charged=charged)
                if call('CheckSmallestAndValue', smallest=smallest, value=value):
                    smallest = value
                    smallest_charged = charged
            total = call('UpdateTotal2', total=total, smallest_charged=smallest_charged)
            return [total // 240, call('WorkOutFromTotal', total=total), total % 12]

        call("Done", answer=canonical(old_coin_sum()))
