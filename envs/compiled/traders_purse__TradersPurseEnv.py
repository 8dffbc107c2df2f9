"""Compiled from problem traders_purse (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def gold_pieces(silver: int, rate: int, wanted: int) -> int:
    """Gold pieces that can be had for the silver, at most as many as wanted."""
    if silver < 0 or rate <= 0:
        return 0
    return min(wanted, silver // rate)

def traders_purse(diary: list[tuple[str, int]]) -> list[int]:
    silver = 0
    gold = 0
    rate = 12
    for word, number in diary:
        if word == 'silver':
            silver += number
        elif word == 'gold':
            gold += number
        elif word == 'rate':
            rate = number
        else:
            pieces = gold_pieces(silver, rate, number)
            silver -= pieces * rate
            gold += pieces
    return [silver, gold, silver + gold * rate]

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


class TradersPurseEnv(gymnasium.Env):
    """A trader carries a purse of silver and gold pieces, both zero at first, and keeps a diary. A line is a word and a
    number. The word silver or gold means that so many pieces of that metal are put in, or taken out when the number is
    negative; the purse may then owe pieces, shown as a negative count. The word rate sets how many silver pieces one
    gold piece is worth from then on; before the first such line it is twelve. The word gild changes as much silver as
    possible, but at most enough for so many gold pieces as the number says, into gold at the present rate. Report the
    silver, the gold, and the worth of both in silver at the last rate."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'DiaryRows': 1, 'DiaryRowLength': 2, 'DiaryCell': 3, 'IsWordEqual': 4, 'Add': 5, 'IsWordEqual2': 6, 'IsWordEqual3': 7, 'GoldPieces': 8, 'UpdateSilver': 9, 'CombineSilverAndGold': 10, 'Done': 11}
        self.parameters = {'Observe': {}, 'DiaryRows': {}, 'DiaryRowLength': {'row': 'integer'}, 'DiaryCell': {'row': 'integer', 'column': 'integer'}, 'IsWordEqual': {'word': 'string'}, 'Add': {'first': 'integer', 'second': 'integer'}, 'IsWordEqual2': {'word': 'string'}, 'IsWordEqual3': {'word': 'string'}, 'GoldPieces': {'silver': 'integer', 'rate': 'integer', 'wanted': 'integer'}, 'UpdateSilver': {'silver': 'integer', 'pieces': 'integer', 'rate': 'integer'}, 'CombineSilverAndGold': {'silver': 'integer', 'gold': 'integer', 'rate': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'diary': [('silver', 77), ('silver', 25), ('silver', 1), ('rate', 15)]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return TradersPurseEnv(env_str) if env_str.startswith("TradersPurseEnv@") else None

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
        return canonical((traders_purse)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "diary: 4 rows of values of several kinds"
        """
        return "\n".join(['diary: {} rows of values of several kinds'.format(len(self.config['diary']))])

    def DiaryRows(self) -> int:
        """Count the rows of diary.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "4"
        """
        return len(self.config['diary'])

    def DiaryRowLength(self, row: int) -> int:
        """Count what is in one row of diary.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "2"
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
            ""silver\""
        """
        return self.config['diary'][row][column]

    def IsWordEqual(self, word: str) -> bool:
        """Tell whether `word` equals 'silver'.
        Args:
            word (str): value of word
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return word == 'silver'

    def Add(self, first: int, second: int) -> int:
        """Work out `first` plus `second`.
        Args:
            first (int): the first
            second (int): the second
        Returns:
            int: the result
        Example Output:
            "77"
        """
        return first + second

    def IsWordEqual2(self, word: str) -> bool:
        """Tell whether `word` equals 'gold'.
        Args:
            word (str): value of word
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return word == 'gold'

    def IsWordEqual3(self, word: str) -> bool:
        """Tell whether `word` equals 'rate'.
        Args:
            word (str): value of word
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return word == 'rate'

    def GoldPieces(self, silver: int, rate: int, wanted: int) -> int:
        """Gold pieces that can be had for the silver, at most as many as wanted.
        Args:
            silver (int): value of silver
            rate (int): value of rate
            wanted (int): value of wanted
        Returns:
            int: the result
        Example Output:
            "1"
        """
        return gold_pieces(silver, rate, wanted)

    def UpdateSilver(self, silver: int, pieces: int, rate: int) -> int:
        """Work out `silver` minus (`pieces` times `rate`).
        Args:
            silver (int): value of silver
            pieces (int): value of pieces
            rate (int): value of rate
        Returns:
            int: the result
        Example Output:
            "11"
        """
        return silver - pieces * rate

    def CombineSilverAndGold(self, silver: int, gold: int, rate: int) -> int:
        """Work out `silver` plus (`gold` times `rate`).
        Args:
            silver (int): value of silver
            gold (int): value of gold
            rate (int): value of rate
        Returns:
            int: the result
        Example Output:
            "103"
        """
        return silver + gold * rate

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

        def traders_purse():
            silver = 0
            gold = 0
            rate = 12
            for word, number in each_diary():
                if call('IsWordEqual', word=word):
                    silver = call('Add', first=silver, second=number)
                elif call('IsWordEqual2', word=word):
                    gold = call('Add', first=gold, second=number)
                elif call('IsWordEqual3', word=word):
                    rate = number
                else:
                    pieces = call('GoldPieces', silver=silver, rate=rate, wanted=number)
                    silver = call('UpdateSilver', silver=silver, pieces=pieces, rate=rate)
                    gold = call('Add', first=gold, second=pieces)
            return [silver, gold, call('CombineSilverAndGold', silver=silver, gold=gold, rate=rate)]

        call("Done", answer=canonical(traders_purse()))
