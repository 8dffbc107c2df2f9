"""Compiled from problem dish_tower (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def dish_tower(notes: list[int]) -> list[int]:
    tower = []
    taken = []
    for note in notes:
        if note > 0:
            tower.append(note)
        elif note == 0:
            if len(tower) > 0:
                taken.append(tower.pop())
        elif len(tower) >= 2:
            top = tower.pop()
            below = tower.pop()
            tower.append(top)
            tower.append(below)
    while len(tower) > 0:
        taken.append(tower.pop())
    return taken

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


class DishTowerEnv(gymnasium.Env):
    """A dishwasher keeps plates in one tower. His notes are numbers: a number above 0 means that he puts a plate of that
    size on top; 0 means that he takes the top plate away, if there is one; -1 means that he lays the top plate under the
    one below it, so that these two change places, if there are at least two. Report the sizes of the plates taken away,
    in order, and after them the plates that remain, from the top to the bottom."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'NotesLength': 1, 'NotesItem': 2, 'IsNoteGreaterThan0': 3, 'IsNoteEqualTo0': 4, 'CheckTower': 5, 'CheckTower2': 6, 'Done': 7}
        self.parameters = {'Observe': {}, 'NotesLength': {}, 'NotesItem': {'index': 'integer'}, 'IsNoteGreaterThan0': {'note': 'integer'}, 'IsNoteEqualTo0': {'note': 'integer'}, 'CheckTower': {'tower': 'array'}, 'CheckTower2': {'tower': 'array'}, 'Done': {'answer': 'any'}}
        self.config = {'notes': [28, 7, 26, 23, -1, -1, 0]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return DishTowerEnv(env_str) if env_str.startswith("DishTowerEnv@") else None

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
        return canonical((dish_tower)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "notes: 7 whole numbers"
        """
        return "\n".join(['notes: {} whole numbers'.format(len(self.config['notes']))])

    def NotesLength(self) -> int:
        """Count the elements of notes.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "7"
        """
        return len(self.config['notes'])

    def NotesItem(self, index: int) -> int:
        """Read one element of notes.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "28"
        """
        return self.config['notes'][index]

    def IsNoteGreaterThan0(self, note: int) -> bool:
        """Tell whether `note` is greater than 0.
        Args:
            note (int): value of note
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return note > 0

    def IsNoteEqualTo0(self, note: int) -> bool:
        """Tell whether `note` equals 0.
        Args:
            note (int): value of note
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return note == 0

    def CheckTower(self, tower: list) -> bool:
        """Tell whether how many elements `tower` has is greater than 0.
        Args:
            tower (list): value of tower
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return len(tower) > 0

    def CheckTower2(self, tower: list) -> bool:
        """Tell whether how many elements `tower` has is at least 2.
        Args:
            tower (list): value of tower
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return len(tower) >= 2

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

        def each_notes():
            for index in range(call("NotesLength")):
                yield call("NotesItem", index=index)

        def read_notes():
            return list(each_notes())

        def dish_tower():
            tower = []
            taken = []
            for note in each_notes():
                if call('IsNoteGreaterThan0', note=note):
                    tower.append(note)
                elif call('IsNoteEqualTo0', note=note):
                    if call('CheckTower', tower=tower):
                        taken.append(tower.pop())
                elif call('CheckTower2', tower=tower):
                    top = tower.pop()
                    below = tower.pop()
                    tower.append(top)
                    tower.append(below)
            while call('CheckTower', tower=tower):
                taken.append(tower.pop())
            return taken

        call("Done", answer=canonical(dish_tower()))
