"""Compiled from problem canyon_echoes (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def echo_strength(distance: int) -> int:
    """Strength of the echo of a letter last called so many calls ago."""
    return max(1, 20 - distance)

def canyon_echoes(calls: str) -> list[int]:
    last_call = {}
    strengths = []
    for moment in range(len(calls)):
        letter = calls[moment]
        sound = letter.lower()
        if sound in last_call:
            strength = echo_strength(moment - last_call[sound])
            if letter != sound:
                strength *= 2
            strengths.append(strength)
        last_call[sound] = moment
    strengths.append(len(last_call))
    return strengths

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


class CanyonEchoesEnv(gymnasium.Env):
    """Children call letters one after another into a canyon. When a letter has been called before, an echo comes back
    whose strength is twenty minus the number of calls since that letter was last called, but never less than one; a
    letter called for the first time gives no echo. Letters called in capital sound the same as small ones, but a
    capital doubles the strength of its own echo. Report the strengths of all echoes in order and, as the last entry,
    the number of different letters called, a capital and its small letter being one."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'CallsLength': 1, 'CallsCharacter': 2, 'WorkOutSound': 3, 'EchoStrength': 4, 'IsLetterDifferentFromSound': 5, 'Done': 6}
        self.parameters = {'Observe': {}, 'CallsLength': {}, 'CallsCharacter': {'index': 'integer'}, 'WorkOutSound': {'letter': 'string'}, 'EchoStrength': {'moment': 'integer', 'last_call_value': 'integer'}, 'IsLetterDifferentFromSound': {'letter': 'string', 'sound': 'string'}, 'Done': {'answer': 'any'}}
        self.config = {'calls': 'AbAfbBcC'}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return CanyonEchoesEnv(env_str) if env_str.startswith("CanyonEchoesEnv@") else None

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
        return canonical((canyon_echoes)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "calls: a text of 8 characters"
        """
        return "\n".join(['calls: a text of {} characters'.format(len(self.config['calls']))])

    def CallsLength(self) -> int:
        """Count the characters of the text calls.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "8"
        """
        return len(self.config['calls'])

    def CallsCharacter(self, index: int) -> str:
        """Read one character of the text calls.
        Args:
            index (int): place, counted from 0
        Returns:
            str: the element there
        Example Output:
            ""A\""
        """
        return self.config['calls'][index]

    def WorkOutSound(self, letter: str) -> str:
        """Work out `letter` in lower case.
        Args:
            letter (str): value of letter
        Returns:
            str: the result
        Example Output:
            ""a\""
        """
        return letter.lower()

    def EchoStrength(self, moment: int, last_call_value: int) -> int:
        """Strength of the echo of a letter last called so many calls ago.
        Args:
            moment (int): value of moment
            last_call_value (int): the last call value
        Returns:
            int: the result
        Example Output:
            "18"
        """
        return echo_strength(moment - last_call_value)

    def IsLetterDifferentFromSound(self, letter: str, sound: str) -> bool:
        """Tell whether `letter` differs from `sound`.
        Args:
            letter (str): value of letter
            sound (str): value of sound
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return letter != sound

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

        def each_calls():
            for index in range(call("CallsLength")):
                yield call("CallsCharacter", index=index)

        def read_calls():
            return ''.join(each_calls())

        def canyon_echoes():
            last_call = {}
            strengths = []
            for moment in range(call('CallsLength')):
                letter = call('CallsCharacter', index=moment)
                sound = call('WorkOutSound', letter=letter)
                if sound in last_call:
                    strength = call('EchoStrength', moment=moment, last_call_value=last_call[sound])
                    if call('IsLetterDifferentFromSound', letter=letter, sound=sound):
                        strength *= 2
                    strengths.append(strength)
                last_call[sound] = moment
            strengths.append(len(last_call))
            return strengths

        call("Done", answer=canonical(canyon_echoes()))
