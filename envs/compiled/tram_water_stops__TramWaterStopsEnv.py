"""Compiled from problem tram_water_stops (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def tram_water_stops(distances: list[int], tank: int) -> list[int]:
    left = tank
    report = []
    for distance in distances:
        if left < distance:
            report.append(left)
            left = tank
        left -= distance
    report.append(left)
    return report

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


class TramWaterStopsEnv(gymnasium.Env):
    """A steam tram starts with a full tank of water, which lasts for a given number of miles, and passes stations at
    given distances from each other; the first distance is the one from the start to station 1. No distance is longer than
    a tank lasts. At a station the driver fills the tank up only if what is left is not enough for the next distance;
    after the last distance the line ends. Report the miles for which water was left at each filling, in order, and then
    the miles left at the end of the line."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'DistancesLength': 1, 'DistancesItem': 2, 'ReadSetting': 3, 'IsLeftLessThanDistance': 4, 'UpdateLeft': 5, 'Done': 6}
        self.parameters = {'Observe': {}, 'DistancesLength': {}, 'DistancesItem': {'index': 'integer'}, 'ReadSetting': {'name': 'string'}, 'IsLeftLessThanDistance': {'left': 'integer', 'distance': 'integer'}, 'UpdateLeft': {'left': 'integer', 'distance': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'distances': [12, 14, 3, 8, 7, 3, 9], 'tank': 31}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return TramWaterStopsEnv(env_str) if env_str.startswith("TramWaterStopsEnv@") else None

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
        return canonical((tram_water_stops)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "distances: 7 whole numbers\\ntank: a single whole number"
        """
        return "\n".join(['distances: {} whole numbers'.format(len(self.config['distances'])), 'tank: a single whole number'])

    def DistancesLength(self) -> int:
        """Count the elements of distances.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "7"
        """
        return len(self.config['distances'])

    def DistancesItem(self, index: int) -> int:
        """Read one element of distances.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "12"
        """
        return self.config['distances'][index]

    def ReadSetting(self, name: str) -> int:
        """Read a value that stands alone: tank.
        Args:
            name (str): tank
        Returns:
            int: the value
        Example Output:
            "31"
        """
        return {name: self.config[name] for name in ['tank']}[name]

    def IsLeftLessThanDistance(self, left: int, distance: int) -> bool:
        """Tell whether `left` is less than `distance`.
        Args:
            left (int): value of left
            distance (int): value of distance
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return left < distance

    def UpdateLeft(self, left: int, distance: int) -> int:
        """Work out `left` minus `distance`.
        Args:
            left (int): value of left
            distance (int): value of distance
        Returns:
            int: the result
        Example Output:
            "19"
        """
        return left - distance

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

        def each_distances():
            for index in range(call("DistancesLength")):
                yield call("DistancesItem", index=index)

        def read_distances():
            return list(each_distances())

        def read_tank():
            return call("ReadSetting", name='tank')

        def tram_water_stops(tank):
            left = tank
            report = []
            for distance in each_distances():
                if call('IsLeftLessThanDistance', left=left, distance=distance):
                    report.append(left)
                    left = tank
                left = call('UpdateLeft', left=left, distance=distance)
            report.append(left)
            return report

        call("Done", answer=canonical(tram_water_stops(tank=read_tank())))
