"""Compiled from problem stream_losses (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def after_seeping(barrels: int) -> int:
    lost = barrels // 4
    return barrels - lost

def stream_losses(runs_to: list[int], barrels: list[int]) -> int:
    carried = [0] * len(runs_to)
    sea = 0
    for spring in range(len(runs_to)):
        flow = carried[spring] + barrels[spring]
        target = runs_to[spring]
        if target < 0:
            sea += flow
        else:
            carried[target] += after_seeping(flow)
    return sea

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


class StreamLossesEnv(gymnasium.Env):
    """Springs are numbered from the mountain to the sea. Each gives some barrels of water an hour of its own, and all
    that comes together there runs on to one given spring with a higher number, or into the sea, which is written as -1.
    On the way to the next spring a quarter of the water, rounded down, seeps away; on the way into the sea nothing is
    lost. Report how many barrels an hour reach the sea."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'RunsToLength': 1, 'RunsToItem': 2, 'BarrelsLength': 3, 'BarrelsItem': 4, 'Add': 5, 'IsTargetLessThan0': 6, 'AfterSeeping': 7, 'Done': 8}
        self.parameters = {'Observe': {}, 'RunsToLength': {}, 'RunsToItem': {'index': 'integer'}, 'BarrelsLength': {}, 'BarrelsItem': {'index': 'integer'}, 'Add': {'first': 'integer', 'second': 'integer'}, 'IsTargetLessThan0': {'target': 'integer'}, 'AfterSeeping': {'barrels': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'runs_to': [3, 3, 3, -1], 'barrels': [14, 38, 31, 12]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return StreamLossesEnv(env_str) if env_str.startswith("StreamLossesEnv@") else None

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
        return canonical((stream_losses)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "runs_to: 4 whole numbers\\nbarrels: 4 whole numbers"
        """
        return "\n".join(['runs_to: {} whole numbers'.format(len(self.config['runs_to'])), 'barrels: {} whole numbers'.format(len(self.config['barrels']))])

    def RunsToLength(self) -> int:
        """Count the elements of runs to.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "4"
        """
        return len(self.config['runs_to'])

    def RunsToItem(self, index: int) -> int:
        """Read one element of runs to.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "3"
        """
        return self.config['runs_to'][index]

    def BarrelsLength(self):
        """Count the elements of barrels.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            ""
        """
        return len(self.config['barrels'])

    def BarrelsItem(self, index: int) -> int:
        """Read one element of barrels.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "14"
        """
        return self.config['barrels'][index]

    def Add(self, first: int, second: int) -> int:
        """Work out `first` plus `second`.
        Args:
            first (int): the first
            second (int): the second
        Returns:
            int: the result
        Example Output:
            "14"
        """
        return first + second

    def IsTargetLessThan0(self, target: int) -> bool:
        """Tell whether `target` is less than 0.
        Args:
            target (int): value of target
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return target < 0

    def AfterSeeping(self, barrels: int) -> int:
        """Work out the after seeping of `barrels`.
        Args:
            barrels (int): value of barrels
        Returns:
            int: the result
        Example Output:
            "11"
        """
        return after_seeping(barrels)

    def Done(self, answer) -> str:
        """Hand in the answer. The first one counts.
        Args:
            answer (int): the answer, a whole number
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

        def each_runs_to():
            for index in range(call("RunsToLength")):
                yield call("RunsToItem", index=index)

        def read_runs_to():
            return list(each_runs_to())

        def each_barrels():
            for index in range(call("BarrelsLength")):
                yield call("BarrelsItem", index=index)

        def read_barrels():
            return list(each_barrels())

        def stream_losses():
            carried = [0] * call('RunsToLength')
            sea = 0
            for spring in range(call('RunsToLength')):
                flow = call('Add', first=carried[spring], second=call('BarrelsItem', index=spring))
                target = call('RunsToItem', index=spring)
                if call('IsTargetLessThan0', target=target):
                    sea = call('Add', first=sea, second=flow)
                else:
                    carried[target] += call('AfterSeeping', barrels=flow)
            return sea

        call("Done", answer=canonical(stream_losses()))
