"""Compiled from problem notice_board_rows (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def filled(row: str, width: int) -> str:
    """A row with its free places filled with dots."""
    return row + '.' * max(0, width - len(row))

def notice_board_rows(words: list[str], width: int) -> list[str]:
    rows = []
    row = words[0]
    for word in words[1:]:
        if len(row) + 1 + len(word) <= width:
            row += '*' + word
        else:
            rows.append(filled(row, width))
            row = word
    rows.append(filled(row, width))
    return rows

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


class NoticeBoardRowsEnv(gymnasium.Env):
    """The words of a notice are pinned on a board row by row. A row takes words as long as they fit into its width,
    with one star between two words; a word that no longer fits begins the next row. A word wider than the board gets a
    row of its own. The free places at the end of a row are filled with dots up to the width, and a row that is too wide
    gets none. Report the rows in order, stars and dots included."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'WordsLength': 1, 'WordsItem': 2, 'ReadSetting': 3, 'CheckWidthAndWord': 4, 'UpdateRow': 5, 'Filled': 6, 'Done': 7}
        self.parameters = {'Observe': {}, 'WordsLength': {}, 'WordsItem': {'index': 'integer'}, 'ReadSetting': {'name': 'string'}, 'CheckWidthAndWord': {'row': 'string', 'word': 'string', 'width': 'integer'}, 'UpdateRow': {'row': 'string', 'word': 'string'}, 'Filled': {'row': 'string', 'width': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'words': ['bicycle', 'cat', 'room', 'piano', 'lost', 'repair', 'kitchen'], 'width': 18}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return NoticeBoardRowsEnv(env_str) if env_str.startswith("NoticeBoardRowsEnv@") else None

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
        return canonical((notice_board_rows)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "words: 7 texts\\nwidth: a single whole number"
        """
        return "\n".join(['words: {} texts'.format(len(self.config['words'])), 'width: a single whole number'])

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
            ""bicycle\""
        """
        return self.config['words'][index]

    def ReadSetting(self, name: str) -> int:
        """Read a value that stands alone: width.
        Args:
            name (str): width
        Returns:
            int: the value
        Example Output:
            "18"
        """
        return {name: self.config[name] for name in ['width']}[name]

    def CheckWidthAndWord(self, row: str, word: str, width: int) -> bool:
        """Tell whether ((how many elements `row` has plus 1) plus how many elements `word` has) is at most `width`.
        Args:
            row (str): value of row
            word (str): value of word
            width (int): value of width
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return len(row) + 1 + len(word) <= width

    def UpdateRow(self, row: str, word: str) -> str:
        """Work out `row` plus ('*' plus `word`).
        Args:
            row (str): value of row
            word (str): value of word
        Returns:
            str: the result
        Example Output:
            ""bicycle*cat\""
        """
        return row + ('*' + word)

    def Filled(self, row: str, width: int) -> str:
        """A row with its free places filled with dots.
        Args:
            row (str): value of row
            width (int): value of width
        Returns:
            str: the result
        Example Output:
            ""bicycle*cat*room..\""
        """
        return filled(row, width)

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

        def each_words():
            for index in range(call("WordsLength")):
                yield call("WordsItem", index=index)

        def read_words():
            return list(each_words())

        def read_width():
            return call("ReadSetting", name='width')

        def notice_board_rows(words, width):
            rows = []
            row = words[0]
            for word in words[1:]:
                if call('CheckWidthAndWord', row=row, word=word, width=width):
                    row = call('UpdateRow', row=row, word=word)
                else:
                    rows.append(call('Filled', row=row, width=width))
                    row = word
            rows.append(call('Filled', row=row, width=width))
            return rows

        call("Done", answer=canonical(notice_board_rows(words=read_words(), width=read_width())))
