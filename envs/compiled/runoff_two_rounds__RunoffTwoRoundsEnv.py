"""Compiled from problem runoff_two_rounds (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def runoff_two_rounds(ballots: list[tuple[str, str]]) -> str:
    firsts: dict[str, int] = {}
    for first, _ in ballots:
        firsts[first] = firsts.get(first, 0) + 1
    leader = ''
    follower = ''
    for name in sorted(firsts):
        if leader == '' or firsts[name] > firsts[leader]:
            follower = leader
            leader = name
        elif follower == '' or firsts[name] > firsts[follower]:
            follower = name
    leader_votes = 0
    follower_votes = 0
    for first, second in ballots:
        choice = first
        if first != leader and first != follower:
            choice = second
        if choice == leader:
            leader_votes += 1
        elif choice == follower:
            follower_votes += 1
    if follower_votes > leader_votes:
        return f'{follower} {follower_votes}:{leader_votes}'
    return f'{leader} {leader_votes}:{follower_votes}'

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


class RunoffTwoRoundsEnv(gymnasium.Env):
    """A village elects a bell ringer; every ballot names a first and a second choice. In round one only first choices
    count, and the two names with the most ballots go on, in a tie the alphabetically earlier ones. In round two each
    ballot counts for its first choice if that one went on, otherwise for its second choice if that one went on, and
    otherwise for nobody. Report the winner, a space, and both results with a colon between, the winner's first, like eva
    7:4. In a tie the winner is the one who was ahead in round one, or the alphabetically earlier one if they were level
    there too. If all first choices are the same name, report it with 0 as the other result."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'BallotsRows': 1, 'BallotsRowLength': 2, 'BallotsCell': 3, 'IsValueEqual': 4, 'IsGreater': 5, 'CheckCondition': 6, 'IsEqual': 7, 'Done': 8}
        self.parameters = {'Observe': {}, 'BallotsRows': {}, 'BallotsRowLength': {'row': 'integer'}, 'BallotsCell': {'row': 'integer', 'column': 'integer'}, 'IsValueEqual': {'value': 'string'}, 'IsGreater': {'first': 'integer', 'second': 'integer'}, 'CheckCondition': {'first': 'string', 'leader': 'string', 'follower': 'string'}, 'IsEqual': {'first': 'string', 'second': 'string'}, 'Done': {'answer': 'any'}}
        self.config = {'ballots': [('leo', 'jon'), ('ada', 'eva'), ('jon', 'ada'), ('leo', 'ada')]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return RunoffTwoRoundsEnv(env_str) if env_str.startswith("RunoffTwoRoundsEnv@") else None

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
        return canonical((runoff_two_rounds)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "ballots: 4 rows of texts"
        """
        return "\n".join(['ballots: {} rows of texts'.format(len(self.config['ballots']))])

    def BallotsRows(self) -> int:
        """Count the rows of ballots.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "4"
        """
        return len(self.config['ballots'])

    def BallotsRowLength(self, row: int) -> int:
        """Count what is in one row of ballots.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['ballots'][row])

    def BallotsCell(self, row: int, column: int) -> str:
        """Read what is in one row of ballots, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            str: what is there
        Example Output:
            ""leo\""
        """
        return self.config['ballots'][row][column]

    def IsValueEqual(self, value: str) -> bool:
        """Tell whether `value` equals ''.
        Args:
            value (str): the value
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return value == ''

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

    def CheckCondition(self, first: str, leader: str, follower: str) -> bool:
        """Tell whether (`first` differs from `leader`) and (`first` differs from `follower`).
        Args:
            first (str): the first
            leader (str): value of leader
            follower (str): value of follower
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return first != leader and first != follower

    def IsEqual(self, first: str, second: str) -> bool:
        """Tell whether `first` equals `second`.
        Args:
            first (str): the first
            second (str): the second
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return first == second

    def Done(self, answer) -> str:
        """Hand in the answer. The first one counts.
        Args:
            answer (str): the answer, a text
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

        def row_ballots(row):
            return tuple([call("BallotsCell", row=row, column=column) for column in range(call("BallotsRowLength", row=row))])

        def each_ballots():
            for row in range(call("BallotsRows")):
                yield row_ballots(row)

        def read_ballots():
            return list(each_ballots())

        def runoff_two_rounds():
            firsts: dict[str, int] = {}
            for first, _ in each_ballots():
                firsts[first] = firsts.get(first, 0) + 1
            leader = ''
            follower = ''
            for name in sorted(firsts):
                if call('IsValueEqual', value=leader) or call('IsGreater', first=firsts[name], second=firsts[leader]):
                    follower = leader
                    leader = name
                elif call('IsValueEqual', value=follower) or call('IsGreater', first=firsts[name], second=firsts[follower]):
                    follower = name
            leader_votes = 0
            follower_votes = 0
            for first, second in each_ballots():
                choice = first
                if call('CheckCondition', first=first, leader=leader, follower=follower):
                    choice = second
                if call('IsEqual', first=choice, second=leader):
                    leader_votes += 1
                elif call('IsEqual', first=choice, second=follower):
                    follower_votes += 1
            if call('IsGreater', first=follower_votes, second=leader_votes):
                return f'{follower} {follower_votes}:{leader_votes}'
            return f'{leader} {leader_votes}:{follower_votes}'

        call("Done", answer=canonical(runoff_two_rounds()))
