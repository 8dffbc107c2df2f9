"""Compiled from problem seesaw_loading (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def half_to_move(sack: int) -> int:
    """The part of a split sack that goes to the other side."""
    return sack // 2

def seesaw_loading(sacks: list[int], allowed: int) -> list[int]:
    left = 0
    right = 0
    splits = 0
    for sack in sacks:
        moved = half_to_move(sack)
        if left <= right:
            left += sack
            if left - right > allowed:
                left -= moved
                right += moved
                splits += 1
        else:
            right += sack
            if right - left > allowed:
                right -= moved
                left += moved
                splits += 1
    return [left, right, splits]

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


class SeesawLoadingEnv(gymnasium.Env):
    """Sacks are put on a seesaw one after another. Each sack goes to the side that is lighter at that moment, and to
    the left side when both weigh the same. Whenever the two sides then differ by more than a given amount, the sack
    just placed is split in two halves, one for each side; with an odd weight the side it was put on keeps the extra
    kilogram. Report the final weight of the left side, the final weight of the right side and the number of sacks that
    were split."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'SacksLength': 1, 'SacksItem': 2, 'ReadSetting': 3, 'HalfToMove': 4, 'IsLeftAtMostRight': 5, 'Add': 6, 'CheckCondition': 7, 'Subtract': 8, 'Done': 9}
        self.parameters = {'Observe': {}, 'SacksLength': {}, 'SacksItem': {'index': 'integer'}, 'ReadSetting': {'name': 'string'}, 'HalfToMove': {'sack': 'integer'}, 'IsLeftAtMostRight': {'left': 'integer', 'right': 'integer'}, 'Add': {'first': 'integer', 'second': 'integer'}, 'CheckCondition': {'first': 'integer', 'second': 'integer', 'third': 'integer'}, 'Subtract': {'first': 'integer', 'second': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'sacks': [54, 32, 47, 53, 11, 30], 'allowed': 23}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return SeesawLoadingEnv(env_str) if env_str.startswith("SeesawLoadingEnv@") else None

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
        return canonical((seesaw_loading)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "sacks: 6 whole numbers\\nallowed: a single whole number"
        """
        return "\n".join(['sacks: {} whole numbers'.format(len(self.config['sacks'])), 'allowed: a single whole number'])

    def SacksLength(self) -> int:
        """Count the elements of sacks.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "6"
        """
        return len(self.config['sacks'])

    def SacksItem(self, index: int) -> int:
        """Read one element of sacks.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "54"
        """
        return self.config['sacks'][index]

    def ReadSetting(self, name: str) -> int:
        """Read a value that stands alone: allowed.
        Args:
            name (str): allowed
        Returns:
            int: the value
        Example Output:
            "23"
        """
        return {name: self.config[name] for name in ['allowed']}[name]

    def HalfToMove(self, sack: int) -> int:
        """The part of a split sack that goes to the other side.
        Args:
            sack (int): value of sack
        Returns:
            int: the result
        Example Output:
            "27"
        """
        return half_to_move(sack)

    def IsLeftAtMostRight(self, left: int, right: int) -> bool:
        """Tell whether `left` is at most `right`.
        Args:
            left (int): value of left
            right (int): value of right
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return left <= right

    def Add(self, first: int, second: int) -> int:
        """Work out `first` plus `second`.
        Args:
            first (int): the first
            second (int): the second
        Returns:
            int: the result
        Example Output:
            "54"
        """
        return first + second

    def CheckCondition(self, first: int, second: int, third: int) -> bool:
        """Tell whether (`first` minus `second`) is greater than `third`.
        Args:
            first (int): the first
            second (int): the second
            third (int): the third
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return first - second > third

    def Subtract(self, first: int, second: int) -> int:
        """Work out `first` minus `second`.
        Args:
            first (int): the first
            second (int): the second
        Returns:
            int: the result
        Example Output:
            "27"
        """
        return first - second

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

        def each_sacks():
            for index in range(call("SacksLength")):
                yield call("SacksItem", index=index)

        def read_sacks():
            return list(each_sacks())

        def read_allowed():
            return call("ReadSetting", name='allowed')

        def seesaw_loading(allowed):
            left = 0
            right = 0
            splits = 0
            for sack in each_sacks():
                moved = call('HalfToMove', sack=sack)
                if call('IsLeftAtMostRight', left=left, right=right):
                    left = call('Add', first=left, second=sack)
                    if call('CheckCondition', first=left, second=right, third=allowed):
                        left = call('Subtract', first=left, second=moved)
                        right = call('Add', first=right, second=moved)
                        splits += 1
                else:
                    right = call('Add', first=right, second=sack)
                    if call('CheckCondition', first=right, second=left, third=allowed):
                        right = call('Subtract', first=right, second=moved)
                        left = call('Add', first=left, second=moved)
                        splits += 1
            return [left, right, splits]

        call("Done", answer=canonical(seesaw_loading(allowed=read_allowed())))
