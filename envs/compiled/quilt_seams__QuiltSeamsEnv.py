"""Compiled from problem quilt_seams (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def seam(one: int, other: int) -> int:
    if one == other:
        return 1
    difference = one - other
    if difference < 0:
        difference = -difference
    return difference + 2

def quilt_seams(patches: list[list[int]]) -> int:
    threads = 0
    for row in range(len(patches)):
        for column in range(len(patches[row])):
            patch = patches[row][column]
            if column > 0:
                threads += seam(patches[row][column - 1], patch)
            if row > 0:
                threads += seam(patches[row - 1][column], patch)
    return threads

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


class QuiltSeamsEnv(gymnasium.Env):
    """A quilt is sewn from rows of square patches, each of some colour given by a number. Two patches that share an edge
    need a plain seam if their colours are the same, which costs 1 thread, and a fancy seam if not, which costs as many
    threads as the colour numbers differ, plus 2. Report how many threads all seams of the quilt cost."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'PatchesRows': 1, 'PatchesRowLength': 2, 'PatchesCell': 3, 'IsValueGreaterThan0': 4, 'UpdateThreads': 5, 'Done': 6}
        self.parameters = {'Observe': {}, 'PatchesRows': {}, 'PatchesRowLength': {'row': 'integer'}, 'PatchesCell': {'row': 'integer', 'column': 'integer'}, 'IsValueGreaterThan0': {'value': 'integer'}, 'UpdateThreads': {'threads': 'integer', 'patches_cell': 'integer', 'patch': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'patches': [[4, 6, 1], [4, 3, 1]]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return QuiltSeamsEnv(env_str) if env_str.startswith("QuiltSeamsEnv@") else None

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
        return canonical((quilt_seams)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "patches: 2 rows of whole numbers"
        """
        return "\n".join(['patches: {} rows of whole numbers'.format(len(self.config['patches']))])

    def PatchesRows(self) -> int:
        """Count the rows of patches.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['patches'])

    def PatchesRowLength(self, row: int) -> int:
        """Count what is in one row of patches.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "3"
        """
        return len(self.config['patches'][row])

    def PatchesCell(self, row: int, column: int) -> int:
        """Read what is in one row of patches, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int: what is there
        Example Output:
            "4"
        """
        return self.config['patches'][row][column]

    def IsValueGreaterThan0(self, value: int) -> bool:
        """Tell whether `value` is greater than 0.
        Args:
            value (int): the value
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return value > 0

    def UpdateThreads(self, threads: int, patches_cell: int, patch: int) -> int:
        """Work out `threads` plus the seam of `patches_cell` and `patch`.
        Args:
            threads (int): value of threads
            patches_cell (int): value of patches cell
            patch (int): value of patch
        Returns:
            int: the result
        Example Output:
            "4"
        """
        return threads + seam(patches_cell, patch)

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

        def row_patches(row):
            return [call("PatchesCell", row=row, column=column) for column in range(call("PatchesRowLength", row=row))]

        def each_patches():
            for row in range(call("PatchesRows")):
                yield row_patches(row)

        def read_patches():
            return list(each_patches())

        def quilt_seams():
            threads = 0
            for row in range(call('PatchesRows')):
                for column in range(call('PatchesRowLength', row=row)):
                    patch = call('PatchesCell', row=row, column=column)
                    if call('IsValueGreaterThan0', value=column):
                        threads = call('UpdateThreads', threads=threads, patches_cell=call('PatchesCell', row=row, column=column - 1), patch=patch)
                    if call('IsValueGreaterThan0', value=row):
                        threads = call('UpdateThreads', threads=threads, patches_cell=call('PatchesCell', row=row - 1, column=column), patch=patch)
            return threads

        call("Done", answer=canonical(quilt_seams()))
