"""Compiled from problem barber_two_chairs (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def later(one: int, other: int) -> int:
    if one > other:
        return one
    return other

def barber_two_chairs(customers: list[tuple[int, int]]) -> list[int]:
    left_free = 0
    right_free = 0
    waited = 0
    for arrival, haircut in customers:
        if left_free <= right_free:
            begin = later(arrival, left_free)
            left_free = begin + haircut
        else:
            begin = later(arrival, right_free)
            right_free = begin + haircut
        waited += begin - arrival
    return [waited, left_free, right_free]

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


class BarberTwoChairsEnv(gymnasium.Env):
    """A barber shop has a left and a right chair. Customers are listed as they come, with the minute of arrival and the
    minutes their haircut takes. Each in turn takes the chair that becomes free first, the left one if both do so in the
    same minute, and sits down as soon as he has come and the chair is free. Report three numbers: the minutes that all
    customers waited in all, the minute in which the left chair is free for good, and the same for the right chair."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'CustomersRows': 1, 'CustomersRowLength': 2, 'CustomersCell': 3, 'IsLeftFreeAtMostRightFree': 4, 'Later': 5, 'Add': 6, 'UpdateWaited': 7, 'Done': 8}
        self.parameters = {'Observe': {}, 'CustomersRows': {}, 'CustomersRowLength': {'row': 'integer'}, 'CustomersCell': {'row': 'integer', 'column': 'integer'}, 'IsLeftFreeAtMostRightFree': {'left_free': 'integer', 'right_free': 'integer'}, 'Later': {'one': 'integer', 'other': 'integer'}, 'Add': {'begin': 'integer', 'haircut': 'integer'}, 'UpdateWaited': {'waited': 'integer', 'begin': 'integer', 'arrival': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'customers': [(6, 8), (12, 16), (13, 19), (15, 22)]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return BarberTwoChairsEnv(env_str) if env_str.startswith("BarberTwoChairsEnv@") else None

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
        return canonical((barber_two_chairs)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "customers: 4 rows of whole numbers"
        """
        return "\n".join(['customers: {} rows of whole numbers'.format(len(self.config['customers']))])

    def CustomersRows(self) -> int:
        """Count the rows of customers.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "4"
        """
        return len(self.config['customers'])

    def CustomersRowLength(self, row: int) -> int:
        """Count what is in one row of customers.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['customers'][row])

    def CustomersCell(self, row: int, column: int) -> int:
        """Read what is in one row of customers, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int: what is there
        Example Output:
            "6"
        """
        return self.config['customers'][row][column]

    def IsLeftFreeAtMostRightFree(self, left_free: int, right_free: int) -> bool:
        """Tell whether `left_free` is at most `right_free`.
        Args:
            left_free (int): value of left free
            right_free (int): value of right free
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return left_free <= right_free

    def Later(self, one: int, other: int) -> int:
        """Work out the later of `one` and `other`.
        Args:
            one (int): value of one
            other (int): value of other
        Returns:
            int: the result
        Example Output:
            "6"
        """
        return later(one, other)

    def Add(self, begin: int, haircut: int) -> int:
        """Work out `begin` plus `haircut`.
        Args:
            begin (int): value of begin
            haircut (int): value of haircut
        Returns:
            int: the result
        Example Output:
            "14"
        """
        return begin + haircut

    def UpdateWaited(self, waited: int, begin: int, arrival: int) -> int:
        """Work out `waited` plus (`begin` minus `arrival`).
        Args:
            waited (int): value of waited
            begin (int): value of begin
            arrival (int): value of arrival
        Returns:
            int: the result
        Example Output:
            "0"
        """
        return waited + (begin - arrival)

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

        def row_customers(row):
            return tuple([call("CustomersCell", row=row, column=column) for column in range(call("CustomersRowLength", row=row))])

        def each_customers():
            for row in range(call("CustomersRows")):
                yield row_customers(row)

        def read_customers():
            return list(each_customers())

        def barber_two_chairs():
            left_free = 0
            right_free = 0
            waited = 0
            for arrival, haircut in each_customers():
                if call('IsLeftFreeAtMostRightFree', left_free=left_free, right_free=right_free):
                    begin = call('Later', one=arrival, other=left_free)
                    left_free = call('Add', begin=begin, haircut=haircut)
                else:
                    begin = call('Later', one=arrival, other=right_free)
                    right_free = call('Add', begin=begin, haircut=haircut)
                waited = call('UpdateWaited', waited=waited, begin=begin, arrival=arrival)
            return [waited, left_free, right_free]

        call("Done", answer=canonical(barber_two_chairs()))
