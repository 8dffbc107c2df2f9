"""Compiled from problem smoothed_thermometer (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def middle(first: int, second: int, third: int) -> int:
    """The middle one in size of three readings."""
    smallest = min(first, second, third)
    largest = max(first, second, third)
    return first + second + third - smallest - largest

def smoothed_thermometer(readings: list[int]) -> list[int]:
    total = readings[0] + readings[-1]
    jumps = 0
    moved = 0
    for hour in range(1, len(readings) - 1):
        reading = readings[hour]
        repaired = middle(readings[hour - 1], reading, readings[hour + 1])
        total += repaired
        if repaired != reading:
            jumps += 1
            moved += abs(repaired - reading)
    return [total, jumps, moved]

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


class SmoothedThermometerEnv(gymnasium.Env):
    """An old thermometer sometimes jumps. To repair its log, each reading except the first and the last is replaced by
    the middle one in size of three readings: itself and the two original readings beside it. Readings changed by this
    count as jumps. Report the sum of the repaired readings, the number of jumps, and the sum of the distances by which
    the jumps were moved, in this order."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'ReadingsLength': 1, 'ReadingsItem': 2, 'Add': 3, 'Middle': 4, 'IsRepairedDifferentFromReading': 5, 'UpdateMoved': 6, 'Done': 7}
        self.parameters = {'Observe': {}, 'ReadingsLength': {}, 'ReadingsItem': {'index': 'integer'}, 'Add': {'first': 'integer', 'second': 'integer'}, 'Middle': {'first': 'integer', 'second': 'integer', 'third': 'integer'}, 'IsRepairedDifferentFromReading': {'repaired': 'integer', 'reading': 'integer'}, 'UpdateMoved': {'moved': 'integer', 'repaired': 'integer', 'reading': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'readings': [16, 10, 15, 17, 7, 12, 12]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return SmoothedThermometerEnv(env_str) if env_str.startswith("SmoothedThermometerEnv@") else None

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
        return canonical((smoothed_thermometer)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "readings: 7 whole numbers"
        """
        return "\n".join(['readings: {} whole numbers'.format(len(self.config['readings']))])

    def ReadingsLength(self) -> int:
        """Count the elements of readings.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "7"
        """
        return len(self.config['readings'])

    def ReadingsItem(self, index: int) -> int:
        """Read one element of readings.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "16"
        """
        return self.config['readings'][index]

    def Add(self, first: int, second: int) -> int:
        """Work out `first` plus `second`.
        Args:
            first (int): the first
            second (int): the second
        Returns:
            int: the result
        Example Output:
            "28"
        """
        return first + second

    def Middle(self, first: int, second: int, third: int) -> int:
        """The middle one in size of three readings.
        Args:
            first (int): the first
            second (int): the second
            third (int): the third
        Returns:
            int: the result
        Example Output:
            "15"
        """
        return middle(first, second, third)

    def IsRepairedDifferentFromReading(self, repaired: int, reading: int) -> bool:
        """Tell whether `repaired` differs from `reading`.
        Args:
            repaired (int): value of repaired
            reading (int): value of reading
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return repaired != reading

    def UpdateMoved(self, moved: int, repaired: int, reading: int) -> int:
        """Work out `moved` plus (the absolute value of (`repaired` minus `reading`)).
        Args:
            moved (int): value of moved
            repaired (int): value of repaired
            reading (int): value of reading
        Returns:
            int: the result
        Example Output:
            "5"
        """
        return moved + abs(repaired - reading)

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

        def each_readings():
            for index in range(call("ReadingsLength")):
                yield call("ReadingsItem", index=index)

        def read_readings():
            return list(each_readings())

        def smoothed_thermometer():
            total = call('Add', first=call('ReadingsItem', index=0), second=call('ReadingsItem', index=-1))
            jumps = 0
            moved = 0
            for hour in range(1, call('ReadingsLength') - 1):
                reading = call('ReadingsItem', index=hour)
                repaired = call('Middle', first=call('ReadingsItem', index=hour - 1), second=reading, third=call('ReadingsItem', index=hour + 1))
                total = call('Add', first=total, second=repaired)
                if call('IsRepairedDifferentFromReading', repaired=repaired, reading=reading):
                    jumps += 1
                    moved = call('UpdateMoved', moved=moved, repaired=repaired, reading=reading)
            return [total, jumps, moved]

        call("Done", answer=canonical(smoothed_thermometer()))
