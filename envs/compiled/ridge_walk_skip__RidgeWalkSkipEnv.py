"""Compiled from problem ridge_walk_skip (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def larger(one: int, other: int) -> int:
    if one > other:
        return one
    return other

def ridge_walk_skip(ratings: list[int]) -> int:
    awake = 0
    rested = 0
    best = 0
    for rating in ratings:
        slept_before = rested + rating
        slept_today = larger(awake, 0)
        rested = larger(slept_before, slept_today)
        awake = larger(awake, 0) + rating
        best = larger(best, larger(awake, rested))
    return best

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


class RidgeWalkSkipEnv(gymnasium.Env):
    """A hiking guide has rated every day of a long ridge trail, bad days with negative numbers. A guest books some days
    in a row, at least one, and may sleep through at most one of them at the hut, which then counts nothing; even the only
    day that is booked may be slept through. Report the highest sum of ratings that a guest can get."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'RatingsLength': 1, 'RatingsItem': 2, 'WorkOutSleptBefore': 3, 'Larger': 4, 'Larger2': 5, 'UpdateAwake': 6, 'Larger3': 7, 'Done': 8}
        self.parameters = {'Observe': {}, 'RatingsLength': {}, 'RatingsItem': {'index': 'integer'}, 'WorkOutSleptBefore': {'rested': 'integer', 'rating': 'integer'}, 'Larger': {'awake': 'integer'}, 'Larger2': {'one': 'integer', 'other': 'integer'}, 'UpdateAwake': {'awake': 'integer', 'rating': 'integer'}, 'Larger3': {'best': 'integer', 'awake': 'integer', 'rested': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'ratings': [6, 14, -4, 5, 4, -5, 7]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return RidgeWalkSkipEnv(env_str) if env_str.startswith("RidgeWalkSkipEnv@") else None

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
        return canonical((ridge_walk_skip)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "ratings: 7 whole numbers"
        """
        return "\n".join(['ratings: {} whole numbers'.format(len(self.config['ratings']))])

    def RatingsLength(self) -> int:
        """Count the elements of ratings.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "7"
        """
        return len(self.config['ratings'])

    def RatingsItem(self, index: int) -> int:
        """Read one element of ratings.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "6"
        """
        return self.config['ratings'][index]

    def WorkOutSleptBefore(self, rested: int, rating: int) -> int:
        """Work out `rested` plus `rating`.
        Args:
            rested (int): value of rested
            rating (int): value of rating
        Returns:
            int: the result
        Example Output:
            "6"
        """
        return rested + rating

    def Larger(self, awake: int) -> int:
        """Work out the larger of `awake` and 0.
        Args:
            awake (int): value of awake
        Returns:
            int: the result
        Example Output:
            "0"
        """
        return larger(awake, 0)

    def Larger2(self, one: int, other: int) -> int:
        """Work out the larger of `one` and `other`.
        Args:
            one (int): value of one
            other (int): value of other
        Returns:
            int: the result
        Example Output:
            "6"
        """
        return larger(one, other)

    def UpdateAwake(self, awake: int, rating: int) -> int:
        """Work out the larger of `awake` and 0 plus `rating`.
        Args:
            awake (int): value of awake
            rating (int): value of rating
        Returns:
            int: the result
        Example Output:
            "6"
        """
        return larger(awake, 0) + rating

    def Larger3(self, best: int, awake: int, rested: int) -> int:
        """Work out the larger of `best` and the larger of `awake` and `rested`.
        Args:
            best (int): value of best
            awake (int): value of awake
            rested (int): value of rested
        Returns:
            int: the result
        Example Output:
            "6"
        """
        return larger(best, larger(awake, rested))

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

        def each_ratings():
            for index in range(call("RatingsLength")):
                yield call("RatingsItem", index=index)

        def read_ratings():
            return list(each_ratings())

        def ridge_walk_skip():
            awake = 0
            rested = 0
            best = 0
            for rating in each_ratings():
                slept_before = call('WorkOutSleptBefore', rested=rested, rating=rating)
                slept_today = call('Larger', awake=awake)
                rested = call('Larger2', one=slept_before, other=slept_today)
                awake = call('UpdateAwake', awake=awake, rating=rating)
                best = call('Larger3', best=best, awake=awake, rested=rested)
            return best

        call("Done", answer=canonical(ridge_walk_skip()))
