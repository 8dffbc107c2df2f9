"""Compiled from problem shrink_numbers (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def digit_product(number: int) -> int:
    product = 1
    rest = number
    while rest > 0:
        digit = rest % 10
        if digit > 0:
            product *= digit
        rest = rest // 10
    return product

def shrink_numbers(houses: list[int]) -> list[int]:
    report = []
    for house in houses:
        number = house
        rounds = 0
        while number >= 10:
            number = digit_product(number)
            rounds += 1
        report.append(10 * rounds + number)
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


class ShrinkNumbersEnv(gymnasium.Env):
    """A number is shrunk by multiplying its digits with each other, zeros left out, until it has a single digit. A boy
    shrinks the house numbers of his street one after another and counts the rounds of multiplying for each; a house
    number with a single digit needs none. Report for each house, in order, ten times the rounds plus the last digit."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'HousesLength': 1, 'HousesItem': 2, 'IsNumberAtLeast10': 3, 'DigitProduct': 4, 'CombineNumberAndRounds': 5, 'Done': 6}
        self.parameters = {'Observe': {}, 'HousesLength': {}, 'HousesItem': {'index': 'integer'}, 'IsNumberAtLeast10': {'number': 'integer'}, 'DigitProduct': {'number': 'integer'}, 'CombineNumberAndRounds': {'rounds': 'integer', 'number': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'houses': [224, 347, 394, 55, 206, 185]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return ShrinkNumbersEnv(env_str) if env_str.startswith("ShrinkNumbersEnv@") else None

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
        return canonical((shrink_numbers)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "houses: 6 whole numbers"
        """
        return "\n".join(['houses: {} whole numbers'.format(len(self.config['houses']))])

    def HousesLength(self) -> int:
        """Count the elements of houses.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "6"
        """
        return len(self.config['houses'])

    def HousesItem(self, index: int) -> int:
        """Read one element of houses.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "224"
        """
        return self.config['houses'][index]

    def IsNumberAtLeast10(self, number: int) -> bool:
        """Tell whether `number` is at least 10.
        Args:
            number (int): value of number
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return number >= 10

    def DigitProduct(self, number: int) -> int:
        """Work out the digit product of `number`.
        Args:
            number (int): value of number
        Returns:
            int: the result
        Example Output:
            "16"
        """
        return digit_product(number)

    def CombineNumberAndRounds(self, rounds: int, number: int) -> int:
        """Work out (10 times `rounds`) plus `number`.
        Args:
            rounds (int): value of rounds
            number (int): value of number
        Returns:
            int: the result
        Example Output:
            "26"
        """
        return 10 * rounds + number

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

        def each_houses():
            for index in range(call("HousesLength")):
                yield call("HousesItem", index=index)

        def read_houses():
            return list(each_houses())

        def shrink_numbers():
            report = []
            for house in each_houses():
                number = house
                rounds = 0
                while call('IsNumberAtLeast10', number=number):
                    number = call('DigitProduct', number=number)
                    rounds += 1
                report.append(call('CombineNumberAndRounds', rounds=rounds, number=number))
            return report

        call("Done", answer=canonical(shrink_numbers()))
