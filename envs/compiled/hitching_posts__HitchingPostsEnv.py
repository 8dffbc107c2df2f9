"""Compiled from problem hitching_posts (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def is_free(free_from: int, moment: int) -> bool:
    """Whether a post can be taken at this moment."""
    return free_from <= moment

def hitching_posts(posts: int, riders: list[tuple[int, int]]) -> list[int]:
    free_from = [0] * posts
    report = []
    for moment, stay in riders:
        taken = 0
        until = 0
        for post in range(posts):
            if is_free(free_from[post], moment):
                taken = post + 1
                until = moment + stay
                free_from[post] = until
                break
        report.append(taken)
        report.append(until)
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


class HitchingPostsEnv(gymnasium.Env):
    """An inn has a fixed number of hitching posts, all free at first. Riders come in the order of the book; each has
    the minute of coming, never earlier than the one before, and the minutes the horse stays. A rider takes the free
    post with the lowest number; a post is free again from the minute at which its horse leaves. A rider who finds no
    free post rides on. Report for each rider in order two numbers: the post taken, counted from one, and the minute at
    which the horse leaves; both are zero for riding on."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'RidersRows': 1, 'RidersRowLength': 2, 'RidersCell': 3, 'ReadSetting': 4, 'IsFree': 5, 'WorkOutUntil': 6, 'Done': 7}
        self.parameters = {'Observe': {}, 'RidersRows': {}, 'RidersRowLength': {'row': 'integer'}, 'RidersCell': {'row': 'integer', 'column': 'integer'}, 'ReadSetting': {'name': 'string'}, 'IsFree': {'free_from': 'integer', 'moment': 'integer'}, 'WorkOutUntil': {'moment': 'integer', 'stay': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'posts': 3, 'riders': [(7, 11), (14, 19), (16, 22), (19, 25)]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return HitchingPostsEnv(env_str) if env_str.startswith("HitchingPostsEnv@") else None

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
        return canonical((hitching_posts)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "posts: a single whole number\\nriders: 4 rows of whole numbers"
        """
        return "\n".join(['posts: a single whole number', 'riders: {} rows of whole numbers'.format(len(self.config['riders']))])

    def RidersRows(self) -> int:
        """Count the rows of riders.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "4"
        """
        return len(self.config['riders'])

    def RidersRowLength(self, row: int) -> int:
        """Count what is in one row of riders.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['riders'][row])

    def RidersCell(self, row: int, column: int) -> int:
        """Read what is in one row of riders, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int: what is there
        Example Output:
            "7"
        """
        return self.config['riders'][row][column]

    def ReadSetting(self, name: str) -> int:
        """Read a value that stands alone: posts.
        Args:
            name (str): posts
        Returns:
            int: the value
        Example Output:
            "3"
        """
        return {name: self.config[name] for name in ['posts']}[name]

    def IsFree(self, free_from: int, moment: int) -> bool:
        """Whether a post can be taken at this moment.
        Args:
            free_from (int): value of free from
            moment (int): value of moment
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return is_free(free_from, moment)

    def WorkOutUntil(self, moment: int, stay: int) -> int:
        """Work out `moment` plus `stay`.
        Args:
            moment (int): value of moment
            stay (int): value of stay
        Returns:
            int: the result
        Example Output:
            "18"
        """
        return moment + stay

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

        def read_posts():
            return call("ReadSetting", name='posts')

        def row_riders(row):
            return tuple([call("RidersCell", row=row, column=column) for column in range(call("RidersRowLength", row=row))])

        def each_riders():
            for row in range(call("RidersRows")):
                yield row_riders(row)

        def read_riders():
            return list(each_riders())

        def hitching_posts(posts):
            free_from = [0] * posts
            report = []
            for moment, stay in each_riders():
                taken = 0
                until = 0
                for post in range(posts):
                    if call('IsFree', free_from=free_from[post], moment=moment):
                        taken = post + 1
                        until = call('WorkOutUntil', moment=moment, stay=stay)
                        free_from[post] = until
                        break
                report.append(taken)
                report.append(until)
            return report

        call("Done", answer=canonical(hitching_posts(posts=read_posts())))
