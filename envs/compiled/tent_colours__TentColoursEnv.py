"""Compiled from problem tent_colours (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def tent_colours(ropes: list[list[int]]) -> list[int]:
    colours = [0] * len(ropes)
    for tent in range(len(ropes)):
        taken = []
        for other in ropes[tent]:
            taken.append(colours[other])
        if len(taken) == 0:
            colours[tent] = 2
            continue
        colour = 1
        while colour in taken:
            colour += 1
        colours[tent] = colour
    return colours

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


class TentColoursEnv(gymnasium.Env):
    """Tents are put up in order of their number from 0, and each is roped to some of the tents that stand already. Flags
    come in colours 1, 2, 3 and so on. Each tent gets, when it is put up, the flag of the lowest colour that none of the
    tents it is roped to flies, but a tent roped to no tent at all gets colour 2. Report the colours of all tents in
    order."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'RopesRows': 1, 'RopesRowLength': 2, 'RopesCell': 3, 'CheckTaken': 4, 'IsColourAmongTaken': 5, 'Done': 6}
        self.parameters = {'Observe': {}, 'RopesRows': {}, 'RopesRowLength': {'row': 'integer'}, 'RopesCell': {'row': 'integer', 'column': 'integer'}, 'CheckTaken': {'taken': 'array'}, 'IsColourAmongTaken': {'colour': 'integer', 'taken': 'array'}, 'Done': {'answer': 'any'}}
        self.config = {'ropes': [[], [0], [1], [], [1, 2], [1, 4], [2], [1, 5]]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return TentColoursEnv(env_str) if env_str.startswith("TentColoursEnv@") else None

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
        return canonical((tent_colours)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "ropes: 8 rows of whole numbers"
        """
        return "\n".join(['ropes: {} rows of whole numbers'.format(len(self.config['ropes']))])

    def RopesRows(self) -> int:
        """Count the rows of ropes.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "8"
        """
        return len(self.config['ropes'])

    def RopesRowLength(self, row: int) -> int:
        """Count what is in one row of ropes.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "0"
        """
        return len(self.config['ropes'][row])

    def RopesCell(self, row: int, column: int) -> int:
        """Read what is in one row of ropes, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int: what is there
        Example Output:
            "0"
        """
        return self.config['ropes'][row][column]

    def CheckTaken(self, taken: list) -> bool:
        """Tell whether how many elements `taken` has equals 0.
        Args:
            taken (list): value of taken
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return len(taken) == 0

    def IsColourAmongTaken(self, colour: int, taken: list) -> bool:
        """Tell whether `colour` is among `taken`.
        Args:
            colour (int): value of colour
            taken (list): value of taken
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return colour in taken

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

        def row_ropes(row):
            return [call("RopesCell", row=row, column=column) for column in range(call("RopesRowLength", row=row))]

        def each_ropes():
            for row in range(call("RopesRows")):
                yield row_ropes(row)

        def read_ropes():
            return list(each_ropes())

        def tent_colours(ropes):
            colours = [0] * len(ropes)
            for tent in range(len(ropes)):
                taken = []
                for other in ropes[tent]:
                    taken.append(colours[other])
                if call('CheckTaken', taken=taken):
                    colours[tent] = 2
                    continue
                colour = 1
                while call('IsColourAmongTaken', colour=colour, taken=taken):
                    colour += 1
                colours[tent] = colour
            return colours

        call("Done", answer=canonical(tent_colours(ropes=read_ropes())))
