"""Compiled from problem bakery_steps (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def later_of(one: int, other: int) -> int:
    if one > other:
        return one
    return other

def bakery_steps(minutes: list[int], pairs: list[tuple[int, int]]) -> list[int]:
    begins = [0] * len(minutes)
    for earlier, later in pairs:
        finished = begins[earlier] + minutes[earlier]
        begins[later] = later_of(begins[later], finished)
    end = 0
    waited = 0
    for step in range(len(minutes)):
        end = later_of(end, begins[step] + minutes[step])
        waited += begins[step]
    return [end, waited]

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


class BakeryStepsEnv(gymnasium.Env):
    """A bakery's morning has numbered steps, each with its length in minutes. Some steps must be finished before others
    may begin; these pairs of an earlier and a later step are listed by the earlier step, lowest number first, and the
    later one always has the higher number. Every step begins as soon as it may, and any number can go on side by side
    from minute 0. Report two numbers: the minute in which the last step is finished, and the sum of the beginning minutes
    of all the steps."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'MinutesLength': 1, 'MinutesItem': 2, 'PairsRows': 3, 'PairsRowLength': 4, 'PairsCell': 5, 'Add': 6, 'LaterOf': 7, 'LaterOf2': 8, 'Done': 9}
        self.parameters = {'Observe': {}, 'MinutesLength': {}, 'MinutesItem': {'index': 'integer'}, 'PairsRows': {}, 'PairsRowLength': {'row': 'integer'}, 'PairsCell': {'row': 'integer', 'column': 'integer'}, 'Add': {'first': 'integer', 'second': 'integer'}, 'LaterOf': {'one': 'integer', 'other': 'integer'}, 'LaterOf2': {'end': 'integer', 'begins_value': 'integer', 'minutes_item': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'minutes': [31, 12, 36, 29], 'pairs': [(0, 1), (0, 2), (2, 3)]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return BakeryStepsEnv(env_str) if env_str.startswith("BakeryStepsEnv@") else None

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
        return canonical((bakery_steps)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "minutes: 4 whole numbers\\npairs: 3 rows of whole numbers"
        """
        return "\n".join(['minutes: {} whole numbers'.format(len(self.config['minutes'])), 'pairs: {} rows of whole numbers'.format(len(self.config['pairs']))])

    def MinutesLength(self) -> int:
        """Count the elements of minutes.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "4"
        """
        return len(self.config['minutes'])

    def MinutesItem(self, index: int) -> int:
        """Read one element of minutes.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "31"
        """
        return self.config['minutes'][index]

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
            "2"
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
            "0"
        """
        return self.config['pairs'][row][column]

    def Add(self, first: int, second: int) -> int:
        """Work out `first` plus `second`.
        Args:
            first (int): the first
            second (int): the second
        Returns:
            int: the result
        Example Output:
            "31"
        """
        return first + second

    def LaterOf(self, one: int, other: int) -> int:
        """Work out the later of of `one` and `other`.
        Args:
            one (int): value of one
            other (int): value of other
        Returns:
            int: the result
        Example Output:
            "31"
        """
        return later_of(one, other)

    def LaterOf2(self, end: int, begins_value: int, minutes_item: int) -> int:
        """Work out the later of of `end` and (`begins_value` plus `minutes_item`).
        Args:
            end (int): value of end
            begins_value (int): the begins value
            minutes_item (int): value of minutes item
        Returns:
            int: the result
        Example Output:
            "31"
        """
        return later_of(end, begins_value + minutes_item)

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

        def each_minutes():
            for index in range(call("MinutesLength")):
                yield call("MinutesItem", index=index)

        def read_minutes():
            return list(each_minutes())

        def row_pairs(row):
            return tuple([call("PairsCell", row=row, column=column) for column in range(call("PairsRowLength", row=row))])

        def each_pairs():
            for row in range(call("PairsRows")):
                yield row_pairs(row)

        def read_pairs():
            return list(each_pairs())

        def bakery_steps():
            begins = [0] * call('MinutesLength')
            for earlier, later in each_pairs():
                finished = call('Add', first=begins[earlier], second=call('MinutesItem', index=earlier))
                begins[later] = call('LaterOf', one=begins[later], other=finished)
            end = 0
            waited = 0
            for step in range(call('MinutesLength')):
                end = call('LaterOf2', end=end, begins_value=begins[step], minutes_item=call('MinutesItem', index=step))
                waited = call('Add', first=waited, second=begins[step])
            return [end, waited]

        call("Done", answer=canonical(bakery_steps()))
