"""Compiled from problem gear_teeth_meet (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def common_measure(one: int, other: int) -> int:
    while other > 0:
        rest = one % other
        one = other
        other = rest
    return one

def gear_teeth_meet(teeth: list[int]) -> int:
    total = 0
    for place in range(len(teeth) - 1):
        left = teeth[place]
        right = teeth[place + 1]
        turns = right // common_measure(left, right)
        if left == right:
            turns += 10
        total += turns
    return total

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


class GearTeethMeetEnv(gymnasium.Env):
    """Toothed wheels stand in a row so that each meshes with the next. For each pair of neighbours the miller counts how
    many full turns the left wheel makes until the same two teeth of this pair meet again for the first time. Pairs in
    which the two wheels have the same number of teeth wear badly, and he counts 10 more for each of them. Report the sum
    over all pairs."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'TeethLength': 1, 'TeethItem': 2, 'WorkOutTurns': 3, 'IsLeftEqualToRight': 4, 'UpdateTotal': 5, 'Done': 6}
        self.parameters = {'Observe': {}, 'TeethLength': {}, 'TeethItem': {'index': 'integer'}, 'WorkOutTurns': {'right': 'integer', 'left': 'integer'}, 'IsLeftEqualToRight': {'left': 'integer', 'right': 'integer'}, 'UpdateTotal': {'total': 'integer', 'turns': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'teeth': [28, 16, 24, 28, 9, 16, 15]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return GearTeethMeetEnv(env_str) if env_str.startswith("GearTeethMeetEnv@") else None

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
        return canonical((gear_teeth_meet)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "teeth: 7 whole numbers"
        """
        return "\n".join(['teeth: {} whole numbers'.format(len(self.config['teeth']))])

    def TeethLength(self) -> int:
        """Count the elements of teeth.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "7"
        """
        return len(self.config['teeth'])

    def TeethItem(self, index: int) -> int:
        """Read one element of teeth.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "28"
        """
        return self.config['teeth'][index]

    def WorkOutTurns(self, right: int, left: int) -> int:
        """Work out `right` divided by the common measure of `left` and `right`, rounded down.
        Args:
            right (int): value of right
            left (int): value of left
        Returns:
            int: the result
        Example Output:
            "4"
        """
        return right // common_measure(left, right)

    def IsLeftEqualToRight(self, left: int, right: int) -> bool:
        """Tell whether `left` equals `right`.
        Args:
            left (int): value of left
            right (int): value of right
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return left == right

    def UpdateTotal(self, total: int, turns: int) -> int:
        """Work out `total` plus `turns`.
        Args:
            total (int): value of total
            turns (int): value of turns
        Returns:
            int: the result
        Example Output:
            "4"
        """
        return total + turns

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

        def each_teeth():
            for index in range(call("TeethLength")):
                yield call("TeethItem", index=index)

        def read_teeth():
            return list(each_teeth())

        def gear_teeth_meet():
            total = 0
            for place in range(call('TeethLength') - 1):
                left = call('TeethItem', index=place)
                right = call('TeethItem', index=place + 1)
                turns = call('WorkOutTurns', right=right, left=left)
                if call('IsLeftEqualToRight', left=left, right=right):
                    turns += 10
                total = call('UpdateTotal', total=total, turns=turns)
            return total

        call("Done", answer=canonical(gear_teeth_meet()))
