"""Compiled from problem rope_balance_peg (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def imbalance(left: int, total: int) -> int:
    """Difference between the weights of the two sides."""
    return abs(total - 2 * left)

def rope_balance_peg(lanterns: list[int]) -> list[int]:
    total = 0
    for weight in lanterns:
        total += weight
    left = 0
    best_count = 0
    best_left = 0
    smallest = total + 1
    for place in range(len(lanterns) - 1):
        left += lanterns[place]
        difference = imbalance(left, total)
        if difference < smallest:
            smallest = difference
            best_left = left
            best_count = place + 1
    return [best_count, best_left, total - best_left]

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


class RopeBalancePegEnv(gymnasium.Env):
    """Lanterns hang along a rope at even distances, each with its weight. The rope is to be put on a peg between two
    neighbouring lanterns so that the weight on the left side and the weight on the right side differ as little as
    possible; at least one lantern has to hang on each side. Of equally good places the leftmost counts. Report how many
    lanterns hang to the left of the peg, the weight on the left side and the weight on the right side."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'LanternsLength': 1, 'LanternsItem': 2, 'Add': 3, 'Imbalance': 4, 'IsDifferenceLessThanSmallest': 5, 'Subtract': 6, 'Done': 7}
        self.parameters = {'Observe': {}, 'LanternsLength': {}, 'LanternsItem': {'index': 'integer'}, 'Add': {'first': 'integer', 'second': 'integer'}, 'Imbalance': {'left': 'integer', 'total': 'integer'}, 'IsDifferenceLessThanSmallest': {'difference': 'integer', 'smallest': 'integer'}, 'Subtract': {'total': 'integer', 'best_left': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'lanterns': [28, 7, 26, 23, 5, 30, 11]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return RopeBalancePegEnv(env_str) if env_str.startswith("RopeBalancePegEnv@") else None

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
        return canonical((rope_balance_peg)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "lanterns: 7 whole numbers"
        """
        return "\n".join(['lanterns: {} whole numbers'.format(len(self.config['lanterns']))])

    def LanternsLength(self) -> int:
        """Count the elements of lanterns.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "7"
        """
        return len(self.config['lanterns'])

    def LanternsItem(self, index: int) -> int:
        """Read one element of lanterns.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "28"
        """
        return self.config['lanterns'][index]

    def Add(self, first: int, second: int) -> int:
        """Work out `first` plus `second`.
        Args:
            first (int): the first
            second (int): the second
        Returns:
            int: the result
        Example Output:
            "28"
        """
        return first + second

    def Imbalance(self, left: int, total: int) -> int:
        """Difference between the weights of the two sides.
        Args:
            left (int): value of left
            total (int): value of total
        Returns:
            int: the result
        Example Output:
            "74"
        """
        return imbalance(left, total)

    def IsDifferenceLessThanSmallest(self, difference: int, smallest: int) -> bool:
        """Tell whether `difference` is less than `smallest`.
        Args:
            difference (int): value of difference
            smallest (int): value of smallest
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return difference < smallest

    def Subtract(self, total: int, best_left: int) -> int:
        """Work out `total` minus `best_left`.
        Args:
            total (int): value of total
            best_left (int): value of best left
        Returns:
            int: the result
        Example Output:
            "69"
        """
        return total - best_left

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

        def each_lanterns():
            for index in range(call("LanternsLength")):
                yield call("LanternsItem", index=index)

        def read_lanterns():
            return list(each_lanterns())

        def rope_balance_peg():
            total = 0
            for weight in each_lanterns():
                total = call('Add', first=total, second=weight)
            left = 0
            best_count = 0
            best_left = 0
            smallest = total + 1
            for place in range(call('LanternsLength') - 1):
                left = call('Add', first=left, second=call('LanternsItem', index=place))
                difference = call('Imbalance', left=left, total=total)
                if call('IsDifferenceLessThanSmallest', difference=difference, smallest=smallest):
                    smallest = difference
                    best_left = left
                    best_count = place + 1
            return [best_count, best_left, call('Subtract', total=total, best_left=best_left)]

        call("Done", answer=canonical(rope_balance_peg()))
