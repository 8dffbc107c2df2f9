"""Compiled from problem stage_overlap (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def shared(enter_one: int, leave_one: int, enter_other: int, leave_other: int) -> int:
    begin = max(enter_one, enter_other)
    end = min(leave_one, leave_other)
    if end > begin:
        return end - begin
    return 0

def stage_overlap(ida: list[tuple[int, int]], otto: list[tuple[int, int]]) -> list[int]:
    both = 0
    alone = 0
    for enter, leave in ida:
        alone += leave - enter
    for enter, leave in otto:
        alone += leave - enter
    one = 0
    other = 0
    while one < len(ida) and other < len(otto):
        both += shared(ida[one][0], ida[one][1], otto[other][0], otto[other][1])
        if ida[one][1] < otto[other][1]:
            one += 1
        else:
            other += 1
    return [both, alone - 2 * both]

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


class StageOverlapEnv(gymnasium.Env):
    """A theatre notes for two actors, Ida and Otto, the scenes in which each is on stage, by the minute they enter and
    the minute they leave, in order; the scenes of one actor do not overlap. Report two numbers: for how many minutes both
    are on stage at once, and for how many minutes exactly one of them is."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'IdaRows': 1, 'IdaRowLength': 2, 'IdaCell': 3, 'OttoRows': 4, 'OttoRowLength': 5, 'OttoCell': 6, 'UpdateAlone': 7, 'IsLess': 8, 'UpdateBoth': 9, 'CombineAloneAndBoth': 10, 'Done': 11}
        self.parameters = {'Observe': {}, 'IdaRows': {}, 'IdaRowLength': {'row': 'integer'}, 'IdaCell': {'row': 'integer', 'column': 'integer'}, 'OttoRows': {}, 'OttoRowLength': {'row': 'integer'}, 'OttoCell': {'row': 'integer', 'column': 'integer'}, 'UpdateAlone': {'alone': 'integer', 'leave': 'integer', 'enter': 'integer'}, 'IsLess': {'first': 'integer', 'second': 'integer'}, 'UpdateBoth': {'both': 'integer', 'ida_cell': 'integer', 'ida_cell_2': 'integer', 'otto_cell': 'integer', 'otto_cell_2': 'integer'}, 'CombineAloneAndBoth': {'alone': 'integer', 'both': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'ida': [(3, 16), (18, 27)], 'otto': [(0, 10), (13, 24)]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return StageOverlapEnv(env_str) if env_str.startswith("StageOverlapEnv@") else None

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
        return canonical((stage_overlap)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "ida: 2 rows of whole numbers\\notto: 2 rows of whole numbers"
        """
        return "\n".join(['ida: {} rows of whole numbers'.format(len(self.config['ida'])), 'otto: {} rows of whole numbers'.format(len(self.config['otto']))])

    def IdaRows(self) -> int:
        """Count the rows of ida.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['ida'])

    def IdaRowLength(self, row: int) -> int:
        """Count what is in one row of ida.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['ida'][row])

    def IdaCell(self, row: int, column: int) -> int:
        """Read what is in one row of ida, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int: what is there
        Example Output:
            "3"
        """
        return self.config['ida'][row][column]

    def OttoRows(self) -> int:
        """Count the rows of otto.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['otto'])

    def OttoRowLength(self, row: int) -> int:
        """Count what is in one row of otto.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['otto'][row])

    def OttoCell(self, row: int, column: int) -> int:
        """Read what is in one row of otto, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int: what is there
        Example Output:
            "0"
        """
        return self.config['otto'][row][column]

    def UpdateAlone(self, alone: int, leave: int, enter: int) -> int:
        """Work out `alone` plus (`leave` minus `enter`).
        Args:
            alone (int): value of alone
            leave (int): value of leave
            enter (int): value of enter
        Returns:
            int: the result
        Example Output:
            "13"
        """
        return alone + (leave - enter)

    def IsLess(self, first: int, second: int) -> bool:
        """Tell whether `first` is less than `second`.
        Args:
            first (int): the first
            second (int): the second
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return first < second

    def UpdateBoth(self, both: int, ida_cell: int, ida_cell_2: int, otto_cell: int, otto_cell_2: int) -> int:
        """Work out `both` plus the shared of `ida_cell` and `ida_cell_2` and `otto_cell` and `otto_cell_2`.
        Args:
            both (int): value of both
            ida_cell (int): value of ida cell
            ida_cell_2 (int): value of ida cell 2
            otto_cell (int): value of otto cell
            otto_cell_2 (int): value of otto cell 2
        Returns:
            int: the result
        Example Output:
            "7"
        """
        return both + shared(ida_cell, ida_cell_2, otto_cell, otto_cell_2)

    def CombineAloneAndBoth(self, alone: int, both: int) -> int:
        """Work out `alone` minus (2 times `both`).
        Args:
            alone (int): value of alone
            both (int): value of both
        Returns:
            int: the result
        Example Output:
            "11"
        """
        return alone - 2 * both

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

        def row_ida(row):
            return tuple([call("IdaCell", row=row, column=column) for column in range(call("IdaRowLength", row=row))])

        def each_ida():
            for row in range(call("IdaRows")):
                yield row_ida(row)

        def read_ida():
            return list(each_ida())

        def row_otto(row):
            return tuple([call("OttoCell", row=row, column=column) for column in range(call("OttoRowLength", row=row))])

        def each_otto():
            for row in range(call("OttoRows")):
                yield row_otto(row)

        def read_otto():
            return list(each_otto())

        def stage_overlap():
            both = 0
            alone = 0
            for enter, leave in each_ida():
                alone = call('UpdateAlone', alone=alone, leave=leave, enter=enter)
            for enter, leave in each_otto():
                alone = call('UpdateAlone', alone=alone, leave=leave, enter=enter)
            one = 0
            other = 0
            while call('IsLess', first=one, second=call('IdaRows')) and call('IsLess', first=other, second=call('OttoRows')):
                both = call('UpdateBoth', both=both, ida_cell=call('IdaCell', row=one, column=0), ida_cell_2=call('IdaCell', row=one, column=1), otto_cell=call('OttoCell', row=other, column=0), otto_cell_2=call('OttoCell', row=other, column=1))
                if call('IsLess', first=call('IdaCell', row=one, column=1), second=call('OttoCell', row=other, column=1)):
                    one += 1
                else:
                    other += 1
            return [both, call('CombineAloneAndBoth', alone=alone, both=both)]

        call("Done", answer=canonical(stage_overlap()))
