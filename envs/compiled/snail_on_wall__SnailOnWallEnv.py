"""Compiled from problem snail_on_wall (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def slide(height: int) -> int:
    """How far the snail slides down in a night."""
    return height // 4

def snail_on_wall(wall: int, strengths: list[int]) -> list[int]:
    height = 0
    crossed = 0
    report = []
    for strength in strengths:
        height += strength
        if height >= wall:
            crossed += 1
            height = 0
        else:
            height -= slide(height)
        report.append(height)
    report.append(crossed)
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


class SnailOnWallEnv(gymnasium.Env):
    """A snail climbs walls that stand one behind the other. Each day it climbs by that day's strength, and each night
    it slides down by a quarter of the height it then has on the present wall, rounded down. A day's climb that reaches
    or passes the top of the wall (all walls have the same height) brings the snail over: it lands at the foot of the
    next wall, the surplus is lost, and it does not slide that night. Report the height on the present wall after each
    night, in order, and then the number of walls it got over."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'StrengthsLength': 1, 'StrengthsItem': 2, 'ReadSetting': 3, 'UpdateHeight': 4, 'IsHeightAtLeastWall': 5, 'UpdateHeight2': 6, 'Done': 7}
        self.parameters = {'Observe': {}, 'StrengthsLength': {}, 'StrengthsItem': {'index': 'integer'}, 'ReadSetting': {'name': 'string'}, 'UpdateHeight': {'height': 'integer', 'strength': 'integer'}, 'IsHeightAtLeastWall': {'height': 'integer', 'wall': 'integer'}, 'UpdateHeight2': {'height': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'wall': 45, 'strengths': [6, 15, 14, 5, 17, 8]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return SnailOnWallEnv(env_str) if env_str.startswith("SnailOnWallEnv@") else None

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
        return canonical((snail_on_wall)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "wall: a single whole number\\nstrengths: 6 whole numbers"
        """
        return "\n".join(['wall: a single whole number', 'strengths: {} whole numbers'.format(len(self.config['strengths']))])

    def StrengthsLength(self) -> int:
        """Count the elements of strengths.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "6"
        """
        return len(self.config['strengths'])

    def StrengthsItem(self, index: int) -> int:
        """Read one element of strengths.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "6"
        """
        return self.config['strengths'][index]

    def ReadSetting(self, name: str) -> int:
        """Read a value that stands alone: wall.
        Args:
            name (str): wall
        Returns:
            int: the value
        Example Output:
            "45"
        """
        return {name: self.config[name] for name in ['wall']}[name]

    def UpdateHeight(self, height: int, strength: int) -> int:
        """Work out `height` plus `strength`.
        Args:
            height (int): value of height
            strength (int): value of strength
        Returns:
            int: the result
        Example Output:
            "6"
        """
        return height + strength

    def IsHeightAtLeastWall(self, height: int, wall: int) -> bool:
        """Tell whether `height` is at least `wall`.
        Args:
            height (int): value of height
            wall (int): value of wall
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return height >= wall

    def UpdateHeight2(self, height: int) -> int:
        """Work out `height` minus the slide of `height`.
        Args:
            height (int): value of height
        Returns:
            int: the result
        Example Output:
            "5"
        """
        return height - slide(height)

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

        def read_wall():
            return call("ReadSetting", name='wall')

        def each_strengths():
            for index in range(call("StrengthsLength")):
                yield call("StrengthsItem", index=index)

        def read_strengths():
            return list(each_strengths())

        def snail_on_wall(wall):
            height = 0
            crossed = 0
            report = []
            for strength in each_strengths():
                height = call('UpdateHeight', height=height, strength=strength)
                if call('IsHeightAtLeastWall', height=height, wall=wall):
                    crossed += 1
                    height = 0
                else:
                    height = call('UpdateHeight2', height=height)
                report.append(height)
            report.append(crossed)
            return report

        call("Done", answer=canonical(snail_on_wall(wall=read_wall())))
