"""Compiled from problem ski_run_ways (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def ski_run_ways(huts: int, runs: list[tuple[int, int]]) -> list[int]:
    ways = [0] * huts
    ways[0] = 1
    for upper, lower in runs:
        arriving = ways[upper]
        if arriving > 0:
            ways[lower] += arriving
    return ways

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


class SkiRunWaysEnv(gymnasium.Env):
    """A ski resort numbers its huts from the summit, hut 0, downwards, and every marked run leads from a hut to one with
    a higher number. The runs are listed by their upper hut, lowest number first; two runs between the same two huts count
    as different. Report for every hut in how many different ways it can be reached from the summit by skiing only, as a
    list in order of hut number. The summit has 1 way, a hut that cannot be reached has 0."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'RunsRows': 1, 'RunsRowLength': 2, 'RunsCell': 3, 'ReadSetting': 4, 'IsArrivingGreaterThan0': 5, 'Done': 6}
        self.parameters = {'Observe': {}, 'RunsRows': {}, 'RunsRowLength': {'row': 'integer'}, 'RunsCell': {'row': 'integer', 'column': 'integer'}, 'ReadSetting': {'name': 'string'}, 'IsArrivingGreaterThan0': {'arriving': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'huts': 5, 'runs': [(0, 1), (0, 2), (1, 3), (1, 4), (2, 3)]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return SkiRunWaysEnv(env_str) if env_str.startswith("SkiRunWaysEnv@") else None

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
        return canonical((ski_run_ways)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "huts: a single whole number\\nruns: 5 rows of whole numbers"
        """
        return "\n".join(['huts: a single whole number', 'runs: {} rows of whole numbers'.format(len(self.config['runs']))])

    def RunsRows(self) -> int:
        """Count the rows of runs.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "5"
        """
        return len(self.config['runs'])

    def RunsRowLength(self, row: int) -> int:
        """Count what is in one row of runs.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['runs'][row])

    def RunsCell(self, row: int, column: int) -> int:
        """Read what is in one row of runs, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int: what is there
        Example Output:
            "0"
        """
        return self.config['runs'][row][column]

    def ReadSetting(self, name: str) -> int:
        """Read a value that stands alone: huts.
        Args:
            name (str): huts
        Returns:
            int: the value
        Example Output:
            "5"
        """
        return {name: self.config[name] for name in ['huts']}[name]

    def IsArrivingGreaterThan0(self, arriving: int) -> bool:
        """Tell whether `arriving` is greater than 0.
        Args:
            arriving (int): value of arriving
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return arriving > 0

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

        def read_huts():
            return call("ReadSetting", name='huts')

        def row_runs(row):
            return tuple([call("RunsCell", row=row, column=column) for column in range(call("RunsRowLength", row=row))])

        def each_runs():
            for row in range(call("RunsRows")):
                yield row_runs(row)

        def read_runs():
            return list(each_runs())

        def ski_run_ways(huts):
            ways = [0] * huts
            ways[0] = 1
            for upper, lower in each_runs():
                arriving = ways[upper]
                if call('IsArrivingGreaterThan0', arriving=arriving):
                    ways[lower] += arriving
            return ways

        call("Done", answer=canonical(ski_run_ways(huts=read_huts())))
