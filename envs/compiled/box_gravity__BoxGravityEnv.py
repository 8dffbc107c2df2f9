"""Compiled from problem box_gravity (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def scratches(fall: int) -> int:
    return fall * fall

def box_gravity(wall: list[list[str]]) -> int:
    rows = len(wall)
    total = 0
    for column in range(len(wall[0])):
        resting = rows - 1
        for step in range(rows):
            row = rows - 1 - step
            cell = wall[row][column]
            if cell == '#':
                resting = row - 1
            elif cell == 'B':
                total += scratches(resting - row)
                resting -= 1
    return total

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


class BoxGravityEnv(gymnasium.Env):
    """A warehouse wall is seen from the front as rows of cells, top row first: B is a box held by a string, # a fixed
    shelf and . an empty cell. All strings are cut. Every box falls straight down until it lies on the floor, on a shelf
    or on another box. A box that falls by d cells does d times d scratches. Report the number of scratches."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'WallRows': 1, 'WallRowLength': 2, 'WallCell': 3, 'WorkOutRow': 4, 'IsCellEqual': 5, 'IsCellEqual2': 6, 'UpdateTotal': 7, 'Done': 8}
        self.parameters = {'Observe': {}, 'WallRows': {}, 'WallRowLength': {'row': 'integer'}, 'WallCell': {'row': 'integer', 'column': 'integer'}, 'WorkOutRow': {'rows': 'integer', 'step': 'integer'}, 'IsCellEqual': {'cell': 'string'}, 'IsCellEqual2': {'cell': 'string'}, 'UpdateTotal': {'total': 'integer', 'resting': 'integer', 'row': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'wall': [['.', '#'], ['B', '.'], ['.', 'B'], ['.', 'B'], ['.', '.']]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return BoxGravityEnv(env_str) if env_str.startswith("BoxGravityEnv@") else None

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
        return canonical((box_gravity)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "wall: 5 rows of texts"
        """
        return "\n".join(['wall: {} rows of texts'.format(len(self.config['wall']))])

    def WallRows(self) -> int:
        """Count the rows of wall.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "5"
        """
        return len(self.config['wall'])

    def WallRowLength(self, row: int) -> int:
        """Count what is in one row of wall.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['wall'][row])

    def WallCell(self, row: int, column: int) -> str:
        """Read what is in one row of wall, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            str: what is there
        Example Output:
            "".\""
        """
        return self.config['wall'][row][column]

    def WorkOutRow(self, rows: int, step: int) -> int:
        """Work out (`rows` minus 1) minus `step`.
        Args:
            rows (int): value of rows
            step (int): value of step
        Returns:
            int: the result
        Example Output:
            "4"
        """
        return rows - 1 - step

    def IsCellEqual(self, cell: str) -> bool:
        """Tell whether `cell` equals '#'.
        Args:
            cell (str): value of cell
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return cell == '#'

    def IsCellEqual2(self, cell: str) -> bool:
        """Tell whether `cell` equals 'B'.
        Args:
            cell (str): value of cell
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return cell == 'B'

    def UpdateTotal(self, total: int, resting: int, row: int) -> int:
        """Work out `total` plus (the scratches of (`resting` minus `row`)).
        Args:
            total (int): value of total
            resting (int): value of resting
            row (int): value of row
        Returns:
            int: the result
        Example Output:
            "9"
        """
        return total + scratches(resting - row)

    def Done(self, answer) -> str:
        """Hand in the answer. The first one counts.
        Args:
            answer (int): the answer, a whole number
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

        def row_wall(row):
            return [call("WallCell", row=row, column=column) for column in range(call("WallRowLength", row=row))]

        def each_wall():
            for row in range(call("WallRows")):
                yield row_wall(row)

        def read_wall():
            return list(each_wall())

        def box_gravity():
            rows = call('WallRows')
            total = 0
            for column in range(call('WallRowLength', row=0)):
                resting = rows - 1
                for step in range(rows):
                    row = call('WorkOutRow', rows=rows, step=step)
                    cell = call('WallCell', row=row, column=column)
                    if call('IsCellEqual', cell=cell):
                        resting = row - 1
                    elif call('IsCellEqual2', cell=cell):
                        total = call('UpdateTotal', total=total, resting=resting, row=row)
                        resting -= 1
            return total

        call("Done", answer=canonical(box_gravity()))
