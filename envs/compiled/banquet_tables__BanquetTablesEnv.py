"""Compiled from problem banquet_tables (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def has_room(free: int, guests: int) -> bool:
    """Whether a table has enough free seats for a group."""
    return free >= guests

def banquet_tables(seats: list[int], groups: list[int]) -> list[int]:
    free = list(seats)
    places = []
    for guests in groups:
        chosen = 0
        for table in range(len(free)):
            if has_room(free[table], guests):
                chosen = table + 1
                free[table] -= guests
                break
        places.append(chosen)
    return places + free

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


class BanquetTablesEnv(gymnasium.Env):
    """Groups of guests arrive at a banquet one after another and each is led to the first table, in the order of the
    tables, that still has enough free seats for the whole group. A group for which no table has room is sent to the
    garden. Report, for each group in order, the number of its table, counted from one, or zero for the garden, and then
    the free seats left at each table in order."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'SeatsLength': 1, 'SeatsItem': 2, 'GroupsLength': 3, 'GroupsItem': 4, 'HasRoom': 5, 'WorkOutChosen': 6, 'Done': 7}
        self.parameters = {'Observe': {}, 'SeatsLength': {}, 'SeatsItem': {'index': 'integer'}, 'GroupsLength': {}, 'GroupsItem': {'index': 'integer'}, 'HasRoom': {'free': 'integer', 'guests': 'integer'}, 'WorkOutChosen': {'table': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'seats': [14, 11], 'groups': [2, 5, 4, 2, 5]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return BanquetTablesEnv(env_str) if env_str.startswith("BanquetTablesEnv@") else None

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
        return canonical((banquet_tables)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "seats: 2 whole numbers\\ngroups: 5 whole numbers"
        """
        return "\n".join(['seats: {} whole numbers'.format(len(self.config['seats'])), 'groups: {} whole numbers'.format(len(self.config['groups']))])

    def SeatsLength(self) -> int:
        """Count the elements of seats.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['seats'])

    def SeatsItem(self, index: int) -> int:
        """Read one element of seats.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "14"
        """
        return self.config['seats'][index]

    def GroupsLength(self) -> int:
        """Count the elements of groups.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "5"
        """
        return len(self.config['groups'])

    def GroupsItem(self, index: int) -> int:
        """Read one element of groups.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "2"
        """
        return self.config['groups'][index]

    def HasRoom(self, free: int, guests: int) -> bool:
        """Whether a table has enough free seats for a group.
        Args:
            free (int): value of free
            guests (int): value of guests
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return has_room(free, guests)

    def WorkOutChosen(self, table: int) -> int:
        """Work out `table` plus 1.
        Args:
            table (int): value of table
        Returns:
            int: the result
        Example Output:
            "1"
        """
        return table + 1

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

        def each_seats():
            for index in range(call("SeatsLength")):
                yield call("SeatsItem", index=index)

        def read_seats():
            return list(each_seats())

        def each_groups():
            for index in range(call("GroupsLength")):
                yield call("GroupsItem", index=index)

        def read_groups():
            return list(each_groups())

        def banquet_tables():
            free = list(each_seats())
            places = []
            for guests in each_groups():
                chosen = 0
                for table in range(len(free)):
                    if call('HasRoom', free=free[table], guests=guests):
                        chosen = call('WorkOutChosen', table=table)
                        free[table] -= guests
                        break
                places.append(chosen)
            return places + free

        call("Done", answer=canonical(banquet_tables()))
