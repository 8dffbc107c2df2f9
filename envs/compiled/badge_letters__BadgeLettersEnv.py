"""Compiled from problem badge_letters (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def sewn(word: str) -> str:
    """How a word is sewn on the badge."""
    half = len(word) // 2
    if len(word) == 1:
        return word
    if len(word) % 2 == 0:
        return word[half:] + word[:half]
    return word[:half] + word[half + 1:]

def badge_letters(motto: list[str]) -> str:
    badge = ''
    previous = ''
    for word in motto:
        if word == previous:
            badge += '-'
        else:
            badge += sewn(word)
        previous = word
    return badge

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


class BadgeLettersEnv(gymnasium.Env):
    """A club sews a badge from the words of its motto. A word with an even number of letters is sewn with its halves
    swapped, the second half before the first. A word with an odd number of letters is sewn without its middle letter,
    and a word of a single letter is sewn as it is. A word that is equal to the word before it in the motto is not sewn;
    a dash is put in its place. Report all that is sewn, in order and without gaps."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'MottoLength': 1, 'MottoItem': 2, 'IsWordEqualToPrevious': 3, 'UpdateBadge': 4, 'Done': 5}
        self.parameters = {'Observe': {}, 'MottoLength': {}, 'MottoItem': {'index': 'integer'}, 'IsWordEqualToPrevious': {'word': 'string', 'previous': 'string'}, 'UpdateBadge': {'badge': 'string', 'word': 'string'}, 'Done': {'answer': 'any'}}
        self.config = {'motto': ['silver', 'silver', 'silver', 'sing', 'and', 'and', 'current']}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return BadgeLettersEnv(env_str) if env_str.startswith("BadgeLettersEnv@") else None

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
        return canonical((badge_letters)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "motto: 7 texts"
        """
        return "\n".join(['motto: {} texts'.format(len(self.config['motto']))])

    def MottoLength(self) -> int:
        """Count the elements of motto.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "7"
        """
        return len(self.config['motto'])

    def MottoItem(self, index: int) -> str:
        """Read one element of motto.
        Args:
            index (int): place, counted from 0
        Returns:
            str: the element there
        Example Output:
            ""silver\""
        """
        return self.config['motto'][index]

    def IsWordEqualToPrevious(self, word: str, previous: str) -> bool:
        """Tell whether `word` equals `previous`.
        Args:
            word (str): value of word
            previous (str): value of previous
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return word == previous

    def UpdateBadge(self, badge: str, word: str) -> str:
        """Work out `badge` plus the sewn of `word`.
        Args:
            badge (str): value of badge
            word (str): value of word
        Returns:
            str: the result
        Example Output:
            ""versil\""
        """
        return badge + sewn(word)

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

        def each_motto():
            for index in range(call("MottoLength")):
                yield call("MottoItem", index=index)

        def read_motto():
            return list(each_motto())

        def badge_letters():
            badge = ''
            previous = ''
            for word in each_motto():
                if call('IsWordEqualToPrevious', word=word, previous=previous):
                    badge += '-'
                else:
                    badge = call('UpdateBadge', badge=badge, word=word)
                previous = word
            return badge

        call("Done", answer=canonical(badge_letters()))
