"""Compiled from problem stair_rests (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def effort(height: int, previous: int) -> int:
    """Tiredness a step adds, given the height of the step before it."""
    if height < previous:
        return height // 2
    return height

def stair_rests(heights: list[int], limit: int) -> list[int]:
    rests = []
    tired = 0
    previous = 0
    for number, height in enumerate(heights, start=1):
        tired += effort(height, previous)
        if tired > limit:
            rests.append(number)
            tired = 0
        previous = height
    rests.append(tired)
    return rests

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


class StairRestsEnv(gymnasium.Env):
    """A porter carries a piano up a row of steps and every step has a height that is added to his tiredness. As soon as
    his tiredness after a step is above his limit, he rests on that step and the tiredness goes back to zero. A step
    lower than the one before it (the first step has none before it) costs only half its height, rounded down. Report
    the numbers of the steps on which he rests, counted from one, followed by the tiredness he arrives with at the top
    as the last entry."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'HeightsLength': 1, 'HeightsItem': 2, 'ReadSetting': 3, 'UpdateTired': 4, 'IsTiredGreaterThanLimit': 5, 'Done': 6}
        self.parameters = {'Observe': {}, 'HeightsLength': {}, 'HeightsItem': {'index': 'integer'}, 'ReadSetting': {'name': 'string'}, 'UpdateTired': {'tired': 'integer', 'height': 'integer', 'previous': 'integer'}, 'IsTiredGreaterThanLimit': {'tired': 'integer', 'limit': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'heights': [30, 19, 27, 30, 9, 18, 17, 8], 'limit': 49}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return StairRestsEnv(env_str) if env_str.startswith("StairRestsEnv@") else None

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
        return canonical((stair_rests)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "heights: 8 whole numbers\\nlimit: a single whole number"
        """
        return "\n".join(['heights: {} whole numbers'.format(len(self.config['heights'])), 'limit: a single whole number'])

    def HeightsLength(self) -> int:
        """Count the elements of heights.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "8"
        """
        return len(self.config['heights'])

    def HeightsItem(self, index: int) -> int:
        """Read one element of heights.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "30"
        """
        return self.config['heights'][index]

    def ReadSetting(self, name: str) -> int:
        """Read a value that stands alone: limit.
        Args:
            name (str): limit
        Returns:
            int: the value
        Example Output:
            "49"
        """
        return {name: self.config[name] for name in ['limit']}[name]

    def UpdateTired(self, tired: int, height: int, previous: int) -> int:
        """Work out `tired` plus the effort of `height` and `previous`.
        Args:
            tired (int): value of tired
            height (int): value of height
            previous (int): value of previous
        Returns:
            int: the result
        Example Output:
            "30"
        """
        return tired + effort(height, previous)

    def IsTiredGreaterThanLimit(self, tired: int, limit: int) -> bool:
        """Tell whether `tired` is greater than `limit`.
        Args:
            tired (int): value of tired
            limit (int): value of limit
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return tired > limit

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

        def each_heights():
            for index in range(call("HeightsLength")):
                yield call("HeightsItem", index=index)

        def read_heights():
            return list(each_heights())

        def read_limit():
            return call("ReadSetting", name='limit')

        def stair_rests(limit):
            rests = []
            tired = 0
            previous = 0
            for number, height in enumerate(each_heights(), start=1):
                tired = call('UpdateTired', tired=tired, height=height, previous=previous)
                if call('IsTiredGreaterThanLimit', tired=tired, limit=limit):
                    rests.append(number)
                    tired = 0
                previous = height
            rests.append(tired)
            return rests

        call("Done", answer=canonical(stair_rests(limit=read_limit())))
