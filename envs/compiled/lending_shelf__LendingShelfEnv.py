"""Compiled from problem lending_shelf (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def lending_shelf(diary: list[tuple[int, str, str]]) -> list[str]:
    out_since = {}
    days_away = {}
    for day, book, word in diary:
        if book not in days_away:
            days_away[book] = 0
        if word == 'out' and book not in out_since:
            out_since[book] = day
        elif word == 'in' and book in out_since:
            days_away[book] += day - out_since[book]
            del out_since[book]
    report = []
    for book in sorted(days_away):
        line = book + ':' + str(days_away[book])
        if book in out_since:
            line += '!' + str(out_since[book])
        report.append(line)
    return report

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


class LendingShelfEnv(gymnasium.Env):
    """A village lends books from a shelf. Each line of its diary has a day number, a book and the word out or in. A
    book goes out only when it is on the shelf, and comes in only when it is out; other lines are mistakes and are
    skipped. All books stand on the shelf at first. When a book comes in, the days it was away, from the day it went out
    to the day it comes in, are added to its account. Report for every book in the diary, in alphabetical order, its
    name, a colon and the days on its account, with an exclamation mark and the day it last went out added when the book
    is still out at the end."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'DiaryRows': 1, 'DiaryRowLength': 2, 'DiaryCell': 3, 'IsWordEqual': 4, 'IsWordEqual2': 5, 'Subtract': 6, 'WorkOutLine': 7, 'UpdateLine': 8, 'Done': 9}
        self.parameters = {'Observe': {}, 'DiaryRows': {}, 'DiaryRowLength': {'row': 'integer'}, 'DiaryCell': {'row': 'integer', 'column': 'integer'}, 'IsWordEqual': {'word': 'string'}, 'IsWordEqual2': {'word': 'string'}, 'Subtract': {'day': 'integer', 'out_since_value': 'integer'}, 'WorkOutLine': {'book': 'string', 'days_away_value': 'integer'}, 'UpdateLine': {'line': 'string', 'out_since_value': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'diary': [(7, 'atlas', 'out'), (9, 'fables', 'out'), (16, 'atlas', 'in')]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return LendingShelfEnv(env_str) if env_str.startswith("LendingShelfEnv@") else None

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
        return canonical((lending_shelf)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "diary: 3 rows of values of several kinds"
        """
        return "\n".join(['diary: {} rows of values of several kinds'.format(len(self.config['diary']))])

    def DiaryRows(self) -> int:
        """Count the rows of diary.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "3"
        """
        return len(self.config['diary'])

    def DiaryRowLength(self, row: int) -> int:
        """Count what is in one row of diary.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "3"
        """
        return len(self.config['diary'][row])

    def DiaryCell(self, row: int, column: int):
        """Read what is in one row of diary, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int, float, str, bool or list: what is there
        Example Output:
            "7"
        """
        return self.config['diary'][row][column]

    def IsWordEqual(self, word: str) -> bool:
        """Tell whether `word` equals 'out'.
        Args:
            word (str): value of word
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return word == 'out'

    def IsWordEqual2(self, word: str) -> bool:
        """Tell whether `word` equals 'in'.
        Args:
            word (str): value of word
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return word == 'in'

    def Subtract(self, day: int, out_since_value: int) -> int:
        """Work out `day` minus `out_since_value`.
        Args:
            day (int): value of day
            out_since_value (int): the out since value
        Returns:
            int: the result
        Example Output:
            "9"
        """
        return day - out_since_value

    def WorkOutLine(self, book: str, days_away_value: int) -> str:
        """Work out (`book` plus ':') plus `days_away_value` written as text.
        Args:
            book (str): value of book
            days_away_value (int): the days away value
        Returns:
            str: the result
        Example Output:
            ""atlas:9\""
        """
        return book + ':' + str(days_away_value)

    def UpdateLine(self, line: str, out_since_value: int) -> str:
        """Work out `line` plus ('!' plus `out_since_value` written as text).
        Args:
            line (str): value of line
            out_since_value (int): the out since value
        Returns:
            str: the result
        Example Output:
            ""fables:0!9\""
        """
        return line + ('!' + str(out_since_value))

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

        def row_diary(row):
            return tuple([call("DiaryCell", row=row, column=column) for column in range(call("DiaryRowLength", row=row))])

        def each_diary():
            for row in range(call("DiaryRows")):
                yield row_diary(row)

        def read_diary():
            return list(each_diary())

        def lending_shelf():
            out_since = {}
            days_away = {}
            for day, book, word in each_diary():
                if book not in days_away:
                    days_away[book] = 0
                if call('IsWordEqual', word=word) and book not in out_since:
                    out_since[book] = day
                elif call('IsWordEqual2', word=word) and book in out_since:
                    days_away[book] += call('Subtract', day=day, out_since_value=out_since[book])
                    del out_since[book]
            report = []
            for book in sorted(days_away):
                line = call('WorkOutLine', book=book, days_away_value=days_away[book])
                if book in out_since:
                    line = call('UpdateLine', line=line, out_since_value=out_since[book])
                report.append(line)
            return report

        call("Done", answer=canonical(lending_shelf()))
