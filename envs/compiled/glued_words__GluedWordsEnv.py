"""Compiled from problem glued_words (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def joint(before: str, after: str) -> bool:
    """Whether the last letter of one word is the first letter of the next."""
    return before[-1:] == after[:1]

def glued_words(words: list[str]) -> str:
    sign = words[0]
    previous = words[0]
    for word in words[1:]:
        if word == previous:
            continue
        if joint(previous, word):
            sign += word[1:]
        else:
            sign += '.' + word
        previous = word
    return sign

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


class GluedWordsEnv(gymnasium.Env):
    """A sign maker hangs up words in the order given. When the last letter of the word hung up before is the same as
    the first letter of the next word, the two are glued so that the common letter appears only once; otherwise a dot is
    put between them. A word that is equal to the one before it is not hung up, and the next word is still compared with
    the one hung up last. Report the whole sign."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'WordsLength': 1, 'WordsItem': 2, 'IsWordEqualToPrevious': 3, 'Joint': 4, 'UpdateSign': 5, 'UpdateSign2': 6, 'Done': 7}
        self.parameters = {'Observe': {}, 'WordsLength': {}, 'WordsItem': {'index': 'integer'}, 'IsWordEqualToPrevious': {'word': 'string', 'previous': 'string'}, 'Joint': {'before': 'string', 'after': 'string'}, 'UpdateSign': {'sign': 'string', 'word_value': 'string'}, 'UpdateSign2': {'sign': 'string', 'word': 'string'}, 'Done': {'answer': 'any'}}
        self.config = {'words': ['hinge', 'hinge', 'hinge', 'tin', 'mast', 'mast', 'elm']}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return GluedWordsEnv(env_str) if env_str.startswith("GluedWordsEnv@") else None

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
        return canonical((glued_words)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "words: 7 texts"
        """
        return "\n".join(['words: {} texts'.format(len(self.config['words']))])

    def WordsLength(self) -> int:
        """Count the elements of words.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "7"
        """
        return len(self.config['words'])

    def WordsItem(self, index: int) -> str:
        """Read one element of words.
        Args:
            index (int): place, counted from 0
        Returns:
            str: the element there
        Example Output:
            ""hinge\""
        """
        return self.config['words'][index]

    def IsWordEqualToPrevious(self, word: str, previous: str) -> bool:
        """Tell whether `word` equals `previous`.
        Args:
            word (str): value of word
            previous (str): value of previous
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return word == previous

    def Joint(self, before: str, after: str) -> bool:
        """Whether the last letter of one word is the first letter of the next.
        Args:
            before (str): value of before
            after (str): value of after
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return joint(before, after)

    def UpdateSign(self, sign: str, word_value: str) -> str:
        """Work out `sign` plus `word_value`.
        Args:
            sign (str): value of sign
            word_value (str): the word value
        Returns:
            str: the result
        Example Output:
            ""tin.tar.tin.mastin\""
        """
        return sign + word_value

    def UpdateSign2(self, sign: str, word: str) -> str:
        """Work out `sign` plus ('.' plus `word`).
        Args:
            sign (str): value of sign
            word (str): value of word
        Returns:
            str: the result
        Example Output:
            ""hinge.tin\""
        """
        return sign + ('.' + word)

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

        def each_words():
            for index in range(call("WordsLength")):
                yield call("WordsItem", index=index)

        def read_words():
            return list(each_words())

        def glued_words(words):
            sign = words[0]
            previous = words[0]
            for word in words[1:]:
                if call('IsWordEqualToPrevious', word=word, previous=previous):
                    continue
                if call('Joint', before=previous, after=word):
                    sign = call('UpdateSign', sign=sign, word_value=word[1:])
                else:
                    sign = call('UpdateSign2', sign=sign, word=word)
                previous = word
            return sign

        call("Done", answer=canonical(glued_words(words=read_words())))
