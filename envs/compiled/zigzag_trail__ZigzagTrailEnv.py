"""Compiled from problem zigzag_trail (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def direction(before: int, after: int) -> int:
    """1 for going up, -1 for going down, 0 for flat."""
    if after > before:
        return 1
    if after < before:
        return -1
    return 0

def zigzag_trail(heights: list[int]) -> int:
    highest = heights[0]
    lowest = heights[0]
    squares = 0
    length = 1
    last = 0
    for post in range(1, len(heights)):
        height = heights[post]
        highest = max(highest, height)
        lowest = min(lowest, height)
        way = direction(heights[post - 1], height)
        if way != 0 and way != last:
            length += 1
        else:
            squares += length * length
            length = 2 if way != 0 else 1
        last = way
    squares += length * length
    return squares * 1000 + highest - lowest

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


class ZigzagTrailEnv(gymnasium.Env):
    """A hiker notes the height at every signpost of a trail. A stretch of signposts next to each other zigzags when the
    trail goes up and down by turns from post to post; flat parts never belong to a zigzag longer than one post. A
    single post, and any two neighbouring posts of different heights, always zigzag. Each time a zigzag cannot be
    carried on, a new one is begun: with the previous post and the present one when they differ, else with the present
    post alone. Report the sum of the squares of the numbers of posts of all zigzags, times one thousand, plus the
    height difference between the highest and the lowest post."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'HeightsLength': 1, 'HeightsItem': 2, 'UpdateHighest': 3, 'UpdateLowest': 4, 'Direction': 5, 'CheckWayAndLast': 6, 'UpdateSquares': 7, 'WorkOutLength': 8, 'WorkOutAnswer': 9, 'Done': 10}
        self.parameters = {'Observe': {}, 'HeightsLength': {}, 'HeightsItem': {'index': 'integer'}, 'UpdateHighest': {'highest': 'integer', 'height': 'integer'}, 'UpdateLowest': {'lowest': 'integer', 'height': 'integer'}, 'Direction': {'before': 'integer', 'after': 'integer'}, 'CheckWayAndLast': {'way': 'integer', 'last': 'integer'}, 'UpdateSquares': {'squares': 'integer', 'length': 'integer'}, 'WorkOutLength': {'way': 'integer'}, 'WorkOutAnswer': {'squares': 'integer', 'highest': 'integer', 'lowest': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'heights': [25, 14, 22, 25, 4, 13, 12]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return ZigzagTrailEnv(env_str) if env_str.startswith("ZigzagTrailEnv@") else None

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
        return canonical((zigzag_trail)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "heights: 7 whole numbers"
        """
        return "\n".join(['heights: {} whole numbers'.format(len(self.config['heights']))])

    def HeightsLength(self) -> int:
        """Count the elements of heights.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "7"
        """
        return len(self.config['heights'])

    def HeightsItem(self, index: int) -> int:
        """Read one element of heights.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "25"
        """
        return self.config['heights'][index]

    def UpdateHighest(self, highest: int, height: int) -> int:
        """Work out the largest of `highest` and `height`.
        Args:
            highest (int): value of highest
            height (int): value of height
        Returns:
            int: the result
        Example Output:
            "25"
        """
        return max(highest, height)

    def UpdateLowest(self, lowest: int, height: int) -> int:
        """Work out the smallest of `lowest` and `height`.
        Args:
            lowest (int): value of lowest
            height (int): value of height
        Returns:
            int: the result
        Example Output:
            "14"
        """
        return min(lowest, height)

    def Direction(self, before: int, after: int) -> int:
        """1 for going up, -1 for going down, 0 for flat.
        Args:
            before (int): value of before
            after (int): value of after
        Returns:
            int: the result
        Example Output:
            "-1"
        """
        return direction(before, after)

    def CheckWayAndLast(self, way: int, last: int) -> bool:
        """Tell whether (`way` differs from 0) and (`way` differs from `last`).
        Args:
            way (int): value of way
            last (int): value of last
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return way != 0 and way != last

    def UpdateSquares(self, squares: int, length: int) -> int:
        """Work out `squares` plus (`length` times `length`).
        Args:
            squares (int): value of squares
            length (int): value of length
        Returns:
            int: the result
        Example Output:
            "9"
        """
        return squares + length * length

    def WorkOutLength(self, way: int) -> int:
        """Work out 2 if `way` differs from 0, else 1.
        Args:
            way (int): value of way
        Returns:
            int: the result
        Example Output:
            "2"
        """
        return 2 if way != 0 else 1

    def WorkOutAnswer(self, squares: int, highest: int, lowest: int) -> int:
        """Work out ((`squares` times 1000) plus `highest`) minus `lowest`.
        Args:
            squares (int): value of squares
            highest (int): value of highest
            lowest (int): value of lowest
        Returns:
            int: the result
        Example Output:
            "34021"
        """
        return squares * 1000 + highest - lowest

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

        def each_heights():
            for index in range(call("HeightsLength")):
                yield call("HeightsItem", index=index)

        def read_heights():
            return list(each_heights())

        def zigzag_trail():
            highest = call('HeightsItem', index=0)
            lowest = call('HeightsItem', index=0)
            squares = 0
            length = 1
            last = 0
            for post in range(1, call('HeightsLength')):
                height = call('HeightsItem', index=post)
                highest = call('UpdateHighest', highest=highest, height=height)
                lowest = call('UpdateLowest', lowest=lowest, height=height)
                way = call('Direction', before=call('HeightsItem', index=post - 1), after=height)
                if call('CheckWayAndLast', way=way, last=last):
                    length += 1
                else:
                    squares = call('UpdateSquares', squares=squares, length=length)
                    length = call('WorkOutLength', way=way)
                last = way
            squares = call('UpdateSquares', squares=squares, length=length)
            return call('WorkOutAnswer', squares=squares, highest=highest, lowest=lowest)

        call("Done", answer=canonical(zigzag_trail()))
