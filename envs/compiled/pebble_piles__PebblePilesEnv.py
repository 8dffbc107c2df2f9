"""Compiled from problem pebble_piles (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def most_allowed(pile: int) -> int:
    return (pile + 1) // 2

def pebble_piles(piles: list[int], moves: list[tuple[int, int]]) -> list[int]:
    left = []
    remaining = 0
    for pile in piles:
        left.append(pile)
        remaining += pile
    points = [0, 0]
    player = 0
    for place, count in moves:
        if count > most_allowed(left[place]):
            points[player] -= 2
        else:
            left[place] -= count
            remaining -= count
            points[player] += count
            if left[place] == 0:
                points[player] += 5
        player = 1 - player
    return [points[0], points[1], remaining]

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


class PebblePilesEnv(gymnasium.Env):
    """Two children take pebbles from piles by turns. Each move names a pile, counted from 0, and a number of pebbles,
    which may be at most half of the pile, rounded up. A legal move gives its player one point for each pebble taken, and
    5 more if the pile is then empty. For an illegal move the player loses 2 points, nothing is taken, and the turn passes
    all the same. Report the points of the child that begins, the points of the other child, and the pebbles left over."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'PilesLength': 1, 'PilesItem': 2, 'MovesRows': 3, 'MovesRowLength': 4, 'MovesCell': 5, 'UpdateRemaining': 6, 'IsCountGreater': 7, 'UpdateRemaining2': 8, 'IsLeftValueEqualTo0': 9, 'UpdatePlayer': 10, 'Done': 11}
        self.parameters = {'Observe': {}, 'PilesLength': {}, 'PilesItem': {'index': 'integer'}, 'MovesRows': {}, 'MovesRowLength': {'row': 'integer'}, 'MovesCell': {'row': 'integer', 'column': 'integer'}, 'UpdateRemaining': {'remaining': 'integer', 'pile': 'integer'}, 'IsCountGreater': {'count': 'integer', 'left_value': 'integer'}, 'UpdateRemaining2': {'remaining': 'integer', 'count': 'integer'}, 'IsLeftValueEqualTo0': {'left_value': 'integer'}, 'UpdatePlayer': {'player': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'piles': [11, 6], 'moves': [(1, 3), (0, 4), (0, 5)]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return PebblePilesEnv(env_str) if env_str.startswith("PebblePilesEnv@") else None

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
        return canonical((pebble_piles)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "piles: 2 whole numbers\\nmoves: 3 rows of whole numbers"
        """
        return "\n".join(['piles: {} whole numbers'.format(len(self.config['piles'])), 'moves: {} rows of whole numbers'.format(len(self.config['moves']))])

    def PilesLength(self) -> int:
        """Count the elements of piles.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['piles'])

    def PilesItem(self, index: int) -> int:
        """Read one element of piles.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "11"
        """
        return self.config['piles'][index]

    def MovesRows(self) -> int:
        """Count the rows of moves.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "3"
        """
        return len(self.config['moves'])

    def MovesRowLength(self, row: int) -> int:
        """Count what is in one row of moves.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['moves'][row])

    def MovesCell(self, row: int, column: int) -> int:
        """Read what is in one row of moves, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int: what is there
        Example Output:
            "1"
        """
        return self.config['moves'][row][column]

    def UpdateRemaining(self, remaining: int, pile: int) -> int:
        """Work out `remaining` plus `pile`.
        Args:
            remaining (int): value of remaining
            pile (int): value of pile
        Returns:
            int: the result
        Example Output:
            "11"
        """
        return remaining + pile

    def IsCountGreater(self, count: int, left_value: int) -> bool:
        """Tell whether `count` is greater than the most allowed of `left_value`.
        Args:
            count (int): value of count
            left_value (int): the left value
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return count > most_allowed(left_value)

    def UpdateRemaining2(self, remaining: int, count: int) -> int:
        """Work out `remaining` minus `count`.
        Args:
            remaining (int): value of remaining
            count (int): value of count
        Returns:
            int: the result
        Example Output:
            "14"
        """
        return remaining - count

    def IsLeftValueEqualTo0(self, left_value: int) -> bool:
        """Tell whether `left_value` equals 0.
        Args:
            left_value (int): the left value
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return left_value == 0

    def UpdatePlayer(self, player: int) -> int:
        """Work out 1 minus `player`.
        Args:
            player (int): value of player
        Returns:
            int: the result
        Example Output:
            "1"
        """
        return 1 - player

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

        def each_piles():
            for index in range(call("PilesLength")):
                yield call("PilesItem", index=index)

        def read_piles():
            return list(each_piles())

        def row_moves(row):
            return tuple([call("MovesCell", row=row, column=column) for column in range(call("MovesRowLength", row=row))])

        def each_moves():
            for row in range(call("MovesRows")):
                yield row_moves(row)

        def read_moves():
            return list(each_moves())

        def pebble_piles():
            left = []
            remaining = 0
            for pile in each_piles():
                left.append(pile)
                remaining = call('UpdateRemaining', remaining=remaining, pile=pile)
            points = [0, 0]
            player = 0
            for place, count in each_moves():
                if call('IsCountGreater', count=count, left_value=left[place]):
                    points[player] -= 2
                else:
                    left[place] -= count
                    remaining = call('UpdateRemaining2', remaining=remaining, count=count)
                    points[player] += count
                    if call('IsLeftValueEqualTo0', left_value=left[place]):
                        points[player] += 5
                player = call('UpdatePlayer', player=player)
            return [points[0], points[1], remaining]

        call("Done", answer=canonical(pebble_piles()))
