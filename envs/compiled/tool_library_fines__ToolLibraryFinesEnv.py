"""Compiled from problem tool_library_fines (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def fine(days: int, value: int) -> int:
    """Fine for one loan in coins."""
    late = max(0, days - 7)
    rate = 2 if value > 100 else 1
    return min(value, late * rate)

def tool_library_fines(loans: list[tuple[str, int, int]]) -> list[int]:
    totals = {}
    for member, days, value in loans:
        totals[member] = totals.get(member, 0) + fine(days, value)
    return [totals[member] for member in sorted(totals)]

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


class ToolLibraryFinesEnv(gymnasium.Env):
    """A tool library writes down every loan: the member's name, the days the tool was kept, and the tool's value in
    coins. Seven days are free; each day beyond costs one coin, or two coins when the tool is worth more than one
    hundred. The fine of one loan is never more than the value of the tool. Report the total fine of every member who
    appears in the book, zero included, in alphabetical order of the names."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'LoansRows': 1, 'LoansRowLength': 2, 'LoansCell': 3, 'CombineGetResultAndDays': 4, 'Done': 5}
        self.parameters = {'Observe': {}, 'LoansRows': {}, 'LoansRowLength': {'row': 'integer'}, 'LoansCell': {'row': 'integer', 'column': 'integer'}, 'CombineGetResultAndDays': {'get_result': 'integer', 'days': 'integer', 'value': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'loans': [('Bruno', 10, 110), ('Bruno', 8, 129), ('Ada', 38, 121)]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return ToolLibraryFinesEnv(env_str) if env_str.startswith("ToolLibraryFinesEnv@") else None

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
        return canonical((tool_library_fines)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "loans: 3 rows of values of several kinds"
        """
        return "\n".join(['loans: {} rows of values of several kinds'.format(len(self.config['loans']))])

    def LoansRows(self) -> int:
        """Count the rows of loans.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "3"
        """
        return len(self.config['loans'])

    def LoansRowLength(self, row: int) -> int:
        """Count what is in one row of loans.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "3"
        """
        return len(self.config['loans'][row])

    def LoansCell(self, row: int, column: int):
        """Read what is in one row of loans, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int, float, str, bool or list: what is there
        Example Output:
            ""Bruno\""
        """
        return self.config['loans'][row][column]

    def CombineGetResultAndDays(self, get_result: int, days: int, value: int) -> int:
        """Work out `get_result` plus the fine of `days` and `value`.
        Args:
            get_result (int): value of get result
            days (int): value of days
            value (int): the value
        Returns:
            int: the result
        Example Output:
            "6"
        """
        return get_result + fine(days, value)

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

        def row_loans(row):
            return tuple([call("LoansCell", row=row, column=column) for column in range(call("LoansRowLength", row=row))])

        def each_loans():
            for row in range(call("LoansRows")):
                yield row_loans(row)

        def read_loans():
            return list(each_loans())

        def tool_library_fines():
            totals = {}
            for member, days, value in each_loans():
                totals[member] = call('CombineGetResultAndDays', get_result=totals.get(member, 0), days=days, value=value)
            return [totals[member] for member in sorted(totals)]

        call("Done", answer=canonical(tool_library_fines()))
