"""Compiled from problem pond_sizes (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def pond_sizes(fields: list[list[int]]) -> list[int]:
    rows = len(fields)
    columns = len(fields[0])
    seen = [[False] * columns for _ in range(rows)]
    sizes = []
    for row in range(rows):
        for column in range(columns):
            if seen[row][column] or fields[row][column] == 0:
                continue
            seen[row][column] = True
            pond = [(row, column)]
            for y, x in pond:
                for near_y, near_x in ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)):
                    inside = 0 <= near_y < rows and 0 <= near_x < columns
                    if inside and (not seen[near_y][near_x]) and (fields[near_y][near_x] == 1):
                        seen[near_y][near_x] = True
                        pond.append((near_y, near_x))
            sizes.append(len(pond))
    sizes.sort()
    return sizes

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


class PondSizesEnv(gymnasium.Env):
    """On a map of square fields, 1 marks water and 0 marks land. Water fields that touch along an edge form one pond.
    Report the number of fields of every pond, the smallest first; if there is no water, report an empty list."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'FieldsRows': 1, 'FieldsRowLength': 2, 'FieldsCell': 3, 'IsFieldsCellEqualTo0': 4, 'WorkOutInside': 5, 'IsNot': 6, 'IsFieldsCellEqualTo1': 7, 'Done': 8}
        self.parameters = {'Observe': {}, 'FieldsRows': {}, 'FieldsRowLength': {'row': 'integer'}, 'FieldsCell': {'row': 'integer', 'column': 'integer'}, 'IsFieldsCellEqualTo0': {'fields_cell': 'integer'}, 'WorkOutInside': {'near_y': 'integer', 'rows': 'integer', 'near_x': 'integer', 'columns': 'integer'}, 'IsNot': {'seen_value': 'boolean'}, 'IsFieldsCellEqualTo1': {'fields_cell': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'fields': [[0, 0, 1, 1], [1, 0, 0, 1]]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return PondSizesEnv(env_str) if env_str.startswith("PondSizesEnv@") else None

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
        return canonical((pond_sizes)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "fields: 2 rows of whole numbers"
        """
        return "\n".join(['fields: {} rows of whole numbers'.format(len(self.config['fields']))])

    def FieldsRows(self) -> int:
        """Count the rows of fields.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['fields'])

    def FieldsRowLength(self, row: int) -> int:
        """Count what is in one row of fields.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "4"
        """
        return len(self.config['fields'][row])

    def FieldsCell(self, row: int, column: int) -> int:
        """Read what is in one row of fields, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int: what is there
        Example Output:
            "0"
        """
        return self.config['fields'][row][column]

    def IsFieldsCellEqualTo0(self, fields_cell: int) -> bool:
        """Tell whether `fields_cell` equals 0.
        Args:
            fields_cell (int): value of fields cell
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return fields_cell == 0

    def WorkOutInside(self, near_y: int, rows: int, near_x: int, columns: int) -> bool:
        """Tell whether (0 is at most `near_y` and `near_y` is less than `rows`) and (0 is at most `near_x` and `near_x` is less than `columns`).
        Args:
            near_y (int): value of near y
            rows (int): value of rows
            near_x (int): value of near x
            columns (int): value of columns
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return 0 <= near_y < rows and 0 <= near_x < columns

    def IsNot(self, seen_value: bool) -> bool:
        """Tell whether not `seen_value`.
        Args:
            seen_value (bool): the seen value
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return not seen_value

    def IsFieldsCellEqualTo1(self, fields_cell: int) -> bool:
        """Tell whether `fields_cell` equals 1.
        Args:
            fields_cell (int): value of fields cell
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return fields_cell == 1

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

        def row_fields(row):
            return [call("FieldsCell", row=row, column=column) for column in range(call("FieldsRowLength", row=row))]

        def each_fields():
            for row in range(call("FieldsRows")):
                yield row_fields(row)

        def read_fields():
            return list(each_fields())

        def pond_sizes():
            rows = call('FieldsRows')
            columns = call('FieldsRowLength', row=0)
            seen = [[False] * columns for _ in range(rows)]
            sizes = []
            for row in range(rows):
                for column in range(columns):
                    if seen[row][column] or call('IsFieldsCellEqualTo0', fields_cell=call('FieldsCell', row=row, column=column)):
                        continue
                    seen[row][column] = True
                    pond = [(row, column)]
                    for y, x in pond:
                        for near_y, near_x in ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)):
                            inside = call('WorkOutInside', near_y=near_y, rows=rows, near_x=near_x, columns=columns)
                            if inside and call('IsNot', seen_value=seen[near_y][near_x]) and call('IsFieldsCellEqualTo1', fields_cell=call('FieldsCell', row=near_y, column=near_x)):
                                seen[near_y][near_x] = True
                                pond.append((near_y, near_x))
                    sizes.append(len(pond))
            sizes.sort()
            return sizes

        call("Done", answer=canonical(pond_sizes()))
