"""Compiled from problem belt_load_limit (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def belt_load_limit(boxes: list[int], limit: int) -> list[int]:
    second = 0
    newest = 0
    older = 0
    moments = []
    for weight in boxes:
        if weight > limit:
            moments.append(0)
            moments.append(0)
            continue
        second += 1
        while newest + older + weight > limit:
            older = newest
            newest = 0
            second += 1
        moments.append(second)
        moments.append(newest + older + weight)
        older = newest
        newest = weight
    return moments

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


class BeltLoadLimitEnv(gymnasium.Env):
    """A conveyor belt moves on by one place a second and has room for three boxes at once. Each second the next box may
    be put on its first place, but only when the weights of the boxes then on the three places together are not above
    the limit; otherwise the place stays empty in that second and the box has to wait. A box heavier than the limit by
    itself is set aside without using up a second. Report for each box, in order, the second, counted from one, in which
    it is put on and the weight then on the three places together; for a box set aside both are zero."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'BoxesLength': 1, 'BoxesItem': 2, 'ReadSetting': 3, 'IsWeightGreaterThanLimit': 4, 'CheckLimitAndWeight': 5, 'CombineWeightAndNewest': 6, 'Done': 7}
        self.parameters = {'Observe': {}, 'BoxesLength': {}, 'BoxesItem': {'index': 'integer'}, 'ReadSetting': {'name': 'string'}, 'IsWeightGreaterThanLimit': {'weight': 'integer', 'limit': 'integer'}, 'CheckLimitAndWeight': {'newest': 'integer', 'older': 'integer', 'weight': 'integer', 'limit': 'integer'}, 'CombineWeightAndNewest': {'newest': 'integer', 'older': 'integer', 'weight': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'boxes': [50, 56, 14, 33, 30, 12, 37], 'limit': 56}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return BeltLoadLimitEnv(env_str) if env_str.startswith("BeltLoadLimitEnv@") else None

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
        return canonical((belt_load_limit)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "boxes: 7 whole numbers\\nlimit: a single whole number"
        """
        return "\n".join(['boxes: {} whole numbers'.format(len(self.config['boxes'])), 'limit: a single whole number'])

    def BoxesLength(self) -> int:
        """Count the elements of boxes.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "7"
        """
        return len(self.config['boxes'])

    def BoxesItem(self, index: int) -> int:
        """Read one element of boxes.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "50"
        """
        return self.config['boxes'][index]

    def ReadSetting(self, name: str) -> int:
        """Read a value that stands alone: limit.
        Args:
            name (str): limit
        Returns:
            int: the value
        Example Output:
            "56"
        """
        return {name: self.config[name] for name in ['limit']}[name]

    def IsWeightGreaterThanLimit(self, weight: int, limit: int) -> bool:
        """Tell whether `weight` is greater than `limit`.
        Args:
            weight (int): value of weight
            limit (int): value of limit
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return weight > limit

    def CheckLimitAndWeight(self, newest: int, older: int, weight: int, limit: int) -> bool:
        """Tell whether ((`newest` plus `older`) plus `weight`) is greater than `limit`.
        Args:
            newest (int): value of newest
            older (int): value of older
            weight (int): value of weight
            limit (int): value of limit
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return newest + older + weight > limit

    def CombineWeightAndNewest(self, newest: int, older: int, weight: int) -> int:
        """Work out (`newest` plus `older`) plus `weight`.
        Args:
            newest (int): value of newest
            older (int): value of older
            weight (int): value of weight
        Returns:
            int: the result
        Example Output:
            "50"
        """
        return newest + older + weight

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

        def each_boxes():
            for index in range(call("BoxesLength")):
                yield call("BoxesItem", index=index)

        def read_boxes():
            return list(each_boxes())

        def read_limit():
            return call("ReadSetting", name='limit')

        def belt_load_limit(limit):
            second = 0
            newest = 0
            older = 0
            moments = []
            for weight in each_boxes():
                if call('IsWeightGreaterThanLimit', weight=weight, limit=limit):
                    moments.append(0)
                    moments.append(0)
                    continue
                second += 1
                while call('CheckLimitAndWeight', newest=newest, older=older, weight=weight, limit=limit):
                    older = newest
                    newest = 0
                    second += 1
                moments.append(second)
                moments.append(call('CombineWeightAndNewest', newest=newest, older=older, weight=weight))
                older = newest
                newest = weight
            return moments

        call("Done", answer=canonical(belt_load_limit(limit=read_limit())))
