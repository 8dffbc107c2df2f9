"""Compiled from problem cistern_pump (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def cistern_pump(inflows: list[int], upper: int, lower: int, strength: int) -> list[int]:
    level = 0
    running = False
    events = []
    for minute, inflow in enumerate(inflows, start=1):
        level += inflow
        if running:
            level -= min(level, strength)
        if not running and level >= upper:
            running = True
            events.append(minute)
        elif running and level <= lower:
            running = False
            events.append(minute)
    events.append(level)
    return events

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


class CisternPumpEnv(gymnasium.Env):
    """A cistern is watched minute by minute. In every minute first the inflow of that minute runs in, and then, if the
    pump is running, it takes out a fixed amount, but not more than there is. After that the float switch acts: at or
    above the upper mark the pump is started, at or below the lower mark it is stopped, and it takes effect from the
    next minute on. The cistern is empty and the pump off at first. Report the minutes, counted from one, in which the
    switch really changed the pump, and then the level at the end."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'InflowsLength': 1, 'InflowsItem': 2, 'ReadSetting': 3, 'UpdateLevel': 4, 'UpdateLevel2': 5, 'CheckRunningAndLevel': 6, 'CheckRunningAndLevel2': 7, 'Done': 8}
        self.parameters = {'Observe': {}, 'InflowsLength': {}, 'InflowsItem': {'index': 'integer'}, 'ReadSetting': {'name': 'string'}, 'UpdateLevel': {'level': 'integer', 'inflow': 'integer'}, 'UpdateLevel2': {'level': 'integer', 'strength': 'integer'}, 'CheckRunningAndLevel': {'running': 'boolean', 'level': 'integer', 'upper': 'integer'}, 'CheckRunningAndLevel2': {'running': 'boolean', 'level': 'integer', 'lower': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'inflows': [13, 3, 12, 11, 2, 14], 'upper': 32, 'lower': 11, 'strength': 17}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return CisternPumpEnv(env_str) if env_str.startswith("CisternPumpEnv@") else None

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
        return canonical((cistern_pump)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "inflows: 6 whole numbers\\nupper: a single whole number\\nlower: a single whole number\\nstrength: a single whole number"
        """
        return "\n".join(['inflows: {} whole numbers'.format(len(self.config['inflows'])), 'upper: a single whole number', 'lower: a single whole number', 'strength: a single whole number'])

    def InflowsLength(self) -> int:
        """Count the elements of inflows.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "6"
        """
        return len(self.config['inflows'])

    def InflowsItem(self, index: int) -> int:
        """Read one element of inflows.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "13"
        """
        return self.config['inflows'][index]

    def ReadSetting(self, name: str) -> int:
        """Read a value that stands alone: upper, lower, strength.
        Args:
            name (str): one of upper, lower, strength
        Returns:
            int: the value
        Example Output:
            "32"
        """
        return {name: self.config[name] for name in ['upper', 'lower', 'strength']}[name]

    def UpdateLevel(self, level: int, inflow: int) -> int:
        """Work out `level` plus `inflow`.
        Args:
            level (int): value of level
            inflow (int): value of inflow
        Returns:
            int: the result
        Example Output:
            "13"
        """
        return level + inflow

    def UpdateLevel2(self, level: int, strength: int) -> int:
        """Work out `level` minus the smallest of `level` and `strength`.
        Args:
            level (int): value of level
            strength (int): value of strength
        Returns:
            int: the result
        Example Output:
            "24"
        """
        return level - min(level, strength)

    def CheckRunningAndLevel(self, running: bool, level: int, upper: int) -> bool:
        """Tell whether not `running` and (`level` is at least `upper`).
        Args:
            running (bool): value of running
            level (int): value of level
            upper (int): value of upper
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return not running and level >= upper

    def CheckRunningAndLevel2(self, running: bool, level: int, lower: int) -> bool:
        """Tell whether `running` and (`level` is at most `lower`).
        Args:
            running (bool): value of running
            level (int): value of level
            lower (int): value of lower
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return running and level <= lower

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

        def each_inflows():
            for index in range(call("InflowsLength")):
                yield call("InflowsItem", index=index)

        def read_inflows():
            return list(each_inflows())

        def read_upper():
            return call("ReadSetting", name='upper')

        def read_lower():
            return call("ReadSetting", name='lower')

        def read_strength():
            return call("ReadSetting", name='strength')

        def cistern_pump(upper, lower, strength):
            level = 0
            running = False
            events = []
            for minute, inflow in enumerate(each_inflows(), start=1):
                level = call('UpdateLevel', level=level, inflow=inflow)
                if running:
                    level = call('UpdateLevel2', level=level, strength=strength)
                if call('CheckRunningAndLevel', running=running, level=level, upper=upper):
                    running = True
                    events.append(minute)
                elif call('CheckRunningAndLevel2', running=running, level=level, lower=lower):
                    running = False
                    events.append(minute)
            events.append(level)
            return events

        call("Done", answer=canonical(cistern_pump(upper=read_upper(), lower=read_lower(), strength=read_strength())))
