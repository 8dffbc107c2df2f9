"""Compiled from problem diagonal_ledger (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def diagonal_ledger(amounts: list[list[int]]) -> list[int]:
    rows = len(amounts)
    columns = len(amounts[0])
    results = []
    for line in range(rows + columns - 1):
        result = 0
        sign = 1
        for column in range(columns):
            row = line - column
            if row < 0 or row >= rows:
                continue
            result += sign * amounts[row][column]
            sign = -sign
        results.append(result)
    return results

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


class DiagonalLedgerEnv(gymnasium.Env):
    """A clerk's table has rows and columns of amounts. He adds along the slanting lines that rise from west to east, from
    south-west to north-east: the line through the north-west corner alone comes first, the one through the south-east
    corner last. On each line the amounts he meets are added and subtracted in turn, beginning with an addition at the
    line's western end. Report the results of all lines in that order."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'AmountsRows': 1, 'AmountsRowLength': 2, 'AmountsCell': 3, 'CombineRowsAndColumns': 4, 'WorkOutRow': 5, 'CheckRowAndRows': 6, 'UpdateResult': 7, 'UpdateSign': 8, 'Done': 9}
        self.parameters = {'Observe': {}, 'AmountsRows': {}, 'AmountsRowLength': {'row': 'integer'}, 'AmountsCell': {'row': 'integer', 'column': 'integer'}, 'CombineRowsAndColumns': {'rows': 'integer', 'columns': 'integer'}, 'WorkOutRow': {'line': 'integer', 'column': 'integer'}, 'CheckRowAndRows': {'row': 'integer', 'rows': 'integer'}, 'UpdateResult': {'result': 'integer', 'sign': 'integer', 'amounts_cell': 'integer'}, 'UpdateSign': {'sign': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'amounts': [[28, 7, 26, 23], [5, 30, 11, 35]]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return DiagonalLedgerEnv(env_str) if env_str.startswith("DiagonalLedgerEnv@") else None

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
        return canonical((diagonal_ledger)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "amounts: 2 rows of whole numbers"
        """
        return "\n".join(['amounts: {} rows of whole numbers'.format(len(self.config['amounts']))])

    def AmountsRows(self) -> int:
        """Count the rows of amounts.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['amounts'])

    def AmountsRowLength(self, row: int) -> int:
        """Count what is in one row of amounts.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "4"
        """
        return len(self.config['amounts'][row])

    def AmountsCell(self, row: int, column: int) -> int:
        """Read what is in one row of amounts, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int: what is there
        Example Output:
            "28"
        """
        return self.config['amounts'][row][column]

    def CombineRowsAndColumns(self, rows: int, columns: int) -> int:
        """Work out (`rows` plus `columns`) minus 1.
        Args:
            rows (int): value of rows
            columns (int): value of columns
        Returns:
            int: the result
        Example Output:
            "5"
        """
        return rows + columns - 1

    def WorkOutRow(self, line: int, column: int) -> int:
        """Work out `line` minus `column`.
        Args:
            line (int): value of line
            column (int): value of column
        Returns:
            int: the result
        Example Output:
            "0"
        """
        return line - column

    def CheckRowAndRows(self, row: int, rows: int) -> bool:
        """Tell whether (`row` is less than 0) or (`row` is at least `rows`).
        Args:
            row (int): value of row
            rows (int): value of rows
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return row < 0 or row >= rows

    def UpdateResult(self, result: int, sign: int, amounts_cell: int) -> int:
        """Work out `result` plus (`sign` times `amounts_cell`).
        Args:
            result (int): value of result
            sign (int): value of sign
            amounts_cell (int): value of amounts cell
        Returns:
            int: the result
        Example Output:
            "28"
        """
        return result + sign * amounts_cell

    def UpdateSign(self, sign: int) -> int:
        """Work out minus `sign`.
        Args:
            sign (int): value of sign
        Returns:
            int: the result
        Example Output:
            "-1"
        """
        return -sign

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

        def row_amounts(row):
            return [call("AmountsCell", row=row, column=column) for column in range(call("AmountsRowLength", row=row))]

        def each_amounts():
            for row in range(call("AmountsRows")):
                yield row_amounts(row)

        def read_amounts():
            return list(each_amounts())

        def diagonal_ledger():
            rows = call('AmountsRows')
            columns = call('AmountsRowLength', row=0)
            results = []
            for line in range(call('CombineRowsAndColumns', rows=rows, columns=columns)):
                result = 0
                sign = 1
                for column in range(columns):
                    row = call('WorkOutRow', line=line, column=column)
                    if call('CheckRowAndRows', row=row, rows=rows):
                        continue
                    result = call('UpdateResult', result=result, sign=sign, amounts_cell=call('AmountsCell', row=row, column=column))
                    sign = call('UpdateSign', sign=sign)
                results.append(result)
            return results

        call("Done", answer=canonical(diagonal_ledger()))
