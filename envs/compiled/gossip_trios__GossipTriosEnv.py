"""Compiled from problem gossip_trios (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def bond(one: int, other: int, third: int) -> int:
    return min(one, other, third)

def gossip_trios(singers: int, pairs: list[tuple[int, int, int]]) -> int:
    years = [[0] * singers for _ in range(singers)]
    for one, other, known in pairs:
        years[one][other] = known
        years[other][one] = known
    total = 0
    for one, other, known in pairs:
        for third in range(other + 1, singers):
            total += bond(known, years[one][third], years[other][third])
    return total

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


class GossipTriosEnv(gymnasium.Env):
    """A choir numbers its singers and keeps a list of pairs who know each other, the lower number first, with the years
    they have done so; every pair stands there at most once. Three singers form a trio if all three pairs among them are
    listed, and the trio's bond is the smallest of its three numbers of years. Report the sum of the bonds of all trios, 0
    if there is none."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'PairsRows': 1, 'PairsRowLength': 2, 'PairsCell': 3, 'ReadSetting': 4, 'UpdateTotal': 5, 'Done': 6}
        self.parameters = {'Observe': {}, 'PairsRows': {}, 'PairsRowLength': {'row': 'integer'}, 'PairsCell': {'row': 'integer', 'column': 'integer'}, 'ReadSetting': {'name': 'string'}, 'UpdateTotal': {'total': 'integer', 'known': 'integer', 'years_value': 'integer', 'years_value_2': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'singers': 3, 'pairs': [(1, 2, 26), (0, 1, 28), (0, 2, 7)]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return GossipTriosEnv(env_str) if env_str.startswith("GossipTriosEnv@") else None

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
        return canonical((gossip_trios)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "singers: a single whole number\\npairs: 3 rows of whole numbers"
        """
        return "\n".join(['singers: a single whole number', 'pairs: {} rows of whole numbers'.format(len(self.config['pairs']))])

    def PairsRows(self) -> int:
        """Count the rows of pairs.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "3"
        """
        return len(self.config['pairs'])

    def PairsRowLength(self, row: int) -> int:
        """Count what is in one row of pairs.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "3"
        """
        return len(self.config['pairs'][row])

    def PairsCell(self, row: int, column: int) -> int:
        """Read what is in one row of pairs, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int: what is there
        Example Output:
            "1"
        """
        return self.config['pairs'][row][column]

    def ReadSetting(self, name: str) -> int:
        """Read a value that stands alone: singers.
        Args:
            name (str): singers
        Returns:
            int: the value
        Example Output:
            "3"
        """
        return {name: self.config[name] for name in ['singers']}[name]

    def UpdateTotal(self, total: int, known: int, years_value: int, years_value_2: int) -> int:
        """Work out `total` plus the bond of `known` and `years_value` and `years_value_2`.
        Args:
            total (int): value of total
            known (int): value of known
            years_value (int): the years value
            years_value_2 (int): the years value 2
        Returns:
            int: the result
        Example Output:
            "7"
        """
        return total + bond(known, years_value, years_value_2)

    def Done(self, answer) -> str:
        """Hand in the answer. The first one counts.
        Args:
            answer (int): the answer, a whole number
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

        def read_singers():
            return call("ReadSetting", name='singers')

        def row_pairs(row):
            return tuple([call("PairsCell", row=row, column=column) for column in range(call("PairsRowLength", row=row))])

        def each_pairs():
            for row in range(call("PairsRows")):
                yield row_pairs(row)

        def read_pairs():
            return list(each_pairs())

        def gossip_trios(singers):
            years = [[0] * singers for _ in range(singers)]
            for one, other, known in each_pairs():
                years[one][other] = known
                years[other][one] = known
            total = 0
            for one, other, known in each_pairs():
                for third in range(other + 1, singers):
                    total = call('UpdateTotal', total=total, known=known, years_value=years[one][third], years_value_2=years[other][third])
            return total

        call("Done", answer=canonical(gossip_trios(singers=read_singers())))
