"""Compiled from problem hall_free_gaps (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def hall_free_gaps(bookings: list[tuple[int, int]], opens: int, closes: int, needed: int) -> list[int]:
    gaps = []
    free_from = opens
    for begin, end in bookings:
        until = begin
        if until > closes:
            until = closes
        if until - free_from >= needed:
            gaps.append(free_from)
        if end > free_from:
            free_from = end
    if closes - free_from >= needed:
        gaps.append(free_from)
    if len(gaps) == 0:
        gaps.append(-1)
    return gaps

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


class HallFreeGapsEnv(gymnasium.Env):
    """A village hall is open from one given hour mark to another, both in minutes of the day. Its bookings are listed by
    their beginning, with beginning and end, and may overlap. The caretaker looks for every stretch of time within the
    opening hours in which there is no booking and which is at least a given number of minutes long; bookings before
    opening or after closing do not matter. Report the beginnings of these stretches in order, or only -1 if there is
    none."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'BookingsRows': 1, 'BookingsRowLength': 2, 'BookingsCell': 3, 'ReadSetting': 4, 'IsGreater': 5, 'CheckCondition': 6, 'CheckGaps': 7, 'Done': 8}
        self.parameters = {'Observe': {}, 'BookingsRows': {}, 'BookingsRowLength': {'row': 'integer'}, 'BookingsCell': {'row': 'integer', 'column': 'integer'}, 'ReadSetting': {'name': 'string'}, 'IsGreater': {'first': 'integer', 'second': 'integer'}, 'CheckCondition': {'first': 'integer', 'second': 'integer', 'third': 'integer'}, 'CheckGaps': {'gaps': 'array'}, 'Done': {'answer': 'any'}}
        self.config = {'bookings': [(562, 588), (573, 590), (600, 607), (634, 644)], 'opens': 540, 'closes': 673, 'needed': 7}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return HallFreeGapsEnv(env_str) if env_str.startswith("HallFreeGapsEnv@") else None

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
        return canonical((hall_free_gaps)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "bookings: 4 rows of whole numbers\\nopens: a single whole number\\ncloses: a single whole number\\nneeded: a single whole number"
        """
        return "\n".join(['bookings: {} rows of whole numbers'.format(len(self.config['bookings'])), 'opens: a single whole number', 'closes: a single whole number', 'needed: a single whole number'])

    def BookingsRows(self) -> int:
        """Count the rows of bookings.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "4"
        """
        return len(self.config['bookings'])

    def BookingsRowLength(self, row: int) -> int:
        """Count what is in one row of bookings.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['bookings'][row])

    def BookingsCell(self, row: int, column: int) -> int:
        """Read what is in one row of bookings, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int: what is there
        Example Output:
            "562"
        """
        return self.config['bookings'][row][column]

    def ReadSetting(self, name: str) -> int:
        """Read a value that stands alone: opens, closes, needed.
        Args:
            name (str): one of opens, closes, needed
        Returns:
            int: the value
        Example Output:
            "540"
        """
        return {name: self.config[name] for name in ['opens', 'closes', 'needed']}[name]

    def IsGreater(self, first: int, second: int) -> bool:
        """Tell whether `first` is greater than `second`.
        Args:
            first (int): the first
            second (int): the second
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return first > second

    def CheckCondition(self, first: int, second: int, third: int) -> bool:
        """Tell whether (`first` minus `second`) is at least `third`.
        Args:
            first (int): the first
            second (int): the second
            third (int): the third
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return first - second >= third

    def CheckGaps(self, gaps: list) -> bool:
        """Tell whether how many elements `gaps` has equals 0.
        Args:
            gaps (list): value of gaps
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return len(gaps) == 0

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

        def row_bookings(row):
            return tuple([call("BookingsCell", row=row, column=column) for column in range(call("BookingsRowLength", row=row))])

        def each_bookings():
            for row in range(call("BookingsRows")):
                yield row_bookings(row)

        def read_bookings():
            return list(each_bookings())

        def read_opens():
            return call("ReadSetting", name='opens')

        def read_closes():
            return call("ReadSetting", name='closes')

        def read_needed():
            return call("ReadSetting", name='needed')

        def hall_free_gaps(opens, closes, needed):
            gaps = []
            free_from = opens
            for begin, end in each_bookings():
                until = begin
                if call('IsGreater', first=until, second=closes):
                    until = closes
                if call('CheckCondition', first=until, second=free_from, third=needed):
                    gaps.append(free_from)
                if call('IsGreater', first=end, second=free_from):
                    free_from = end
            if call('CheckCondition', first=closes, second=free_from, third=needed):
                gaps.append(free_from)
            if call('CheckGaps', gaps=gaps):
                gaps.append(-1)
            return gaps

        call("Done", answer=canonical(hall_free_gaps(opens=read_opens(), closes=read_closes(), needed=read_needed())))
