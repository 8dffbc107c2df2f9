"""Compiled from problem route_walk_minutes (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def route_walk_minutes(roads: list[tuple[int, int, int]], stops: list[int]) -> int:
    minutes = {}
    for one, other, walk in roads:
        minutes[one, other] = walk
        minutes[other, one] = walk
    total = 0
    here = stops[0]
    for stop in stops[1:]:
        if stop == here:
            total += 2
        elif (here, stop) in minutes:
            total += minutes[here, stop]
        else:
            total += 25
        here = stop
    return total

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


class RouteWalkMinutesEnv(gymnasium.Env):
    """A town's roads are listed as two squares and the minutes of a walk between them, the same in both directions; no
    two squares have more than one road. A messenger visits squares in a given order. From each square to the next she
    takes the road between them if there is one; if not, she crosses the fields in 25 minutes, and where the next square
    is the one she stands on, she loses 2 minutes. Report how many minutes her errand takes."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'RoadsRows': 1, 'RoadsRowLength': 2, 'RoadsCell': 3, 'StopsLength': 4, 'StopsItem': 5, 'IsStopEqualToHere': 6, 'UpdateTotal': 7, 'UpdateTotal2': 8, 'UpdateTotal3': 9, 'Done': 10}
        self.parameters = {'Observe': {}, 'RoadsRows': {}, 'RoadsRowLength': {'row': 'integer'}, 'RoadsCell': {'row': 'integer', 'column': 'integer'}, 'StopsLength': {}, 'StopsItem': {'index': 'integer'}, 'IsStopEqualToHere': {'stop': 'integer', 'here': 'integer'}, 'UpdateTotal': {'total': 'integer'}, 'UpdateTotal2': {'total': 'integer', 'minutes_value': 'integer'}, 'UpdateTotal3': {'total': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'roads': [(1, 2, 28)], 'stops': [1, 2, 1, 0]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return RouteWalkMinutesEnv(env_str) if env_str.startswith("RouteWalkMinutesEnv@") else None

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
        return canonical((route_walk_minutes)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "roads: 1 rows of whole numbers\\nstops: 4 whole numbers"
        """
        return "\n".join(['roads: {} rows of whole numbers'.format(len(self.config['roads'])), 'stops: {} whole numbers'.format(len(self.config['stops']))])

    def RoadsRows(self) -> int:
        """Count the rows of roads.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "1"
        """
        return len(self.config['roads'])

    def RoadsRowLength(self, row: int) -> int:
        """Count what is in one row of roads.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "3"
        """
        return len(self.config['roads'][row])

    def RoadsCell(self, row: int, column: int) -> int:
        """Read what is in one row of roads, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int: what is there
        Example Output:
            "1"
        """
        return self.config['roads'][row][column]

    def StopsLength(self) -> int:
        """Count the elements of stops.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "4"
        """
        return len(self.config['stops'])

    def StopsItem(self, index: int) -> int:
        """Read one element of stops.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "1"
        """
        return self.config['stops'][index]

    def IsStopEqualToHere(self, stop: int, here: int) -> bool:
        """Tell whether `stop` equals `here`.
        Args:
            stop (int): value of stop
            here (int): value of here
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return stop == here

    def UpdateTotal(self, total: int) -> int:
        """Work out `total` plus 2.
        Args:
            total (int): value of total
        Returns:
            int: the result
        Example Output:
            "10"
        """
        return total + 2

    def UpdateTotal2(self, total: int, minutes_value: int) -> int:
        """Work out `total` plus `minutes_value`.
        Args:
            total (int): value of total
            minutes_value (int): the minutes value
        Returns:
            int: the result
        Example Output:
            "28"
        """
        return total + minutes_value

    def UpdateTotal3(self, total: int) -> int:
        """Work out `total` plus 25.
        Args:
            total (int): value of total
        Returns:
            int: the result
        Example Output:
            "81"
        """
        return total + 25

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

        def row_roads(row):
            return tuple([call("RoadsCell", row=row, column=column) for column in range(call("RoadsRowLength", row=row))])

        def each_roads():
            for row in range(call("RoadsRows")):
                yield row_roads(row)

        def read_roads():
            return list(each_roads())

        def each_stops():
            for index in range(call("StopsLength")):
                yield call("StopsItem", index=index)

        def read_stops():
            return list(each_stops())

        def route_walk_minutes(stops):
            minutes = {}
            for one, other, walk in each_roads():
                minutes[one, other] = walk
                minutes[other, one] = walk
            total = 0
            here = stops[0]
            for stop in stops[1:]:
                if call('IsStopEqualToHere', stop=stop, here=here):
                    total = call('UpdateTotal', total=total)
                elif (here, stop) in minutes:
                    total = call('UpdateTotal2', total=total, minutes_value=minutes[here, stop])
                else:
                    total = call('UpdateTotal3', total=total)
                here = stop
            return total

        call("Done", answer=canonical(route_walk_minutes(stops=read_stops())))
