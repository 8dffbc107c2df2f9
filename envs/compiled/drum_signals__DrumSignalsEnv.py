"""Compiled from problem drum_signals (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def after_beat(value: int, beat: str) -> int:
    """Value of a group after one more beat."""
    if beat == '.':
        return value + 1
    return value * 2 + 3

def drum_signals(line: str) -> list[int]:
    values = []
    previous = 0
    value = 0
    beats = 0
    for sign in line + '/':
        if sign == '/':
            if beats > 0:
                previous = value
            values.append(previous)
            value = 0
            beats = 0
        else:
            value = after_beat(value, sign)
            beats += 1
    return values

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


class DrumSignalsEnv(gymnasium.Env):
    """Drummers send numbers as groups of beats. In the line of signs a dot is a short beat, a minus sign is a long
    beat, and a slash ends a group. The value of a group is found beat by beat from zero: a short beat adds one, and a
    long beat doubles the value and adds three. A group without beats means that the value of the group before is meant
    once more (zero if there was none before). The last group ends with the line itself, even when it has no beats.
    Report the values of all groups in order."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'LineLength': 1, 'LineCharacter': 2, 'IsSignEqual': 3, 'IsBeatsGreaterThan0': 4, 'AfterBeat': 5, 'Done': 6}
        self.parameters = {'Observe': {}, 'LineLength': {}, 'LineCharacter': {'index': 'integer'}, 'IsSignEqual': {'sign': 'string'}, 'IsBeatsGreaterThan0': {'beats': 'integer'}, 'AfterBeat': {'value': 'integer', 'beat': 'string'}, 'Done': {'answer': 'any'}}
        self.config = {'line': '/-//.-..'}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return DrumSignalsEnv(env_str) if env_str.startswith("DrumSignalsEnv@") else None

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
        return canonical((drum_signals)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "line: a text of 8 characters"
        """
        return "\n".join(['line: a text of {} characters'.format(len(self.config['line']))])

    def LineLength(self) -> int:
        """Count the characters of the text line.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "8"
        """
        return len(self.config['line'])

    def LineCharacter(self, index: int) -> str:
        """Read one character of the text line.
        Args:
            index (int): place, counted from 0
        Returns:
            str: the element there
        Example Output:
            ""/\""
        """
        return self.config['line'][index]

    def IsSignEqual(self, sign: str) -> bool:
        """Tell whether `sign` equals '/'.
        Args:
            sign (str): value of sign
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return sign == '/'

    def IsBeatsGreaterThan0(self, beats: int) -> bool:
        """Tell whether `beats` is greater than 0.
        Args:
            beats (int): value of beats
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return beats > 0

    def AfterBeat(self, value: int, beat: str) -> int:
        """Value of a group after one more beat.
        Args:
            value (int): the value
            beat (str): value of beat
        Returns:
            int: the result
        Example Output:
            "3"
        """
        return after_beat(value, beat)

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

        def each_line():
            for index in range(call("LineLength")):
                yield call("LineCharacter", index=index)

        def read_line():
            return ''.join(each_line())

        def drum_signals(line):
            values = []
            previous = 0
            value = 0
            beats = 0
            for sign in line + '/':
                if call('IsSignEqual', sign=sign):
                    if call('IsBeatsGreaterThan0', beats=beats):
                        previous = value
                    values.append(previous)
                    value = 0
                    beats = 0
                else:
                    value = call('AfterBeat', value=value, beat=sign)
                    beats += 1
            return values

        call("Done", answer=canonical(drum_signals(line=read_line())))
