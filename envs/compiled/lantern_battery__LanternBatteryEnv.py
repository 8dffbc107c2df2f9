"""Compiled from problem lantern_battery (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def hours_needed(missing: int) -> int:
    """Whole charging hours for so many missing units."""
    return (missing + 5) // 6

def lantern_battery(capacity: int, shifts: list[int]) -> list[int]:
    units = capacity
    hours = 0
    dark = 0
    report = []
    for need in shifts:
        if need > units:
            wanted = min(need, capacity)
            stay = hours_needed(wanted - units)
            hours += stay
            units = min(capacity, units + 6 * stay)
        if need > units:
            dark += need - units
            units = 0
        else:
            units -= need
        report.append(units)
    report.append(hours)
    report.append(dark)
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


class LanternBatteryEnv(gymnasium.Env):
    """A lantern in a mine has a battery of a given capacity that is full at first. Each shift uses a number of units.
    Before a shift that needs more units than are left, the lantern is put on the charger; an hour there gives six
    units, never above the capacity, and it stays whole hours until there is enough or the battery is full. If it is
    full and still not enough, the shift runs until the battery is empty and the missing units are noted as dark. Report
    the units left after each shift, then the charging hours in all and the dark units in all."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'ShiftsLength': 1, 'ShiftsItem': 2, 'ReadSetting': 3, 'IsNeedGreaterThanUnits': 4, 'WorkOutWanted': 5, 'HoursNeeded': 6, 'UpdateHours': 7, 'UpdateUnits': 8, 'UpdateDark': 9, 'UpdateUnits2': 10, 'Done': 11}
        self.parameters = {'Observe': {}, 'ShiftsLength': {}, 'ShiftsItem': {'index': 'integer'}, 'ReadSetting': {'name': 'string'}, 'IsNeedGreaterThanUnits': {'need': 'integer', 'units': 'integer'}, 'WorkOutWanted': {'need': 'integer', 'capacity': 'integer'}, 'HoursNeeded': {'wanted': 'integer', 'units': 'integer'}, 'UpdateHours': {'hours': 'integer', 'stay': 'integer'}, 'UpdateUnits': {'capacity': 'integer', 'units': 'integer', 'stay': 'integer'}, 'UpdateDark': {'dark': 'integer', 'need': 'integer', 'units': 'integer'}, 'UpdateUnits2': {'units': 'integer', 'need': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'capacity': 31, 'shifts': [25, 28, 7, 16, 15, 6]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return LanternBatteryEnv(env_str) if env_str.startswith("LanternBatteryEnv@") else None

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
        return canonical((lantern_battery)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "capacity: a single whole number\\nshifts: 6 whole numbers"
        """
        return "\n".join(['capacity: a single whole number', 'shifts: {} whole numbers'.format(len(self.config['shifts']))])

    def ShiftsLength(self) -> int:
        """Count the elements of shifts.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "6"
        """
        return len(self.config['shifts'])

    def ShiftsItem(self, index: int) -> int:
        """Read one element of shifts.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "25"
        """
        return self.config['shifts'][index]

    def ReadSetting(self, name: str) -> int:
        """Read a value that stands alone: capacity.
        Args:
            name (str): capacity
        Returns:
            int: the value
        Example Output:
            "31"
        """
        return {name: self.config[name] for name in ['capacity']}[name]

    def IsNeedGreaterThanUnits(self, need: int, units: int) -> bool:
        """Tell whether `need` is greater than `units`.
        Args:
            need (int): value of need
            units (int): value of units
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return need > units

    def WorkOutWanted(self, need: int, capacity: int) -> int:
        """Work out the smallest of `need` and `capacity`.
        Args:
            need (int): value of need
            capacity (int): value of capacity
        Returns:
            int: the result
        Example Output:
            "28"
        """
        return min(need, capacity)

    def HoursNeeded(self, wanted: int, units: int) -> int:
        """Whole charging hours for so many missing units.
        Args:
            wanted (int): value of wanted
            units (int): value of units
        Returns:
            int: the result
        Example Output:
            "4"
        """
        return hours_needed(wanted - units)

    def UpdateHours(self, hours: int, stay: int) -> int:
        """Work out `hours` plus `stay`.
        Args:
            hours (int): value of hours
            stay (int): value of stay
        Returns:
            int: the result
        Example Output:
            "4"
        """
        return hours + stay

    def UpdateUnits(self, capacity: int, units: int, stay: int) -> int:
        """Work out the smallest of `capacity` and (`units` plus (6 times `stay`)).
        Args:
            capacity (int): value of capacity
            units (int): value of units
            stay (int): value of stay
        Returns:
            int: the result
        Example Output:
            "30"
        """
        return min(capacity, units + 6 * stay)

    def UpdateDark(self, dark: int, need: int, units: int) -> int:
        """Work out `dark` plus (`need` minus `units`).
        Args:
            dark (int): value of dark
            need (int): value of need
            units (int): value of units
        Returns:
            int: the result
        Example Output:
            "3"
        """
        return dark + (need - units)

    def UpdateUnits2(self, units: int, need: int) -> int:
        """Work out `units` minus `need`.
        Args:
            units (int): value of units
            need (int): value of need
        Returns:
            int: the result
        Example Output:
            "6"
        """
        return units - need

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

        def read_capacity():
            return call("ReadSetting", name='capacity')

        def each_shifts():
            for index in range(call("ShiftsLength")):
                yield call("ShiftsItem", index=index)

        def read_shifts():
            return list(each_shifts())

        def lantern_battery(capacity):
            units = capacity
            hours = 0
            dark = 0
            report = []
            for need in each_shifts():
                if call('IsNeedGreaterThanUnits', need=need, units=units):
                    wanted = call('WorkOutWanted', need=need, capacity=capacity)
                    stay = call('HoursNeeded', wanted=wanted, units=units)
                    hours = call('UpdateHours', hours=hours, stay=stay)
                    units = call('UpdateUnits', capacity=capacity, units=units, stay=stay)
                if call('IsNeedGreaterThanUnits', need=need, units=units):
                    dark = call('UpdateDark', dark=dark, need=need, units=units)
                    units = 0
                else:
                    units = call('UpdateUnits2', units=units, need=need)
                report.append(units)
            report.append(hours)
            report.append(dark)
            return report

        call("Done", answer=canonical(lantern_battery(capacity=read_capacity())))
