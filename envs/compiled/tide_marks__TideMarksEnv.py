"""Compiled from problem tide_marks (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def nearer_mark(level: int, low: int, high: int) -> int:
    """Distance from a level to the nearer of two marks."""
    return min(level - low, high - level)

def tide_marks(levels: list[int]) -> list[int]:
    high = levels[0]
    low = levels[0]
    climbs = 0
    drops = 0
    calm = 0
    for level in levels[1:]:
        if level > high:
            climbs += 1
            high = level
        elif level < low:
            drops += 1
            low = level
        else:
            calm += nearer_mark(level, low, high)
    return [climbs * high, drops * low, calm]

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


class TideMarksEnv(gymnasium.Env):
    """A harbour keeper reads the water level once an hour. The first reading sets both the high mark and the low mark.
    Later on a reading above the high mark moves that mark up, a reading below the low mark moves that mark down, and
    any other reading counts as calm. The slack of a calm reading is its distance to the nearer of the two marks. Report
    three numbers: how often the high mark was moved times its final level, how often the low mark was moved times its
    final level, and the slack of all calm readings together."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'LevelsLength': 1, 'LevelsItem': 2, 'IsLevelGreaterThanHigh': 3, 'IsLevelLessThanLow': 4, 'UpdateCalm': 5, 'Multiply': 6, 'Done': 7}
        self.parameters = {'Observe': {}, 'LevelsLength': {}, 'LevelsItem': {'index': 'integer'}, 'IsLevelGreaterThanHigh': {'level': 'integer', 'high': 'integer'}, 'IsLevelLessThanLow': {'level': 'integer', 'low': 'integer'}, 'UpdateCalm': {'calm': 'integer', 'level': 'integer', 'low': 'integer', 'high': 'integer'}, 'Multiply': {'first': 'integer', 'second': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'levels': [203, 201, 188, 187, 231, 179, 190, 241]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return TideMarksEnv(env_str) if env_str.startswith("TideMarksEnv@") else None

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
        return canonical((tide_marks)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "levels: 8 whole numbers"
        """
        return "\n".join(['levels: {} whole numbers'.format(len(self.config['levels']))])

    def LevelsLength(self) -> int:
        """Count the elements of levels.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "8"
        """
        return len(self.config['levels'])

    def LevelsItem(self, index: int) -> int:
        """Read one element of levels.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "203"
        """
        return self.config['levels'][index]

    def IsLevelGreaterThanHigh(self, level: int, high: int) -> bool:
        """Tell whether `level` is greater than `high`.
        Args:
            level (int): value of level
            high (int): value of high
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return level > high

    def IsLevelLessThanLow(self, level: int, low: int) -> bool:
        """Tell whether `level` is less than `low`.
        Args:
            level (int): value of level
            low (int): value of low
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return level < low

    def UpdateCalm(self, calm: int, level: int, low: int, high: int) -> int:
        """Work out `calm` plus the nearer mark of `level` and `low` and `high`.
        Args:
            calm (int): value of calm
            level (int): value of level
            low (int): value of low
            high (int): value of high
        Returns:
            int: the result
        Example Output:
            "11"
        """
        return calm + nearer_mark(level, low, high)

    def Multiply(self, first: int, second: int) -> int:
        """Work out `first` times `second`.
        Args:
            first (int): the first
            second (int): the second
        Returns:
            int: the result
        Example Output:
            "482"
        """
        return first * second

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

        def each_levels():
            for index in range(call("LevelsLength")):
                yield call("LevelsItem", index=index)

        def read_levels():
            return list(each_levels())

        def tide_marks(levels):
            high = levels[0]
            low = levels[0]
            climbs = 0
            drops = 0
            calm = 0
            for level in levels[1:]:
                if call('IsLevelGreaterThanHigh', level=level, high=high):
                    climbs += 1
                    high = level
                elif call('IsLevelLessThanLow', level=level, low=low):
                    drops += 1
                    low = level
                else:
                    calm = call('UpdateCalm', calm=calm, level=level, low=low, high=high)
            return [call('Multiply', first=climbs, second=high), call('Multiply', first=drops, second=low), calm]

        call("Done", answer=canonical(tide_marks(levels=read_levels())))
