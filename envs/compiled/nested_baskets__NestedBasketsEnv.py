"""Compiled from problem nested_baskets (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def fruit_weight(fruit: str, depth: int) -> int:
    """Weight of a fruit with so many open baskets around it."""
    place = ord(fruit) - ord('a') + 1
    return place * (depth + 1)

def nested_baskets(picture: str) -> list[int]:
    weight = 0
    depth = 0
    mistakes = 0
    for sign in picture:
        if sign == '(':
            depth += 1
        elif sign == ')':
            if depth == 0:
                mistakes += 1
            else:
                depth -= 1
        else:
            weight += fruit_weight(sign, depth)
    return [weight, mistakes, depth]

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


class NestedBasketsEnv(gymnasium.Env):
    """A picture of baskets standing in each other is drawn as a line of signs: ( opens a basket, ) closes the basket
    opened last, and a small letter is a fruit lying in the innermost open basket. A ) with no basket open is a drawing
    mistake and is skipped, but counted. Every fruit weighs its place in the alphabet (a is 1, b is 2 and so on),
    multiplied by one more than the number of baskets open around it. Report the sum of these weights, the number of
    mistakes and the number of baskets still open at the end."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'PictureLength': 1, 'PictureCharacter': 2, 'IsSignEqual': 3, 'IsSignEqual2': 4, 'IsDepthEqualTo0': 5, 'UpdateWeight': 6, 'Done': 7}
        self.parameters = {'Observe': {}, 'PictureLength': {}, 'PictureCharacter': {'index': 'integer'}, 'IsSignEqual': {'sign': 'string'}, 'IsSignEqual2': {'sign': 'string'}, 'IsDepthEqualTo0': {'depth': 'integer'}, 'UpdateWeight': {'weight': 'integer', 'sign': 'string', 'depth': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'picture': 'cg(cb(d)'}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return NestedBasketsEnv(env_str) if env_str.startswith("NestedBasketsEnv@") else None

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
        return canonical((nested_baskets)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "picture: a text of 8 characters"
        """
        return "\n".join(['picture: a text of {} characters'.format(len(self.config['picture']))])

    def PictureLength(self) -> int:
        """Count the characters of the text picture.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "8"
        """
        return len(self.config['picture'])

    def PictureCharacter(self, index: int) -> str:
        """Read one character of the text picture.
        Args:
            index (int): place, counted from 0
        Returns:
            str: the element there
        Example Output:
            ""c\""
        """
        return self.config['picture'][index]

    def IsSignEqual(self, sign: str) -> bool:
        """Tell whether `sign` equals '('.
        Args:
            sign (str): value of sign
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return sign == '('

    def IsSignEqual2(self, sign: str) -> bool:
        """Tell whether `sign` equals ')'.
        Args:
            sign (str): value of sign
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return sign == ')'

    def IsDepthEqualTo0(self, depth: int) -> bool:
        """Tell whether `depth` equals 0.
        Args:
            depth (int): value of depth
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return depth == 0

    def UpdateWeight(self, weight: int, sign: str, depth: int) -> int:
        """Work out `weight` plus the fruit weight of `sign` and `depth`.
        Args:
            weight (int): value of weight
            sign (str): value of sign
            depth (int): value of depth
        Returns:
            int: the result
        Example Output:
            "3"
        """
        return weight + fruit_weight(sign, depth)

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

        def each_picture():
            for index in range(call("PictureLength")):
                yield call("PictureCharacter", index=index)

        def read_picture():
            return ''.join(each_picture())

        def nested_baskets():
            weight = 0
            depth = 0
            mistakes = 0
            for sign in each_picture():
                if call('IsSignEqual', sign=sign):
                    depth += 1
                elif call('IsSignEqual2', sign=sign):
                    if call('IsDepthEqualTo0', depth=depth):
                        mistakes += 1
                    else:
                        depth -= 1
                else:
                    weight = call('UpdateWeight', weight=weight, sign=sign, depth=depth)
            return [weight, mistakes, depth]

        call("Done", answer=canonical(nested_baskets()))
