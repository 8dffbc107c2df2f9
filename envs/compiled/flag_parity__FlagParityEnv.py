"""Compiled from problem flag_parity (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def number_of(first: int, second: int, third: int) -> int:
    return 4 * first + 2 * second + third

def flag_parity(flags: str) -> str:
    text = ''
    group = 0
    while group + 4 <= len(flags):
        first = int(flags[group])
        second = int(flags[group + 1])
        third = int(flags[group + 2])
        fourth = int(flags[group + 3])
        if (first + second + third + fourth) % 2 == 1:
            text += '?'
        else:
            text += str(number_of(first, second, third))
        group += 4
    return text

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


class FlagParityEnv(gymnasium.Env):
    """A ship signals with flags, 1 for up and 0 for down, in groups of four. The first three flags of a group make a
    number from 0 to 7, worth 4, 2 and 1 in that order; the fourth is set so that an even number of flags in the group is
    up. A group in which the number is odd was garbled. Report the numbers of all groups written one after another, with a
    question mark in place of each garbled group; flags left over at the end form no group and are ignored."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'FlagsLength': 1, 'FlagsCharacter': 2, 'CheckFlagsLengthAndGroup': 3, 'WholePart': 4, 'CheckRemainder': 5, 'UpdateText': 6, 'Done': 7}
        self.parameters = {'Observe': {}, 'FlagsLength': {}, 'FlagsCharacter': {'index': 'integer'}, 'CheckFlagsLengthAndGroup': {'group': 'integer', 'flags_length': 'integer'}, 'WholePart': {'flags_character': 'string'}, 'CheckRemainder': {'first': 'integer', 'second': 'integer', 'third': 'integer', 'fourth': 'integer'}, 'UpdateText': {'text': 'string', 'first': 'integer', 'second': 'integer', 'third': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'flags': '1010101110'}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return FlagParityEnv(env_str) if env_str.startswith("FlagParityEnv@") else None

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
        return canonical((flag_parity)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "flags: a text of 10 characters"
        """
        return "\n".join(['flags: a text of {} characters'.format(len(self.config['flags']))])

    def FlagsLength(self) -> int:
        """Count the characters of the text flags.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "10"
        """
        return len(self.config['flags'])

    def FlagsCharacter(self, index: int) -> str:
        """Read one character of the text flags.
        Args:
            index (int): place, counted from 0
        Returns:
            str: the element there
        Example Output:
            ""1\""
        """
        return self.config['flags'][index]

    def CheckFlagsLengthAndGroup(self, group: int, flags_length: int) -> bool:
        """Tell whether (`group` plus 4) is at most `flags_length`.
        Args:
            group (int): value of group
            flags_length (int): value of flags length
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return group + 4 <= flags_length

    def WholePart(self, flags_character: str) -> int:
        """Work out `flags_character` as a whole number.
        Args:
            flags_character (str): value of flags character
        Returns:
            int: the result
        Example Output:
            "1"
        """
        return int(flags_character)

    def CheckRemainder(self, first: int, second: int, third: int, fourth: int) -> bool:
        """Tell whether (the remainder of (((`first` plus `second`) plus `third`) plus `fourth`) divided by 2) equals 1.
        Args:
            first (int): the first
            second (int): the second
            third (int): the third
            fourth (int): value of fourth
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return (first + second + third + fourth) % 2 == 1

    def UpdateText(self, text: str, first: int, second: int, third: int) -> str:
        """Work out `text` plus (the number of of `first` and `second` and `third` written as text).
        Args:
            text (str): value of text
            first (int): the first
            second (int): the second
            third (int): the third
        Returns:
            str: the result
        Example Output:
            ""5\""
        """
        return text + str(number_of(first, second, third))

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

        def each_flags():
            for index in range(call("FlagsLength")):
                yield call("FlagsCharacter", index=index)

        def read_flags():
            return ''.join(each_flags())

        def flag_parity():
            text = ''
            group = 0
            while call('CheckFlagsLengthAndGroup', group=group, flags_length=call('FlagsLength')):
                first = call('WholePart', flags_character=call('FlagsCharacter', index=group))
                second = call('WholePart', flags_character=call('FlagsCharacter', index=group + 1))
                third = call('WholePart', flags_character=call('FlagsCharacter', index=group + 2))
                fourth = call('WholePart', flags_character=call('FlagsCharacter', index=group + 3))
                if call('CheckRemainder', first=first, second=second, third=third, fourth=fourth):
                    text += '?'
                else:
                    text = call('UpdateText', text=text, first=first, second=second, third=third)
                group += 4
            return text

        call("Done", answer=canonical(flag_parity()))
