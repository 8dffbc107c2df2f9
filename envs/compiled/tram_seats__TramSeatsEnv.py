"""Compiled from problem tram_seats (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def leaving(on_board: int, wishing: int) -> int:
    """How many people really get off."""
    return min(on_board, wishing)

def tram_seats(seats: int, stops: list[tuple[int, int]]) -> list[int]:
    on_board = 0
    walked = 0
    report = []
    for wishing, waiting in stops:
        on_board -= leaving(on_board, wishing)
        boarding = min(waiting, seats - on_board)
        on_board += boarding
        walked += waiting - boarding
        report.append(on_board)
    report.append(walked)
    return report

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


class TramSeatsEnv(gymnasium.Env):
    """A tram with a fixed number of seats runs along its stops and starts empty. At each stop the given number of
    people want to get off; if fewer are on board, all on board get off. Then the people waiting there get on as long as
    there are seats; the rest walk. Report the number of people on board after each stop in order, and as the last entry
    how many people had to walk in all."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'StopsRows': 1, 'StopsRowLength': 2, 'StopsCell': 3, 'ReadSetting': 4, 'UpdateOnBoard': 5, 'WorkOutBoarding': 6, 'UpdateOnBoard2': 7, 'UpdateWalked': 8, 'Done': 9}
        self.parameters = {'Observe': {}, 'StopsRows': {}, 'StopsRowLength': {'row': 'integer'}, 'StopsCell': {'row': 'integer', 'column': 'integer'}, 'ReadSetting': {'name': 'string'}, 'UpdateOnBoard': {'on_board': 'integer', 'wishing': 'integer'}, 'WorkOutBoarding': {'waiting': 'integer', 'seats': 'integer', 'on_board': 'integer'}, 'UpdateOnBoard2': {'on_board': 'integer', 'boarding': 'integer'}, 'UpdateWalked': {'walked': 'integer', 'waiting': 'integer', 'boarding': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'seats': 32, 'stops': [(6, 4), (6, 12), (1, 15), (2, 14)]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return TramSeatsEnv(env_str) if env_str.startswith("TramSeatsEnv@") else None

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
        return canonical((tram_seats)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "seats: a single whole number\\nstops: 4 rows of whole numbers"
        """
        return "\n".join(['seats: a single whole number', 'stops: {} rows of whole numbers'.format(len(self.config['stops']))])

    def StopsRows(self) -> int:
        """Count the rows of stops.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "4"
        """
        return len(self.config['stops'])

    def StopsRowLength(self, row: int) -> int:
        """Count what is in one row of stops.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['stops'][row])

    def StopsCell(self, row: int, column: int) -> int:
        """Read what is in one row of stops, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int: what is there
        Example Output:
            "6"
        """
        return self.config['stops'][row][column]

    def ReadSetting(self, name: str) -> int:
        """Read a value that stands alone: seats.
        Args:
            name (str): seats
        Returns:
            int: the value
        Example Output:
            "32"
        """
        return {name: self.config[name] for name in ['seats']}[name]

    def UpdateOnBoard(self, on_board: int, wishing: int) -> int:
        """Work out `on_board` minus the leaving of `on_board` and `wishing`.
        Args:
            on_board (int): value of on board
            wishing (int): value of wishing
        Returns:
            int: the result
        Example Output:
            "0"
        """
        return on_board - leaving(on_board, wishing)

    def WorkOutBoarding(self, waiting: int, seats: int, on_board: int) -> int:
        """Work out the smallest of `waiting` and (`seats` minus `on_board`).
        Args:
            waiting (int): value of waiting
            seats (int): value of seats
            on_board (int): value of on board
        Returns:
            int: the result
        Example Output:
            "4"
        """
        return min(waiting, seats - on_board)

    def UpdateOnBoard2(self, on_board: int, boarding: int) -> int:
        """Work out `on_board` plus `boarding`.
        Args:
            on_board (int): value of on board
            boarding (int): value of boarding
        Returns:
            int: the result
        Example Output:
            "4"
        """
        return on_board + boarding

    def UpdateWalked(self, walked: int, waiting: int, boarding: int) -> int:
        """Work out `walked` plus (`waiting` minus `boarding`).
        Args:
            walked (int): value of walked
            waiting (int): value of waiting
            boarding (int): value of boarding
        Returns:
            int: the result
        Example Output:
            "0"
        """
        return walked + (waiting - boarding)

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

        def read_seats():
            return call("ReadSetting", name='seats')

        def row_stops(row):
            return tuple([call("StopsCell", row=row, column=column) for column in range(call("StopsRowLength", row=row))])

        def each_stops():
            for row in range(call("StopsRows")):
                yield row_stops(row)

        def read_stops():
            return list(each_stops())

        def tram_seats(seats):
            on_board = 0
            walked = 0
            report = []
            for wishing, waiting in each_stops():
                on_board = call('UpdateOnBoard', on_board=on_board, wishing=wishing)
                boarding = call('WorkOutBoarding', waiting=waiting, seats=seats, on_board=on_board)
                on_board = call('UpdateOnBoard2', on_board=on_board, boarding=boarding)
                walked = call('UpdateWalked', walked=walked, waiting=waiting, boarding=boarding)
                report.append(on_board)
            report.append(walked)
            return report

        call("Done", answer=canonical(tram_seats(seats=read_seats())))
