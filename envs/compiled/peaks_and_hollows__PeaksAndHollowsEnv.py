"""Compiled from problem peaks_and_hollows (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def checkpoint_pay(before: int, here: int, after: int) -> int:
    """Coins for a checkpoint between two others; negative for a cost."""
    if here > before and here > after:
        return here - max(before, after)
    if here < before and here < after:
        return here - min(before, after)
    return -1

def peaks_and_hollows(heights: list[int]) -> int:
    coins = heights[0] + heights[-1]
    for place in range(1, len(heights) - 1):
        coins += checkpoint_pay(heights[place - 1], heights[place], heights[place + 1])
    return coins

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


class PeaksAndHollowsEnv(gymnasium.Env):
    """A cyclist has the heights of the checkpoints of a tour. A checkpoint with a neighbour on both sides is a peak
    when it is higher than both, and a hollow when it is lower than both; otherwise it is a slope. A peak pays its
    height above the higher of its neighbours, a hollow costs the depth below the lower of its neighbours, and every
    slope costs one coin for the tyres. The first and the last checkpoint each pay their own height. Report the coins
    won in total, which may be negative."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'HeightsLength': 1, 'HeightsItem': 2, 'WorkOutCoins': 3, 'Subtract': 4, 'UpdateCoins': 5, 'Add': 6, 'Done': 7}
        self.parameters = {'Observe': {}, 'HeightsLength': {}, 'HeightsItem': {'index': 'integer'}, 'WorkOutCoins': {'heights_item': 'integer', 'heights_item_2': 'integer'}, 'Subtract': {'value': 'integer'}, 'UpdateCoins': {'coins': 'integer', 'heights_item': 'integer', 'heights_item_2': 'integer', 'heights_item_3': 'integer'}, 'Add': {'place': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'heights': [55, 86, 98, 13, 51, 46, 9, 60]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return PeaksAndHollowsEnv(env_str) if env_str.startswith("PeaksAndHollowsEnv@") else None

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
        return canonical((peaks_and_hollows)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "heights: 8 whole numbers"
        """
        return "\n".join(['heights: {} whole numbers'.format(len(self.config['heights']))])

    def HeightsLength(self) -> int:
        """Count the elements of heights.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "8"
        """
        return len(self.config['heights'])

    def HeightsItem(self, index: int) -> int:
        """Read one element of heights.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "55"
        """
        return self.config['heights'][index]

    def WorkOutCoins(self, heights_item: int, heights_item_2: int) -> int:
        """Work out `heights_item` plus `heights_item_2`.
        Args:
            heights_item (int): value of heights item
            heights_item_2 (int): value of heights item 2
        Returns:
            int: the result
        Example Output:
            "115"
        """
        return heights_item + heights_item_2

    def Subtract(self, value: int) -> int:
        """Work out `value` minus 1.
        Args:
            value (int): the value
        Returns:
            int: the result
        Example Output:
            "7"
        """
        return value - 1

    def UpdateCoins(self, coins: int, heights_item: int, heights_item_2: int, heights_item_3: int) -> int:
        """Work out `coins` plus the checkpoint pay of `heights_item` and `heights_item_2` and `heights_item_3`.
        Args:
            coins (int): value of coins
            heights_item (int): value of heights item
            heights_item_2 (int): value of heights item 2
            heights_item_3 (int): value of heights item 3
        Returns:
            int: the result
        Example Output:
            "114"
        """
        return coins + checkpoint_pay(heights_item, heights_item_2, heights_item_3)

    def Add(self, place: int) -> int:
        """Work out `place` plus 1.
        Args:
            place (int): value of place
        Returns:
            int: the result
        Example Output:
            "2"
        """
        return place + 1

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

        def peaks_and_hollows():
            coins = call('WorkOutCoins', heights_item=call('HeightsItem', index=0), heights_item_2=call('HeightsItem', index=-1))
            for place in range(1, call('Subtract', value=call('HeightsLength'))):
                coins = call('UpdateCoins', coins=coins, heights_item=call('HeightsItem', index=call('Subtract', value=place)), heights_item_2=call('HeightsItem', index=place), heights_item_3=call('HeightsItem', index=call('Add', place=place)))
            return coins

        call("Done", answer=canonical(peaks_and_hollows()))
