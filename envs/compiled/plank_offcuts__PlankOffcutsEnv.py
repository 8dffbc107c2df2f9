"""Compiled from problem plank_offcuts (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def fits(piece: int, rest: int) -> bool:
    """Whether a piece can be sawn from the rest of the plank."""
    return piece <= rest

def plank_offcuts(plank: int, pieces: list[int]) -> list[int]:
    pile = []
    rest = plank
    for piece in pieces:
        if piece > plank:
            continue
        if not fits(piece, rest):
            pile.append(rest)
            rest = plank
        rest -= piece
    pile.append(rest)
    return pile

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


class PlankOffcutsEnv(gymnasium.Env):
    """A joiner saws pieces, in the order asked for, from planks that all have the same length. When the piece asked for
    is longer than what is left of the plank in hand, that rest is put on the offcut pile and a fresh plank is taken. A
    piece longer than a whole plank is skipped without touching the plank in hand. Work starts with one fresh plank.
    Report the lengths on the offcut pile in the order they were put there, then, as the last entry, what is left of the
    plank in hand."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'PiecesLength': 1, 'PiecesItem': 2, 'ReadSetting': 3, 'IsPieceGreaterThanPlank': 4, 'IsNot': 5, 'UpdateRest': 6, 'Done': 7}
        self.parameters = {'Observe': {}, 'PiecesLength': {}, 'PiecesItem': {'index': 'integer'}, 'ReadSetting': {'name': 'string'}, 'IsPieceGreaterThanPlank': {'piece': 'integer', 'plank': 'integer'}, 'IsNot': {'piece': 'integer', 'rest': 'integer'}, 'UpdateRest': {'rest': 'integer', 'piece': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'plank': 53, 'pieces': [25, 28, 7, 16, 15, 6]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return PlankOffcutsEnv(env_str) if env_str.startswith("PlankOffcutsEnv@") else None

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
        return canonical((plank_offcuts)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "plank: a single whole number\\npieces: 6 whole numbers"
        """
        return "\n".join(['plank: a single whole number', 'pieces: {} whole numbers'.format(len(self.config['pieces']))])

    def PiecesLength(self) -> int:
        """Count the elements of pieces.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "6"
        """
        return len(self.config['pieces'])

    def PiecesItem(self, index: int) -> int:
        """Read one element of pieces.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "25"
        """
        return self.config['pieces'][index]

    def ReadSetting(self, name: str) -> int:
        """Read a value that stands alone: plank.
        Args:
            name (str): plank
        Returns:
            int: the value
        Example Output:
            "53"
        """
        return {name: self.config[name] for name in ['plank']}[name]

    def IsPieceGreaterThanPlank(self, piece: int, plank: int) -> bool:
        """Tell whether `piece` is greater than `plank`.
        Args:
            piece (int): value of piece
            plank (int): value of plank
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return piece > plank

    def IsNot(self, piece: int, rest: int) -> bool:
        """Tell whether not the fits of `piece` and `rest`.
        Args:
            piece (int): value of piece
            rest (int): value of rest
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return not fits(piece, rest)

    def UpdateRest(self, rest: int, piece: int) -> int:
        """Work out `rest` minus `piece`.
        Args:
            rest (int): value of rest
            piece (int): value of piece
        Returns:
            int: the result
        Example Output:
            "28"
        """
        return rest - piece

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

        def read_plank():
            return call("ReadSetting", name='plank')

        def each_pieces():
            for index in range(call("PiecesLength")):
                yield call("PiecesItem", index=index)

        def read_pieces():
            return list(each_pieces())

        def plank_offcuts(plank):
            pile = []
            rest = plank
            for piece in each_pieces():
                if call('IsPieceGreaterThanPlank', piece=piece, plank=plank):
                    continue
                if call('IsNot', piece=piece, rest=rest):
                    pile.append(rest)
                    rest = plank
                rest = call('UpdateRest', rest=rest, piece=piece)
            pile.append(rest)
            return pile

        call("Done", answer=canonical(plank_offcuts(plank=read_plank())))
