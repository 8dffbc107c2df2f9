"""Compiled from problem telegram_tidy (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def telegram_tidy(telegram: str) -> str:
    text = ''
    gap = False
    capital = True
    dotted = False
    for sign in telegram:
        if sign == ' ':
            gap = text != ''
        elif sign == '.':
            if not dotted:
                text += '.'
            gap = False
            capital = True
            dotted = True
        else:
            if gap:
                text += '_'
            text += sign.upper() if capital else sign
            gap = False
            capital = False
            dotted = False
    if gap:
        text += '_'
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


class TelegramTidyEnv(gymnasium.Env):
    """A telegram arrives as small letters, spaces and dots, badly spaced. It is tidied up so: spaces at the very start
    are dropped, several spaces in a row become one, and a space directly before a dot is dropped. A dot that follows
    another dot, with or without spaces between, is dropped as well. The first letter of the telegram and the first
    letter after each dot become capitals. A space at the very end is kept as one space. Report the tidied text, with
    every remaining space written as an underscore."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'TelegramLength': 1, 'TelegramCharacter': 2, 'IsSignEqual': 3, 'WorkOutGap': 4, 'IsSignEqual2': 5, 'IsNot': 6, 'UpdateText': 7, 'ToUpperCase': 8, 'Done': 9}
        self.parameters = {'Observe': {}, 'TelegramLength': {}, 'TelegramCharacter': {'index': 'integer'}, 'IsSignEqual': {'sign': 'string'}, 'WorkOutGap': {'text': 'string'}, 'IsSignEqual2': {'sign': 'string'}, 'IsNot': {'dotted': 'boolean'}, 'UpdateText': {'text': 'string', 'value': 'string'}, 'ToUpperCase': {'sign': 'string'}, 'Done': {'answer': 'any'}}
        self.config = {'telegram': '. hgdh.  '}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return TelegramTidyEnv(env_str) if env_str.startswith("TelegramTidyEnv@") else None

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
        return canonical((telegram_tidy)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "telegram: a text of 9 characters"
        """
        return "\n".join(['telegram: a text of {} characters'.format(len(self.config['telegram']))])

    def TelegramLength(self) -> int:
        """Count the characters of the text telegram.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "9"
        """
        return len(self.config['telegram'])

    def TelegramCharacter(self, index: int) -> str:
        """Read one character of the text telegram.
        Args:
            index (int): place, counted from 0
        Returns:
            str: the element there
        Example Output:
            "".\""
        """
        return self.config['telegram'][index]

    def IsSignEqual(self, sign: str) -> bool:
        """Tell whether `sign` equals ' '.
        Args:
            sign (str): value of sign
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return sign == ' '

    def WorkOutGap(self, text: str) -> bool:
        """Tell whether `text` differs from ''.
        Args:
            text (str): value of text
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return text != ''

    def IsSignEqual2(self, sign: str) -> bool:
        """Tell whether `sign` equals '.'.
        Args:
            sign (str): value of sign
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return sign == '.'

    def IsNot(self, dotted: bool) -> bool:
        """Tell whether not `dotted`.
        Args:
            dotted (bool): value of dotted
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return not dotted

    def UpdateText(self, text: str, value: str) -> str:
        """Work out `text` plus `value`.
        Args:
            text (str): value of text
            value (str): the value
        Returns:
            str: the result
        Example Output:
            ""._H\""
        """
        return text + value

    def ToUpperCase(self, sign: str) -> str:
        """Work out `sign` in upper case.
        Args:
            sign (str): value of sign
        Returns:
            str: the result
        Example Output:
            ""H\""
        """
        return sign.upper()

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

        def each_telegram():
            for index in range(call("TelegramLength")):
                yield call("TelegramCharacter", index=index)

        def read_telegram():
            return ''.join(each_telegram())

        def telegram_tidy():
            text = ''
            gap = False
            capital = True
            dotted = False
            for sign in each_telegram():
                if call('IsSignEqual', sign=sign):
                    gap = call('WorkOutGap', text=text)
                elif call('IsSignEqual2', sign=sign):
                    if call('IsNot', dotted=dotted):
                        text += '.'
                    gap = False
                    capital = True
                    dotted = True
                else:
                    if gap:
                        text += '_'
                    text = call('UpdateText', text=text, value=call('ToUpperCase', sign=sign) if capital else sign)
                    gap = False
                    capital = False
                    dotted = False
            if gap:
                text += '_'
            return text

        call("Done", answer=canonical(telegram_tidy()))
