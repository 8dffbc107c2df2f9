"""Compiled from problem leak_hours (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def leak_hours(drains: list[list[int]], burst: int) -> list[int]:
    hours = [-1] * len(drains)
    hours[burst] = 0
    queue = [burst]
    position = 0
    while position < len(queue):
        room = queue[position]
        position += 1
        for target in drains[room]:
            if hours[target] < 0:
                hours[target] = hours[room] + 1
                queue.append(target)
    return hours

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


class LeakHoursEnv(gymnasium.Env):
    """A pipe bursts in one room of a cellar. Every room has one-way drains to other rooms, and water needs one hour from
    a wet room through each of its drains. Report for every room, in order of room number from 0, the hour in which it
    gets wet: 0 for the room with the burst pipe, -1 for a room that stays dry."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'DrainsRows': 1, 'DrainsRowLength': 2, 'DrainsCell': 3, 'ReadSetting': 4, 'IsPositionLess': 5, 'IsHoursValueLessThan0': 6, 'Done': 7}
        self.parameters = {'Observe': {}, 'DrainsRows': {}, 'DrainsRowLength': {'row': 'integer'}, 'DrainsCell': {'row': 'integer', 'column': 'integer'}, 'ReadSetting': {'name': 'string'}, 'IsPositionLess': {'position': 'integer', 'queue': 'array'}, 'IsHoursValueLessThan0': {'hours_value': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'drains': [[3], [0, 2, 3], [1], [], [2]], 'burst': 4}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return LeakHoursEnv(env_str) if env_str.startswith("LeakHoursEnv@") else None

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
        return canonical((leak_hours)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "drains: 5 rows of whole numbers\\nburst: a single whole number"
        """
        return "\n".join(['drains: {} rows of whole numbers'.format(len(self.config['drains'])), 'burst: a single whole number'])

    def DrainsRows(self) -> int:
        """Count the rows of drains.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "5"
        """
        return len(self.config['drains'])

    def DrainsRowLength(self, row: int) -> int:
        """Count what is in one row of drains.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "1"
        """
        return len(self.config['drains'][row])

    def DrainsCell(self, row: int, column: int) -> int:
        """Read what is in one row of drains, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int: what is there
        Example Output:
            "3"
        """
        return self.config['drains'][row][column]

    def ReadSetting(self, name: str) -> int:
        """Read a value that stands alone: burst.
        Args:
            name (str): burst
        Returns:
            int: the value
        Example Output:
            "4"
        """
        return {name: self.config[name] for name in ['burst']}[name]

    def IsPositionLess(self, position: int, queue: list) -> bool:
        """Tell whether `position` is less than how many elements `queue` has.
        Args:
            position (int): value of position
            queue (list): value of queue
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return position < len(queue)

    def IsHoursValueLessThan0(self, hours_value: int) -> bool:
        """Tell whether `hours_value` is less than 0.
        Args:
            hours_value (int): the hours value
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return hours_value < 0

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

        def row_drains(row):
            return [call("DrainsCell", row=row, column=column) for column in range(call("DrainsRowLength", row=row))]

        def each_drains():
            for row in range(call("DrainsRows")):
                yield row_drains(row)

        def read_drains():
            return list(each_drains())

        def read_burst():
            return call("ReadSetting", name='burst')

        def leak_hours(drains, burst):
            hours = [-1] * len(drains)
            hours[burst] = 0
            queue = [burst]
            position = 0
            while call('IsPositionLess', position=position, queue=queue):
                room = queue[position]
                position += 1
                for target in drains[room]:
                    if call('IsHoursValueLessThan0', hours_value=hours[target]):
                        hours[target] = hours[room] + 1
                        queue.append(target)
            return hours

        call("Done", answer=canonical(leak_hours(drains=read_drains(), burst=read_burst())))
