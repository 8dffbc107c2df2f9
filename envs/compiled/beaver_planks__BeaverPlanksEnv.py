"""Compiled from problem beaver_planks (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def climb(one: int, other: int) -> int:
    difference = one - other
    if difference < 0:
        difference = -difference
    return difference

def beaver_planks(heights: list[int]) -> int:
    effort = [0] * len(heights)
    for plank in range(1, len(heights)):
        least = effort[plank - 1] + climb(heights[plank], heights[plank - 1])
        if plank >= 3:
            leap = effort[plank - 3] + climb(heights[plank], heights[plank - 3]) + 4
            if leap < least:
                least = leap
        effort[plank] = least
    return effort[-1]

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


class BeaverPlanksEnv(gymnasium.Env):
    """A beaver crosses a bog on planks at different heights, from the first plank to the last. From a plank it can go to
    the next one, which costs as much effort as the two heights differ, or leap to the third plank ahead, which costs the
    difference of those two heights plus 4. Report the least effort for the whole crossing."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'HeightsLength': 1, 'HeightsItem': 2, 'WorkOutLeast': 3, 'Subtract': 4, 'IsPlankAtLeast3': 5, 'WorkOutLeap': 6, 'Subtract2': 7, 'IsLeapLessThanLeast': 8, 'Done': 9}
        self.parameters = {'Observe': {}, 'HeightsLength': {}, 'HeightsItem': {'index': 'integer'}, 'WorkOutLeast': {'effort_value': 'integer', 'heights_item': 'integer', 'heights_item_2': 'integer'}, 'Subtract': {'plank': 'integer'}, 'IsPlankAtLeast3': {'plank': 'integer'}, 'WorkOutLeap': {'effort_value': 'integer', 'heights_item': 'integer', 'heights_item_2': 'integer'}, 'Subtract2': {'plank': 'integer'}, 'IsLeapLessThanLeast': {'leap': 'integer', 'least': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'heights': [14, 4, 13, 12, 3, 15]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return BeaverPlanksEnv(env_str) if env_str.startswith("BeaverPlanksEnv@") else None

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
        return canonical((beaver_planks)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "heights: 6 whole numbers"
        """
        return "\n".join(['heights: {} whole numbers'.format(len(self.config['heights']))])

    def HeightsLength(self) -> int:
        """Count the elements of heights.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "6"
        """
        return len(self.config['heights'])

    def HeightsItem(self, index: int) -> int:
        """Read one element of heights.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "4"
        """
        return self.config['heights'][index]

    def WorkOutLeast(self, effort_value: int, heights_item: int, heights_item_2: int) -> int:
        """Work out `effort_value` plus the climb of `heights_item` and `heights_item_2`.
        Args:
            effort_value (int): the effort value
            heights_item (int): value of heights item
            heights_item_2 (int): value of heights item 2
        Returns:
            int: the result
        Example Output:
            "10"
        """
        return effort_value + climb(heights_item, heights_item_2)

    def Subtract(self, plank: int) -> int:
        """Work out `plank` minus 1.
        Args:
            plank (int): value of plank
        Returns:
            int: the result
        Example Output:
            "0"
        """
        return plank - 1

    def IsPlankAtLeast3(self, plank: int) -> bool:
        """Tell whether `plank` is at least 3.
        Args:
            plank (int): value of plank
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return plank >= 3

    def WorkOutLeap(self, effort_value: int, heights_item: int, heights_item_2: int) -> int:
        """Work out (`effort_value` plus the climb of `heights_item` and `heights_item_2`) plus 4.
        Args:
            effort_value (int): the effort value
            heights_item (int): value of heights item
            heights_item_2 (int): value of heights item 2
        Returns:
            int: the result
        Example Output:
            "6"
        """
        return effort_value + climb(heights_item, heights_item_2) + 4

    def Subtract2(self, plank: int) -> int:
        """Work out `plank` minus 3.
        Args:
            plank (int): value of plank
        Returns:
            int: the result
        Example Output:
            "0"
        """
        return plank - 3

    def IsLeapLessThanLeast(self, leap: int, least: int) -> bool:
        """Tell whether `leap` is less than `least`.
        Args:
            leap (int): value of leap
            least (int): value of least
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return leap < least

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

        def beaver_planks():
            effort = [0] * call('HeightsLength')
            for plank in range(1, call('HeightsLength')):
                least = call('WorkOutLeast', effort_value=effort[call('Subtract', plank=plank)], heights_item=call('HeightsItem', index=plank), heights_item_2=call('HeightsItem', index=call('Subtract', plank=plank)))
                if call('IsPlankAtLeast3', plank=plank):
                    leap = call('WorkOutLeap', effort_value=effort[call('Subtract2', plank=plank)], heights_item=call('HeightsItem', index=plank), heights_item_2=call('HeightsItem', index=call('Subtract2', plank=plank)))
                    if call('IsLeapLessThanLeast', leap=leap, least=least):
                        least = leap
                effort[plank] = least
            return effort[-1]

        call("Done", answer=canonical(beaver_planks()))
