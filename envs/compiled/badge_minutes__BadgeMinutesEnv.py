"""Compiled from problem badge_minutes (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def badge_minutes(log: list[tuple[str, int, str]]) -> list[str]:
    came_in: dict[str, int] = {}
    minutes: dict[str, int] = {}
    for guest, minute, direction in log:
        if guest not in minutes:
            minutes[guest] = 0
            came_in[guest] = -1
        if direction == 'in':
            came_in[guest] = minute
        elif came_in[guest] >= 0:
            minutes[guest] += minute - came_in[guest]
            came_in[guest] = -1
    report = []
    for guest in sorted(minutes):
        report.append(f'{guest}:{minutes[guest]}')
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


class BadgeMinutesEnv(gymnasium.Env):
    """A museum's night door writes, in order of time, a line for every badge: the name, the minute, and in or out.
    Whoever comes in again without having gone out is counted from the later coming in; going out without having come in
    means nothing. Those who are still in when the log ends get no minutes for that stay. Report for each name in the log,
    in alphabetical order, the name, a colon and the minutes in all, like mia:35."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'LogRows': 1, 'LogRowLength': 2, 'LogCell': 3, 'IsDirectionEqual': 4, 'IsCameInValueAtLeast0': 5, 'Subtract': 6, 'Done': 7}
        self.parameters = {'Observe': {}, 'LogRows': {}, 'LogRowLength': {'row': 'integer'}, 'LogCell': {'row': 'integer', 'column': 'integer'}, 'IsDirectionEqual': {'direction': 'string'}, 'IsCameInValueAtLeast0': {'came_in_value': 'integer'}, 'Subtract': {'minute': 'integer', 'came_in_value': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'log': [('ada', 14, 'in'), ('ada', 17, 'out'), ('ben', 25, 'in')]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return BadgeMinutesEnv(env_str) if env_str.startswith("BadgeMinutesEnv@") else None

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
        return canonical((badge_minutes)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "log: 3 rows of values of several kinds"
        """
        return "\n".join(['log: {} rows of values of several kinds'.format(len(self.config['log']))])

    def LogRows(self) -> int:
        """Count the rows of log.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "3"
        """
        return len(self.config['log'])

    def LogRowLength(self, row: int) -> int:
        """Count what is in one row of log.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "3"
        """
        return len(self.config['log'][row])

    def LogCell(self, row: int, column: int):
        """Read what is in one row of log, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int, float, str, bool or list: what is there
        Example Output:
            ""ada\""
        """
        return self.config['log'][row][column]

    def IsDirectionEqual(self, direction: str) -> bool:
        """Tell whether `direction` equals 'in'.
        Args:
            direction (str): value of direction
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return direction == 'in'

    def IsCameInValueAtLeast0(self, came_in_value: int) -> bool:
        """Tell whether `came_in_value` is at least 0.
        Args:
            came_in_value (int): the came in value
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return came_in_value >= 0

    def Subtract(self, minute: int, came_in_value: int) -> int:
        """Work out `minute` minus `came_in_value`.
        Args:
            minute (int): value of minute
            came_in_value (int): the came in value
        Returns:
            int: the result
        Example Output:
            "3"
        """
        return minute - came_in_value

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

        def row_log(row):
            return tuple([call("LogCell", row=row, column=column) for column in range(call("LogRowLength", row=row))])

        def each_log():
            for row in range(call("LogRows")):
                yield row_log(row)

        def read_log():
            return list(each_log())

        def badge_minutes():
            came_in: dict[str, int] = {}
            minutes: dict[str, int] = {}
            for guest, minute, direction in each_log():
                if guest not in minutes:
                    minutes[guest] = 0
                    came_in[guest] = -1
                if call('IsDirectionEqual', direction=direction):
                    came_in[guest] = minute
                elif call('IsCameInValueAtLeast0', came_in_value=came_in[guest]):
                    minutes[guest] += call('Subtract', minute=minute, came_in_value=came_in[guest])
                    came_in[guest] = -1
            report = []
            for guest in sorted(minutes):
                report.append(f'{guest}:{minutes[guest]}')
            return report

        call("Done", answer=canonical(badge_minutes()))
