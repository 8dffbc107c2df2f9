"""Compiled from problem jam_jar_savings (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def is_jar(number: int, jars: int) -> bool:
    """Whether a jar with this number is there."""
    return 0 <= number < jars

def jam_jar_savings(jars: list[int], moves: list[tuple[int, int, int]]) -> list[int]:
    coins = list(jars)
    refused = 0
    for source, target, amount in moves:
        if source == target or not is_jar(source, len(coins)) or (not is_jar(target, len(coins))):
            continue
        if coins[source] >= amount:
            coins[source] -= amount
            coins[target] += amount
        else:
            refused += 1
    coins.append(refused)
    return coins

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


class JamJarSavingsEnv(gymnasium.Env):
    """A family keeps its coins in jars that are numbered from zero. A list of moves is worked through in order: each
    says from which jar, to which jar and how many coins. A move from a jar to itself, and a move that names a jar that
    is not there, is ignored. A move that asks for more coins than the jar holds is refused and nothing is moved. Report
    how many coins every jar holds at the end, in the order of the jars, and as the last entry the number of refused
    moves."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'JarsLength': 1, 'JarsItem': 2, 'MovesRows': 3, 'MovesRowLength': 4, 'MovesCell': 5, 'IsSourceEqualToTarget': 6, 'IsNot': 7, 'IsCoinsValueAtLeastAmount': 8, 'Done': 9}
        self.parameters = {'Observe': {}, 'JarsLength': {}, 'JarsItem': {'index': 'integer'}, 'MovesRows': {}, 'MovesRowLength': {'row': 'integer'}, 'MovesCell': {'row': 'integer', 'column': 'integer'}, 'IsSourceEqualToTarget': {'source': 'integer', 'target': 'integer'}, 'IsNot': {'first': 'integer', 'second': 'array'}, 'IsCoinsValueAtLeastAmount': {'coins_value': 'integer', 'amount': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'jars': [42, 57, 21], 'moves': [(1, 1, 7), (1, 0, 37)]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return JamJarSavingsEnv(env_str) if env_str.startswith("JamJarSavingsEnv@") else None

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
        return canonical((jam_jar_savings)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "jars: 3 whole numbers\\nmoves: 2 rows of whole numbers"
        """
        return "\n".join(['jars: {} whole numbers'.format(len(self.config['jars'])), 'moves: {} rows of whole numbers'.format(len(self.config['moves']))])

    def JarsLength(self) -> int:
        """Count the elements of jars.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "3"
        """
        return len(self.config['jars'])

    def JarsItem(self, index: int) -> int:
        """Read one element of jars.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "42"
        """
        return self.config['jars'][index]

    def MovesRows(self) -> int:
        """Count the rows of moves.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['moves'])

    def MovesRowLength(self, row: int) -> int:
        """Count what is in one row of moves.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "3"
        """
        return len(self.config['moves'][row])

    def MovesCell(self, row: int, column: int) -> int:
        """Read what is in one row of moves, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int: what is there
        Example Output:
            "1"
        """
        return self.config['moves'][row][column]

    def IsSourceEqualToTarget(self, source: int, target: int) -> bool:
        """Tell whether `source` equals `target`.
        Args:
            source (int): value of source
            target (int): value of target
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return source == target

    def IsNot(self, first: int, second: list) -> bool:
        """Tell whether not (the is jar of `first` and how many elements `second` has).
        Args:
            first (int): the first
            second (list): the second
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return not is_jar(first, len(second))

    def IsCoinsValueAtLeastAmount(self, coins_value: int, amount: int) -> bool:
        """Tell whether `coins_value` is at least `amount`.
        Args:
            coins_value (int): the coins value
            amount (int): value of amount
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return coins_value >= amount

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

        def each_jars():
            for index in range(call("JarsLength")):
                yield call("JarsItem", index=index)

        def read_jars():
            return list(each_jars())

        def row_moves(row):
            return tuple([call("MovesCell", row=row, column=column) for column in range(call("MovesRowLength", row=row))])

        def each_moves():
            for row in range(call("MovesRows")):
                yield row_moves(row)

        def read_moves():
            return list(each_moves())

        def jam_jar_savings():
            coins = list(each_jars())
            refused = 0
            for source, target, amount in each_moves():
                if call('IsSourceEqualToTarget', source=source, target=target) or call('IsNot', first=source, second=coins) or call('IsNot', first=target, second=coins):
                    continue
                if call('IsCoinsValueAtLeastAmount', coins_value=coins[source], amount=amount):
                    coins[source] -= amount
                    coins[target] += amount
                else:
                    refused += 1
            coins.append(refused)
            return coins

        call("Done", answer=canonical(jam_jar_savings()))
