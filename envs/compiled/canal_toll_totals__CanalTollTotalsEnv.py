"""Compiled from problem canal_toll_totals (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def cheaper(known: int, offer: int) -> int:
    if known < 0 or offer < known:
        return offer
    return known

def canal_toll_totals(basins: int, channels: list[tuple[int, int, int]]) -> int:
    best = [-1] * basins
    best[0] = 0
    for start, end, toll in channels:
        if best[start] >= 0:
            cost = best[start] + toll
            best[end] = cheaper(best[end], cost)
    total = 0
    for cost in best:
        if cost > 0:
            total += cost
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


class CanalTollTotalsEnv(gymnasium.Env):
    """Barges start in basin 0 of a canal system. Every channel leads from one basin to a basin with a higher number and
    asks a toll, and the channels are listed by the basin they leave, lowest first. For every basin that a barge can get
    to, take the smallest sum of tolls with which it gets there. Report the sum of these smallest costs over all basins
    that can be reached; basin 0 itself costs nothing."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'ChannelsRows': 1, 'ChannelsRowLength': 2, 'ChannelsCell': 3, 'ReadSetting': 4, 'IsBestValueAtLeast0': 5, 'Add': 6, 'Cheaper': 7, 'IsCostGreaterThan0': 8, 'Done': 9}
        self.parameters = {'Observe': {}, 'ChannelsRows': {}, 'ChannelsRowLength': {'row': 'integer'}, 'ChannelsCell': {'row': 'integer', 'column': 'integer'}, 'ReadSetting': {'name': 'string'}, 'IsBestValueAtLeast0': {'best_value': 'integer'}, 'Add': {'first': 'integer', 'second': 'integer'}, 'Cheaper': {'known': 'integer', 'offer': 'integer'}, 'IsCostGreaterThan0': {'cost': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'basins': 3, 'channels': [(0, 1, 22), (0, 2, 13)]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return CanalTollTotalsEnv(env_str) if env_str.startswith("CanalTollTotalsEnv@") else None

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
        return canonical((canal_toll_totals)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "basins: a single whole number\\nchannels: 2 rows of whole numbers"
        """
        return "\n".join(['basins: a single whole number', 'channels: {} rows of whole numbers'.format(len(self.config['channels']))])

    def ChannelsRows(self) -> int:
        """Count the rows of channels.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['channels'])

    def ChannelsRowLength(self, row: int) -> int:
        """Count what is in one row of channels.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "3"
        """
        return len(self.config['channels'][row])

    def ChannelsCell(self, row: int, column: int) -> int:
        """Read what is in one row of channels, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int: what is there
        Example Output:
            "0"
        """
        return self.config['channels'][row][column]

    def ReadSetting(self, name: str) -> int:
        """Read a value that stands alone: basins.
        Args:
            name (str): basins
        Returns:
            int: the value
        Example Output:
            "3"
        """
        return {name: self.config[name] for name in ['basins']}[name]

    def IsBestValueAtLeast0(self, best_value: int) -> bool:
        """Tell whether `best_value` is at least 0.
        Args:
            best_value (int): the best value
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return best_value >= 0

    def Add(self, first: int, second: int) -> int:
        """Work out `first` plus `second`.
        Args:
            first (int): the first
            second (int): the second
        Returns:
            int: the result
        Example Output:
            "22"
        """
        return first + second

    def Cheaper(self, known: int, offer: int) -> int:
        """Work out the cheaper of `known` and `offer`.
        Args:
            known (int): value of known
            offer (int): value of offer
        Returns:
            int: the result
        Example Output:
            "22"
        """
        return cheaper(known, offer)

    def IsCostGreaterThan0(self, cost: int) -> bool:
        """Tell whether `cost` is greater than 0.
        Args:
            cost (int): value of cost
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return cost > 0

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

        def read_basins():
            return call("ReadSetting", name='basins')

        def row_channels(row):
            return tuple([call("ChannelsCell", row=row, column=column) for column in range(call("ChannelsRowLength", row=row))])

        def each_channels():
            for row in range(call("ChannelsRows")):
                yield row_channels(row)

        def read_channels():
            return list(each_channels())

        def canal_toll_totals(basins):
            best = [-1] * basins
            best[0] = 0
            for start, end, toll in each_channels():
                if call('IsBestValueAtLeast0', best_value=best[start]):
                    cost = call('Add', first=best[start], second=toll)
                    best[end] = call('Cheaper', known=best[end], offer=cost)
            total = 0
            for cost in best:
                if call('IsCostGreaterThan0', cost=cost):
                    total = call('Add', first=total, second=cost)
            return total

        call("Done", answer=canonical(canal_toll_totals(basins=read_basins())))
