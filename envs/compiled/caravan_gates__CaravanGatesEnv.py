"""Compiled from problem caravan_gates (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def narrower(one: int, other: int) -> int:
    if one < other:
        return one
    return other

def caravan_gates(towns: int, roads: list[tuple[int, int, int]]) -> int:
    widest = [0] * towns
    widest[0] = 1000
    for start, end, gate in roads:
        passing = narrower(widest[start], gate)
        if passing > widest[end]:
            widest[end] = passing
    total = 0
    for town in range(1, towns):
        total += town * widest[town]
    return total

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


class CaravanGatesEnv(gymnasium.Env):
    """Caravans leave town 0 with camels side by side. Roads lead from a town to one with a higher number, and each has a
    gate that lets through so many camels abreast; the roads are listed by the town they leave, lowest first. A caravan
    cannot change its width on the way, and picks its roads so that it can be as wide as possible. Report the sum, over
    all the other towns, of the widest caravan that gets there multiplied by the number of the town; a town that cannot be
    reached adds nothing."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'RoadsRows': 1, 'RoadsRowLength': 2, 'RoadsCell': 3, 'ReadSetting': 4, 'Narrower': 5, 'IsPassingGreaterThanWidestValue': 6, 'UpdateTotal': 7, 'Done': 8}
        self.parameters = {'Observe': {}, 'RoadsRows': {}, 'RoadsRowLength': {'row': 'integer'}, 'RoadsCell': {'row': 'integer', 'column': 'integer'}, 'ReadSetting': {'name': 'string'}, 'Narrower': {'one': 'integer', 'other': 'integer'}, 'IsPassingGreaterThanWidestValue': {'passing': 'integer', 'widest_value': 'integer'}, 'UpdateTotal': {'total': 'integer', 'town': 'integer', 'widest_value': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'towns': 3, 'roads': [(0, 1, 8), (1, 2, 24)]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return CaravanGatesEnv(env_str) if env_str.startswith("CaravanGatesEnv@") else None

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
        return canonical((caravan_gates)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "towns: a single whole number\\nroads: 2 rows of whole numbers"
        """
        return "\n".join(['towns: a single whole number', 'roads: {} rows of whole numbers'.format(len(self.config['roads']))])

    def RoadsRows(self) -> int:
        """Count the rows of roads.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['roads'])

    def RoadsRowLength(self, row: int) -> int:
        """Count what is in one row of roads.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "3"
        """
        return len(self.config['roads'][row])

    def RoadsCell(self, row: int, column: int) -> int:
        """Read what is in one row of roads, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int: what is there
        Example Output:
            "0"
        """
        return self.config['roads'][row][column]

    def ReadSetting(self, name: str) -> int:
        """Read a value that stands alone: towns.
        Args:
            name (str): towns
        Returns:
            int: the value
        Example Output:
            "3"
        """
        return {name: self.config[name] for name in ['towns']}[name]

    def Narrower(self, one: int, other: int) -> int:
        """Work out the narrower of `one` and `other`.
        Args:
            one (int): value of one
            other (int): value of other
        Returns:
            int: the result
        Example Output:
            "8"
        """
        return narrower(one, other)

    def IsPassingGreaterThanWidestValue(self, passing: int, widest_value: int) -> bool:
        """Tell whether `passing` is greater than `widest_value`.
        Args:
            passing (int): value of passing
            widest_value (int): the widest value
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return passing > widest_value

    def UpdateTotal(self, total: int, town: int, widest_value: int) -> int:
        """Work out `total` plus (`town` times `widest_value`).
        Args:
            total (int): value of total
            town (int): value of town
            widest_value (int): the widest value
        Returns:
            int: the result
        Example Output:
            "8"
        """
        return total + town * widest_value

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

        def read_towns():
            return call("ReadSetting", name='towns')

        def row_roads(row):
            return tuple([call("RoadsCell", row=row, column=column) for column in range(call("RoadsRowLength", row=row))])

        def each_roads():
            for row in range(call("RoadsRows")):
                yield row_roads(row)

        def read_roads():
            return list(each_roads())

        def caravan_gates(towns):
            widest = [0] * towns
            widest[0] = 1000
            for start, end, gate in each_roads():
                passing = call('Narrower', one=widest[start], other=gate)
                if call('IsPassingGreaterThanWidestValue', passing=passing, widest_value=widest[end]):
                    widest[end] = passing
            total = 0
            for town in range(1, towns):
                total = call('UpdateTotal', total=total, town=town, widest_value=widest[town])
            return total

        call("Done", answer=canonical(caravan_gates(towns=read_towns())))
