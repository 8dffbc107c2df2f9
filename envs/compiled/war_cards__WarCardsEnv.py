"""Compiled from problem war_cards (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def first_wins(first: int, second: int) -> bool:
    ahead = first - second
    if ahead >= 8:
        return False
    if ahead <= -8:
        return True
    return ahead > 0

def war_cards(first_stack: list[int], second_stack: list[int]) -> list[int]:
    first_points = 0
    second_points = 0
    pot = 0
    for turn in range(len(first_stack)):
        first = first_stack[turn]
        second = second_stack[turn]
        pot += first + second
        if first == second:
            continue
        if first_wins(first, second):
            first_points += pot
        else:
            second_points += pot
        pot = 0
    return [first_points, second_points, pot]

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


class WarCardsEnv(gymnasium.Env):
    """Two players turn over cards with numbers by turns, one each from the top of two equally high stacks. The higher
    card wins both cards and everything in the pot, and scores as many points as all these cards add up to; with equal
    cards both go into the pot. But a card that is higher by 8 or more is thrown out for arrogance, and then the lower
    card wins instead. Report the first player's points, the second player's points, and what remains in the pot at the
    end."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'FirstStackLength': 1, 'FirstStackItem': 2, 'SecondStackLength': 3, 'SecondStackItem': 4, 'UpdatePot': 5, 'IsEqual': 6, 'FirstWins': 7, 'Add': 8, 'Done': 9}
        self.parameters = {'Observe': {}, 'FirstStackLength': {}, 'FirstStackItem': {'index': 'integer'}, 'SecondStackLength': {}, 'SecondStackItem': {'index': 'integer'}, 'UpdatePot': {'pot': 'integer', 'first': 'integer', 'second': 'integer'}, 'IsEqual': {'first': 'integer', 'second': 'integer'}, 'FirstWins': {'first': 'integer', 'second': 'integer'}, 'Add': {'first': 'integer', 'second': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'first_stack': [13, 7, 11, 13], 'second_stack': [13, 8, 11, 7]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return WarCardsEnv(env_str) if env_str.startswith("WarCardsEnv@") else None

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
        return canonical((war_cards)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "first_stack: 4 whole numbers\\nsecond_stack: 4 whole numbers"
        """
        return "\n".join(['first_stack: {} whole numbers'.format(len(self.config['first_stack'])), 'second_stack: {} whole numbers'.format(len(self.config['second_stack']))])

    def FirstStackLength(self) -> int:
        """Count the elements of first stack.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "4"
        """
        return len(self.config['first_stack'])

    def FirstStackItem(self, index: int) -> int:
        """Read one element of first stack.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "13"
        """
        return self.config['first_stack'][index]

    def SecondStackLength(self):
        """Count the elements of second stack.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            ""
        """
        return len(self.config['second_stack'])

    def SecondStackItem(self, index: int) -> int:
        """Read one element of second stack.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "13"
        """
        return self.config['second_stack'][index]

    def UpdatePot(self, pot: int, first: int, second: int) -> int:
        """Work out `pot` plus (`first` plus `second`).
        Args:
            pot (int): value of pot
            first (int): the first
            second (int): the second
        Returns:
            int: the result
        Example Output:
            "26"
        """
        return pot + (first + second)

    def IsEqual(self, first: int, second: int) -> bool:
        """Tell whether `first` equals `second`.
        Args:
            first (int): the first
            second (int): the second
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return first == second

    def FirstWins(self, first: int, second: int) -> bool:
        """Work out the first wins of `first` and `second`.
        Args:
            first (int): the first
            second (int): the second
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return first_wins(first, second)

    def Add(self, first: int, second: int) -> int:
        """Work out `first` plus `second`.
        Args:
            first (int): the first
            second (int): the second
        Returns:
            int: the result
        Example Output:
            "41"
        """
        return first + second

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

        def each_first_stack():
            for index in range(call("FirstStackLength")):
                yield call("FirstStackItem", index=index)

        def read_first_stack():
            return list(each_first_stack())

        def each_second_stack():
            for index in range(call("SecondStackLength")):
                yield call("SecondStackItem", index=index)

        def read_second_stack():
            return list(each_second_stack())

        def war_cards():
            first_points = 0
            second_points = 0
            pot = 0
            for turn in range(call('FirstStackLength')):
                first = call('FirstStackItem', index=turn)
                second = call('SecondStackItem', index=turn)
                pot = call('UpdatePot', pot=pot, first=first, second=second)
                if call('IsEqual', first=first, second=second):
                    continue
                if call('FirstWins', first=first, second=second):
                    first_points = call('Add', first=first_points, second=pot)
                else:
                    second_points = call('Add', first=second_points, second=pot)
                pot = 0
            return [first_points, second_points, pot]

        call("Done", answer=canonical(war_cards()))
