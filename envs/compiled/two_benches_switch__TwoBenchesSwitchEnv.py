"""Compiled from problem two_benches_switch (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def sooner(one: int, other: int) -> int:
    if one < other:
        return one
    return other

def two_benches_switch(parts: list[tuple[int, int]], carry: int) -> int:
    at_left = 0
    at_right = 0
    for left, right in parts:
        done_left = sooner(at_left, at_right + carry) + left
        done_right = sooner(at_right, at_left + carry) + right
        at_left = done_left
        at_right = done_right
    return sooner(at_left, at_right)

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


class TwoBenchesSwitchEnv(gymnasium.Env):
    """Parts of a clock are worked on one after another, in a fixed order. Each can be done at the left or at the right
    bench, which takes the two given numbers of minutes. Carrying the clock from one bench to the other takes a fixed
    number of minutes each time; it may start at either bench. Report the least number of minutes for the whole clock."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'PartsRows': 1, 'PartsRowLength': 2, 'PartsCell': 3, 'ReadSetting': 4, 'Combine': 5, 'Sooner': 6, 'Done': 7}
        self.parameters = {'Observe': {}, 'PartsRows': {}, 'PartsRowLength': {'row': 'integer'}, 'PartsCell': {'row': 'integer', 'column': 'integer'}, 'ReadSetting': {'name': 'string'}, 'Combine': {'first': 'integer', 'second': 'integer', 'third': 'integer', 'fourth': 'integer'}, 'Sooner': {'one': 'integer', 'other': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'parts': [(15, 5), (14, 13), (4, 16), (7, 19)], 'carry': 4}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return TwoBenchesSwitchEnv(env_str) if env_str.startswith("TwoBenchesSwitchEnv@") else None

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
        return canonical((two_benches_switch)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "parts: 4 rows of whole numbers\\ncarry: a single whole number"
        """
        return "\n".join(['parts: {} rows of whole numbers'.format(len(self.config['parts'])), 'carry: a single whole number'])

    def PartsRows(self) -> int:
        """Count the rows of parts.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "4"
        """
        return len(self.config['parts'])

    def PartsRowLength(self, row: int) -> int:
        """Count what is in one row of parts.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['parts'][row])

    def PartsCell(self, row: int, column: int) -> int:
        """Read what is in one row of parts, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int: what is there
        Example Output:
            "15"
        """
        return self.config['parts'][row][column]

    def ReadSetting(self, name: str) -> int:
        """Read a value that stands alone: carry.
        Args:
            name (str): carry
        Returns:
            int: the value
        Example Output:
            "4"
        """
        return {name: self.config[name] for name in ['carry']}[name]

    def Combine(self, first: int, second: int, third: int, fourth: int) -> int:
        """Work out (the sooner of `first` and (`second` plus `third`)) plus `fourth`.
        Args:
            first (int): the first
            second (int): the second
            third (int): the third
            fourth (int): value of fourth
        Returns:
            int: the result
        Example Output:
            "15"
        """
        return sooner(first, second + third) + fourth

    def Sooner(self, one: int, other: int) -> int:
        """Work out the sooner of `one` and `other`.
        Args:
            one (int): value of one
            other (int): value of other
        Returns:
            int: the result
        Example Output:
            "33"
        """
        return sooner(one, other)

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

        def row_parts(row):
            return tuple([call("PartsCell", row=row, column=column) for column in range(call("PartsRowLength", row=row))])

        def each_parts():
            for row in range(call("PartsRows")):
                yield row_parts(row)

        def read_parts():
            return list(each_parts())

        def read_carry():
            return call("ReadSetting", name='carry')

        def two_benches_switch(carry):
            at_left = 0
            at_right = 0
            for left, right in each_parts():
                done_left = call('Combine', first=at_left, second=at_right, third=carry, fourth=left)
                done_right = call('Combine', first=at_right, second=at_left, third=carry, fourth=right)
                at_left = done_left
                at_right = done_right
            return call('Sooner', one=at_left, other=at_right)

        call("Done", answer=canonical(two_benches_switch(carry=read_carry())))
