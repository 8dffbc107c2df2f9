"""Compiled from problem goose_track (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def landing(field: int, thrown: int, fields: int) -> int:
    """Field on which the piece comes to rest."""
    steps = thrown + 1 if thrown == 6 else thrown
    return (field + steps) % fields

def goose_track(track: list[int], throws: list[int]) -> list[int]:
    coins = list(track)
    field = 0
    purse = 0
    report = []
    for thrown in throws:
        field = landing(field, thrown, len(coins))
        if coins[field] > 0:
            purse += coins[field]
            coins[field] = 0
        else:
            purse -= 2
            coins[field] = 2
        report.append(purse)
    report.append(field)
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


class GooseTrackEnv(gymnasium.Env):
    """A board game has a track of fields in a circle, counted from zero, and each field has a number of coins on it.
    The piece starts on field zero. For every throw it moves on by the number thrown and the player takes all the coins
    of the field where it comes to rest; an emptied field that is reached again costs the player two coins, which are
    put on it. A throw of six is followed by one more step, before coins are taken. Report the player's coins after
    every throw, starting from none and possibly below zero, and then the last field."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'TrackLength': 1, 'TrackItem': 2, 'ThrowsLength': 3, 'ThrowsItem': 4, 'IsCoinsValueGreaterThan0': 5, 'UpdatePurse': 6, 'WorkOutSteps': 7, 'WorkOutAnswer': 8, 'Done': 9}
        self.parameters = {'Observe': {}, 'TrackLength': {}, 'TrackItem': {'index': 'integer'}, 'ThrowsLength': {}, 'ThrowsItem': {'index': 'integer'}, 'IsCoinsValueGreaterThan0': {'coins_value': 'integer'}, 'UpdatePurse': {'purse': 'integer', 'coins_value': 'integer'}, 'WorkOutSteps': {'thrown': 'integer'}, 'WorkOutAnswer': {'field': 'integer', 'steps': 'integer', 'fields': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'track': [13, 7, 11, 13], 'throws': [1, 4, 3, 1]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return GooseTrackEnv(env_str) if env_str.startswith("GooseTrackEnv@") else None

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
        return canonical((goose_track)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "track: 4 whole numbers\\nthrows: 4 whole numbers"
        """
        return "\n".join(['track: {} whole numbers'.format(len(self.config['track'])), 'throws: {} whole numbers'.format(len(self.config['throws']))])

    def TrackLength(self) -> int:
        """Count the elements of track.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "4"
        """
        return len(self.config['track'])

    def TrackItem(self, index: int) -> int:
        """Read one element of track.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "13"
        """
        return self.config['track'][index]

    def ThrowsLength(self) -> int:
        """Count the elements of throws.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "4"
        """
        return len(self.config['throws'])

    def ThrowsItem(self, index: int) -> int:
        """Read one element of throws.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "1"
        """
        return self.config['throws'][index]

    def IsCoinsValueGreaterThan0(self, coins_value: int) -> bool:
        """Tell whether `coins_value` is greater than 0.
        Args:
            coins_value (int): the coins value
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return coins_value > 0

    def UpdatePurse(self, purse: int, coins_value: int) -> int:
        """Work out `purse` plus `coins_value`.
        Args:
            purse (int): value of purse
            coins_value (int): the coins value
        Returns:
            int: the result
        Example Output:
            "7"
        """
        return purse + coins_value

    def WorkOutSteps(self, thrown: int) -> int:
        """Work out (`thrown` plus 1) if `thrown` equals 6, else `thrown`.
        Args:
            thrown (int): value of thrown
        Returns:
            int: the result
        Example Output:
            "1"
        """
        return thrown + 1 if thrown == 6 else thrown

    def WorkOutAnswer(self, field: int, steps: int, fields: int) -> int:
        """Work out the remainder of (`field` plus `steps`) divided by `fields`.
        Args:
            field (int): value of field
            steps (int): value of steps
            fields (int): value of fields
        Returns:
            int: the result
        Example Output:
            "1"
        """
        return (field + steps) % fields

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

        def each_track():
            for index in range(call("TrackLength")):
                yield call("TrackItem", index=index)

        def read_track():
            return list(each_track())

        def each_throws():
            for index in range(call("ThrowsLength")):
                yield call("ThrowsItem", index=index)

        def read_throws():
            return list(each_throws())

        def landing(field, thrown, fields):
            steps = call('WorkOutSteps', thrown=thrown)
            return call('WorkOutAnswer', field=field, steps=steps, fields=fields)

        def goose_track():
            coins = list(each_track())
            field = 0
            purse = 0
            report = []
            for thrown in each_throws():
                field = landing(field, thrown, len(coins))
                if call('IsCoinsValueGreaterThan0', coins_value=coins[field]):
                    purse = call('UpdatePurse', purse=purse, coins_value=coins[field])
                    coins[field] = 0
                else:
                    purse -= 2
                    coins[field] = 2
                report.append(purse)
            report.append(field)
            return report

        call("Done", answer=canonical(goose_track()))
