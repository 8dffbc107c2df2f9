"""Compiled from problem tapestry_mirror (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def earlier(one: str, other: str) -> str:
    """The sign that comes earlier in the alphabet."""
    return min(one, other)

def tapestry_mirror(border: str) -> str:
    left_half = ''
    right_half = ''
    last = len(border) - 1
    for place in range(len(border) // 2):
        sign = earlier(border[place], border[last - place])
        left_half += sign
        right_half = sign + right_half
    if len(border) % 2 == 1:
        left_half += border[len(border) // 2]
    return left_half + right_half

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


class TapestryMirrorEnv(gymnasium.Env):
    """A tapestry border should read the same from both ends, but the weaver made mistakes. Compare the first sign with
    the last, the second with the last but one, and so on up to the middle. Where two compared signs differ, the weaver
    unpicks the one that comes later in the alphabet and weaves the other one in its place, so that both are equal
    afterwards. Report the corrected border from left to right."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'BorderLength': 1, 'BorderCharacter': 2, 'Earlier': 3, 'Subtract': 4, 'Add': 5, 'CheckRemainder': 6, 'Done': 7}
        self.parameters = {'Observe': {}, 'BorderLength': {}, 'BorderCharacter': {'index': 'integer'}, 'Earlier': {'one': 'string', 'other': 'string'}, 'Subtract': {'last': 'integer', 'place': 'integer'}, 'Add': {'first': 'string', 'second': 'string'}, 'CheckRemainder': {'border_length': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'border': 'kbgfbhcig'}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return TapestryMirrorEnv(env_str) if env_str.startswith("TapestryMirrorEnv@") else None

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
        return canonical((tapestry_mirror)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "border: a text of 9 characters"
        """
        return "\n".join(['border: a text of {} characters'.format(len(self.config['border']))])

    def BorderLength(self) -> int:
        """Count the characters of the text border.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "9"
        """
        return len(self.config['border'])

    def BorderCharacter(self, index: int) -> str:
        """Read one character of the text border.
        Args:
            index (int): place, counted from 0
        Returns:
            str: the element there
        Example Output:
            ""k\""
        """
        return self.config['border'][index]

    def Earlier(self, one: str, other: str) -> str:
        """The sign that comes earlier in the alphabet.
        Args:
            one (str): value of one
            other (str): value of other
        Returns:
            str: the result
        Example Output:
            ""g\""
        """
        return earlier(one, other)

    def Subtract(self, last: int, place: int) -> int:
        """Work out `last` minus `place`.
        Args:
            last (int): value of last
            place (int): value of place
        Returns:
            int: the result
        Example Output:
            "8"
        """
        return last - place

    def Add(self, first: str, second: str) -> str:
        """Work out `first` plus `second`.
        Args:
            first (str): the first
            second (str): the second
        Returns:
            str: the result
        Example Output:
            ""g\""
        """
        return first + second

    def CheckRemainder(self, border_length: int) -> bool:
        """Tell whether (the remainder of `border_length` divided by 2) equals 1.
        Args:
            border_length (int): value of border length
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return border_length % 2 == 1

    def Done(self, answer) -> str:
        """Hand in the answer. The first one counts.
        Args:
            answer (str): the answer, a text
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

        def each_border():
            for index in range(call("BorderLength")):
                yield call("BorderCharacter", index=index)

        def read_border():
            return ''.join(each_border())

        def tapestry_mirror():
            left_half = ''
            right_half = ''
            last = call('BorderLength') - 1
            for place in range(call('BorderLength') // 2):
                sign = call('Earlier', one=call('BorderCharacter', index=place), other=call('BorderCharacter', index=call('Subtract', last=last, place=place)))
                left_half = call('Add', first=left_half, second=sign)
                right_half = call('Add', first=sign, second=right_half)
            if call('CheckRemainder', border_length=call('BorderLength')):
                left_half = call('Add', first=left_half, second=call('BorderCharacter', index=call('BorderLength') // 2))
            return call('Add', first=left_half, second=right_half)

        call("Done", answer=canonical(tapestry_mirror()))
