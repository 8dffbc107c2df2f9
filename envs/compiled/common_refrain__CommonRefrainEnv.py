"""Compiled from problem common_refrain (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def points(note: str) -> int:
    return 'abcde'.index(note) + 1

def common_refrain(first: str, second: str) -> int:
    best = [-place for place in range(len(second) + 1)]
    for note in first:
        diagonal = best[0]
        best[0] -= 1
        for place in range(1, len(second) + 1):
            score = best[place] - 1
            if best[place - 1] - 1 > score:
                score = best[place - 1] - 1
            if note == second[place - 1] and diagonal + points(note) > score:
                score = diagonal + points(note)
            diagonal = best[place]
            best[place] = score
    return best[-1]

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


class CommonRefrainEnv(gymnasium.Env):
    """Two singers know two versions of a tune, written with the letters a to e for the notes. They want to sing together:
    notes of the first version are paired with equal notes of the second, in the same order in both, and all other notes
    are left out. A pair of a's is worth 1 point, of b's 2 and so on up to 5 for e's; every note left out in either
    version costs 1 point. Report the highest score."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'FirstLength': 1, 'FirstCharacter': 2, 'SecondLength': 3, 'SecondCharacter': 4, 'WorkOutPlace': 5, 'CheckScoreAndBestValue': 6, 'IsNoteEqualToSecondCharacter': 7, 'CheckScoreAndDiagonal': 8, 'WorkOutScore': 9, 'Done': 10}
        self.parameters = {'Observe': {}, 'FirstLength': {}, 'FirstCharacter': {'index': 'integer'}, 'SecondLength': {}, 'SecondCharacter': {'index': 'integer'}, 'WorkOutPlace': {'place': 'integer'}, 'CheckScoreAndBestValue': {'best_value': 'integer', 'score': 'integer'}, 'IsNoteEqualToSecondCharacter': {'note': 'string', 'second_character': 'string'}, 'CheckScoreAndDiagonal': {'diagonal': 'integer', 'note': 'string', 'score': 'integer'}, 'WorkOutScore': {'diagonal': 'integer', 'note': 'string'}, 'Done': {'answer': 'any'}}
        self.config = {'first': 'dadc', 'second': 'dadc'}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return CommonRefrainEnv(env_str) if env_str.startswith("CommonRefrainEnv@") else None

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
        return canonical((common_refrain)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "first: a text of 4 characters\\nsecond: a text of 4 characters"
        """
        return "\n".join(['first: a text of {} characters'.format(len(self.config['first'])), 'second: a text of {} characters'.format(len(self.config['second']))])

    def FirstLength(self) -> int:
        """Count the characters of the text first.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "4"
        """
        return len(self.config['first'])

    def FirstCharacter(self, index: int) -> str:
        """Read one character of the text first.
        Args:
            index (int): place, counted from 0
        Returns:
            str: the element there
        Example Output:
            ""d\""
        """
        return self.config['first'][index]

    def SecondLength(self) -> int:
        """Count the characters of the text second.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "4"
        """
        return len(self.config['second'])

    def SecondCharacter(self, index: int) -> str:
        """Read one character of the text second.
        Args:
            index (int): place, counted from 0
        Returns:
            str: the element there
        Example Output:
            ""d\""
        """
        return self.config['second'][index]

    def WorkOutPlace(self, place: int) -> int:
        """Work out minus `place`.
        Args:
            place (int): value of place
        Returns:
            int: the result
        Example Output:
            "0"
        """
        return -place

    def CheckScoreAndBestValue(self, best_value: int, score: int) -> bool:
        """Tell whether (`best_value` minus 1) is greater than `score`.
        Args:
            best_value (int): the best value
            score (int): value of score
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return best_value - 1 > score

    def IsNoteEqualToSecondCharacter(self, note: str, second_character: str) -> bool:
        """Tell whether `note` equals `second_character`.
        Args:
            note (str): value of note
            second_character (str): value of second character
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return note == second_character

    def CheckScoreAndDiagonal(self, diagonal: int, note: str, score: int) -> bool:
        """Tell whether (`diagonal` plus the points of `note`) is greater than `score`.
        Args:
            diagonal (int): value of diagonal
            note (str): value of note
            score (int): value of score
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return diagonal + points(note) > score

    def WorkOutScore(self, diagonal: int, note: str) -> int:
        """Work out `diagonal` plus the points of `note`.
        Args:
            diagonal (int): value of diagonal
            note (str): value of note
        Returns:
            int: the result
        Example Output:
            "4"
        """
        return diagonal + points(note)

    def Done(self, answer) -> str:
        """Hand in the answer. The first one counts.
        Args:
            answer (int): the answer, a whole number
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

        def each_first():
            for index in range(call("FirstLength")):
                yield call("FirstCharacter", index=index)

        def read_first():
            return ''.join(each_first())

        def each_second():
            for index in range(call("SecondLength")):
                yield call("SecondCharacter", index=index)

        def read_second():
            return ''.join(each_second())

        def common_refrain():
            best = [call('WorkOutPlace', place=place) for place in range(call('SecondLength') + 1)]
            for note in each_first():
                diagonal = best[0]
                best[0] -= 1
                for place in range(1, call('SecondLength') + 1):
                    score = best[place] - 1
                    if call('CheckScoreAndBestValue', best_value=best[place - 1], score=score):
                        score = best[place - 1] - 1
                    if call('IsNoteEqualToSecondCharacter', note=note, second_character=call('SecondCharacter', index=place - 1)) and call('CheckScoreAndDiagonal', diagonal=diagonal, note=note, score=score):
                        score = call('WorkOutScore', diagonal=diagonal, note=note)
                    diagonal = best[place]
                    best[place] = score
            return best[-1]

        call("Done", answer=canonical(common_refrain()))
