"""Compiled from problem workshop_timesheet (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def day_pay(hours: int) -> int:
    """Pay for the hours of one line."""
    normal = min(hours, 8)
    longer = max(0, min(hours, 10) - 8)
    longest = max(0, hours - 10)
    return 10 * normal + 15 * longer + 20 * longest

def workshop_timesheet(lines: list[tuple[str, int]]) -> list[int]:
    hours_so_far = {}
    pay = {}
    for name, hours in lines:
        total = hours_so_far.get(name, 0) + hours
        hours_so_far[name] = total
        earned = day_pay(hours)
        if total > 40:
            earned += 12
        pay[name] = pay.get(name, 0) + earned
    return [pay[name] for name in sorted(pay)]

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


class WorkshopTimesheetEnv(gymnasium.Env):
    """A workshop writes one line for each working day of a person: the name and the hours. The first eight hours of a
    line are paid at ten coins each, hours nine and ten at fifteen, and any further hour at twenty. When a person's
    hours over all lines of the sheet so far, this line included, are above forty, twelve coins are added for this line.
    Report the pay of every person on the sheet, in alphabetical order of the names."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'LinesRows': 1, 'LinesRowLength': 2, 'LinesCell': 3, 'Add': 4, 'DayPay': 5, 'IsTotalGreaterThan40': 6, 'Done': 7}
        self.parameters = {'Observe': {}, 'LinesRows': {}, 'LinesRowLength': {'row': 'integer'}, 'LinesCell': {'row': 'integer', 'column': 'integer'}, 'Add': {'first': 'integer', 'second': 'integer'}, 'DayPay': {'hours': 'integer'}, 'IsTotalGreaterThan40': {'total': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'lines': [('Ivo', 6), ('Ivo', 10), ('Hana', 12), ('Hana', 13)]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return WorkshopTimesheetEnv(env_str) if env_str.startswith("WorkshopTimesheetEnv@") else None

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
        return canonical((workshop_timesheet)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "lines: 4 rows of values of several kinds"
        """
        return "\n".join(['lines: {} rows of values of several kinds'.format(len(self.config['lines']))])

    def LinesRows(self) -> int:
        """Count the rows of lines.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "4"
        """
        return len(self.config['lines'])

    def LinesRowLength(self, row: int) -> int:
        """Count what is in one row of lines.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['lines'][row])

    def LinesCell(self, row: int, column: int):
        """Read what is in one row of lines, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int, float, str, bool or list: what is there
        Example Output:
            ""Ivo\""
        """
        return self.config['lines'][row][column]

    def Add(self, first: int, second: int) -> int:
        """Work out `first` plus `second`.
        Args:
            first (int): the first
            second (int): the second
        Returns:
            int: the result
        Example Output:
            "6"
        """
        return first + second

    def DayPay(self, hours: int) -> int:
        """Pay for the hours of one line.
        Args:
            hours (int): value of hours
        Returns:
            int: the result
        Example Output:
            "60"
        """
        return day_pay(hours)

    def IsTotalGreaterThan40(self, total: int) -> bool:
        """Tell whether `total` is greater than 40.
        Args:
            total (int): value of total
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return total > 40

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

        def row_lines(row):
            return tuple([call("LinesCell", row=row, column=column) for column in range(call("LinesRowLength", row=row))])

        def each_lines():
            for row in range(call("LinesRows")):
                yield row_lines(row)

        def read_lines():
            return list(each_lines())

        def workshop_timesheet():
            hours_so_far = {}
            pay = {}
            for name, hours in each_lines():
                total = call('Add', first=hours_so_far.get(name, 0), second=hours)
                hours_so_far[name] = total
                earned = call('DayPay', hours=hours)
                if call('IsTotalGreaterThan40', total=total):
                    earned += 12
                pay[name] = call('Add', first=pay.get(name, 0), second=earned)
            return [pay[name] for name in sorted(pay)]

        call("Done", answer=canonical(workshop_timesheet()))
