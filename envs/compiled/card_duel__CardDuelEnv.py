"""Compiled from problem card_duel (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def card_duel(first: list[int], second: list[int]) -> list[int]:
    first_points = 0
    second_points = 0
    pot = 0
    row = 0
    for turn in range(len(first)):
        difference = first[turn] - second[turn]
        if difference == 0:
            pot += 2 * first[turn]
        elif difference > 0:
            first_points += difference + pot
            pot = 0
            row = max(row, 0) + 1
        else:
            second_points += pot - difference
            pot = 0
            row = min(row, 0) - 1
        if row == 3:
            first_points -= 5
            second_points += 5
            row = 0
        elif row == -3:
            second_points -= 5
            first_points += 5
            row = 0
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


class CardDuelEnv(gymnasium.Env):
    """Two players each turn up the cards of a pile one by one, both piles having the same number of cards. In each
    round the higher card wins and its owner takes as many points as the difference, together with the pot. When the two
    cards are equal, twice their value goes into the pot and nobody wins. A player who has won three rounds in a row,
    ties not counted and not breaking the row, gives the other player five points at once, and the row starts anew.
    Points left in the pot at the end are lost. Report the points of the first player, the points of the second, and the
    pot."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'FirstLength': 1, 'FirstItem': 2, 'SecondLength': 3, 'SecondItem': 4, 'UpdatePot': 5, 'IsDifferenceGreaterThan0': 6, 'UpdateFirstPoints': 7, 'UpdateRow': 8, 'UpdateSecondPoints': 9, 'UpdateRow2': 10, 'IsRowEqualTo3': 11, 'IsRowEqual': 12, 'Done': 13}
        self.parameters = {'Observe': {}, 'FirstLength': {}, 'FirstItem': {'index': 'integer'}, 'SecondLength': {}, 'SecondItem': {'index': 'integer'}, 'UpdatePot': {'pot': 'integer', 'first_item': 'integer'}, 'IsDifferenceGreaterThan0': {'difference': 'integer'}, 'UpdateFirstPoints': {'first_points': 'integer', 'difference': 'integer', 'pot': 'integer'}, 'UpdateRow': {'row': 'integer'}, 'UpdateSecondPoints': {'second_points': 'integer', 'pot': 'integer', 'difference': 'integer'}, 'UpdateRow2': {'row': 'integer'}, 'IsRowEqualTo3': {'row': 'integer'}, 'IsRowEqual': {'row': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'first': [7, 2, 7, 6], 'second': [2, 8, 3, 9]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return CardDuelEnv(env_str) if env_str.startswith("CardDuelEnv@") else None

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
        return canonical((card_duel)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "first: 4 whole numbers\\nsecond: 4 whole numbers"
        """
        return "\n".join(['first: {} whole numbers'.format(len(self.config['first'])), 'second: {} whole numbers'.format(len(self.config['second']))])

    def FirstLength(self) -> int:
        """Count the elements of first.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "4"
        """
        return len(self.config['first'])

    def FirstItem(self, index: int) -> int:
        """Read one element of first.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "7"
        """
        return self.config['first'][index]

    def SecondLength(self):
        """Count the elements of second.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            ""
        """
        return len(self.config['second'])

    def SecondItem(self, index: int) -> int:
        """Read one element of second.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "2"
        """
        return self.config['second'][index]

    def UpdatePot(self, pot: int, first_item: int) -> int:
        """Work out `pot` plus (2 times `first_item`).
        Args:
            pot (int): value of pot
            first_item (int): value of first item
        Returns:
            int: the result
        Example Output:
            "6"
        """
        return pot + 2 * first_item

    def IsDifferenceGreaterThan0(self, difference: int) -> bool:
        """Tell whether `difference` is greater than 0.
        Args:
            difference (int): value of difference
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return difference > 0

    def UpdateFirstPoints(self, first_points: int, difference: int, pot: int) -> int:
        """Work out `first_points` plus (`difference` plus `pot`).
        Args:
            first_points (int): value of first points
            difference (int): value of difference
            pot (int): value of pot
        Returns:
            int: the result
        Example Output:
            "5"
        """
        return first_points + (difference + pot)

    def UpdateRow(self, row: int) -> int:
        """Work out the largest of `row` and 0 plus 1.
        Args:
            row (int): value of row
        Returns:
            int: the result
        Example Output:
            "1"
        """
        return max(row, 0) + 1

    def UpdateSecondPoints(self, second_points: int, pot: int, difference: int) -> int:
        """Work out `second_points` plus (`pot` minus `difference`).
        Args:
            second_points (int): value of second points
            pot (int): value of pot
            difference (int): value of difference
        Returns:
            int: the result
        Example Output:
            "6"
        """
        return second_points + (pot - difference)

    def UpdateRow2(self, row: int) -> int:
        """Work out the smallest of `row` and 0 minus 1.
        Args:
            row (int): value of row
        Returns:
            int: the result
        Example Output:
            "-1"
        """
        return min(row, 0) - 1

    def IsRowEqualTo3(self, row: int) -> bool:
        """Tell whether `row` equals 3.
        Args:
            row (int): value of row
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return row == 3

    def IsRowEqual(self, row: int) -> bool:
        """Tell whether `row` equals minus 3.
        Args:
            row (int): value of row
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return row == -3

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

        def each_first():
            for index in range(call("FirstLength")):
                yield call("FirstItem", index=index)

        def read_first():
            return list(each_first())

        def each_second():
            for index in range(call("SecondLength")):
                yield call("SecondItem", index=index)

        def read_second():
            return list(each_second())

        def card_duel():
            first_points = 0
            second_points = 0
            pot = 0
            row = 0
            for turn in range(call('FirstLength')):
                difference = call('FirstItem', index=turn) - call('SecondItem', index=turn)
                if difference == 0:
                    pot = call('UpdatePot', pot=pot, first_item=call('FirstItem', index=turn))
                elif call('IsDifferenceGreaterThan0', difference=difference):
                    first_points = call('UpdateFirstPoints', first_points=first_points, difference=difference, pot=pot)
                    pot = 0
                    row = call('UpdateRow', row=row)
                else:
                    second_points = call('UpdateSecondPoints', second_points=second_points, pot=pot, difference=difference)
                    pot = 0
                    row = call('UpdateRow2', row=row)
                if call('IsRowEqualTo3', row=row):
                    first_points -= 5
                    second_points += 5
                    row = 0
                elif call('IsRowEqual', row=row):
                    second_points -= 5
                    first_points += 5
                    row = 0
            return [first_points, second_points, pot]

        call("Done", answer=canonical(card_duel()))
