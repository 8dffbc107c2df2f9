"""Compiled from problem domino_pushes (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def reaches(height: int, gap: int) -> bool:
    """Whether a falling domino knocks over the next one."""
    return height > gap

def domino_pushes(heights: list[int], gaps: list[int]) -> list[int]:
    pushed = heights[0]
    excess = 0
    for place in range(1, len(heights)):
        before = heights[place - 1]
        gap = gaps[place - 1]
        if reaches(before, gap):
            excess += before - gap
        else:
            pushed += heights[place]
    return [pushed, excess]

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


class DominoPushesEnv(gymnasium.Env):
    """Dominoes stand in a line; each has a height, and between every two neighbours there is a gap. A falling domino
    knocks over the next one when its height is greater than the gap to it. The first domino is pushed by hand; every
    domino that is not knocked over by the one before it has to be pushed by hand too, so that in the end all have
    fallen from left to right. Report the heights of the dominoes pushed by hand added up, and the sum, over all
    dominoes that knock over the next one, of how far their height exceeds the gap."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'HeightsLength': 1, 'HeightsItem': 2, 'GapsLength': 3, 'GapsItem': 4, 'Subtract': 5, 'Reaches': 6, 'UpdateExcess': 7, 'UpdatePushed': 8, 'Done': 9}
        self.parameters = {'Observe': {}, 'HeightsLength': {}, 'HeightsItem': {'index': 'integer'}, 'GapsLength': {}, 'GapsItem': {'index': 'integer'}, 'Subtract': {'place': 'integer'}, 'Reaches': {'height': 'integer', 'gap': 'integer'}, 'UpdateExcess': {'excess': 'integer', 'before': 'integer', 'gap': 'integer'}, 'UpdatePushed': {'pushed': 'integer', 'heights_item': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'heights': [47, 26, 45, 42], 'gaps': [19, 44, 25]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return DominoPushesEnv(env_str) if env_str.startswith("DominoPushesEnv@") else None

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
        return canonical((domino_pushes)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "heights: 4 whole numbers\\ngaps: 3 whole numbers"
        """
        return "\n".join(['heights: {} whole numbers'.format(len(self.config['heights'])), 'gaps: {} whole numbers'.format(len(self.config['gaps']))])

    def HeightsLength(self) -> int:
        """Count the elements of heights.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "4"
        """
        return len(self.config['heights'])

    def HeightsItem(self, index: int) -> int:
        """Read one element of heights.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "47"
        """
        return self.config['heights'][index]

    def GapsLength(self):
        """Count the elements of gaps.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            ""
        """
        return len(self.config['gaps'])

    def GapsItem(self, index: int) -> int:
        """Read one element of gaps.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "19"
        """
        return self.config['gaps'][index]

    def Subtract(self, place: int) -> int:
        """Work out `place` minus 1.
        Args:
            place (int): value of place
        Returns:
            int: the result
        Example Output:
            "0"
        """
        return place - 1

    def Reaches(self, height: int, gap: int) -> bool:
        """Whether a falling domino knocks over the next one.
        Args:
            height (int): value of height
            gap (int): value of gap
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return reaches(height, gap)

    def UpdateExcess(self, excess: int, before: int, gap: int) -> int:
        """Work out `excess` plus (`before` minus `gap`).
        Args:
            excess (int): value of excess
            before (int): value of before
            gap (int): value of gap
        Returns:
            int: the result
        Example Output:
            "28"
        """
        return excess + (before - gap)

    def UpdatePushed(self, pushed: int, heights_item: int) -> int:
        """Work out `pushed` plus `heights_item`.
        Args:
            pushed (int): value of pushed
            heights_item (int): value of heights item
        Returns:
            int: the result
        Example Output:
            "92"
        """
        return pushed + heights_item

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

        def each_gaps():
            for index in range(call("GapsLength")):
                yield call("GapsItem", index=index)

        def read_gaps():
            return list(each_gaps())

        def domino_pushes():
            pushed = call('HeightsItem', index=0)
            excess = 0
            for place in range(1, call('HeightsLength')):
                before = call('HeightsItem', index=call('Subtract', place=place))
                gap = call('GapsItem', index=call('Subtract', place=place))
                if call('Reaches', height=before, gap=gap):
                    excess = call('UpdateExcess', excess=excess, before=before, gap=gap)
                else:
                    pushed = call('UpdatePushed', pushed=pushed, heights_item=call('HeightsItem', index=place))
            return [pushed, excess]

        call("Done", answer=canonical(domino_pushes()))
