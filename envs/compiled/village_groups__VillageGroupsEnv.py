"""Compiled from problem village_groups (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def village_groups(hamlets: int, paths: list[tuple[int, int]]) -> list[int]:
    leader = list(range(hamlets))
    for one, other in paths:
        first = one
        while leader[first] != first:
            first = leader[first]
        second = other
        while leader[second] != second:
            second = leader[second]
        if first != second:
            leader[second] = first
    members = [0] * hamlets
    for hamlet in range(hamlets):
        head = hamlet
        while leader[head] != head:
            head = leader[head]
        members[head] += 1
    sizes = []
    for count in members:
        if count > 0:
            sizes.append(count)
    sizes.sort(reverse=True)
    return sizes

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


class VillageGroupsEnv(gymnasium.Env):
    """Hamlets are numbered from 0, and footpaths have been trodden between some pairs of them. Two hamlets belong to the
    same parish when one can walk from one to the other over the paths, in any direction and over any number of hamlets
    between. Report how many hamlets each parish has, the largest parish first. A hamlet without any path is a parish of
    one."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'PathsRows': 1, 'PathsRowLength': 2, 'PathsCell': 3, 'ReadSetting': 4, 'IsDifferent': 5, 'IsCountGreaterThan0': 6, 'Done': 7}
        self.parameters = {'Observe': {}, 'PathsRows': {}, 'PathsRowLength': {'row': 'integer'}, 'PathsCell': {'row': 'integer', 'column': 'integer'}, 'ReadSetting': {'name': 'string'}, 'IsDifferent': {'first': 'integer', 'second': 'integer'}, 'IsCountGreaterThan0': {'count': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'hamlets': 5, 'paths': [(0, 3), (2, 0), (3, 1)]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return VillageGroupsEnv(env_str) if env_str.startswith("VillageGroupsEnv@") else None

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
        return canonical((village_groups)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "hamlets: a single whole number\\npaths: 3 rows of whole numbers"
        """
        return "\n".join(['hamlets: a single whole number', 'paths: {} rows of whole numbers'.format(len(self.config['paths']))])

    def PathsRows(self) -> int:
        """Count the rows of paths.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "3"
        """
        return len(self.config['paths'])

    def PathsRowLength(self, row: int) -> int:
        """Count what is in one row of paths.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['paths'][row])

    def PathsCell(self, row: int, column: int) -> int:
        """Read what is in one row of paths, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int: what is there
        Example Output:
            "0"
        """
        return self.config['paths'][row][column]

    def ReadSetting(self, name: str) -> int:
        """Read a value that stands alone: hamlets.
        Args:
            name (str): hamlets
        Returns:
            int: the value
        Example Output:
            "5"
        """
        return {name: self.config[name] for name in ['hamlets']}[name]

    def IsDifferent(self, first: int, second: int) -> bool:
        """Tell whether `first` differs from `second`.
        Args:
            first (int): the first
            second (int): the second
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return first != second

    def IsCountGreaterThan0(self, count: int) -> bool:
        """Tell whether `count` is greater than 0.
        Args:
            count (int): value of count
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return count > 0

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

        def read_hamlets():
            return call("ReadSetting", name='hamlets')

        def row_paths(row):
            return tuple([call("PathsCell", row=row, column=column) for column in range(call("PathsRowLength", row=row))])

        def each_paths():
            for row in range(call("PathsRows")):
                yield row_paths(row)

        def read_paths():
            return list(each_paths())

        def village_groups(hamlets):
            leader = list(range(hamlets))
            for one, other in each_paths():
                first = one
                while call('IsDifferent', first=leader[first], second=first):
                    first = leader[first]
                second = other
                while call('IsDifferent', first=leader[second], second=second):
                    second = leader[second]
                if call('IsDifferent', first=first, second=second):
                    leader[second] = first
            members = [0] * hamlets
            for hamlet in range(hamlets):
                head = hamlet
                while call('IsDifferent', first=leader[head], second=head):
                    head = leader[head]
                members[head] += 1
            sizes = []
            for count in members:
                if call('IsCountGreaterThan0', count=count):
                    sizes.append(count)
            sizes.sort(reverse=True)
            return sizes

        call("Done", answer=canonical(village_groups(hamlets=read_hamlets())))
