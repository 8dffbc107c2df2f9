"""Compiled from problem garden_beds (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def next_moisture(moisture: int, rain: int, thirst: int) -> int:
    """Moisture of a bed after a day's rain and thirst, before any watering."""
    return max(0, min(30, moisture + rain) - thirst)

def garden_beds(thirsts: list[int], rains: list[int]) -> list[int]:
    report = []
    for thirst in thirsts:
        moisture = 10
        watered = 0
        for rain in rains:
            moisture = next_moisture(moisture, rain, thirst)
            if moisture < 5:
                moisture = 15
                watered += 1
        report.append(watered * 100 + moisture)
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


class GardenBedsEnv(gymnasium.Env):
    """Each garden bed has its own thirst, and each day its own rain. A bed's moisture starts at ten. On every day, in
    order, the rain is added to the moisture of each bed, which cannot rise above thirty, and then the bed's thirst is
    taken off, down to no less than zero. A bed that is below five after that is watered, which sets its moisture to
    fifteen. Report for each bed in order how often it was watered times one hundred plus its moisture after the last
    day."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'ThirstsLength': 1, 'ThirstsItem': 2, 'RainsLength': 3, 'RainsItem': 4, 'NextMoisture': 5, 'IsMoistureLessThan5': 6, 'CombineMoistureAndWatered': 7, 'Done': 8}
        self.parameters = {'Observe': {}, 'ThirstsLength': {}, 'ThirstsItem': {'index': 'integer'}, 'RainsLength': {}, 'RainsItem': {'index': 'integer'}, 'NextMoisture': {'moisture': 'integer', 'rain': 'integer', 'thirst': 'integer'}, 'IsMoistureLessThan5': {'moisture': 'integer'}, 'CombineMoistureAndWatered': {'watered': 'integer', 'moisture': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'thirsts': [9, 4], 'rains': [6, 5, 1, 7]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return GardenBedsEnv(env_str) if env_str.startswith("GardenBedsEnv@") else None

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
        return canonical((garden_beds)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "thirsts: 2 whole numbers\\nrains: 4 whole numbers"
        """
        return "\n".join(['thirsts: {} whole numbers'.format(len(self.config['thirsts'])), 'rains: {} whole numbers'.format(len(self.config['rains']))])

    def ThirstsLength(self) -> int:
        """Count the elements of thirsts.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['thirsts'])

    def ThirstsItem(self, index: int) -> int:
        """Read one element of thirsts.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "9"
        """
        return self.config['thirsts'][index]

    def RainsLength(self) -> int:
        """Count the elements of rains.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "4"
        """
        return len(self.config['rains'])

    def RainsItem(self, index: int) -> int:
        """Read one element of rains.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "6"
        """
        return self.config['rains'][index]

    def NextMoisture(self, moisture: int, rain: int, thirst: int) -> int:
        """Moisture of a bed after a day's rain and thirst, before any watering.
        Args:
            moisture (int): value of moisture
            rain (int): value of rain
            thirst (int): value of thirst
        Returns:
            int: the result
        Example Output:
            "7"
        """
        return next_moisture(moisture, rain, thirst)

    def IsMoistureLessThan5(self, moisture: int) -> bool:
        """Tell whether `moisture` is less than 5.
        Args:
            moisture (int): value of moisture
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return moisture < 5

    def CombineMoistureAndWatered(self, watered: int, moisture: int) -> int:
        """Work out (`watered` times 100) plus `moisture`.
        Args:
            watered (int): value of watered
            moisture (int): value of moisture
        Returns:
            int: the result
        Example Output:
            "105"
        """
        return watered * 100 + moisture

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

        def each_thirsts():
            for index in range(call("ThirstsLength")):
                yield call("ThirstsItem", index=index)

        def read_thirsts():
            return list(each_thirsts())

        def each_rains():
            for index in range(call("RainsLength")):
                yield call("RainsItem", index=index)

        def read_rains():
            return list(each_rains())

        def garden_beds():
            report = []
            for thirst in each_thirsts():
                moisture = 10
                watered = 0
                for rain in each_rains():
                    moisture = call('NextMoisture', moisture=moisture, rain=rain, thirst=thirst)
                    if call('IsMoistureLessThan5', moisture=moisture):
                        moisture = 15
                        watered += 1
                report.append(call('CombineMoistureAndWatered', watered=watered, moisture=moisture))
            return report

        call("Done", answer=canonical(garden_beds()))
