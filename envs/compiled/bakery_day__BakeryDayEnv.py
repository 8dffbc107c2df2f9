"""Compiled from problem bakery_day (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def bakery_day(book: list[tuple[str, int]]) -> list[int]:
    counter = {}
    turned_away = {}
    for ware, pieces in book:
        stock = counter.get(ware, 0) + pieces
        missing = turned_away.get(ware, 0)
        if stock < 0:
            missing -= stock
            stock = 0
        counter[ware] = stock
        turned_away[ware] = missing
    report = []
    for ware in sorted(counter):
        report.append(counter[ware])
        report.append(turned_away[ware])
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


class BakeryDayEnv(gymnasium.Env):
    """A bakery counter keeps a book of one day, line by line: the ware and a number, positive when that many pieces
    come out of the oven, negative when a customer asks for that many. A customer gets what is there; pieces that are
    missing are noted as turned away. A ware not yet baked has nothing on the counter. Report, for every ware in the
    book in alphabetical order, two numbers: the pieces left at closing time and the pieces turned away."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'BookRows': 1, 'BookRowLength': 2, 'BookCell': 3, 'WorkOutStock': 4, 'IsStockLessThan0': 5, 'UpdateMissing': 6, 'Done': 7}
        self.parameters = {'Observe': {}, 'BookRows': {}, 'BookRowLength': {'row': 'integer'}, 'BookCell': {'row': 'integer', 'column': 'integer'}, 'WorkOutStock': {'get_result': 'integer', 'pieces': 'integer'}, 'IsStockLessThan0': {'stock': 'integer'}, 'UpdateMissing': {'missing': 'integer', 'stock': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'book': [('loaf', -5), ('bun', 20), ('bun', -15), ('loaf', 13)]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return BakeryDayEnv(env_str) if env_str.startswith("BakeryDayEnv@") else None

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
        return canonical((bakery_day)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "book: 4 rows of values of several kinds"
        """
        return "\n".join(['book: {} rows of values of several kinds'.format(len(self.config['book']))])

    def BookRows(self) -> int:
        """Count the rows of book.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "4"
        """
        return len(self.config['book'])

    def BookRowLength(self, row: int) -> int:
        """Count what is in one row of book.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['book'][row])

    def BookCell(self, row: int, column: int):
        """Read what is in one row of book, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int, float, str, bool or list: what is there
        Example Output:
            ""loaf\""
        """
        return self.config['book'][row][column]

    def WorkOutStock(self, get_result: int, pieces: int) -> int:
        """Work out `get_result` plus `pieces`.
        Args:
            get_result (int): value of get result
            pieces (int): value of pieces
        Returns:
            int: the result
        Example Output:
            "-5"
        """
        return get_result + pieces

    def IsStockLessThan0(self, stock: int) -> bool:
        """Tell whether `stock` is less than 0.
        Args:
            stock (int): value of stock
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return stock < 0

    def UpdateMissing(self, missing: int, stock: int) -> int:
        """Work out `missing` minus `stock`.
        Args:
            missing (int): value of missing
            stock (int): value of stock
        Returns:
            int: the result
        Example Output:
            "5"
        """
        return missing - stock

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

        def row_book(row):
            return tuple([call("BookCell", row=row, column=column) for column in range(call("BookRowLength", row=row))])

        def each_book():
            for row in range(call("BookRows")):
                yield row_book(row)

        def read_book():
            return list(each_book())

        def bakery_day():
            counter = {}
            turned_away = {}
            for ware, pieces in each_book():
                stock = call('WorkOutStock', get_result=counter.get(ware, 0), pieces=pieces)
                missing = turned_away.get(ware, 0)
                if call('IsStockLessThan0', stock=stock):
                    missing = call('UpdateMissing', missing=missing, stock=stock)
                    stock = 0
                counter[ware] = stock
                turned_away[ware] = missing
            report = []
            for ware in sorted(counter):
                report.append(counter[ware])
                report.append(turned_away[ware])
            return report

        call("Done", answer=canonical(bakery_day()))
