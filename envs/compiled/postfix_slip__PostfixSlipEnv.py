"""Compiled from problem postfix_slip (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def combine(sign: str, lower: int, upper: int) -> int:
    if sign == '+':
        return lower + upper
    if sign == '-':
        return lower - upper
    if lower > upper:
        return lower
    return upper

def postfix_slip(signs: list[str]) -> list[int]:
    spike: list[int] = []
    for sign in signs:
        if sign not in ('+', '-', 'm'):
            spike.append(int(sign))
        elif len(spike) >= 2:
            upper = spike.pop()
            lower = spike.pop()
            spike.append(combine(sign, lower, upper))
    return spike

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


class PostfixSlipEnv(gymnasium.Env):
    """A clerk has a spike for paper slips with numbers. He works through a row of signs: a number is put on the spike as
    a slip; + takes the top two slips off and puts their sum on; - takes two off and puts on the lower slip minus the
    upper one; and m takes two off and puts back only the larger number. A sign that finds fewer than two slips is
    skipped. Report the numbers left on the spike from the bottom to the top."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'SignsLength': 1, 'SignsItem': 2, 'WholePart': 3, 'CheckSpike': 4, 'Combine': 5, 'Done': 6}
        self.parameters = {'Observe': {}, 'SignsLength': {}, 'SignsItem': {'index': 'integer'}, 'WholePart': {'sign': 'string'}, 'CheckSpike': {'spike': 'array'}, 'Combine': {'sign': 'string', 'lower': 'integer', 'upper': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'signs': ['25', '14', '+', '3', '18', '-', '22']}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return PostfixSlipEnv(env_str) if env_str.startswith("PostfixSlipEnv@") else None

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
        return canonical((postfix_slip)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "signs: 7 texts"
        """
        return "\n".join(['signs: {} texts'.format(len(self.config['signs']))])

    def SignsLength(self) -> int:
        """Count the elements of signs.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "7"
        """
        return len(self.config['signs'])

    def SignsItem(self, index: int) -> str:
        """Read one element of signs.
        Args:
            index (int): place, counted from 0
        Returns:
            str: the element there
        Example Output:
            ""25\""
        """
        return self.config['signs'][index]

    def WholePart(self, sign: str) -> int:
        """Work out `sign` as a whole number.
        Args:
            sign (str): value of sign
        Returns:
            int: the result
        Example Output:
            "25"
        """
        return int(sign)

    def CheckSpike(self, spike: list) -> bool:
        """Tell whether how many elements `spike` has is at least 2.
        Args:
            spike (list): value of spike
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return len(spike) >= 2

    def Combine(self, sign: str, lower: int, upper: int) -> int:
        """Work out the combine of `sign` and `lower` and `upper`.
        Args:
            sign (str): value of sign
            lower (int): value of lower
            upper (int): value of upper
        Returns:
            int: the result
        Example Output:
            "39"
        """
        return combine(sign, lower, upper)

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

        def each_signs():
            for index in range(call("SignsLength")):
                yield call("SignsItem", index=index)

        def read_signs():
            return list(each_signs())

        def postfix_slip():
            spike: list[int] = []
            for sign in each_signs():
                if sign not in ('+', '-', 'm'):
                    spike.append(call('WholePart', sign=sign))
                elif call('CheckSpike', spike=spike):
                    upper = spike.pop()
                    lower = spike.pop()
                    spike.append(call('Combine', sign=sign, lower=lower, upper=upper))
            return spike

        call("Done", answer=canonical(postfix_slip()))
