"""Compiled from problem millstone_wear (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def grinding_time(wear: int) -> int:
    """Minutes for a sack on a stone with so much wear."""
    return 10 + wear // 3

def millstone_wear(hardness: list[int], limit: int) -> list[int]:
    clock = 0
    wear = 0
    bound = limit
    dressed = 0
    report = []
    for hard in hardness:
        clock += grinding_time(wear)
        report.append(clock)
        wear += hard
        if wear > bound:
            clock += 25
            wear = 0
            bound = max(20, bound - 3)
            dressed += 1
    report.append(dressed)
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


class MillstoneWearEnv(gymnasium.Env):
    """A miller grinds sacks of grain one after another; each sack has a hardness. A sack takes ten minutes, and one
    more for every full three units of wear the stone has when the sack is begun. Grinding adds the hardness of the sack
    to the wear. When the wear is then above the limit, the stone is dressed at once: that takes twenty-five minutes,
    sets the wear back to zero and lowers the limit by three units for all time, though never below twenty. Report the
    minute at which each sack is ground, dressing after it not included, in order, and as the last entry how often the
    stone was dressed."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'HardnessLength': 1, 'HardnessItem': 2, 'ReadSetting': 3, 'UpdateClock': 4, 'UpdateWear': 5, 'IsWearGreaterThanBound': 6, 'UpdateBound': 7, 'Done': 8}
        self.parameters = {'Observe': {}, 'HardnessLength': {}, 'HardnessItem': {'index': 'integer'}, 'ReadSetting': {'name': 'string'}, 'UpdateClock': {'clock': 'integer', 'wear': 'integer'}, 'UpdateWear': {'wear': 'integer', 'hard': 'integer'}, 'IsWearGreaterThanBound': {'wear': 'integer', 'bound': 'integer'}, 'UpdateBound': {'bound': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'hardness': [17, 7, 16, 15, 6, 18, 9], 'limit': 57}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return MillstoneWearEnv(env_str) if env_str.startswith("MillstoneWearEnv@") else None

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
        return canonical((millstone_wear)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "hardness: 7 whole numbers\\nlimit: a single whole number"
        """
        return "\n".join(['hardness: {} whole numbers'.format(len(self.config['hardness'])), 'limit: a single whole number'])

    def HardnessLength(self) -> int:
        """Count the elements of hardness.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "7"
        """
        return len(self.config['hardness'])

    def HardnessItem(self, index: int) -> int:
        """Read one element of hardness.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "17"
        """
        return self.config['hardness'][index]

    def ReadSetting(self, name: str) -> int:
        """Read a value that stands alone: limit.
        Args:
            name (str): limit
        Returns:
            int: the value
        Example Output:
            "57"
        """
        return {name: self.config[name] for name in ['limit']}[name]

    def UpdateClock(self, clock: int, wear: int) -> int:
        """Work out `clock` plus the grinding time of `wear`.
        Args:
            clock (int): value of clock
            wear (int): value of wear
        Returns:
            int: the result
        Example Output:
            "10"
        """
        return clock + grinding_time(wear)

    def UpdateWear(self, wear: int, hard: int) -> int:
        """Work out `wear` plus `hard`.
        Args:
            wear (int): value of wear
            hard (int): value of hard
        Returns:
            int: the result
        Example Output:
            "17"
        """
        return wear + hard

    def IsWearGreaterThanBound(self, wear: int, bound: int) -> bool:
        """Tell whether `wear` is greater than `bound`.
        Args:
            wear (int): value of wear
            bound (int): value of bound
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return wear > bound

    def UpdateBound(self, bound: int) -> int:
        """Work out the largest of 20 and (`bound` minus 3).
        Args:
            bound (int): value of bound
        Returns:
            int: the result
        Example Output:
            "54"
        """
        return max(20, bound - 3)

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

        def each_hardness():
            for index in range(call("HardnessLength")):
                yield call("HardnessItem", index=index)

        def read_hardness():
            return list(each_hardness())

        def read_limit():
            return call("ReadSetting", name='limit')

        def millstone_wear(limit):
            clock = 0
            wear = 0
            bound = limit
            dressed = 0
            report = []
            for hard in each_hardness():
                clock = call('UpdateClock', clock=clock, wear=wear)
                report.append(clock)
                wear = call('UpdateWear', wear=wear, hard=hard)
                if call('IsWearGreaterThanBound', wear=wear, bound=bound):
                    clock += 25
                    wear = 0
                    bound = call('UpdateBound', bound=bound)
                    dressed += 1
            report.append(dressed)
            return report

        call("Done", answer=canonical(millstone_wear(limit=read_limit())))
