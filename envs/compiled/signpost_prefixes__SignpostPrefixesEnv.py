"""Compiled from problem signpost_prefixes (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def same_start(one: str, other: str) -> int:
    """How many letters at the start two names have in common."""
    common = 0
    while common < len(one) and common < len(other) and (one[common] == other[common]):
        common += 1
    return common

def signpost_prefixes(names: list[str]) -> list[str]:
    cuts = []
    previous = ''
    for name in names:
        kept = same_start(previous, name)
        if kept == len(name):
            cuts.append('-')
        else:
            cuts.append(name[kept:])
        previous = name
    return cuts

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


class SignpostPrefixesEnv(gymnasium.Env):
    """On a long road every signpost carries a place name. The painter keeps his stencil from one post to the next and
    only has to cut new letters from the point where the new name starts to differ from the one before; for the first
    post he cuts the whole name. When a name begins with the whole previous name, only the surplus letters are cut, and
    when nothing is left to cut, the post gets a dash. Report for each post, in order, the letters he cuts or the dash."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'NamesLength': 1, 'NamesItem': 2, 'SameStart': 3, 'IsKeptEqual': 4, 'Done': 5}
        self.parameters = {'Observe': {}, 'NamesLength': {}, 'NamesItem': {'index': 'integer'}, 'SameStart': {'one': 'string', 'other': 'string'}, 'IsKeptEqual': {'kept': 'integer', 'name': 'string'}, 'Done': {'answer': 'any'}}
        self.config = {'names': ['asford', 'asheath', 'miltons', 'marwick', 'asham', 'marlfield', 'ashs']}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return SignpostPrefixesEnv(env_str) if env_str.startswith("SignpostPrefixesEnv@") else None

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
        return canonical((signpost_prefixes)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "names: 7 texts"
        """
        return "\n".join(['names: {} texts'.format(len(self.config['names']))])

    def NamesLength(self) -> int:
        """Count the elements of names.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "7"
        """
        return len(self.config['names'])

    def NamesItem(self, index: int) -> str:
        """Read one element of names.
        Args:
            index (int): place, counted from 0
        Returns:
            str: the element there
        Example Output:
            ""asford\""
        """
        return self.config['names'][index]

    def SameStart(self, one: str, other: str) -> int:
        """How many letters at the start two names have in common.
        Args:
            one (str): value of one
            other (str): value of other
        Returns:
            int: the result
        Example Output:
            "0"
        """
        return same_start(one, other)

    def IsKeptEqual(self, kept: int, name: str) -> bool:
        """Tell whether `kept` equals how many elements `name` has.
        Args:
            kept (int): value of kept
            name (str): value of name
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return kept == len(name)

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

        def each_names():
            for index in range(call("NamesLength")):
                yield call("NamesItem", index=index)

        def read_names():
            return list(each_names())

        def signpost_prefixes():
            cuts = []
            previous = ''
            for name in each_names():
                kept = call('SameStart', one=previous, other=name)
                if call('IsKeptEqual', kept=kept, name=name):
                    cuts.append('-')
                else:
                    cuts.append(name[kept:])
                previous = name
            return cuts

        call("Done", answer=canonical(signpost_prefixes()))
