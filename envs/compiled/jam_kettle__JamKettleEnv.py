"""Compiled from problem jam_kettle (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def after_minute(degrees: int, flame: int) -> int:
    """Degrees after one minute, before any stirring."""
    heated = degrees + 6 * flame
    return heated - heated // 10

def jam_kettle(steps: list[tuple[int, int]]) -> list[int]:
    degrees = 20
    stirred = 0
    report = []
    for flame, minutes in steps:
        for _ in range(minutes):
            degrees = after_minute(degrees, flame)
            if degrees > 110:
                degrees = 100
                stirred += 1
        report.append(degrees)
    report.append(stirred)
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


class JamKettleEnv(gymnasium.Env):
    """A kettle of jam is followed through a recipe. Each step has a flame from zero to four and a number of minutes. In
    every minute of a step the jam first gains six degrees for each flame; it then loses one degree for every ten full
    degrees it has. After the minute, jam above one hundred and ten degrees is stirred and falls to one hundred, and the
    stirrings are counted. The jam starts at twenty degrees. Report the degrees at the end of every step, and as the
    last entry the number of stirrings."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'StepsRows': 1, 'StepsRowLength': 2, 'StepsCell': 3, 'AfterMinute': 4, 'IsDegreesGreaterThan110': 5, 'Done': 6}
        self.parameters = {'Observe': {}, 'StepsRows': {}, 'StepsRowLength': {'row': 'integer'}, 'StepsCell': {'row': 'integer', 'column': 'integer'}, 'AfterMinute': {'degrees': 'integer', 'flame': 'integer'}, 'IsDegreesGreaterThan110': {'degrees': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'steps': [(3, 1), (3, 3), (0, 4), (1, 5)]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return JamKettleEnv(env_str) if env_str.startswith("JamKettleEnv@") else None

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
        return canonical((jam_kettle)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "steps: 4 rows of whole numbers"
        """
        return "\n".join(['steps: {} rows of whole numbers'.format(len(self.config['steps']))])

    def StepsRows(self) -> int:
        """Count the rows of steps.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "4"
        """
        return len(self.config['steps'])

    def StepsRowLength(self, row: int) -> int:
        """Count what is in one row of steps.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['steps'][row])

    def StepsCell(self, row: int, column: int) -> int:
        """Read what is in one row of steps, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int: what is there
        Example Output:
            "3"
        """
        return self.config['steps'][row][column]

    def AfterMinute(self, degrees: int, flame: int) -> int:
        """Degrees after one minute, before any stirring.
        Args:
            degrees (int): value of degrees
            flame (int): value of flame
        Returns:
            int: the result
        Example Output:
            "35"
        """
        return after_minute(degrees, flame)

    def IsDegreesGreaterThan110(self, degrees: int) -> bool:
        """Tell whether `degrees` is greater than 110.
        Args:
            degrees (int): value of degrees
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return degrees > 110

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

        def row_steps(row):
            return tuple([call("StepsCell", row=row, column=column) for column in range(call("StepsRowLength", row=row))])

        def each_steps():
            for row in range(call("StepsRows")):
                yield row_steps(row)

        def read_steps():
            return list(each_steps())

        def jam_kettle():
            degrees = 20
            stirred = 0
            report = []
            for flame, minutes in each_steps():
                for _ in range(minutes):
                    degrees = call('AfterMinute', degrees=degrees, flame=flame)
                    if call('IsDegreesGreaterThan110', degrees=degrees):
                        degrees = 100
                        stirred += 1
                report.append(degrees)
            report.append(stirred)
            return report

        call("Done", answer=canonical(jam_kettle()))
