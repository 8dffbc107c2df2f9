"""Compiled from problem village_league (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def match_points(own: int, other: int, away: int) -> int:
    """Points for one team in a match; away is 1 for the guest team and 0 for the home team."""
    if own > other:
        return 3 + away
    return 1 if own == other else 0

def village_league(matches: list[tuple[str, str, int, int]]) -> list[str]:
    points = {}
    balance = {}
    for home, guest, home_goals, guest_goals in matches:
        if home == guest:
            continue
        points[home] = points.get(home, 0) + match_points(home_goals, guest_goals, 0)
        points[guest] = points.get(guest, 0) + match_points(guest_goals, home_goals, 1)
        balance[home] = balance.get(home, 0) + home_goals - guest_goals
        balance[guest] = balance.get(guest, 0) + guest_goals - home_goals
    rows = []
    for team in points:
        rows.append((-points[team], -balance[team], team))
    rows.sort()
    return [f'{team} {-negative}' for negative, _, team in rows]

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


class VillageLeagueEnv(gymnasium.Env):
    """In a village league every match is noted with the home team, the guest team, and the goals of each. A win gives
    three points and a draw one point to both; a win away from home gives one point more. A match of a team against
    itself is a slip of the pen and is not counted. The table is ordered by points, then by goals scored minus goals let
    in, both from high to low, and then by name in alphabetical order. Report all teams with at least one counted match
    in that order, each as its name, a space and its points."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'MatchesRows': 1, 'MatchesRowLength': 2, 'MatchesCell': 3, 'IsHomeEqualToGuest': 4, 'CombineGetResultAndHomeGoals': 5, 'CombineGetResultAndGuestGoals': 6, 'Combine': 7, 'WorkOutValue': 8, 'Done': 9}
        self.parameters = {'Observe': {}, 'MatchesRows': {}, 'MatchesRowLength': {'row': 'integer'}, 'MatchesCell': {'row': 'integer', 'column': 'integer'}, 'IsHomeEqualToGuest': {'home': 'string', 'guest': 'string'}, 'CombineGetResultAndHomeGoals': {'get_result': 'integer', 'home_goals': 'integer', 'guest_goals': 'integer'}, 'CombineGetResultAndGuestGoals': {'get_result': 'integer', 'guest_goals': 'integer', 'home_goals': 'integer'}, 'Combine': {'first': 'integer', 'second': 'integer', 'third': 'integer'}, 'WorkOutValue': {'value': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'matches': [('Birch', 'Alder', 3, 2), ('Alder', 'Birch', 1, 4)]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return VillageLeagueEnv(env_str) if env_str.startswith("VillageLeagueEnv@") else None

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
        return canonical((village_league)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "matches: 2 rows of values of several kinds"
        """
        return "\n".join(['matches: {} rows of values of several kinds'.format(len(self.config['matches']))])

    def MatchesRows(self) -> int:
        """Count the rows of matches.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['matches'])

    def MatchesRowLength(self, row: int) -> int:
        """Count what is in one row of matches.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "4"
        """
        return len(self.config['matches'][row])

    def MatchesCell(self, row: int, column: int):
        """Read what is in one row of matches, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int, float, str, bool or list: what is there
        Example Output:
            ""Birch\""
        """
        return self.config['matches'][row][column]

    def IsHomeEqualToGuest(self, home: str, guest: str) -> bool:
        """Tell whether `home` equals `guest`.
        Args:
            home (str): value of home
            guest (str): value of guest
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return home == guest

    def CombineGetResultAndHomeGoals(self, get_result: int, home_goals: int, guest_goals: int) -> int:
        """Work out `get_result` plus the match points of `home_goals` and `guest_goals` and 0.
        Args:
            get_result (int): value of get result
            home_goals (int): value of home goals
            guest_goals (int): value of guest goals
        Returns:
            int: the result
        Example Output:
            "3"
        """
        return get_result + match_points(home_goals, guest_goals, 0)

    def CombineGetResultAndGuestGoals(self, get_result: int, guest_goals: int, home_goals: int) -> int:
        """Work out `get_result` plus the match points of `guest_goals` and `home_goals` and 1.
        Args:
            get_result (int): value of get result
            guest_goals (int): value of guest goals
            home_goals (int): value of home goals
        Returns:
            int: the result
        Example Output:
            "0"
        """
        return get_result + match_points(guest_goals, home_goals, 1)

    def Combine(self, first: int, second: int, third: int) -> int:
        """Work out (`first` plus `second`) minus `third`.
        Args:
            first (int): the first
            second (int): the second
            third (int): the third
        Returns:
            int: the result
        Example Output:
            "1"
        """
        return first + second - third

    def WorkOutValue(self, value: int) -> int:
        """Work out minus `value`.
        Args:
            value (int): the value
        Returns:
            int: the result
        Example Output:
            "-7"
        """
        return -value

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

        def row_matches(row):
            return tuple([call("MatchesCell", row=row, column=column) for column in range(call("MatchesRowLength", row=row))])

        def each_matches():
            for row in range(call("MatchesRows")):
                yield row_matches(row)

        def read_matches():
            return list(each_matches())

        def village_league():
            points = {}
            balance = {}
            for home, guest, home_goals, guest_goals in each_matches():
                if call('IsHomeEqualToGuest', home=home, guest=guest):
                    continue
                points[home] = call('CombineGetResultAndHomeGoals', get_result=points.get(home, 0), home_goals=home_goals, guest_goals=guest_goals)
                points[guest] = call('CombineGetResultAndGuestGoals', get_result=points.get(guest, 0), guest_goals=guest_goals, home_goals=home_goals)
                balance[home] = call('Combine', first=balance.get(home, 0), second=home_goals, third=guest_goals)
                balance[guest] = call('Combine', first=balance.get(guest, 0), second=guest_goals, third=home_goals)
            rows = []
            for team in points:
                rows.append((call('WorkOutValue', value=points[team]), call('WorkOutValue', value=balance[team]), team))
            rows.sort()
            return [f'{team} {-negative}' for negative, _, team in rows]

        call("Done", answer=canonical(village_league()))
