"""Compiled from problem bead_code_decode (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def bead_code_decode(book: dict[str, str], beads: str) -> str:
    letters: dict[str, str] = {}
    for letter, pattern in book.items():
        letters[pattern] = letter
    text = ''
    collected = ''
    for bead in beads:
        collected += bead
        if collected in letters:
            text += letters[collected]
            collected = ''
        elif len(collected) == 4:
            text += '-'
            collected = ''
    if collected != '':
        text += '?'
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


class BeadCodeDecodeEnv(gymnasium.Env):
    """Two pen friends write with white (o) and black (x) beads on a string. the task book gives for each letter its pattern
    of beads. To read a string, one collects beads from the left, and as soon as the beads collected are the pattern of
    some letter, that letter is written down and the collecting starts anew. Whenever four beads have been collected and
    are no pattern, they are dropped and a dash is written. Beads left at the end are written as a question mark, one for
    all of them. Report the text."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'BookKeys': 1, 'BookLookup': 2, 'BeadsLength': 3, 'BeadsCharacter': 4, 'Add': 5, 'CheckCollected': 6, 'IsCollectedDifferent': 7, 'Done': 8}
        self.parameters = {'Observe': {}, 'BookKeys': {}, 'BookLookup': {'key': 'string'}, 'BeadsLength': {}, 'BeadsCharacter': {'index': 'integer'}, 'Add': {'first': 'string', 'second': 'string'}, 'CheckCollected': {'collected': 'string'}, 'IsCollectedDifferent': {'collected': 'string'}, 'Done': {'answer': 'any'}}
        self.config = {'book': {'s': 'oo', 'a': 'ox', 'n': 'x'}, 'beads': 'xoxoxo'}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return BeadCodeDecodeEnv(env_str) if env_str.startswith("BeadCodeDecodeEnv@") else None

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
        return canonical((bead_code_decode)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "book: 3 keys, each with a text\\nbeads: a text of 6 characters"
        """
        return "\n".join(['book: {} keys, each with a text'.format(len(self.config['book'])), 'beads: a text of {} characters'.format(len(self.config['beads']))])

    def BookKeys(self) -> list:
        """List the keys of book, without what belongs to them.
        Args:
            None
        Returns:
            list[str]: the keys
        Example Output:
            "["s", "a", "n"]"
        """
        return list(self.config['book'])

    def BookLookup(self, key: str) -> str:
        """Look up what belongs to one key of book.
        Args:
            key (str): a key of book
        Returns:
            str: what belongs to it
        Example Output:
            ""oo\""
        """
        return self.config['book'][key]

    def BeadsLength(self) -> int:
        """Count the characters of the text beads.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "6"
        """
        return len(self.config['beads'])

    def BeadsCharacter(self, index: int) -> str:
        """Read one character of the text beads.
        Args:
            index (int): place, counted from 0
        Returns:
            str: the element there
        Example Output:
            ""x\""
        """
        return self.config['beads'][index]

    def Add(self, first: str, second: str) -> str:
        """Work out `first` plus `second`.
        Args:
            first (str): the first
            second (str): the second
        Returns:
            str: the result
        Example Output:
            ""x\""
        """
        return first + second

    def CheckCollected(self, collected: str) -> bool:
        """Tell whether how many elements `collected` has equals 4.
        Args:
            collected (str): value of collected
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return len(collected) == 4

    def IsCollectedDifferent(self, collected: str) -> bool:
        """Tell whether `collected` differs from ''.
        Args:
            collected (str): value of collected
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return collected != ''

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

        def read_book():
            return {key: call("BookLookup", key=key) for key in call("BookKeys")}

        def each_beads():
            for index in range(call("BeadsLength")):
                yield call("BeadsCharacter", index=index)

        def read_beads():
            return ''.join(each_beads())

        def bead_code_decode(book):
            letters: dict[str, str] = {}
            for letter, pattern in book.items():
                letters[pattern] = letter
            text = ''
            collected = ''
            for bead in each_beads():
                collected = call('Add', first=collected, second=bead)
                if collected in letters:
                    text = call('Add', first=text, second=letters[collected])
                    collected = ''
                elif call('CheckCollected', collected=collected):
                    text += '-'
                    collected = ''
            if call('IsCollectedDifferent', collected=collected):
                text += '?'
            return text

        call("Done", answer=canonical(bead_code_decode(book=read_book())))
