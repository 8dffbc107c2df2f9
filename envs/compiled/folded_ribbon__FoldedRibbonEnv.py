"""Compiled from problem folded_ribbon (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def pair_score(outer: int, inner: int) -> int:
    """Score of two marks that lie on each other."""
    if outer % 2 == 1 and inner % 2 == 1:
        return outer * inner
    return abs(outer - inner)

def folded_ribbon(marks: list[int]) -> list[int]:
    scores = []
    left = 0
    right = len(marks) - 1
    while left < right:
        scores.append(pair_score(marks[left], marks[right]))
        left += 1
        right -= 1
    if left == right:
        scores.append(2 * marks[left])
    return scores

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


class FoldedRibbonEnv(gymnasium.Env):
    """A ribbon is marked with numbers at even distances and is folded in the middle, so that the first mark lies on the
    last, the second on the last but one, and so on; with an odd number of marks the middle one lies on the fold alone.
    Every pair of marks that lie on each other gives a score: their product when they are both odd, otherwise the larger
    minus the smaller. A mark alone on the fold gives twice its number. Report the scores in order, beginning with the
    outermost pair."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'MarksLength': 1, 'MarksItem': 2, 'Subtract': 3, 'IsLeftLessThanRight': 4, 'PairScore': 5, 'UpdateLeft': 6, 'IsLeftEqualToRight': 7, 'Multiply': 8, 'Done': 9}
        self.parameters = {'Observe': {}, 'MarksLength': {}, 'MarksItem': {'index': 'integer'}, 'Subtract': {'value': 'integer'}, 'IsLeftLessThanRight': {'left': 'integer', 'right': 'integer'}, 'PairScore': {'outer': 'integer', 'inner': 'integer'}, 'UpdateLeft': {'left': 'integer'}, 'IsLeftEqualToRight': {'left': 'integer', 'right': 'integer'}, 'Multiply': {'marks_item': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'marks': [7, 26, 23, 5, 30, 11, 35, 28]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return FoldedRibbonEnv(env_str) if env_str.startswith("FoldedRibbonEnv@") else None

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
        return canonical((folded_ribbon)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "marks: 8 whole numbers"
        """
        return "\n".join(['marks: {} whole numbers'.format(len(self.config['marks']))])

    def MarksLength(self) -> int:
        """Count the elements of marks.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "8"
        """
        return len(self.config['marks'])

    def MarksItem(self, index: int) -> int:
        """Read one element of marks.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "7"
        """
        return self.config['marks'][index]

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

    def IsLeftLessThanRight(self, left: int, right: int) -> bool:
        """Tell whether `left` is less than `right`.
        Args:
            left (int): value of left
            right (int): value of right
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return left < right

    def PairScore(self, outer: int, inner: int) -> int:
        """Score of two marks that lie on each other.
        Args:
            outer (int): value of outer
            inner (int): value of inner
        Returns:
            int: the result
        Example Output:
            "21"
        """
        return pair_score(outer, inner)

    def UpdateLeft(self, left: int) -> int:
        """Work out `left` plus 1.
        Args:
            left (int): value of left
        Returns:
            int: the result
        Example Output:
            "1"
        """
        return left + 1

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

    def Multiply(self, marks_item: int) -> int:
        """Work out 2 times `marks_item`.
        Args:
            marks_item (int): value of marks item
        Returns:
            int: the result
        Example Output:
            "50"
        """
        return 2 * marks_item

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

        def each_marks():
            for index in range(call("MarksLength")):
                yield call("MarksItem", index=index)

        def read_marks():
            return list(each_marks())

        def folded_ribbon():
            scores = []
            left = 0
            right = call('Subtract', value=call('MarksLength'))
            while call('IsLeftLessThanRight', left=left, right=right):
                scores.append(call('PairScore', outer=call('MarksItem', index=left), inner=call('MarksItem', index=right)))
                left = call('UpdateLeft', left=left)
                right = call('Subtract', value=right)
            if call('IsLeftEqualToRight', left=left, right=right):
                scores.append(call('Multiply', marks_item=call('MarksItem', index=left)))
            return scores

        call("Done", answer=canonical(folded_ribbon()))
