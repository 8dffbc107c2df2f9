"""Compiled from problem guild_vote (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def guild_vote(minutes: list[tuple[str, str, int]]) -> list[str]:
    choice = {}
    hands_of = {}
    tally = {}
    for member, proposal, hands in minutes:
        if member in choice:
            tally[choice[member]] -= hands_of[member]
            del choice[member]
        if proposal == 'none':
            continue
        choice[member] = proposal
        hands_of[member] = hands
        tally[proposal] = tally.get(proposal, 0) + hands
    return [f'{proposal}={tally[proposal]}' for proposal in sorted(tally)]

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


class GuildVoteEnv(gymnasium.Env):
    """In a guild every member may vote for one of the proposals and may change the vote later; only the last vote of a
    member counts. Each line of the minutes has the member, the proposal and the number of hands the member stands for.
    A line with the proposal none takes the member's vote back. Report, for every proposal other than none that is named
    in the minutes, in alphabetical order, its name, an equals sign and the hands that stand behind it at the end, zero
    included."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'MinutesRows': 1, 'MinutesRowLength': 2, 'MinutesCell': 3, 'IsProposalEqual': 4, 'Add': 5, 'Done': 6}
        self.parameters = {'Observe': {}, 'MinutesRows': {}, 'MinutesRowLength': {'row': 'integer'}, 'MinutesCell': {'row': 'integer', 'column': 'integer'}, 'IsProposalEqual': {'proposal': 'string'}, 'Add': {'get_result': 'integer', 'hands': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'minutes': [('m2', 'bell', 6), ('m1', 'none', 9), ('m1', 'bridge', 4)]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return GuildVoteEnv(env_str) if env_str.startswith("GuildVoteEnv@") else None

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
        return canonical((guild_vote)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "minutes: 3 rows of values of several kinds"
        """
        return "\n".join(['minutes: {} rows of values of several kinds'.format(len(self.config['minutes']))])

    def MinutesRows(self) -> int:
        """Count the rows of minutes.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "3"
        """
        return len(self.config['minutes'])

    def MinutesRowLength(self, row: int) -> int:
        """Count what is in one row of minutes.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "3"
        """
        return len(self.config['minutes'][row])

    def MinutesCell(self, row: int, column: int):
        """Read what is in one row of minutes, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int, float, str, bool or list: what is there
        Example Output:
            ""m2\""
        """
        return self.config['minutes'][row][column]

    def IsProposalEqual(self, proposal: str) -> bool:
        """Tell whether `proposal` equals 'none'.
        Args:
            proposal (str): value of proposal
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return proposal == 'none'

    def Add(self, get_result: int, hands: int) -> int:
        """Work out `get_result` plus `hands`.
        Args:
            get_result (int): value of get result
            hands (int): value of hands
        Returns:
            int: the result
        Example Output:
            "6"
        """
        return get_result + hands

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

        def row_minutes(row):
            return tuple([call("MinutesCell", row=row, column=column) for column in range(call("MinutesRowLength", row=row))])

        def each_minutes():
            for row in range(call("MinutesRows")):
                yield row_minutes(row)

        def read_minutes():
            return list(each_minutes())

        def guild_vote():
            choice = {}
            hands_of = {}
            tally = {}
            for member, proposal, hands in each_minutes():
                if member in choice:
                    tally[choice[member]] -= hands_of[member]
                    del choice[member]
                if call('IsProposalEqual', proposal=proposal):
                    continue
                choice[member] = proposal
                hands_of[member] = hands
                tally[proposal] = call('Add', get_result=tally.get(proposal, 0), hands=hands)
            return [f'{proposal}={tally[proposal]}' for proposal in sorted(tally)]

        call("Done", answer=canonical(guild_vote()))
