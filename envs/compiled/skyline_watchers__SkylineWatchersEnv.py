"""Compiled from problem skyline_watchers (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def skyline_watchers(towers: list[int]) -> list[int]:
    seen = [False] * len(towers)
    left_total = 0
    highest = 0
    for place in range(len(towers)):
        if towers[place] > highest:
            left_total += (towers[place] - highest) * (place + 1)
            highest = towers[place]
            seen[place] = True
    right_total = 0
    highest = 0
    for place in range(len(towers) - 1, -1, -1):
        if towers[place] > highest:
            right_total += (towers[place] - highest) * (place + 1)
            highest = towers[place]
            seen[place] = True
    unseen = 0
    for place in range(len(towers)):
        if not seen[place]:
            unseen += towers[place]
    return [left_total, right_total, unseen]

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


class SkylineWatchersEnv(gymnasium.Env):
    """Towers of different heights stand in a row. A watcher at the far left sees a tower when every tower to its left
    is strictly lower; a watcher at the far right sees a tower when every tower to its right is strictly lower. Each
    watcher adds up, over the towers seen, the part of the tower that sticks out above the highest tower in front of it
    (the whole height for the nearest one), multiplied by the place of the tower counted from one from the left. Report
    the left watcher's total, the right watcher's total and the sum of the heights of the towers that neither of them
    sees."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'TowersLength': 1, 'TowersItem': 2, 'IsTowersItemGreaterThanHighest': 3, 'Combine': 4, 'IsNot': 5, 'UpdateUnseen': 6, 'Done': 7}
        self.parameters = {'Observe': {}, 'TowersLength': {}, 'TowersItem': {'index': 'integer'}, 'IsTowersItemGreaterThanHighest': {'towers_item': 'integer', 'highest': 'integer'}, 'Combine': {'first': 'integer', 'second': 'integer', 'third': 'integer', 'fourth': 'integer'}, 'IsNot': {'seen_value': 'boolean'}, 'UpdateUnseen': {'unseen': 'integer', 'towers_item': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'towers': [52, 30, 45, 51, 9, 28, 25]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return SkylineWatchersEnv(env_str) if env_str.startswith("SkylineWatchersEnv@") else None

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
        return canonical((skyline_watchers)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "towers: 7 whole numbers"
        """
        return "\n".join(['towers: {} whole numbers'.format(len(self.config['towers']))])

    def TowersLength(self) -> int:
        """Count the elements of towers.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "7"
        """
        return len(self.config['towers'])

    def TowersItem(self, index: int) -> int:
        """Read one element of towers.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "52"
        """
        return self.config['towers'][index]

    def IsTowersItemGreaterThanHighest(self, towers_item: int, highest: int) -> bool:
        """Tell whether `towers_item` is greater than `highest`.
        Args:
            towers_item (int): value of towers item
            highest (int): value of highest
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return towers_item > highest

    def Combine(self, first: int, second: int, third: int, fourth: int) -> int:
        """Work out `first` plus ((`second` minus `third`) times (`fourth` plus 1)).
        Args:
            first (int): the first
            second (int): the second
            third (int): the third
            fourth (int): value of fourth
        Returns:
            int: the result
        Example Output:
            "52"
        """
        return first + (second - third) * (fourth + 1)

    def IsNot(self, seen_value: bool) -> bool:
        """Tell whether not `seen_value`.
        Args:
            seen_value (bool): the seen value
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return not seen_value

    def UpdateUnseen(self, unseen: int, towers_item: int) -> int:
        """Work out `unseen` plus `towers_item`.
        Args:
            unseen (int): value of unseen
            towers_item (int): value of towers item
        Returns:
            int: the result
        Example Output:
            "30"
        """
        return unseen + towers_item

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

        def each_towers():
            for index in range(call("TowersLength")):
                yield call("TowersItem", index=index)

        def read_towers():
            return list(each_towers())

        def skyline_watchers():
            seen = [False] * call('TowersLength')
            left_total = 0
            highest = 0
            for place in range(call('TowersLength')):
                if call('IsTowersItemGreaterThanHighest', towers_item=call('TowersItem', index=place), highest=highest):
                    left_total = call('Combine', first=left_total, second=call('TowersItem', index=place), third=highest, fourth=place)
                    highest = call('TowersItem', index=place)
                    seen[place] = True
            right_total = 0
            highest = 0
            for place in range(call('TowersLength') - 1, -1, -1):
                if call('IsTowersItemGreaterThanHighest', towers_item=call('TowersItem', index=place), highest=highest):
                    right_total = call('Combine', first=right_total, second=call('TowersItem', index=place), third=highest, fourth=place)
                    highest = call('TowersItem', index=place)
                    seen[place] = True
            unseen = 0
            for place in range(call('TowersLength')):
                if call('IsNot', seen_value=seen[place]):
                    unseen = call('UpdateUnseen', unseen=unseen, towers_item=call('TowersItem', index=place))
            return [left_total, right_total, unseen]

        call("Done", answer=canonical(skyline_watchers()))
