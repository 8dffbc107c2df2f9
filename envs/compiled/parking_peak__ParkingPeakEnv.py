"""Compiled from problem parking_peak (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def places_used(cars: int, places: int) -> int:
    if cars > places:
        return places
    if cars < 0:
        return 0
    return cars

def parking_peak(notes: list[tuple[int, int]], places: int) -> list[int]:
    cars = 0
    most = 0
    most_minute = notes[0][0]
    turned_away = 0
    for minute, change in notes:
        wanted = cars + change
        cars = places_used(wanted, places)
        if wanted > cars:
            turned_away += wanted - cars
        if cars > most:
            most = cars
            most_minute = minute
    return [most, most_minute, turned_away]

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


class ParkingPeakEnv(gymnasium.Env):
    """The gate of a car park notes, in order, the minute and how many cars came in; cars that left are noted as a
    negative number. The park is empty at first, and holds only a given number of cars: of a group that comes in, those
    that find no place drive away. Report three numbers: the most cars that were ever there, the minute in which that
    number was reached for the first time, and how many cars had to drive away. If there was never a car, the minute is
    that of the first note."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'NotesRows': 1, 'NotesRowLength': 2, 'NotesCell': 3, 'ReadSetting': 4, 'WorkOutWanted': 5, 'PlacesUsed': 6, 'IsGreater': 7, 'UpdateTurnedAway': 8, 'Done': 9}
        self.parameters = {'Observe': {}, 'NotesRows': {}, 'NotesRowLength': {'row': 'integer'}, 'NotesCell': {'row': 'integer', 'column': 'integer'}, 'ReadSetting': {'name': 'string'}, 'WorkOutWanted': {'cars': 'integer', 'change': 'integer'}, 'PlacesUsed': {'cars': 'integer', 'places': 'integer'}, 'IsGreater': {'first': 'integer', 'second': 'integer'}, 'UpdateTurnedAway': {'turned_away': 'integer', 'wanted': 'integer', 'cars': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'notes': [(11, 2), (18, -1), (21, 7), (24, -2)], 'places': 18}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return ParkingPeakEnv(env_str) if env_str.startswith("ParkingPeakEnv@") else None

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
        return canonical((parking_peak)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "notes: 4 rows of whole numbers\\nplaces: a single whole number"
        """
        return "\n".join(['notes: {} rows of whole numbers'.format(len(self.config['notes'])), 'places: a single whole number'])

    def NotesRows(self) -> int:
        """Count the rows of notes.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "4"
        """
        return len(self.config['notes'])

    def NotesRowLength(self, row: int) -> int:
        """Count what is in one row of notes.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['notes'][row])

    def NotesCell(self, row: int, column: int) -> int:
        """Read what is in one row of notes, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int: what is there
        Example Output:
            "11"
        """
        return self.config['notes'][row][column]

    def ReadSetting(self, name: str) -> int:
        """Read a value that stands alone: places.
        Args:
            name (str): places
        Returns:
            int: the value
        Example Output:
            "18"
        """
        return {name: self.config[name] for name in ['places']}[name]

    def WorkOutWanted(self, cars: int, change: int) -> int:
        """Work out `cars` plus `change`.
        Args:
            cars (int): value of cars
            change (int): value of change
        Returns:
            int: the result
        Example Output:
            "2"
        """
        return cars + change

    def PlacesUsed(self, cars: int, places: int) -> int:
        """Work out the places used of `cars` and `places`.
        Args:
            cars (int): value of cars
            places (int): value of places
        Returns:
            int: the result
        Example Output:
            "2"
        """
        return places_used(cars, places)

    def IsGreater(self, first: int, second: int) -> bool:
        """Tell whether `first` is greater than `second`.
        Args:
            first (int): the first
            second (int): the second
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return first > second

    def UpdateTurnedAway(self, turned_away: int, wanted: int, cars: int) -> int:
        """Work out `turned_away` plus (`wanted` minus `cars`).
        Args:
            turned_away (int): value of turned away
            wanted (int): value of wanted
            cars (int): value of cars
        Returns:
            int: the result
        Example Output:
            "2"
        """
        return turned_away + (wanted - cars)

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

        def row_notes(row):
            return tuple([call("NotesCell", row=row, column=column) for column in range(call("NotesRowLength", row=row))])

        def each_notes():
            for row in range(call("NotesRows")):
                yield row_notes(row)

        def read_notes():
            return list(each_notes())

        def read_places():
            return call("ReadSetting", name='places')

        def parking_peak(places):
            cars = 0
            most = 0
            most_minute = call('NotesCell', row=0, column=0)
            turned_away = 0
            for minute, change in each_notes():
                wanted = call('WorkOutWanted', cars=cars, change=change)
                cars = call('PlacesUsed', cars=wanted, places=places)
                if call('IsGreater', first=wanted, second=cars):
                    turned_away = call('UpdateTurnedAway', turned_away=turned_away, wanted=wanted, cars=cars)
                if call('IsGreater', first=cars, second=most):
                    most = cars
                    most_minute = minute
            return [most, most_minute, turned_away]

        call("Done", answer=canonical(parking_peak(places=read_places())))
