"""Compiled from problem candle_burndown (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def height_after(height: int, speed: int, hours: int) -> int:
    """Height of a candle after burning for some hours."""
    return max(0, height - speed * hours)

def candle_burndown(heights: list[int], speeds: list[int], hours: int) -> list[int]:
    differences = []
    left = height_after(heights[0], speeds[0], hours)
    for place in range(1, len(heights)):
        right = height_after(heights[place], speeds[place], hours)
        differences.append(left - right)
        left = right
    return differences

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


class CandleBurndownEnv(gymnasium.Env):
    """Candles stand in a row; for each the height in millimetres and the burning speed in millimetres an hour are
    known. All are lit together and burn for the given number of hours; a candle that would go below zero is simply out,
    at height zero. After that, look at every two neighbours in the row. Report, for each pair from left to right, how
    much taller the left candle is than the right one, which is negative where the right one is taller."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'HeightsLength': 1, 'HeightsItem': 2, 'SpeedsLength': 3, 'SpeedsItem': 4, 'ReadSetting': 5, 'HeightAfter': 6, 'Subtract': 7, 'Done': 8}
        self.parameters = {'Observe': {}, 'HeightsLength': {}, 'HeightsItem': {'index': 'integer'}, 'SpeedsLength': {}, 'SpeedsItem': {'index': 'integer'}, 'ReadSetting': {'name': 'string'}, 'HeightAfter': {'height': 'integer', 'speed': 'integer', 'hours': 'integer'}, 'Subtract': {'left': 'integer', 'right': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'heights': [169, 85, 160], 'speeds': [16, 7, 19], 'hours': 3}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return CandleBurndownEnv(env_str) if env_str.startswith("CandleBurndownEnv@") else None

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
        return canonical((candle_burndown)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "heights: 3 whole numbers\\nspeeds: 3 whole numbers\\nhours: a single whole number"
        """
        return "\n".join(['heights: {} whole numbers'.format(len(self.config['heights'])), 'speeds: {} whole numbers'.format(len(self.config['speeds'])), 'hours: a single whole number'])

    def HeightsLength(self) -> int:
        """Count the elements of heights.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "3"
        """
        return len(self.config['heights'])

    def HeightsItem(self, index: int) -> int:
        """Read one element of heights.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "169"
        """
        return self.config['heights'][index]

    def SpeedsLength(self):
        """Count the elements of speeds.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            ""
        """
        return len(self.config['speeds'])

    def SpeedsItem(self, index: int) -> int:
        """Read one element of speeds.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "16"
        """
        return self.config['speeds'][index]

    def ReadSetting(self, name: str) -> int:
        """Read a value that stands alone: hours.
        Args:
            name (str): hours
        Returns:
            int: the value
        Example Output:
            "3"
        """
        return {name: self.config[name] for name in ['hours']}[name]

    def HeightAfter(self, height: int, speed: int, hours: int) -> int:
        """Height of a candle after burning for some hours.
        Args:
            height (int): value of height
            speed (int): value of speed
            hours (int): value of hours
        Returns:
            int: the result
        Example Output:
            "121"
        """
        return height_after(height, speed, hours)

    def Subtract(self, left: int, right: int) -> int:
        """Work out `left` minus `right`.
        Args:
            left (int): value of left
            right (int): value of right
        Returns:
            int: the result
        Example Output:
            "57"
        """
        return left - right

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

        def each_heights():
            for index in range(call("HeightsLength")):
                yield call("HeightsItem", index=index)

        def read_heights():
            return list(each_heights())

        def each_speeds():
            for index in range(call("SpeedsLength")):
                yield call("SpeedsItem", index=index)

        def read_speeds():
            return list(each_speeds())

        def read_hours():
            return call("ReadSetting", name='hours')

        def candle_burndown(hours):
            differences = []
            left = call('HeightAfter', height=call('HeightsItem', index=0), speed=call('SpeedsItem', index=0), hours=hours)
            for place in range(1, call('HeightsLength')):
                right = call('HeightAfter', height=call('HeightsItem', index=place), speed=call('SpeedsItem', index=place), hours=hours)
                differences.append(call('Subtract', left=left, right=right))
                left = right
            return differences

        call("Done", answer=canonical(candle_burndown(hours=read_hours())))
