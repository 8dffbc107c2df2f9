"""Compiled from problem bucket_levels (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def bucket_levels(capacity: int, start: int, changes: list[int]) -> list[int]:
    level = min(start, capacity)
    lost = 0
    bought = 0
    for change in changes:
        level += change
        if level > capacity:
            lost += level - capacity
            level = capacity
        if level < 0:
            bought -= level
            level = 0
    return [level, lost, bought]

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


class BucketLevelsEnv(gymnasium.Env):
    """A rain barrel holds at most a certain number of litres and starts with a given filling. Every day brings a
    change: rain as a positive number, watering as a negative one. Rain that does not fit runs over and is lost;
    watering takes what there is, and the litres that were wanted but not there are bought. Report the final filling,
    the litres lost over all days and the litres bought over all days, in this order."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'ChangesLength': 1, 'ChangesItem': 2, 'ReadSetting': 3, 'WorkOutLevel': 4, 'UpdateLevel': 5, 'IsLevelGreaterThanCapacity': 6, 'UpdateLost': 7, 'IsLevelLessThan0': 8, 'UpdateBought': 9, 'Done': 10}
        self.parameters = {'Observe': {}, 'ChangesLength': {}, 'ChangesItem': {'index': 'integer'}, 'ReadSetting': {'name': 'string'}, 'WorkOutLevel': {'start': 'integer', 'capacity': 'integer'}, 'UpdateLevel': {'level': 'integer', 'change': 'integer'}, 'IsLevelGreaterThanCapacity': {'level': 'integer', 'capacity': 'integer'}, 'UpdateLost': {'lost': 'integer', 'level': 'integer', 'capacity': 'integer'}, 'IsLevelLessThan0': {'level': 'integer'}, 'UpdateBought': {'bought': 'integer', 'level': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'capacity': 84, 'start': 37, 'changes': [-28, 10, 5, -32, 19, -19]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return BucketLevelsEnv(env_str) if env_str.startswith("BucketLevelsEnv@") else None

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
        return canonical((bucket_levels)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "capacity: a single whole number\\nstart: a single whole number\\nchanges: 6 whole numbers"
        """
        return "\n".join(['capacity: a single whole number', 'start: a single whole number', 'changes: {} whole numbers'.format(len(self.config['changes']))])

    def ChangesLength(self) -> int:
        """Count the elements of changes.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "6"
        """
        return len(self.config['changes'])

    def ChangesItem(self, index: int) -> int:
        """Read one element of changes.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "-28"
        """
        return self.config['changes'][index]

    def ReadSetting(self, name: str) -> int:
        """Read a value that stands alone: capacity, start.
        Args:
            name (str): one of capacity, start
        Returns:
            int: the value
        Example Output:
            "84"
        """
        return {name: self.config[name] for name in ['capacity', 'start']}[name]

    def WorkOutLevel(self, start: int, capacity: int) -> int:
        """Work out the smallest of `start` and `capacity`.
        Args:
            start (int): value of start
            capacity (int): value of capacity
        Returns:
            int: the result
        Example Output:
            "37"
        """
        return min(start, capacity)

    def UpdateLevel(self, level: int, change: int) -> int:
        """Work out `level` plus `change`.
        Args:
            level (int): value of level
            change (int): value of change
        Returns:
            int: the result
        Example Output:
            "9"
        """
        return level + change

    def IsLevelGreaterThanCapacity(self, level: int, capacity: int) -> bool:
        """Tell whether `level` is greater than `capacity`.
        Args:
            level (int): value of level
            capacity (int): value of capacity
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return level > capacity

    def UpdateLost(self, lost: int, level: int, capacity: int) -> int:
        """Work out `lost` plus (`level` minus `capacity`).
        Args:
            lost (int): value of lost
            level (int): value of level
            capacity (int): value of capacity
        Returns:
            int: the result
        Example Output:
            "29"
        """
        return lost + (level - capacity)

    def IsLevelLessThan0(self, level: int) -> bool:
        """Tell whether `level` is less than 0.
        Args:
            level (int): value of level
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return level < 0

    def UpdateBought(self, bought: int, level: int) -> int:
        """Work out `bought` minus `level`.
        Args:
            bought (int): value of bought
            level (int): value of level
        Returns:
            int: the result
        Example Output:
            "8"
        """
        return bought - level

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

        def read_capacity():
            return call("ReadSetting", name='capacity')

        def read_start():
            return call("ReadSetting", name='start')

        def each_changes():
            for index in range(call("ChangesLength")):
                yield call("ChangesItem", index=index)

        def read_changes():
            return list(each_changes())

        def bucket_levels(capacity, start):
            level = call('WorkOutLevel', start=start, capacity=capacity)
            lost = 0
            bought = 0
            for change in each_changes():
                level = call('UpdateLevel', level=level, change=change)
                if call('IsLevelGreaterThanCapacity', level=level, capacity=capacity):
                    lost = call('UpdateLost', lost=lost, level=level, capacity=capacity)
                    level = capacity
                if call('IsLevelLessThan0', level=level):
                    bought = call('UpdateBought', bought=bought, level=level)
                    level = 0
            return [level, lost, bought]

        call("Done", answer=canonical(bucket_levels(capacity=read_capacity(), start=read_start())))
