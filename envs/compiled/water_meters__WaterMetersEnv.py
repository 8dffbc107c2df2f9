"""Compiled from problem water_meters (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def used(before: int, now: int) -> int:
    """Litres between two readings of a meter that restarts after 9999."""
    if now < before:
        return now + 10000 - before
    return now - before

def water_meters(readings: list[tuple[str, int]]) -> list[int]:
    last = {}
    bills = {}
    for house, reading in readings:
        if house in last:
            litres = used(last[house], reading)
            bills[house] += 2 * litres + max(0, litres - 2000)
        else:
            bills[house] = 0
        last[house] = reading
    return [bills[house] for house in last]

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


class WaterMetersEnv(gymnasium.Env):
    """Water meters show four digits and start again at 0000 after 9999. A reader walks through the village several
    times and notes the house and the reading each time. The first reading of a house is only a starting point; each
    later one gives the litres used since the reading before, counting one restart when the new reading is lower. A use
    of more than two thousand litres at once is billed at three coins a litre above two thousand and two coins a litre
    below; otherwise every litre costs two coins. Report the bill of each house in order of its first reading."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'ReadingsRows': 1, 'ReadingsRowLength': 2, 'ReadingsCell': 3, 'Used': 4, 'WorkOutFromLitres': 5, 'Done': 6}
        self.parameters = {'Observe': {}, 'ReadingsRows': {}, 'ReadingsRowLength': {'row': 'integer'}, 'ReadingsCell': {'row': 'integer', 'column': 'integer'}, 'Used': {'before': 'integer', 'now': 'integer'}, 'WorkOutFromLitres': {'litres': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'readings': [('mill', 9368), ('forge', 6514), ('forge', 7071), ('forge', 8049)]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return WaterMetersEnv(env_str) if env_str.startswith("WaterMetersEnv@") else None

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
        return canonical((water_meters)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "readings: 4 rows of values of several kinds"
        """
        return "\n".join(['readings: {} rows of values of several kinds'.format(len(self.config['readings']))])

    def ReadingsRows(self) -> int:
        """Count the rows of readings.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "4"
        """
        return len(self.config['readings'])

    def ReadingsRowLength(self, row: int) -> int:
        """Count what is in one row of readings.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['readings'][row])

    def ReadingsCell(self, row: int, column: int):
        """Read what is in one row of readings, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int, float, str, bool or list: what is there
        Example Output:
            ""mill\""
        """
        return self.config['readings'][row][column]

    def Used(self, before: int, now: int) -> int:
        """Litres between two readings of a meter that restarts after 9999.
        Args:
            before (int): value of before
            now (int): value of now
        Returns:
            int: the result
        Example Output:
            "557"
        """
        return used(before, now)

    def WorkOutFromLitres(self, litres: int) -> int:
        """Work out (2 times `litres`) plus (the largest of 0 and (`litres` minus 2000)).
        Args:
            litres (int): value of litres
        Returns:
            int: the result
        Example Output:
            "1114"
        """
        return 2 * litres + max(0, litres - 2000)

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

        def row_readings(row):
            return tuple([call("ReadingsCell", row=row, column=column) for column in range(call("ReadingsRowLength", row=row))])

        def each_readings():
            for row in range(call("ReadingsRows")):
                yield row_readings(row)

        def read_readings():
            return list(each_readings())

        def water_meters():
            last = {}
            bills = {}
            for house, reading in each_readings():
                if house in last:
                    litres = call('Used', before=last[house], now=reading)
                    bills[house] += call('WorkOutFromLitres', litres=litres)
                else:
                    bills[house] = 0
                last[house] = reading
            return [bills[house] for house in last]

        call("Done", answer=canonical(water_meters()))
