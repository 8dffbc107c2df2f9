"""Compiled from problem lamp_shadow (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def lamp_shadow(streets: list[list[int]]) -> list[int]:
    report = []
    for street in streets:
        tallest = 0
        lit = 0
        dark = 0
        for height in street:
            if height > tallest:
                lit += height
                tallest = height
            else:
                dark += 1
        report.append(lit - dark)
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


class LampShadowEnv(gymnasium.Env):
    """Terraced houses stand in several streets, listed from west to east by their height. In the evening a lamp shines
    along each street from the west end, and a house is lit if it is higher than every house between it and the lamp; the
    first house is always lit. Report for each street, in order, the sum of the heights of its lit houses minus the number
    of its dark ones."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'StreetsRows': 1, 'StreetsRowLength': 2, 'StreetsCell': 3, 'IsHeightGreaterThanTallest': 4, 'UpdateLit': 5, 'Subtract': 6, 'Done': 7}
        self.parameters = {'Observe': {}, 'StreetsRows': {}, 'StreetsRowLength': {'row': 'integer'}, 'StreetsCell': {'row': 'integer', 'column': 'integer'}, 'IsHeightGreaterThanTallest': {'height': 'integer', 'tallest': 'integer'}, 'UpdateLit': {'lit': 'integer', 'height': 'integer'}, 'Subtract': {'lit': 'integer', 'dark': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'streets': [[4, 2, 5, 7], [3, 3, 6, 8, 4]]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return LampShadowEnv(env_str) if env_str.startswith("LampShadowEnv@") else None

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
        return canonical((lamp_shadow)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "streets: 2 rows of whole numbers"
        """
        return "\n".join(['streets: {} rows of whole numbers'.format(len(self.config['streets']))])

    def StreetsRows(self) -> int:
        """Count the rows of streets.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['streets'])

    def StreetsRowLength(self, row: int) -> int:
        """Count what is in one row of streets.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "4"
        """
        return len(self.config['streets'][row])

    def StreetsCell(self, row: int, column: int) -> int:
        """Read what is in one row of streets, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int: what is there
        Example Output:
            "4"
        """
        return self.config['streets'][row][column]

    def IsHeightGreaterThanTallest(self, height: int, tallest: int) -> bool:
        """Tell whether `height` is greater than `tallest`.
        Args:
            height (int): value of height
            tallest (int): value of tallest
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return height > tallest

    def UpdateLit(self, lit: int, height: int) -> int:
        """Work out `lit` plus `height`.
        Args:
            lit (int): value of lit
            height (int): value of height
        Returns:
            int: the result
        Example Output:
            "4"
        """
        return lit + height

    def Subtract(self, lit: int, dark: int) -> int:
        """Work out `lit` minus `dark`.
        Args:
            lit (int): value of lit
            dark (int): value of dark
        Returns:
            int: the result
        Example Output:
            "15"
        """
        return lit - dark

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

        def row_streets(row):
            return [call("StreetsCell", row=row, column=column) for column in range(call("StreetsRowLength", row=row))]

        def each_streets():
            for row in range(call("StreetsRows")):
                yield row_streets(row)

        def read_streets():
            return list(each_streets())

        def lamp_shadow():
            report = []
            for street in each_streets():
                tallest = 0
                lit = 0
                dark = 0
                for height in street:
                    if call('IsHeightGreaterThanTallest', height=height, tallest=tallest):
                        lit = call('UpdateLit', lit=lit, height=height)
                        tallest = height
                    else:
                        dark += 1
                report.append(call('Subtract', lit=lit, dark=dark))
            return report

        call("Done", answer=canonical(lamp_shadow()))
