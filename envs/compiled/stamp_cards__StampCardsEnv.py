"""Compiled from problem stamp_cards (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def stamps_for(paid: int) -> int:
    """Stamps given for a bill of so many coins."""
    if paid >= 25:
        return 2
    return 1 if paid >= 10 else 0

def stamp_cards(bills: list[tuple[str, int]]) -> list[int]:
    cards = {}
    payments = []
    for guest, bill in bills:
        stamps = cards.get(guest, 0)
        paid = bill
        if stamps >= 5:
            stamps -= 5
            paid = max(0, bill - 8)
        payments.append(paid)
        cards[guest] = stamps + stamps_for(paid)
    payments.append(sum(cards.values()))
    return payments

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


class StampCardsEnv(gymnasium.Env):
    """A tea house gives every guest a stamp card. For a bill of at least ten coins the guest gets one stamp, for a bill
    of at least twenty-five two stamps. A guest who holds five or more stamps when a new bill is written gives up five
    of them first and has eight coins taken off that bill, but not below zero; the stamps for the bill are counted from
    what remains to be paid. Every guest starts without stamps. Report what was paid for each bill in the order of the
    book, and as the last entry the number of stamps that all guests together still hold."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'BillsRows': 1, 'BillsRowLength': 2, 'BillsCell': 3, 'IsStampsAtLeast5': 4, 'WorkOutPaid': 5, 'CombineStampsAndPaid': 6, 'Done': 7}
        self.parameters = {'Observe': {}, 'BillsRows': {}, 'BillsRowLength': {'row': 'integer'}, 'BillsCell': {'row': 'integer', 'column': 'integer'}, 'IsStampsAtLeast5': {'stamps': 'integer'}, 'WorkOutPaid': {'bill': 'integer'}, 'CombineStampsAndPaid': {'stamps': 'integer', 'paid': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'bills': [('Lena', 11), ('Lena', 27), ('Lena', 34), ('Lena', 39)]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return StampCardsEnv(env_str) if env_str.startswith("StampCardsEnv@") else None

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
        return canonical((stamp_cards)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "bills: 4 rows of values of several kinds"
        """
        return "\n".join(['bills: {} rows of values of several kinds'.format(len(self.config['bills']))])

    def BillsRows(self) -> int:
        """Count the rows of bills.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "4"
        """
        return len(self.config['bills'])

    def BillsRowLength(self, row: int) -> int:
        """Count what is in one row of bills.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['bills'][row])

    def BillsCell(self, row: int, column: int):
        """Read what is in one row of bills, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int, float, str, bool or list: what is there
        Example Output:
            ""Lena\""
        """
        return self.config['bills'][row][column]

    def IsStampsAtLeast5(self, stamps: int) -> bool:
        """Tell whether `stamps` is at least 5.
        Args:
            stamps (int): value of stamps
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return stamps >= 5

    def WorkOutPaid(self, bill: int) -> int:
        """Work out the largest of 0 and (`bill` minus 8).
        Args:
            bill (int): value of bill
        Returns:
            int: the result
        Example Output:
            "31"
        """
        return max(0, bill - 8)

    def CombineStampsAndPaid(self, stamps: int, paid: int) -> int:
        """Work out `stamps` plus the stamps for of `paid`.
        Args:
            stamps (int): value of stamps
            paid (int): value of paid
        Returns:
            int: the result
        Example Output:
            "1"
        """
        return stamps + stamps_for(paid)

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

        def stamp_cards():
            cards = {}
            payments = []
            for guest, bill in each_bills():
                stamps = cards.get(guest, 0)
                paid = bill
                if call('IsStampsAtLeast5', stamps=stamps):
                    stamps -= 5
                    paid = call('WorkOutPaid', bill=bill)
                payments.append(paid)
                cards[guest] = call('CombineStampsAndPaid', stamps=stamps, paid=paid)
            payments.append(sum(cards.values()))
            return payments

        call("Done", answer=canonical(stamp_cards()))
