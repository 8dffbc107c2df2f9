"""Compiled from problem turnstile_tokens (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def filled(tokens: int, drops: int, tray: int) -> int:
    if tokens + drops > tray:
        return tray
    return tokens + drops

def turnstile_tokens(groups: list[tuple[int, int]], tray: int, period: int) -> list[int]:
    tokens = tray
    dropped = 0
    taken = 0
    left_minutes = 0
    for minute, needs in groups:
        drops = minute // period
        tokens = filled(tokens, drops - dropped, tray)
        dropped = drops
        if needs <= tokens:
            tokens -= needs
            taken += needs
        else:
            left_minutes += minute
    return [taken, left_minutes]

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


class TurnstileTokensEnv(gymnasium.Env):
    """A turnstile has a tray of tokens that is full at minute 0 and holds only so many; a new token drops into it every
    few minutes, at fixed times (after one period, after two, and so on), and is lost if the tray is full. Visitors are
    listed with the minute of arrival and how many tokens their group needs; a token that drops in that minute can be
    used. A group that finds enough tokens takes them and goes in, any other leaves at once. Report how many tokens were
    taken in all, and the sum of the arrival minutes of the groups that had to leave."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'GroupsRows': 1, 'GroupsRowLength': 2, 'GroupsCell': 3, 'ReadSetting': 4, 'WorkOutDrops': 5, 'Filled': 6, 'IsNeedsAtMostTokens': 7, 'UpdateTokens': 8, 'Add': 9, 'Done': 10}
        self.parameters = {'Observe': {}, 'GroupsRows': {}, 'GroupsRowLength': {'row': 'integer'}, 'GroupsCell': {'row': 'integer', 'column': 'integer'}, 'ReadSetting': {'name': 'string'}, 'WorkOutDrops': {'minute': 'integer', 'period': 'integer'}, 'Filled': {'tokens': 'integer', 'drops': 'integer', 'dropped': 'integer', 'tray': 'integer'}, 'IsNeedsAtMostTokens': {'needs': 'integer', 'tokens': 'integer'}, 'UpdateTokens': {'tokens': 'integer', 'needs': 'integer'}, 'Add': {'first': 'integer', 'second': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'groups': [(7, 1), (14, 3), (16, 4), (19, 5)], 'tray': 8, 'period': 2}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return TurnstileTokensEnv(env_str) if env_str.startswith("TurnstileTokensEnv@") else None

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
        return canonical((turnstile_tokens)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "groups: 4 rows of whole numbers\\ntray: a single whole number\\nperiod: a single whole number"
        """
        return "\n".join(['groups: {} rows of whole numbers'.format(len(self.config['groups'])), 'tray: a single whole number', 'period: a single whole number'])

    def GroupsRows(self) -> int:
        """Count the rows of groups.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "4"
        """
        return len(self.config['groups'])

    def GroupsRowLength(self, row: int) -> int:
        """Count what is in one row of groups.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['groups'][row])

    def GroupsCell(self, row: int, column: int) -> int:
        """Read what is in one row of groups, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int: what is there
        Example Output:
            "7"
        """
        return self.config['groups'][row][column]

    def ReadSetting(self, name: str) -> int:
        """Read a value that stands alone: tray, period.
        Args:
            name (str): one of tray, period
        Returns:
            int: the value
        Example Output:
            "8"
        """
        return {name: self.config[name] for name in ['tray', 'period']}[name]

    def WorkOutDrops(self, minute: int, period: int) -> int:
        """Work out `minute` divided by `period`, rounded down.
        Args:
            minute (int): value of minute
            period (int): value of period
        Returns:
            int: the result
        Example Output:
            "3"
        """
        return minute // period

    def Filled(self, tokens: int, drops: int, dropped: int, tray: int) -> int:
        """Work out the filled of `tokens` and (`drops` minus `dropped`) and `tray`.
        Args:
            tokens (int): value of tokens
            drops (int): value of drops
            dropped (int): value of dropped
            tray (int): value of tray
        Returns:
            int: the result
        Example Output:
            "8"
        """
        return filled(tokens, drops - dropped, tray)

    def IsNeedsAtMostTokens(self, needs: int, tokens: int) -> bool:
        """Tell whether `needs` is at most `tokens`.
        Args:
            needs (int): value of needs
            tokens (int): value of tokens
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return needs <= tokens

    def UpdateTokens(self, tokens: int, needs: int) -> int:
        """Work out `tokens` minus `needs`.
        Args:
            tokens (int): value of tokens
            needs (int): value of needs
        Returns:
            int: the result
        Example Output:
            "7"
        """
        return tokens - needs

    def Add(self, first: int, second: int) -> int:
        """Work out `first` plus `second`.
        Args:
            first (int): the first
            second (int): the second
        Returns:
            int: the result
        Example Output:
            "1"
        """
        return first + second

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

        def row_groups(row):
            return tuple([call("GroupsCell", row=row, column=column) for column in range(call("GroupsRowLength", row=row))])

        def each_groups():
            for row in range(call("GroupsRows")):
                yield row_groups(row)

        def read_groups():
            return list(each_groups())

        def read_tray():
            return call("ReadSetting", name='tray')

        def read_period():
            return call("ReadSetting", name='period')

        def turnstile_tokens(tray, period):
            tokens = tray
            dropped = 0
            taken = 0
            left_minutes = 0
            for minute, needs in each_groups():
                drops = call('WorkOutDrops', minute=minute, period=period)
                tokens = call('Filled', tokens=tokens, drops=drops, dropped=dropped, tray=tray)
                dropped = drops
                if call('IsNeedsAtMostTokens', needs=needs, tokens=tokens):
                    tokens = call('UpdateTokens', tokens=tokens, needs=needs)
                    taken = call('Add', first=taken, second=needs)
                else:
                    left_minutes = call('Add', first=left_minutes, second=minute)
            return [taken, left_minutes]

        call("Done", answer=canonical(turnstile_tokens(tray=read_tray(), period=read_period())))
