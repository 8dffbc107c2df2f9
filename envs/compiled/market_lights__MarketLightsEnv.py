"""Compiled from problem market_lights (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def seconds_to_green(moment: int, offset: int, cycle: int) -> int:
    """Seconds to wait at a light from this moment."""
    phase = (moment + offset) % cycle
    if phase < cycle // 2:
        return 0
    return cycle - phase

def market_lights(crossings: list[tuple[int, int]], cycle: int) -> list[int]:
    clock = 0
    passed = []
    for riding, offset in crossings:
        clock += riding
        clock += seconds_to_green(clock, offset, cycle)
        passed.append(clock)
    return passed

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


class MarketLightsEnv(gymnasium.Env):
    """A delivery bicycle passes crossings with traffic lights. For each crossing the seconds of riding up to it and the
    offset of its light are known. A light with offset f is green at second t when the remainder of t plus f on division
    by the cycle is less than half the cycle, rounded down; otherwise the bicycle waits second by second until it turns
    green. Starting at second zero, report the second at which the bicycle passes each crossing, in order."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'CrossingsRows': 1, 'CrossingsRowLength': 2, 'CrossingsCell': 3, 'ReadSetting': 4, 'UpdateClock': 5, 'UpdateClock2': 6, 'Done': 7}
        self.parameters = {'Observe': {}, 'CrossingsRows': {}, 'CrossingsRowLength': {'row': 'integer'}, 'CrossingsCell': {'row': 'integer', 'column': 'integer'}, 'ReadSetting': {'name': 'string'}, 'UpdateClock': {'clock': 'integer', 'riding': 'integer'}, 'UpdateClock2': {'clock': 'integer', 'offset': 'integer', 'cycle': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'crossings': [(69, 12), (65, 45), (23, 59)], 'cycle': 64}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return MarketLightsEnv(env_str) if env_str.startswith("MarketLightsEnv@") else None

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
        return canonical((market_lights)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "crossings: 3 rows of whole numbers\\ncycle: a single whole number"
        """
        return "\n".join(['crossings: {} rows of whole numbers'.format(len(self.config['crossings'])), 'cycle: a single whole number'])

    def CrossingsRows(self) -> int:
        """Count the rows of crossings.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "3"
        """
        return len(self.config['crossings'])

    def CrossingsRowLength(self, row: int) -> int:
        """Count what is in one row of crossings.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['crossings'][row])

    def CrossingsCell(self, row: int, column: int) -> int:
        """Read what is in one row of crossings, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int: what is there
        Example Output:
            "69"
        """
        return self.config['crossings'][row][column]

    def ReadSetting(self, name: str) -> int:
        """Read a value that stands alone: cycle.
        Args:
            name (str): cycle
        Returns:
            int: the value
        Example Output:
            "64"
        """
        return {name: self.config[name] for name in ['cycle']}[name]

    def UpdateClock(self, clock: int, riding: int) -> int:
        """Work out `clock` plus `riding`.
        Args:
            clock (int): value of clock
            riding (int): value of riding
        Returns:
            int: the result
        Example Output:
            "69"
        """
        return clock + riding

    def UpdateClock2(self, clock: int, offset: int, cycle: int) -> int:
        """Work out `clock` plus the seconds to green of `clock` and `offset` and `cycle`.
        Args:
            clock (int): value of clock
            offset (int): value of offset
            cycle (int): value of cycle
        Returns:
            int: the result
        Example Output:
            "69"
        """
        return clock + seconds_to_green(clock, offset, cycle)

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

        def row_crossings(row):
            return tuple([call("CrossingsCell", row=row, column=column) for column in range(call("CrossingsRowLength", row=row))])

        def each_crossings():
            for row in range(call("CrossingsRows")):
                yield row_crossings(row)

        def read_crossings():
            return list(each_crossings())

        def read_cycle():
            return call("ReadSetting", name='cycle')

        def market_lights(cycle):
            clock = 0
            passed = []
            for riding, offset in each_crossings():
                clock = call('UpdateClock', clock=clock, riding=riding)
                clock = call('UpdateClock2', clock=clock, offset=offset, cycle=cycle)
                passed.append(clock)
            return passed

        call("Done", answer=canonical(market_lights(cycle=read_cycle())))
