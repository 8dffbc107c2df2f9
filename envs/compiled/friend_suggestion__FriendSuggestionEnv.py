"""Compiled from problem friend_suggestion (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def friend_suggestion(partners: list[list[int]], seeker: int) -> list[int]:
    worth = [0] * len(partners)
    for friend in partners[seeker]:
        for candidate in partners[friend]:
            if candidate == seeker or candidate in partners[seeker]:
                continue
            worth[candidate] += 1
    best = -1
    highest = 0
    for member in range(len(partners)):
        if worth[member] > highest:
            best = member
            highest = worth[member]
    return [best, highest]

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


class FriendSuggestionEnv(gymnasium.Env):
    """Each member of a chess club has a list of the members they like to play with, which need not be mutual. One member
    looks for a new partner, someone other than themselves and not yet on their own list. A candidate's worth is the
    number of times they stand on the lists of the members on the seeker's list. Report the candidate with the highest
    worth, the lowest number in a tie, and that worth; if nobody has any worth, report -1 and 0."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'PartnersRows': 1, 'PartnersRowLength': 2, 'PartnersCell': 3, 'ReadSetting': 4, 'IsCandidateEqualToSeeker': 5, 'IsCandidateAmongRowPartnersResult': 6, 'IsWorthValueGreaterThanHighest': 7, 'Done': 8}
        self.parameters = {'Observe': {}, 'PartnersRows': {}, 'PartnersRowLength': {'row': 'integer'}, 'PartnersCell': {'row': 'integer', 'column': 'integer'}, 'ReadSetting': {'name': 'string'}, 'IsCandidateEqualToSeeker': {'candidate': 'integer', 'seeker': 'integer'}, 'IsCandidateAmongRowPartnersResult': {'candidate': 'integer', 'row_partners_result': 'array'}, 'IsWorthValueGreaterThanHighest': {'worth_value': 'integer', 'highest': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'partners': [[4, 4, 4], [2], [4], [0, 1], []], 'seeker': 3}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return FriendSuggestionEnv(env_str) if env_str.startswith("FriendSuggestionEnv@") else None

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
        return canonical((friend_suggestion)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "partners: 5 rows of whole numbers\\nseeker: a single whole number"
        """
        return "\n".join(['partners: {} rows of whole numbers'.format(len(self.config['partners'])), 'seeker: a single whole number'])

    def PartnersRows(self) -> int:
        """Count the rows of partners.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "5"
        """
        return len(self.config['partners'])

    def PartnersRowLength(self, row: int) -> int:
        """Count what is in one row of partners.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['partners'][row])

    def PartnersCell(self, row: int, column: int) -> int:
        """Read what is in one row of partners, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int: what is there
        Example Output:
            "0"
        """
        return self.config['partners'][row][column]

    def ReadSetting(self, name: str) -> int:
        """Read a value that stands alone: seeker.
        Args:
            name (str): seeker
        Returns:
            int: the value
        Example Output:
            "3"
        """
        return {name: self.config[name] for name in ['seeker']}[name]

    def IsCandidateEqualToSeeker(self, candidate: int, seeker: int) -> bool:
        """Tell whether `candidate` equals `seeker`.
        Args:
            candidate (int): value of candidate
            seeker (int): value of seeker
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return candidate == seeker

    def IsCandidateAmongRowPartnersResult(self, candidate: int, row_partners_result: list) -> bool:
        """Tell whether `candidate` is among `row_partners_result`.
        Args:
            candidate (int): value of candidate
            row_partners_result (list): value of row partners result
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return candidate in row_partners_result

    def IsWorthValueGreaterThanHighest(self, worth_value: int, highest: int) -> bool:
        """Tell whether `worth_value` is greater than `highest`.
        Args:
            worth_value (int): the worth value
            highest (int): value of highest
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return worth_value > highest

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

        def row_partners(row):
            return [call("PartnersCell", row=row, column=column) for column in range(call("PartnersRowLength", row=row))]

        def each_partners():
            for row in range(call("PartnersRows")):
                yield row_partners(row)

        def read_partners():
            return list(each_partners())

        def read_seeker():
            return call("ReadSetting", name='seeker')

        def friend_suggestion(seeker):
            worth = [0] * call('PartnersRows')
            for friend in row_partners(seeker):
                for candidate in row_partners(friend):
                    if call('IsCandidateEqualToSeeker', candidate=candidate, seeker=seeker) or call('IsCandidateAmongRowPartnersResult', candidate=candidate, row_partners_result=row_partners(seeker)):
                        continue
                    worth[candidate] += 1
            best = -1
            highest = 0
            for member in range(call('PartnersRows')):
                if call('IsWorthValueGreaterThanHighest', worth_value=worth[member], highest=highest):
                    best = member
                    highest = worth[member]
            return [best, highest]

        call("Done", answer=canonical(friend_suggestion(seeker=read_seeker())))
