"""Compiled from problem two_weighbridges (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def north_first(north: int, south: int) -> bool:
    """Whether the north bridge is the one to go to."""
    return north <= south

def two_weighbridges(minutes: list[int]) -> list[int]:
    north = 0
    south = 0
    departures = []
    for stay in minutes:
        if north_first(north, south):
            north += stay
            departures.append(north)
        else:
            south += stay
            departures.append(south)
            south += 1
    return departures

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


class TwoWeighbridgesEnv(gymnasium.Env):
    """Lorries line up before two weighbridges, the north one and the south one. In the order of the line each lorry
    goes to the bridge that is free earlier, to the north one when both are free at the same minute, and stays there for
    its own number of minutes; both bridges are free at minute zero. After every weighing on the south bridge that
    bridge is closed one more minute for cleaning. Report the minute at which each lorry drives off, in the order of the
    line."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'MinutesLength': 1, 'MinutesItem': 2, 'NorthFirst': 3, 'Add': 4, 'Done': 5}
        self.parameters = {'Observe': {}, 'MinutesLength': {}, 'MinutesItem': {'index': 'integer'}, 'NorthFirst': {'north': 'integer', 'south': 'integer'}, 'Add': {'first': 'integer', 'second': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'minutes': [16, 24, 6, 15, 14, 5, 17]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return TwoWeighbridgesEnv(env_str) if env_str.startswith("TwoWeighbridgesEnv@") else None

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
        return canonical((two_weighbridges)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "minutes: 7 whole numbers"
        """
        return "\n".join(['minutes: {} whole numbers'.format(len(self.config['minutes']))])

    def MinutesLength(self) -> int:
        """Count the elements of minutes.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "7"
        """
        return len(self.config['minutes'])

    def MinutesItem(self, index: int) -> int:
        """Read one element of minutes.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "16"
        """
        return self.config['minutes'][index]

    def NorthFirst(self, north: int, south: int) -> bool:
        """Whether the north bridge is the one to go to.
        Args:
            north (int): value of north
            south (int): value of south
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return north_first(north, south)

    def Add(self, first: int, second: int) -> int:
        """Work out `first` plus `second`.
        Args:
            first (int): the first
            second (int): the second
        Returns:
            int: the result
        Example Output:
            "16"
        """
        return first + second

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

        def each_minutes():
            for index in range(call("MinutesLength")):
                yield call("MinutesItem", index=index)

        def read_minutes():
            return list(each_minutes())

        def two_weighbridges():
            north = 0
            south = 0
            departures = []
            for stay in each_minutes():
                if call('NorthFirst', north=north, south=south):
                    north = call('Add', first=north, second=stay)
                    departures.append(north)
                else:
                    south = call('Add', first=south, second=stay)
                    departures.append(south)
                    south += 1
            return departures

        call("Done", answer=canonical(two_weighbridges()))
