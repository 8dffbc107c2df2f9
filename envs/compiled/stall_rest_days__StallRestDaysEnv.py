"""Compiled from problem stall_rest_days (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def stall_rest_days(earnings: list[int]) -> int:
    three_back = 0
    two_back = 0
    one_back = 0
    for day in range(len(earnings)):
        resting = one_back - 1
        rent_days = 2
        if day < 2:
            rent_days = day
        selling = three_back - rent_days + earnings[day]
        best = resting
        if selling > best:
            best = selling
        three_back = two_back
        two_back = one_back
        one_back = best
    return one_back

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


class StallRestDaysEnv(gymnasium.Env):
    """A potter knows what her market stall would earn on each of the coming days. After every day on which she sells she
    must stay at her wheel for at least the next two days; she may rest longer. Every day without selling costs 1 coin of
    rent, and a selling day costs no rent. Report the most coins she can have gained at the end."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'EarningsLength': 1, 'EarningsItem': 2, 'IsDayLessThan2': 3, 'WorkOutSelling': 4, 'IsSellingGreaterThanBest': 5, 'Done': 6}
        self.parameters = {'Observe': {}, 'EarningsLength': {}, 'EarningsItem': {'index': 'integer'}, 'IsDayLessThan2': {'day': 'integer'}, 'WorkOutSelling': {'three_back': 'integer', 'rent_days': 'integer', 'earnings_item': 'integer'}, 'IsSellingGreaterThanBest': {'selling': 'integer', 'best': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'earnings': [25, 14, 22, 25, 4, 13, 12]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return StallRestDaysEnv(env_str) if env_str.startswith("StallRestDaysEnv@") else None

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
        return canonical((stall_rest_days)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "earnings: 7 whole numbers"
        """
        return "\n".join(['earnings: {} whole numbers'.format(len(self.config['earnings']))])

    def EarningsLength(self) -> int:
        """Count the elements of earnings.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "7"
        """
        return len(self.config['earnings'])

    def EarningsItem(self, index: int) -> int:
        """Read one element of earnings.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "25"
        """
        return self.config['earnings'][index]

    def IsDayLessThan2(self, day: int) -> bool:
        """Tell whether `day` is less than 2.
        Args:
            day (int): value of day
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return day < 2

    def WorkOutSelling(self, three_back: int, rent_days: int, earnings_item: int) -> int:
        """Work out (`three_back` minus `rent_days`) plus `earnings_item`.
        Args:
            three_back (int): value of three back
            rent_days (int): value of rent days
            earnings_item (int): value of earnings item
        Returns:
            int: the result
        Example Output:
            "25"
        """
        return three_back - rent_days + earnings_item

    def IsSellingGreaterThanBest(self, selling: int, best: int) -> bool:
        """Tell whether `selling` is greater than `best`.
        Args:
            selling (int): value of selling
            best (int): value of best
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return selling > best

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

        def each_earnings():
            for index in range(call("EarningsLength")):
                yield call("EarningsItem", index=index)

        def read_earnings():
            return list(each_earnings())

        def stall_rest_days():
            three_back = 0
            two_back = 0
            one_back = 0
            for day in range(call('EarningsLength')):
                resting = one_back - 1
                rent_days = 2
                if call('IsDayLessThan2', day=day):
                    rent_days = day
                selling = call('WorkOutSelling', three_back=three_back, rent_days=rent_days, earnings_item=call('EarningsItem', index=day))
                best = resting
                if call('IsSellingGreaterThanBest', selling=selling, best=best):
                    best = selling
                three_back = two_back
                two_back = one_back
                one_back = best
            return one_back

        call("Done", answer=canonical(stall_rest_days()))
