"""Compiled from problem warmer_day_waits (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def warm_enough(today: int, later: int, margin: int) -> bool:
    """Whether a later day is warmer than today by at least the margin."""
    return later - today >= margin

def warmer_day_waits(temperatures: list[int], margin: int) -> list[int]:
    waits = []
    for day in range(len(temperatures)):
        wait = 0
        for later in range(day + 1, len(temperatures)):
            if warm_enough(temperatures[day], temperatures[later], margin):
                wait = later - day
                break
        waits.append(wait)
    return waits

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


class WarmerDayWaitsEnv(gymnasium.Env):
    """A beekeeper keeps a row of daily temperatures. For every day she wants to know how many days she has to wait for
    the next day that is warmer by at least a given number of degrees. If no such day is left in the row, the waiting
    time is zero. Report the waiting times, one for each day in order."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'TemperaturesLength': 1, 'TemperaturesItem': 2, 'ReadSetting': 3, 'WarmEnough': 4, 'WorkOutWait': 5, 'Done': 6}
        self.parameters = {'Observe': {}, 'TemperaturesLength': {}, 'TemperaturesItem': {'index': 'integer'}, 'ReadSetting': {'name': 'string'}, 'WarmEnough': {'today': 'integer', 'later': 'integer', 'margin': 'integer'}, 'WorkOutWait': {'later': 'integer', 'day': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'temperatures': [29, 18, 26, 29, 8, 17, 16], 'margin': 1}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return WarmerDayWaitsEnv(env_str) if env_str.startswith("WarmerDayWaitsEnv@") else None

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
        return canonical((warmer_day_waits)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "temperatures: 7 whole numbers\\nmargin: a single whole number"
        """
        return "\n".join(['temperatures: {} whole numbers'.format(len(self.config['temperatures'])), 'margin: a single whole number'])

    def TemperaturesLength(self) -> int:
        """Count the elements of temperatures.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "7"
        """
        return len(self.config['temperatures'])

    def TemperaturesItem(self, index: int) -> int:
        """Read one element of temperatures.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "29"
        """
        return self.config['temperatures'][index]

    def ReadSetting(self, name: str) -> int:
        """Read a value that stands alone: margin.
        Args:
            name (str): margin
        Returns:
            int: the value
        Example Output:
            "1"
        """
        return {name: self.config[name] for name in ['margin']}[name]

    def WarmEnough(self, today: int, later: int, margin: int) -> bool:
        """Whether a later day is warmer than today by at least the margin.
        Args:
            today (int): value of today
            later (int): value of later
            margin (int): value of margin
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return warm_enough(today, later, margin)

    def WorkOutWait(self, later: int, day: int) -> int:
        """Work out `later` minus `day`.
        Args:
            later (int): value of later
            day (int): value of day
        Returns:
            int: the result
        Example Output:
            "1"
        """
        return later - day

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

        def each_temperatures():
            for index in range(call("TemperaturesLength")):
                yield call("TemperaturesItem", index=index)

        def read_temperatures():
            return list(each_temperatures())

        def read_margin():
            return call("ReadSetting", name='margin')

        def warmer_day_waits(margin):
            waits = []
            for day in range(call('TemperaturesLength')):
                wait = 0
                for later in range(day + 1, call('TemperaturesLength')):
                    if call('WarmEnough', today=call('TemperaturesItem', index=day), later=call('TemperaturesItem', index=later), margin=margin):
                        wait = call('WorkOutWait', later=later, day=day)
                        break
                waits.append(wait)
            return waits

        call("Done", answer=canonical(warmer_day_waits(margin=read_margin())))
