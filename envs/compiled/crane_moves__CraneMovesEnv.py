"""Compiled from problem crane_moves (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def crane_moves(stacks: list[list[str]], orders: list[tuple[int, int, int]]) -> str:
    piles = []
    for stack in stacks:
        piles.append(list(stack))
    for source, target, count in orders:
        for _ in range(count):
            if len(piles[source]) == 0:
                break
            crate = piles[source].pop()
            piles[target].append(crate)
    texts = []
    for pile in piles:
        text = ''
        for crate in pile:
            text = crate + text
        texts.append(text)
    return '/'.join(texts)

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


class CraneMovesEnv(gymnasium.Env):
    """Crates marked with letters stand in stacks on a quay, each stack listed from the bottom up. A crane gets orders:
    the stack to take from, the stack to put on, and a number of crates, all stacks counted from 0. It moves the crates
    one by one, always the top one, and stops early if the stack is empty; an order from a stack to itself changes
    nothing. Report, after all the orders, for each stack the letters from the top to the bottom, with a slash between the
    stacks."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'StacksRows': 1, 'StacksRowLength': 2, 'StacksCell': 3, 'OrdersRows': 4, 'OrdersRowLength': 5, 'OrdersCell': 6, 'CheckPilesValue': 7, 'UpdateText': 8, 'WorkOutAnswer': 9, 'Done': 10}
        self.parameters = {'Observe': {}, 'StacksRows': {}, 'StacksRowLength': {'row': 'integer'}, 'StacksCell': {'row': 'integer', 'column': 'integer'}, 'OrdersRows': {}, 'OrdersRowLength': {'row': 'integer'}, 'OrdersCell': {'row': 'integer', 'column': 'integer'}, 'CheckPilesValue': {'piles_value': 'array'}, 'UpdateText': {'crate': 'string', 'text': 'string'}, 'WorkOutAnswer': {'texts': 'array'}, 'Done': {'answer': 'any'}}
        self.config = {'stacks': [['D', 'P', 'W'], ['C', 'S']], 'orders': [(0, 1, 1)]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return CraneMovesEnv(env_str) if env_str.startswith("CraneMovesEnv@") else None

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
        return canonical((crane_moves)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "stacks: 2 rows of texts\\norders: 1 rows of whole numbers"
        """
        return "\n".join(['stacks: {} rows of texts'.format(len(self.config['stacks'])), 'orders: {} rows of whole numbers'.format(len(self.config['orders']))])

    def StacksRows(self) -> int:
        """Count the rows of stacks.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['stacks'])

    def StacksRowLength(self, row: int) -> int:
        """Count what is in one row of stacks.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "3"
        """
        return len(self.config['stacks'][row])

    def StacksCell(self, row: int, column: int) -> str:
        """Read what is in one row of stacks, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            str: what is there
        Example Output:
            ""D\""
        """
        return self.config['stacks'][row][column]

    def OrdersRows(self) -> int:
        """Count the rows of orders.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "1"
        """
        return len(self.config['orders'])

    def OrdersRowLength(self, row: int) -> int:
        """Count what is in one row of orders.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "3"
        """
        return len(self.config['orders'][row])

    def OrdersCell(self, row: int, column: int) -> int:
        """Read what is in one row of orders, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int: what is there
        Example Output:
            "0"
        """
        return self.config['orders'][row][column]

    def CheckPilesValue(self, piles_value: list) -> bool:
        """Tell whether how many elements `piles_value` has equals 0.
        Args:
            piles_value (list): the piles value
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return len(piles_value) == 0

    def UpdateText(self, crate: str, text: str) -> str:
        """Work out `crate` plus `text`.
        Args:
            crate (str): value of crate
            text (str): value of text
        Returns:
            str: the result
        Example Output:
            ""D\""
        """
        return crate + text

    def WorkOutAnswer(self, texts: list) -> str:
        """Work out the texts joined, with a separator between: '/' and `texts`.
        Args:
            texts (list): value of texts
        Returns:
            str: the result
        Example Output:
            ""PD/WSC\""
        """
        return '/'.join(texts)

    def Done(self, answer) -> str:
        """Hand in the answer. The first one counts.
        Args:
            answer (str): the answer, a text
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

        def row_stacks(row):
            return [call("StacksCell", row=row, column=column) for column in range(call("StacksRowLength", row=row))]

        def each_stacks():
            for row in range(call("StacksRows")):
                yield row_stacks(row)

        def read_stacks():
            return list(each_stacks())

        def row_orders(row):
            return tuple([call("OrdersCell", row=row, column=column) for column in range(call("OrdersRowLength", row=row))])

        def each_orders():
            for row in range(call("OrdersRows")):
                yield row_orders(row)

        def read_orders():
            return list(each_orders())

        def crane_moves(stacks):
            piles = []
            for stack in stacks:
                piles.append(list(stack))
            for source, target, count in each_orders():
                for _ in range(count):
                    if call('CheckPilesValue', piles_value=piles[source]):
                        break
                    crate = piles[source].pop()
                    piles[target].append(crate)
            texts = []
            for pile in piles:
                text = ''
                for crate in pile:
                    text = call('UpdateText', crate=crate, text=text)
                texts.append(text)
            return call('WorkOutAnswer', texts=texts)

        call("Done", answer=canonical(crane_moves(stacks=read_stacks())))
