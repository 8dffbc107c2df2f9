"""Compiled from problem letter_answers (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def letter_answers(letters: list[tuple[int, int, int]]) -> list[int]:
    open_letters: dict[tuple[int, int], list[int]] = {}
    waited = 0
    unanswered = 0
    for writer, reader, day in letters:
        if writer == reader:
            continue
        for sent in open_letters.get((reader, writer), []):
            waited += day - sent
            unanswered -= 1
        open_letters[reader, writer] = []
        open_letters.setdefault((writer, reader), []).append(day)
        unanswered += 1
    return [waited, unanswered]

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


class LetterAnswersEnv(gymnasium.Env):
    """A village post office notes every letter in order of its day: who wrote it, who gets it, and the day. A letter is
    answered by the first later letter in the list that goes the other way between the same two people, and one letter
    answers all letters it finds unanswered. A letter to oneself is only a note: it is not counted in any way. Report two
    numbers: the days of waiting summed over all letters that were answered, and how many letters were never answered."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'LettersRows': 1, 'LettersRowLength': 2, 'LettersCell': 3, 'IsWriterEqualToReader': 4, 'UpdateWaited': 5, 'UpdateUnanswered': 6, 'UpdateUnanswered2': 7, 'Done': 8}
        self.parameters = {'Observe': {}, 'LettersRows': {}, 'LettersRowLength': {'row': 'integer'}, 'LettersCell': {'row': 'integer', 'column': 'integer'}, 'IsWriterEqualToReader': {'writer': 'integer', 'reader': 'integer'}, 'UpdateWaited': {'waited': 'integer', 'day': 'integer', 'sent': 'integer'}, 'UpdateUnanswered': {'unanswered': 'integer'}, 'UpdateUnanswered2': {'unanswered': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'letters': [(0, 1, 4), (1, 0, 7), (1, 0, 12)]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return LetterAnswersEnv(env_str) if env_str.startswith("LetterAnswersEnv@") else None

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
        return canonical((letter_answers)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "letters: 3 rows of whole numbers"
        """
        return "\n".join(['letters: {} rows of whole numbers'.format(len(self.config['letters']))])

    def LettersRows(self) -> int:
        """Count the rows of letters.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "3"
        """
        return len(self.config['letters'])

    def LettersRowLength(self, row: int) -> int:
        """Count what is in one row of letters.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "3"
        """
        return len(self.config['letters'][row])

    def LettersCell(self, row: int, column: int) -> int:
        """Read what is in one row of letters, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int: what is there
        Example Output:
            "0"
        """
        return self.config['letters'][row][column]

    def IsWriterEqualToReader(self, writer: int, reader: int) -> bool:
        """Tell whether `writer` equals `reader`.
        Args:
            writer (int): value of writer
            reader (int): value of reader
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return writer == reader

    def UpdateWaited(self, waited: int, day: int, sent: int) -> int:
        """Work out `waited` plus (`day` minus `sent`).
        Args:
            waited (int): value of waited
            day (int): value of day
            sent (int): value of sent
        Returns:
            int: the result
        Example Output:
            "3"
        """
        return waited + (day - sent)

    def UpdateUnanswered(self, unanswered: int) -> int:
        """Work out `unanswered` minus 1.
        Args:
            unanswered (int): value of unanswered
        Returns:
            int: the result
        Example Output:
            "0"
        """
        return unanswered - 1

    def UpdateUnanswered2(self, unanswered: int) -> int:
        """Work out `unanswered` plus 1.
        Args:
            unanswered (int): value of unanswered
        Returns:
            int: the result
        Example Output:
            "1"
        """
        return unanswered + 1

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

        def row_letters(row):
            return tuple([call("LettersCell", row=row, column=column) for column in range(call("LettersRowLength", row=row))])

        def each_letters():
            for row in range(call("LettersRows")):
                yield row_letters(row)

        def read_letters():
            return list(each_letters())

        def letter_answers():
            open_letters: dict[tuple[int, int], list[int]] = {}
            waited = 0
            unanswered = 0
            for writer, reader, day in each_letters():
                if call('IsWriterEqualToReader', writer=writer, reader=reader):
                    continue
                for sent in open_letters.get((reader, writer), []):
                    waited = call('UpdateWaited', waited=waited, day=day, sent=sent)
                    unanswered = call('UpdateUnanswered', unanswered=unanswered)
                open_letters[reader, writer] = []
                open_letters.setdefault((writer, reader), []).append(day)
                unanswered = call('UpdateUnanswered2', unanswered=unanswered)
            return [waited, unanswered]

        call("Done", answer=canonical(letter_answers()))
