"""Compiled from problem baton_loop (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def baton_loop(next_station: list[int], start: int) -> list[int]:
    reached = [-1] * len(next_station)
    station = start
    handovers = 0
    while reached[station] < 0:
        reached[station] = handovers
        station = next_station[station]
        handovers += 1
    before_loop = reached[station]
    loop = handovers - before_loop
    return [before_loop, loop]

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


class BatonLoopEnv(gymnasium.Env):
    """In a relay game every station always hands the baton on to one fixed station, perhaps to itself. The baton starts
    at a given station. Report two numbers: first, how many hand-overs happen before the baton stands for the first time
    at a station to which it will come back later; second, how many hand-overs one round of that endless loop has."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'NextStationLength': 1, 'NextStationItem': 2, 'ReadSetting': 3, 'IsReachedValueLessThan0': 4, 'UpdateHandovers': 5, 'WorkOutLoop': 6, 'Done': 7}
        self.parameters = {'Observe': {}, 'NextStationLength': {}, 'NextStationItem': {'index': 'integer'}, 'ReadSetting': {'name': 'string'}, 'IsReachedValueLessThan0': {'reached_value': 'integer'}, 'UpdateHandovers': {'handovers': 'integer'}, 'WorkOutLoop': {'handovers': 'integer', 'before_loop': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'next_station': [3, 5, 4, 1, 1, 0, 1], 'start': 2}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return BatonLoopEnv(env_str) if env_str.startswith("BatonLoopEnv@") else None

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
        return canonical((baton_loop)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "next_station: 7 whole numbers\\nstart: a single whole number"
        """
        return "\n".join(['next_station: {} whole numbers'.format(len(self.config['next_station'])), 'start: a single whole number'])

    def NextStationLength(self) -> int:
        """Count the elements of next station.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "7"
        """
        return len(self.config['next_station'])

    def NextStationItem(self, index: int) -> int:
        """Read one element of next station.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "4"
        """
        return self.config['next_station'][index]

    def ReadSetting(self, name: str) -> int:
        """Read a value that stands alone: start.
        Args:
            name (str): start
        Returns:
            int: the value
        Example Output:
            "2"
        """
        return {name: self.config[name] for name in ['start']}[name]

    def IsReachedValueLessThan0(self, reached_value: int) -> bool:
        """Tell whether `reached_value` is less than 0.
        Args:
            reached_value (int): the reached value
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return reached_value < 0

    def UpdateHandovers(self, handovers: int) -> int:
        """Work out `handovers` plus 1.
        Args:
            handovers (int): value of handovers
        Returns:
            int: the result
        Example Output:
            "1"
        """
        return handovers + 1

    def WorkOutLoop(self, handovers: int, before_loop: int) -> int:
        """Work out `handovers` minus `before_loop`.
        Args:
            handovers (int): value of handovers
            before_loop (int): value of before loop
        Returns:
            int: the result
        Example Output:
            "4"
        """
        return handovers - before_loop

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

        def each_next_station():
            for index in range(call("NextStationLength")):
                yield call("NextStationItem", index=index)

        def read_next_station():
            return list(each_next_station())

        def read_start():
            return call("ReadSetting", name='start')

        def baton_loop(start):
            reached = [-1] * call('NextStationLength')
            station = start
            handovers = 0
            while call('IsReachedValueLessThan0', reached_value=reached[station]):
                reached[station] = handovers
                station = call('NextStationItem', index=station)
                handovers = call('UpdateHandovers', handovers=handovers)
            before_loop = reached[station]
            loop = call('WorkOutLoop', handovers=handovers, before_loop=before_loop)
            return [before_loop, loop]

        call("Done", answer=canonical(baton_loop(start=read_start())))
