"""Compiled from problem typist_undo (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def typist_undo(keys: str) -> str:
    paper = ''
    for key in keys:
        if key not in '<=>':
            paper += key
        elif len(paper) == 0:
            continue
        elif key == '<':
            paper = paper[:-1]
        elif key == '=':
            paper += paper[-1]
        else:
            paper = paper[-1] + paper[:-1]
    return paper

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


class TypistUndoEnv(gymnasium.Env):
    """A typewriter prints letters, and has three more keys. The key < takes back the last letter that stands on the
    paper; the key = prints the last letter on the paper once more; the key > moves the last letter to the very front. On
    an empty paper these three keys do nothing. Report the text on the paper after all the keys have been pressed."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'KeysLength': 1, 'KeysCharacter': 2, 'IsKeyNotAmong': 3, 'UpdatePaper': 4, 'CheckPaper': 5, 'IsKeyEqual': 6, 'IsKeyEqual2': 7, 'Done': 8}
        self.parameters = {'Observe': {}, 'KeysLength': {}, 'KeysCharacter': {'index': 'integer'}, 'IsKeyNotAmong': {'key': 'string'}, 'UpdatePaper': {'first': 'string', 'second': 'string'}, 'CheckPaper': {'paper': 'string'}, 'IsKeyEqual': {'key': 'string'}, 'IsKeyEqual2': {'key': 'string'}, 'Done': {'answer': 'any'}}
        self.config = {'keys': 'okl=>>e'}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return TypistUndoEnv(env_str) if env_str.startswith("TypistUndoEnv@") else None

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
        return canonical((typist_undo)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "keys: a text of 7 characters"
        """
        return "\n".join(['keys: a text of {} characters'.format(len(self.config['keys']))])

    def KeysLength(self) -> int:
        """Count the characters of the text keys.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "7"
        """
        return len(self.config['keys'])

    def KeysCharacter(self, index: int) -> str:
        """Read one character of the text keys.
        Args:
            index (int): place, counted from 0
        Returns:
            str: the element there
        Example Output:
            ""o\""
        """
        return self.config['keys'][index]

    def IsKeyNotAmong(self, key: str) -> bool:
        """Tell whether `key` is not among '<=>'.
        Args:
            key (str): value of key
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return key not in '<=>'

    def UpdatePaper(self, first: str, second: str) -> str:
        """Work out `first` plus `second`.
        Args:
            first (str): the first
            second (str): the second
        Returns:
            str: the result
        Example Output:
            ""o\""
        """
        return first + second

    def CheckPaper(self, paper: str) -> bool:
        """Tell whether how many elements `paper` has equals 0.
        Args:
            paper (str): value of paper
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return len(paper) == 0

    def IsKeyEqual(self, key: str) -> bool:
        """Tell whether `key` equals '<'.
        Args:
            key (str): value of key
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return key == '<'

    def IsKeyEqual2(self, key: str) -> bool:
        """Tell whether `key` equals '='.
        Args:
            key (str): value of key
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return key == '='

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

        def each_keys():
            for index in range(call("KeysLength")):
                yield call("KeysCharacter", index=index)

        def read_keys():
            return ''.join(each_keys())

        def typist_undo():
            paper = ''
            for key in each_keys():
                if call('IsKeyNotAmong', key=key):
                    paper = call('UpdatePaper', first=paper, second=key)
                elif call('CheckPaper', paper=paper):
                    continue
                elif call('IsKeyEqual', key=key):
                    paper = paper[:-1]
                elif call('IsKeyEqual2', key=key):
                    paper = call('UpdatePaper', first=paper, second=paper[-1])
                else:
                    paper = call('UpdatePaper', first=paper[-1], second=paper[:-1])
            return paper

        call("Done", answer=canonical(typist_undo()))
