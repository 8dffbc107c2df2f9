"""Compiled from problem luggage_check_letters (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def code_value(code: str) -> int:
    """Sum of the values of the signs, each times its position."""
    total = 0
    for position, sign in enumerate(code, start=1):
        worth = int(sign) if sign.isdigit() else ord(sign) - ord('A') + 1
        total += worth * position
    return total

def luggage_check_letters(codes: list[str]) -> str:
    letters = ''
    for number, code in enumerate(codes, start=1):
        remainder = (code_value(code) + number) % 23
        letters += chr(ord('A') + remainder)
    return letters

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


class LuggageCheckLettersEnv(gymnasium.Env):
    """Each luggage tag carries the task of capital letters and digits. Its check letter is found like this: a digit
    counts its own value and a letter its place in the alphabet (A is 1, B is 2 and so on); every sign is multiplied by
    its position in the task counted from one, all this is added up, the number of the tag in the pile (the first is 1)
    is added too, and the remainder on division by 23 picks a letter, 0 being A, 1 being B and so on. Report the check
    letters of all tags in the order of the pile, written together as one word."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'CodesLength': 1, 'CodesItem': 2, 'WorkOutRemainder': 3, 'UpdateLetters': 4, 'Done': 5}
        self.parameters = {'Observe': {}, 'CodesLength': {}, 'CodesItem': {'index': 'integer'}, 'WorkOutRemainder': {'code': 'string', 'number': 'integer'}, 'UpdateLetters': {'letters': 'string', 'remainder': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'codes': ['25DP', 'CSFX', 'EH2H', '2TG2', 'NH6SF', '24T', 'S33']}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return LuggageCheckLettersEnv(env_str) if env_str.startswith("LuggageCheckLettersEnv@") else None

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
        return canonical((luggage_check_letters)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "codes: 7 texts"
        """
        return "\n".join(['codes: {} texts'.format(len(self.config['codes']))])

    def CodesLength(self) -> int:
        """Count the elements of codes.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "7"
        """
        return len(self.config['codes'])

    def CodesItem(self, index: int) -> str:
        """Read one element of codes.
        Args:
            index (int): place, counted from 0
        Returns:
            str: the element there
        Example Output:
            ""25DP\""
        """
        return self.config['codes'][index]

    def WorkOutRemainder(self, code: str, number: int) -> int:
        """Work out the remainder of (the code value of `code` plus `number`) divided by 23.
        Args:
            code (str): value of code
            number (int): value of number
        Returns:
            int: the result
        Example Output:
            "20"
        """
        return (code_value(code) + number) % 23

    def UpdateLetters(self, letters: str, remainder: int) -> str:
        """Work out `letters` plus (the character with the Unicode code (the Unicode code of 'A' plus `remainder`)).
        Args:
            letters (str): value of letters
            remainder (int): value of remainder
        Returns:
            str: the result
        Example Output:
            ""U\""
        """
        return letters + chr(ord('A') + remainder)

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

        def each_codes():
            for index in range(call("CodesLength")):
                yield call("CodesItem", index=index)

        def read_codes():
            return list(each_codes())

        def luggage_check_letters():
            letters = ''
            for number, code in enumerate(each_codes(), start=1):
                remainder = call('WorkOutRemainder', code=code, number=number)
                letters = call('UpdateLetters', letters=letters, remainder=remainder)
            return letters

        call("Done", answer=canonical(luggage_check_letters()))
