"""Compiled from problem sailor_cipher (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def shifted(letter: str, steps: int) -> str:
    """The letter some places further on in the alphabet, going on with a after z."""
    place = (ord(letter) - ord('a') + steps) % 26
    return chr(ord('a') + place)

def sailor_cipher(text: str) -> str:
    hidden = ''
    vowels = 0
    for letter in text:
        hidden += shifted(letter, vowels)
        if letter in 'aeiou':
            vowels += 1
    return hidden

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


class SailorCipherEnv(gymnasium.Env):
    """A sailor writes words with the small letters a to z and hides them in this way. He goes through the letters from
    left to right and replaces each by the letter so many places further on in the alphabet as vowels (a, e, i, o, u)
    stood in the original before that letter; after z he goes on with a. Report the hidden text."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'TextLength': 1, 'TextCharacter': 2, 'UpdateHidden': 3, 'IsLetterAmong': 4, 'Done': 5}
        self.parameters = {'Observe': {}, 'TextLength': {}, 'TextCharacter': {'index': 'integer'}, 'UpdateHidden': {'hidden': 'string', 'letter': 'string', 'vowels': 'integer'}, 'IsLetterAmong': {'letter': 'string'}, 'Done': {'answer': 'any'}}
        self.config = {'text': 'sornitb'}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return SailorCipherEnv(env_str) if env_str.startswith("SailorCipherEnv@") else None

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
        return canonical((sailor_cipher)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "text: a text of 7 characters"
        """
        return "\n".join(['text: a text of {} characters'.format(len(self.config['text']))])

    def TextLength(self) -> int:
        """Count the characters of the text text.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "7"
        """
        return len(self.config['text'])

    def TextCharacter(self, index: int) -> str:
        """Read one character of the text text.
        Args:
            index (int): place, counted from 0
        Returns:
            str: the element there
        Example Output:
            ""s\""
        """
        return self.config['text'][index]

    def UpdateHidden(self, hidden: str, letter: str, vowels: int) -> str:
        """Work out `hidden` plus the shifted of `letter` and `vowels`.
        Args:
            hidden (str): value of hidden
            letter (str): value of letter
            vowels (int): value of vowels
        Returns:
            str: the result
        Example Output:
            ""s\""
        """
        return hidden + shifted(letter, vowels)

    def IsLetterAmong(self, letter: str) -> bool:
        """Tell whether `letter` is among 'aeiou'.
        Args:
            letter (str): value of letter
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return letter in 'aeiou'

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

        def each_text():
            for index in range(call("TextLength")):
                yield call("TextCharacter", index=index)

        def read_text():
            return ''.join(each_text())

        def sailor_cipher():
            hidden = ''
            vowels = 0
            for letter in each_text():
                hidden = call('UpdateHidden', hidden=hidden, letter=letter, vowels=vowels)
                if call('IsLetterAmong', letter=letter):
                    vowels += 1
            return hidden

        call("Done", answer=canonical(sailor_cipher()))
