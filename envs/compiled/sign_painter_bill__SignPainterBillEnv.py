"""Compiled from problem sign_painter_bill (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def price(sign: str) -> int:
    """Coins for painting a sign with a new stencil."""
    if sign == ' ':
        return 0
    if sign.isdigit():
        return 7
    if sign.isupper():
        return 6
    if sign in 'aeiou':
        return 4
    return 3

def sign_painter_bill(text: str) -> int:
    bill = 0
    reused = 0
    previous = ' '
    for sign in text:
        if sign == previous and sign != ' ':
            bill += 1
            reused += 1
        else:
            bill += price(sign)
        previous = sign
    discount = bill // 12
    return (bill - discount) * 100 + reused

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


class SignPainterBillEnv(gymnasium.Env):
    """A sign painter asks a price for every letter of a sign: six coins for a capital, four for a small vowel (a, e, i,
    o, u), three for any other small letter, and seven for a digit. A space costs nothing. A letter or digit exactly
    like the sign directly before it is painted with the same stencil and costs one coin, whatever it is. For every full
    twelve coins that stand on the bill when the sign is finished one coin is taken off. Report the final price times
    one hundred plus the number of times a stencil was used twice."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'TextLength': 1, 'TextCharacter': 2, 'CheckSignAndPrevious': 3, 'UpdateBill': 4, 'WorkOutAnswer': 5, 'Done': 6}
        self.parameters = {'Observe': {}, 'TextLength': {}, 'TextCharacter': {'index': 'integer'}, 'CheckSignAndPrevious': {'sign': 'string', 'previous': 'string'}, 'UpdateBill': {'bill': 'integer', 'sign': 'string'}, 'WorkOutAnswer': {'bill': 'integer', 'discount': 'integer', 'reused': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'text': 'MoiM  tl'}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return SignPainterBillEnv(env_str) if env_str.startswith("SignPainterBillEnv@") else None

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
        return canonical((sign_painter_bill)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "text: a text of 8 characters"
        """
        return "\n".join(['text: a text of {} characters'.format(len(self.config['text']))])

    def TextLength(self) -> int:
        """Count the characters of the text text.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "8"
        """
        return len(self.config['text'])

    def TextCharacter(self, index: int) -> str:
        """Read one character of the text text.
        Args:
            index (int): place, counted from 0
        Returns:
            str: the element there
        Example Output:
            ""M\""
        """
        return self.config['text'][index]

    def CheckSignAndPrevious(self, sign: str, previous: str) -> bool:
        """Tell whether (`sign` equals `previous`) and (`sign` differs from ' ').
        Args:
            sign (str): value of sign
            previous (str): value of previous
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return sign == previous and sign != ' '

    def UpdateBill(self, bill: int, sign: str) -> int:
        """Work out `bill` plus the price of `sign`.
        Args:
            bill (int): value of bill
            sign (str): value of sign
        Returns:
            int: the result
        Example Output:
            "6"
        """
        return bill + price(sign)

    def WorkOutAnswer(self, bill: int, discount: int, reused: int) -> int:
        """Work out ((`bill` minus `discount`) times 100) plus `reused`.
        Args:
            bill (int): value of bill
            discount (int): value of discount
            reused (int): value of reused
        Returns:
            int: the result
        Example Output:
            "2400"
        """
        return (bill - discount) * 100 + reused

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

        def each_text():
            for index in range(call("TextLength")):
                yield call("TextCharacter", index=index)

        def read_text():
            return ''.join(each_text())

        def sign_painter_bill():
            bill = 0
            reused = 0
            previous = ' '
            for sign in each_text():
                if call('CheckSignAndPrevious', sign=sign, previous=previous):
                    bill += 1
                    reused += 1
                else:
                    bill = call('UpdateBill', bill=bill, sign=sign)
                previous = sign
            discount = bill // 12
            return call('WorkOutAnswer', bill=bill, discount=discount, reused=reused)

        call("Done", answer=canonical(sign_painter_bill()))
