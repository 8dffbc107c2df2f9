"""Compiled from problem hill_bus (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def next_bus(moment: int, interval: int) -> int:
    """Number of the first bus that leaves at this moment or later."""
    return max(1, (moment + interval - 1) // interval)

def hill_bus(gaps: list[int], interval: int, places: int) -> list[int]:
    clock = 0
    bus = 1
    aboard = 0
    waits = []
    for gap in gaps:
        clock += gap
        earliest = next_bus(clock, interval)
        if earliest > bus:
            bus = earliest
            aboard = 0
        elif aboard == places:
            bus += 1
            aboard = 0
        aboard += 1
        waits.append(bus * interval - clock)
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


class HillBusEnv(gymnasium.Env):
    """A bus to the hill leaves every so many minutes, at one interval after the start, two intervals, and so on, and
    takes a fixed number of people. The people come one by one, each a number of minutes after the one before, the first
    counted from the start, and stand in line. A person takes the first bus that leaves at the minute of coming or later
    and still has a place, the line being served in order. Report for each person, in order, the minutes between coming
    and leaving."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'GapsLength': 1, 'GapsItem': 2, 'ReadSetting': 3, 'UpdateClock': 4, 'NextBus': 5, 'IsEarliestGreaterThanBus': 6, 'IsAboardEqualToPlaces': 7, 'CombineClockAndBus': 8, 'Done': 9}
        self.parameters = {'Observe': {}, 'GapsLength': {}, 'GapsItem': {'index': 'integer'}, 'ReadSetting': {'name': 'string'}, 'UpdateClock': {'clock': 'integer', 'gap': 'integer'}, 'NextBus': {'moment': 'integer', 'interval': 'integer'}, 'IsEarliestGreaterThanBus': {'earliest': 'integer', 'bus': 'integer'}, 'IsAboardEqualToPlaces': {'aboard': 'integer', 'places': 'integer'}, 'CombineClockAndBus': {'bus': 'integer', 'interval': 'integer', 'clock': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'gaps': [6, 1, 6, 5, 1, 7], 'interval': 11, 'places': 4}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return HillBusEnv(env_str) if env_str.startswith("HillBusEnv@") else None

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
        return canonical((hill_bus)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "gaps: 6 whole numbers\\ninterval: a single whole number\\nplaces: a single whole number"
        """
        return "\n".join(['gaps: {} whole numbers'.format(len(self.config['gaps'])), 'interval: a single whole number', 'places: a single whole number'])

    def GapsLength(self) -> int:
        """Count the elements of gaps.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "6"
        """
        return len(self.config['gaps'])

    def GapsItem(self, index: int) -> int:
        """Read one element of gaps.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "6"
        """
        return self.config['gaps'][index]

    def ReadSetting(self, name: str) -> int:
        """Read a value that stands alone: interval, places.
        Args:
            name (str): one of interval, places
        Returns:
            int: the value
        Example Output:
            "11"
        """
        return {name: self.config[name] for name in ['interval', 'places']}[name]

    def UpdateClock(self, clock: int, gap: int) -> int:
        """Work out `clock` plus `gap`.
        Args:
            clock (int): value of clock
            gap (int): value of gap
        Returns:
            int: the result
        Example Output:
            "6"
        """
        return clock + gap

    def NextBus(self, moment: int, interval: int) -> int:
        """Number of the first bus that leaves at this moment or later.
        Args:
            moment (int): value of moment
            interval (int): value of interval
        Returns:
            int: the result
        Example Output:
            "1"
        """
        return next_bus(moment, interval)

    def IsEarliestGreaterThanBus(self, earliest: int, bus: int) -> bool:
        """Tell whether `earliest` is greater than `bus`.
        Args:
            earliest (int): value of earliest
            bus (int): value of bus
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return earliest > bus

    def IsAboardEqualToPlaces(self, aboard: int, places: int) -> bool:
        """Tell whether `aboard` equals `places`.
        Args:
            aboard (int): value of aboard
            places (int): value of places
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return aboard == places

    def CombineClockAndBus(self, bus: int, interval: int, clock: int) -> int:
        """Work out (`bus` times `interval`) minus `clock`.
        Args:
            bus (int): value of bus
            interval (int): value of interval
            clock (int): value of clock
        Returns:
            int: the result
        Example Output:
            "5"
        """
        return bus * interval - clock

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

        def each_gaps():
            for index in range(call("GapsLength")):
                yield call("GapsItem", index=index)

        def read_gaps():
            return list(each_gaps())

        def read_interval():
            return call("ReadSetting", name='interval')

        def read_places():
            return call("ReadSetting", name='places')

        def hill_bus(interval, places):
            clock = 0
            bus = 1
            aboard = 0
            waits = []
            for gap in each_gaps():
                clock = call('UpdateClock', clock=clock, gap=gap)
                earliest = call('NextBus', moment=clock, interval=interval)
                if call('IsEarliestGreaterThanBus', earliest=earliest, bus=bus):
                    bus = earliest
                    aboard = 0
                elif call('IsAboardEqualToPlaces', aboard=aboard, places=places):
                    bus += 1
                    aboard = 0
                aboard += 1
                waits.append(call('CombineClockAndBus', bus=bus, interval=interval, clock=clock))
            return waits

        call("Done", answer=canonical(hill_bus(interval=read_interval(), places=read_places())))
