"""Compiled from problem dice_ladder_game (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def bounce(square: int, last: int) -> int:
    if square > last:
        return 2 * last - square
    return square

def dice_ladder_game(throws: list[int], jumps: dict[int, int], last: int) -> list[int]:
    squares = [0, 0]
    player = 0
    for points in throws:
        square = bounce(squares[player] + points, last)
        if square in jumps:
            square = jumps[square]
        squares[player] = square
        other = 1 - player
        if square != 0 and squares[other] == square:
            squares[other] = 0
        player = other
    return squares

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


class DiceLadderGameEnv(gymnasium.Env):
    """Two children play on a track of squares with numbers; both begin before the track, on square 0, and throw a die by
    turns, the older child first. A piece goes forward as many squares as the die shows; from the last square it bounces
    back for the points that are left over. If the square where it comes to rest has a slide or a ladder, it goes at once
    to the square where that ends, and rests there. If it comes to rest where the other piece stands, except on square 0,
    the other piece goes back to square 0. Report the squares of the older and of the younger child after all throws."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'ThrowsLength': 1, 'ThrowsItem': 2, 'JumpsParts': 3, 'JumpsValue': 4, 'ReadSetting': 5, 'Bounce': 6, 'WorkOutOther': 7, 'IsSquareDifferentFrom0': 8, 'IsSquaresValueEqualToSquare': 9, 'Done': 10}
        self.parameters = {'Observe': {}, 'ThrowsLength': {}, 'ThrowsItem': {'index': 'integer'}, 'JumpsParts': {'path': 'array'}, 'JumpsValue': {'path': 'array'}, 'ReadSetting': {'name': 'string'}, 'Bounce': {'squares_value': 'integer', 'points': 'integer', 'last': 'integer'}, 'WorkOutOther': {'player': 'integer'}, 'IsSquareDifferentFrom0': {'square': 'integer'}, 'IsSquaresValueEqualToSquare': {'squares_value': 'integer', 'square': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'throws': [4, 3, 1, 4, 2, 5], 'jumps': {8: 5}, 'last': 12}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return DiceLadderGameEnv(env_str) if env_str.startswith("DiceLadderGameEnv@") else None

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
        return canonical((dice_ladder_game)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "throws: 6 whole numbers\\njumps: 1 elements, some of which have parts; innermost are whole numbers\\nlast: a single whole number"
        """
        return "\n".join(['throws: {} whole numbers'.format(len(self.config['throws'])), 'jumps: {} elements, some of which have parts; innermost are whole numbers'.format(len(self.config['jumps'])), 'last: a single whole number'])

    def ThrowsLength(self) -> int:
        """Count the elements of throws.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "6"
        """
        return len(self.config['throws'])

    def ThrowsItem(self, index: int) -> int:
        """Read one element of throws.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "4"
        """
        return self.config['throws'][index]

    def JumpsParts(self, path: list):
        """Tell how a part of jumps is made up, not the values in it.
        Args:
            path (list): places counted from 0, or keys, from the outside in; [] is all of jumps
        Returns:
            dict: its kind, how many elements or which keys it has, and which of them have parts themselves
        Example Output:
            "{"kind": "table", "keys": [["int", "8"]], "with_parts": []}"
        """
        here, parted = self.config['jumps'], (list, tuple, set, dict)
        for place in path:
            if isinstance(here, dict):
                here = [value for key, value in here.items() if key == place or str(key) == place][0]
            else:
                here = (sorted(here) if isinstance(here, set) else here)[place]
        if not isinstance(here, parted):
            raise TypeError("a value")
        inner = list(here.values() if isinstance(here, dict) else sorted(here) if isinstance(here, set) else here)
        inside = [i for i, item in enumerate(inner) if isinstance(item, parted)]
        if isinstance(here, dict):
            return {"kind": "table", "keys": [[type(key).__name__, str(key)] for key in here], "with_parts": inside}
        return {"kind": type(here).__name__, "length": len(here), "with_parts": inside}

    def JumpsValue(self, path: list) -> int:
        """Read one value of jumps, which has no parts.
        Args:
            path (list): places counted from 0, or keys, from the outside in; [] is all of jumps
        Returns:
            int: the value there
        Example Output:
            "5"
        """
        here, parted = self.config['jumps'], (list, tuple, set, dict)
        for place in path:
            if isinstance(here, dict):
                here = [value for key, value in here.items() if key == place or str(key) == place][0]
            else:
                here = (sorted(here) if isinstance(here, set) else here)[place]
        if isinstance(here, parted):
            raise TypeError("no value")
        return here

    def ReadSetting(self, name: str) -> int:
        """Read a value that stands alone: last.
        Args:
            name (str): last
        Returns:
            int: the value
        Example Output:
            "12"
        """
        return {name: self.config[name] for name in ['last']}[name]

    def Bounce(self, squares_value: int, points: int, last: int) -> int:
        """Work out the bounce of (`squares_value` plus `points`) and `last`.
        Args:
            squares_value (int): the squares value
            points (int): value of points
            last (int): value of last
        Returns:
            int: the result
        Example Output:
            "4"
        """
        return bounce(squares_value + points, last)

    def WorkOutOther(self, player: int) -> int:
        """Work out 1 minus `player`.
        Args:
            player (int): value of player
        Returns:
            int: the result
        Example Output:
            "1"
        """
        return 1 - player

    def IsSquareDifferentFrom0(self, square: int) -> bool:
        """Tell whether `square` differs from 0.
        Args:
            square (int): value of square
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return square != 0

    def IsSquaresValueEqualToSquare(self, squares_value: int, square: int) -> bool:
        """Tell whether `squares_value` equals `square`.
        Args:
            squares_value (int): the squares value
            square (int): value of square
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return squares_value == square

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

        def each_throws():
            for index in range(call("ThrowsLength")):
                yield call("ThrowsItem", index=index)

        def read_throws():
            return list(each_throws())

        def read_jumps(path=()):
            here = call("JumpsParts", path=list(path))
            keys = [key for _, key in here["keys"]] if here["kind"] == "table" else range(here["length"])
            items = [
                read_jumps((*path, key)) if i in here["with_parts"] else call("JumpsValue", path=[*path, key])
                for i, key in enumerate(keys)
            ]
            if here["kind"] != "table":
                return {"list": list, "tuple": tuple, "set": set}[here["kind"]](items)
            kinds = dict.fromkeys(("int", "float", "bool", "tuple"), _ast.literal_eval) | {"str": str}
            return {kinds[kind](key): item for (kind, key), item in zip(here["keys"], items)}

        def read_last():
            return call("ReadSetting", name='last')

        def dice_ladder_game(jumps, last):
            squares = [0, 0]
            player = 0
            for points in each_throws():
                square = call('Bounce', squares_value=squares[player], points=points, last=last)
                if square in jumps:
                    square = jumps[square]
                squares[player] = square
                other = call('WorkOutOther', player=player)
                if call('IsSquareDifferentFrom0', square=square) and call('IsSquaresValueEqualToSquare', squares_value=squares[other], square=square):
                    squares[other] = 0
                player = other
            return squares

        call("Done", answer=canonical(dice_ladder_game(jumps=read_jumps(), last=read_last())))
