"""Compiled from problem toll_change_boxes (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def coins_taken(owed: int, value: int, left: int) -> int:
    fitting = owed // value
    if fitting > left:
        return left
    return fitting

def toll_change_boxes(boxes: list[tuple[int, int]], amounts: list[int]) -> list[int]:
    left = []
    for _, count in boxes:
        left.append(count)
    remaining = []
    for amount in amounts:
        owed = amount
        for box in range(len(boxes)):
            value = boxes[box][0]
            taken = coins_taken(owed, value, left[box])
            left[box] -= taken
            owed -= taken * value
        remaining.append(owed)
    return remaining

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


class TollChangeBoxesEnv(gymnasium.Env):
    """A toll keeper has boxes of coins, listed from the most valuable kind to the least, each with the coin's value and
    how many are there. Travellers come one after another, each to be paid a certain amount of change. For each the keeper
    goes through the boxes in order and takes as many coins of each kind as fit into what is still owed and are left in
    the box. Report for each traveller the amount that remains owed."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'BoxesRows': 1, 'BoxesRowLength': 2, 'BoxesCell': 3, 'AmountsLength': 4, 'AmountsItem': 5, 'CoinsTaken': 6, 'UpdateOwed': 7, 'Done': 8}
        self.parameters = {'Observe': {}, 'BoxesRows': {}, 'BoxesRowLength': {'row': 'integer'}, 'BoxesCell': {'row': 'integer', 'column': 'integer'}, 'AmountsLength': {}, 'AmountsItem': {'index': 'integer'}, 'CoinsTaken': {'owed': 'integer', 'value': 'integer', 'left': 'integer'}, 'UpdateOwed': {'owed': 'integer', 'taken': 'integer', 'value': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'boxes': [(23, 1), (15, 2)], 'amounts': [53, 11, 30, 27]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return TollChangeBoxesEnv(env_str) if env_str.startswith("TollChangeBoxesEnv@") else None

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
        return canonical((toll_change_boxes)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "boxes: 2 rows of whole numbers\\namounts: 4 whole numbers"
        """
        return "\n".join(['boxes: {} rows of whole numbers'.format(len(self.config['boxes'])), 'amounts: {} whole numbers'.format(len(self.config['amounts']))])

    def BoxesRows(self) -> int:
        """Count the rows of boxes.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['boxes'])

    def BoxesRowLength(self, row: int) -> int:
        """Count what is in one row of boxes.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['boxes'][row])

    def BoxesCell(self, row: int, column: int) -> int:
        """Read what is in one row of boxes, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int: what is there
        Example Output:
            "23"
        """
        return self.config['boxes'][row][column]

    def AmountsLength(self) -> int:
        """Count the elements of amounts.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "4"
        """
        return len(self.config['amounts'])

    def AmountsItem(self, index: int) -> int:
        """Read one element of amounts.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "53"
        """
        return self.config['amounts'][index]

    def CoinsTaken(self, owed: int, value: int, left: int) -> int:
        """Work out the coins taken of `owed` and `value` and `left`.
        Args:
            owed (int): value of owed
            value (int): the value
            left (int): value of left
        Returns:
            int: the result
        Example Output:
            "1"
        """
        return coins_taken(owed, value, left)

    def UpdateOwed(self, owed: int, taken: int, value: int) -> int:
        """Work out `owed` minus (`taken` times `value`).
        Args:
            owed (int): value of owed
            taken (int): value of taken
            value (int): the value
        Returns:
            int: the result
        Example Output:
            "30"
        """
        return owed - taken * value

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

        def row_boxes(row):
            return tuple([call("BoxesCell", row=row, column=column) for column in range(call("BoxesRowLength", row=row))])

        def each_boxes():
            for row in range(call("BoxesRows")):
                yield row_boxes(row)

        def read_boxes():
            return list(each_boxes())

        def each_amounts():
            for index in range(call("AmountsLength")):
                yield call("AmountsItem", index=index)

        def read_amounts():
            return list(each_amounts())

        def toll_change_boxes():
            left = []
            for _, count in each_boxes():
                left.append(count)
            remaining = []
            for amount in each_amounts():
                owed = amount
                for box in range(call('BoxesRows')):
                    value = call('BoxesCell', row=box, column=0)
                    taken = call('CoinsTaken', owed=owed, value=value, left=left[box])
                    left[box] -= taken
                    owed = call('UpdateOwed', owed=owed, taken=taken, value=value)
                remaining.append(owed)
            return remaining

        call("Done", answer=canonical(toll_change_boxes()))
