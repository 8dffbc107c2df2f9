"""Compiled from problem carousel_retiring (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def next_stop(gap: int, number: int, remaining: int) -> int:
    """Place of the next horse to remove, counted from zero among those that remain."""
    return (gap + number - 1) % remaining

def carousel_retiring(horses: list[int]) -> list[int]:
    standing = list(horses)
    order = []
    place = 0
    while standing:
        number = standing.pop(place)
        order.append(number)
        if standing:
            place = next_stop(place, number, len(standing))
    return order

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


class CarouselRetiringEnv(gymnasium.Env):
    """Wooden horses stand on a carousel in a circle, each with a number painted on it. Starting at the first horse, the
    worker removes the horse he stands at, and then walks on by as many of the remaining horses as the number of the
    removed horse says: with a one he stops at the very next remaining horse, with a two at the one after that, and so
    on round the circle. He goes on until all horses are gone. Report the painted numbers in the order of removal."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'HorsesLength': 1, 'HorsesItem': 2, 'WorkOutAnswer': 3, 'Done': 4}
        self.parameters = {'Observe': {}, 'HorsesLength': {}, 'HorsesItem': {'index': 'integer'}, 'WorkOutAnswer': {'gap': 'integer', 'number': 'integer', 'remaining': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'horses': [7, 11, 2, 7, 6, 2, 8]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return CarouselRetiringEnv(env_str) if env_str.startswith("CarouselRetiringEnv@") else None

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
        return canonical((carousel_retiring)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "horses: 7 whole numbers"
        """
        return "\n".join(['horses: {} whole numbers'.format(len(self.config['horses']))])

    def HorsesLength(self) -> int:
        """Count the elements of horses.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "7"
        """
        return len(self.config['horses'])

    def HorsesItem(self, index: int) -> int:
        """Read one element of horses.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "7"
        """
        return self.config['horses'][index]

    def WorkOutAnswer(self, gap: int, number: int, remaining: int) -> int:
        """Work out the remainder of ((`gap` plus `number`) minus 1) divided by `remaining`.
        Args:
            gap (int): value of gap
            number (int): value of number
            remaining (int): value of remaining
        Returns:
            int: the result
        Example Output:
            "0"
        """
        return (gap + number - 1) % remaining

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

        def each_horses():
            for index in range(call("HorsesLength")):
                yield call("HorsesItem", index=index)

        def read_horses():
            return list(each_horses())

        def next_stop(gap, number, remaining):
            return call('WorkOutAnswer', gap=gap, number=number, remaining=remaining)

        def carousel_retiring():
            standing = list(each_horses())
            order = []
            place = 0
            while standing:
                number = standing.pop(place)
                order.append(number)
                if standing:
                    place = next_stop(place, number, len(standing))
            return order

        call("Done", answer=canonical(carousel_retiring()))
