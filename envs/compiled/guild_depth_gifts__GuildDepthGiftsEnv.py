"""Compiled from problem guild_depth_gifts (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def gift(stars: int, rank: int) -> int:
    silver = stars * rank
    if rank % 2 == 1:
        silver = silver // 2
    return silver

def guild_depth_gifts(teachers: list[int], stars: list[int]) -> int:
    ranks = [0] * len(teachers)
    total = 0
    for member in range(len(teachers)):
        teacher = teachers[member]
        if teacher >= 0:
            ranks[member] = ranks[teacher] + 1
        total += gift(stars[member], ranks[member])
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


class GuildDepthGiftsEnv(gymnasium.Env):
    """A guild lists its members in the order they joined, and for each the number of the member who taught them; the
    founder, number 0, has -1 there. A member's rank is the number of teachers above them, so the founder has rank 0. At
    the yearly feast each member is given silver: their skill stars times their rank, but only half of that, rounded down,
    if the rank is odd. Report the silver given out in all."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'TeachersLength': 1, 'TeachersItem': 2, 'StarsLength': 3, 'StarsItem': 4, 'IsTeacherAtLeast0': 5, 'UpdateTotal': 6, 'Done': 7}
        self.parameters = {'Observe': {}, 'TeachersLength': {}, 'TeachersItem': {'index': 'integer'}, 'StarsLength': {}, 'StarsItem': {'index': 'integer'}, 'IsTeacherAtLeast0': {'teacher': 'integer'}, 'UpdateTotal': {'total': 'integer', 'stars_item': 'integer', 'ranks_value': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'teachers': [-1, 0, 0, 1], 'stars': [12, 3, 15, 6]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return GuildDepthGiftsEnv(env_str) if env_str.startswith("GuildDepthGiftsEnv@") else None

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
        return canonical((guild_depth_gifts)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "teachers: 4 whole numbers\\nstars: 4 whole numbers"
        """
        return "\n".join(['teachers: {} whole numbers'.format(len(self.config['teachers'])), 'stars: {} whole numbers'.format(len(self.config['stars']))])

    def TeachersLength(self) -> int:
        """Count the elements of teachers.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "4"
        """
        return len(self.config['teachers'])

    def TeachersItem(self, index: int) -> int:
        """Read one element of teachers.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "-1"
        """
        return self.config['teachers'][index]

    def StarsLength(self):
        """Count the elements of stars.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            ""
        """
        return len(self.config['stars'])

    def StarsItem(self, index: int) -> int:
        """Read one element of stars.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "12"
        """
        return self.config['stars'][index]

    def IsTeacherAtLeast0(self, teacher: int) -> bool:
        """Tell whether `teacher` is at least 0.
        Args:
            teacher (int): value of teacher
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return teacher >= 0

    def UpdateTotal(self, total: int, stars_item: int, ranks_value: int) -> int:
        """Work out `total` plus the gift of `stars_item` and `ranks_value`.
        Args:
            total (int): value of total
            stars_item (int): value of stars item
            ranks_value (int): the ranks value
        Returns:
            int: the result
        Example Output:
            "0"
        """
        return total + gift(stars_item, ranks_value)

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

        def each_teachers():
            for index in range(call("TeachersLength")):
                yield call("TeachersItem", index=index)

        def read_teachers():
            return list(each_teachers())

        def each_stars():
            for index in range(call("StarsLength")):
                yield call("StarsItem", index=index)

        def read_stars():
            return list(each_stars())

        def guild_depth_gifts():
            ranks = [0] * call('TeachersLength')
            total = 0
            for member in range(call('TeachersLength')):
                teacher = call('TeachersItem', index=member)
                if call('IsTeacherAtLeast0', teacher=teacher):
                    ranks[member] = ranks[teacher] + 1
                total = call('UpdateTotal', total=total, stars_item=call('StarsItem', index=member), ranks_value=ranks[member])
            return total

        call("Done", answer=canonical(guild_depth_gifts()))
