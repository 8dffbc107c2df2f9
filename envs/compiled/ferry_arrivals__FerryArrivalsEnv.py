"""Compiled from problem ferry_arrivals (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def ferry_arrivals(islands: int, sailings: list[tuple[int, int, int, int]]) -> list[int]:
    earliest = [-1] * islands
    earliest[0] = 0
    for origin, target, departs, arrives in sailings:
        ready = earliest[origin]
        if ready < 0 or ready > departs:
            continue
        if earliest[target] < 0 or arrives < earliest[target]:
            earliest[target] = arrives
    return earliest

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


class FerryArrivalsEnv(gymnasium.Env):
    """A timetable lists sailings between islands, the earliest departure first: island of departure, island of arrival,
    minute of departure, minute of arrival. A traveller stands on island 0 at minute 0 and can board a sailing if she is
    on its island no later than the minute it departs. Report for every island, in order of its number, the earliest
    minute in which she can be there: 0 for island 0, and -1 for an island she cannot get to."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'SailingsRows': 1, 'SailingsRowLength': 2, 'SailingsCell': 3, 'ReadSetting': 4, 'CheckReadyAndDeparts': 5, 'IsEarliestValueLessThan0': 6, 'IsArrivesLessThanEarliestValue': 7, 'Done': 8}
        self.parameters = {'Observe': {}, 'SailingsRows': {}, 'SailingsRowLength': {'row': 'integer'}, 'SailingsCell': {'row': 'integer', 'column': 'integer'}, 'ReadSetting': {'name': 'string'}, 'CheckReadyAndDeparts': {'ready': 'integer', 'departs': 'integer'}, 'IsEarliestValueLessThan0': {'earliest_value': 'integer'}, 'IsArrivesLessThanEarliestValue': {'arrives': 'integer', 'earliest_value': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'islands': 3, 'sailings': [(0, 2, 7, 21), (0, 1, 9, 29)]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return FerryArrivalsEnv(env_str) if env_str.startswith("FerryArrivalsEnv@") else None

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
        return canonical((ferry_arrivals)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "islands: a single whole number\\nsailings: 2 rows of whole numbers"
        """
        return "\n".join(['islands: a single whole number', 'sailings: {} rows of whole numbers'.format(len(self.config['sailings']))])

    def SailingsRows(self) -> int:
        """Count the rows of sailings.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['sailings'])

    def SailingsRowLength(self, row: int) -> int:
        """Count what is in one row of sailings.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "4"
        """
        return len(self.config['sailings'][row])

    def SailingsCell(self, row: int, column: int) -> int:
        """Read what is in one row of sailings, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int: what is there
        Example Output:
            "0"
        """
        return self.config['sailings'][row][column]

    def ReadSetting(self, name: str) -> int:
        """Read a value that stands alone: islands.
        Args:
            name (str): islands
        Returns:
            int: the value
        Example Output:
            "3"
        """
        return {name: self.config[name] for name in ['islands']}[name]

    def CheckReadyAndDeparts(self, ready: int, departs: int) -> bool:
        """Tell whether (`ready` is less than 0) or (`ready` is greater than `departs`).
        Args:
            ready (int): value of ready
            departs (int): value of departs
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return ready < 0 or ready > departs

    def IsEarliestValueLessThan0(self, earliest_value: int) -> bool:
        """Tell whether `earliest_value` is less than 0.
        Args:
            earliest_value (int): the earliest value
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return earliest_value < 0

    def IsArrivesLessThanEarliestValue(self, arrives: int, earliest_value: int) -> bool:
        """Tell whether `arrives` is less than `earliest_value`.
        Args:
            arrives (int): value of arrives
            earliest_value (int): the earliest value
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return arrives < earliest_value

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

        def read_islands():
            return call("ReadSetting", name='islands')

        def row_sailings(row):
            return tuple([call("SailingsCell", row=row, column=column) for column in range(call("SailingsRowLength", row=row))])

        def each_sailings():
            for row in range(call("SailingsRows")):
                yield row_sailings(row)

        def read_sailings():
            return list(each_sailings())

        def ferry_arrivals(islands):
            earliest = [-1] * islands
            earliest[0] = 0
            for origin, target, departs, arrives in each_sailings():
                ready = earliest[origin]
                if call('CheckReadyAndDeparts', ready=ready, departs=departs):
                    continue
                if call('IsEarliestValueLessThan0', earliest_value=earliest[target]) or call('IsArrivesLessThanEarliestValue', arrives=arrives, earliest_value=earliest[target]):
                    earliest[target] = arrives
            return earliest

        call("Done", answer=canonical(ferry_arrivals(islands=read_islands())))
