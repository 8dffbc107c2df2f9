"""Compiled from problem printer_type_case (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def printer_type_case(headline: str, case: str) -> str:
    stock = [0] * 26
    left = 0
    for letter in case:
        place = ord(letter) - ord('a')
        stock[place] += 1
        left += place + 1
    set_text = ''
    for letter in headline:
        place = ord(letter) - ord('a')
        while place >= 0 and stock[place] == 0:
            place -= 1
        if place < 0:
            set_text += '*'
        else:
            stock[place] -= 1
            left -= place + 1
            set_text += chr(ord('a') + place)
    return set_text + ' ' + str(left)

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


class PrinterTypeCaseEnv(gymnasium.Env):
    """A printer wants to set a headline from the lead letters in a case. Going through the headline from left to right,
    he takes each letter from the case if one is left there. If none is left, he looks for the nearest letter earlier in
    the alphabet that is left and uses that one; if there is none either, he sets a star. Every lead letter can be used
    once. Report the headline as it is set, then a space, then the places in the alphabet (a is 1, b is 2 and so on) of
    the letters left in the case, added up."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'HeadlineLength': 1, 'HeadlineCharacter': 2, 'CaseLength': 3, 'CaseCharacter': 4, 'WorkOutPlace': 5, 'UpdateLeft': 6, 'IsStockValueEqualTo0': 7, 'IsPlaceLessThan0': 8, 'UpdateLeft2': 9, 'UpdateSetText': 10, 'WorkOutAnswer': 11, 'Done': 12}
        self.parameters = {'Observe': {}, 'HeadlineLength': {}, 'HeadlineCharacter': {'index': 'integer'}, 'CaseLength': {}, 'CaseCharacter': {'index': 'integer'}, 'WorkOutPlace': {'letter': 'string'}, 'UpdateLeft': {'left': 'integer', 'place': 'integer'}, 'IsStockValueEqualTo0': {'stock_value': 'integer'}, 'IsPlaceLessThan0': {'place': 'integer'}, 'UpdateLeft2': {'left': 'integer', 'place': 'integer'}, 'UpdateSetText': {'set_text': 'string', 'place': 'integer'}, 'WorkOutAnswer': {'set_text': 'string', 'left': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'headline': 'gdfg', 'case': 'gfbh'}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return PrinterTypeCaseEnv(env_str) if env_str.startswith("PrinterTypeCaseEnv@") else None

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
        return canonical((printer_type_case)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "headline: a text of 4 characters\\ncase: a text of 4 characters"
        """
        return "\n".join(['headline: a text of {} characters'.format(len(self.config['headline'])), 'case: a text of {} characters'.format(len(self.config['case']))])

    def HeadlineLength(self) -> int:
        """Count the characters of the text headline.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "4"
        """
        return len(self.config['headline'])

    def HeadlineCharacter(self, index: int) -> str:
        """Read one character of the text headline.
        Args:
            index (int): place, counted from 0
        Returns:
            str: the element there
        Example Output:
            ""g\""
        """
        return self.config['headline'][index]

    def CaseLength(self) -> int:
        """Count the characters of the text case.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "4"
        """
        return len(self.config['case'])

    def CaseCharacter(self, index: int) -> str:
        """Read one character of the text case.
        Args:
            index (int): place, counted from 0
        Returns:
            str: the element there
        Example Output:
            ""g\""
        """
        return self.config['case'][index]

    def WorkOutPlace(self, letter: str) -> int:
        """Work out the Unicode code of `letter` minus the Unicode code of 'a'.
        Args:
            letter (str): value of letter
        Returns:
            int: the result
        Example Output:
            "6"
        """
        return ord(letter) - ord('a')

    def UpdateLeft(self, left: int, place: int) -> int:
        """Work out `left` plus (`place` plus 1).
        Args:
            left (int): value of left
            place (int): value of place
        Returns:
            int: the result
        Example Output:
            "7"
        """
        return left + (place + 1)

    def IsStockValueEqualTo0(self, stock_value: int) -> bool:
        """Tell whether `stock_value` equals 0.
        Args:
            stock_value (int): the stock value
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return stock_value == 0

    def IsPlaceLessThan0(self, place: int) -> bool:
        """Tell whether `place` is less than 0.
        Args:
            place (int): value of place
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return place < 0

    def UpdateLeft2(self, left: int, place: int) -> int:
        """Work out `left` minus (`place` plus 1).
        Args:
            left (int): value of left
            place (int): value of place
        Returns:
            int: the result
        Example Output:
            "16"
        """
        return left - (place + 1)

    def UpdateSetText(self, set_text: str, place: int) -> str:
        """Work out `set_text` plus (the character with the Unicode code (the Unicode code of 'a' plus `place`)).
        Args:
            set_text (str): value of set text
            place (int): value of place
        Returns:
            str: the result
        Example Output:
            ""g\""
        """
        return set_text + chr(ord('a') + place)

    def WorkOutAnswer(self, set_text: str, left: int) -> str:
        """Work out (`set_text` plus ' ') plus `left` written as text.
        Args:
            set_text (str): value of set text
            left (int): value of left
        Returns:
            str: the result
        Example Output:
            ""gbf* 8\""
        """
        return set_text + ' ' + str(left)

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

        def each_headline():
            for index in range(call("HeadlineLength")):
                yield call("HeadlineCharacter", index=index)

        def read_headline():
            return ''.join(each_headline())

        def each_case():
            for index in range(call("CaseLength")):
                yield call("CaseCharacter", index=index)

        def read_case():
            return ''.join(each_case())

        def printer_type_case():
            stock = [0] * 26
            left = 0
            for letter in each_case():
                place = call('WorkOutPlace', letter=letter)
                stock[place] += 1
                left = call('UpdateLeft', left=left, place=place)
            set_text = ''
            for letter in each_headline():
                place = call('WorkOutPlace', letter=letter)
                while place >= 0 and call('IsStockValueEqualTo0', stock_value=stock[place]):
                    place -= 1
                if call('IsPlaceLessThan0', place=place):
                    set_text += '*'
                else:
                    stock[place] -= 1
                    left = call('UpdateLeft2', left=left, place=place)
                    set_text = call('UpdateSetText', set_text=set_text, place=place)
            return call('WorkOutAnswer', set_text=set_text, left=left)

        call("Done", answer=canonical(printer_type_case()))
