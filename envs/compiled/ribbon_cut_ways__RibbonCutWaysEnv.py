"""Compiled from problem ribbon_cut_ways (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def allowed(length: int, shortest: int, longest: int) -> bool:
    return shortest <= length <= longest

def ribbon_cut_ways(sections: list[int], shortest: int, longest: int) -> int:
    ways = [1]
    for end in range(1, len(sections) + 1):
        count = 0
        length = 0
        for start in range(end - 1, -1, -1):
            length += sections[start]
            if length > longest:
                break
            if allowed(length, shortest, longest):
                count += ways[start]
        ways.append(count)
    return ways[-1]

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


class RibbonCutWaysEnv(gymnasium.Env):
    """A ribbon consists of coloured sections of given lengths, sewn end to end. It can be cut at the seams, at as many as
    one likes, also at none. A cut-up ribbon can be sold if every piece is at least as long as a given shortest and at
    most as long as a given longest length. Report in how many different ways the ribbon can be cut so that it can be
    sold."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'SectionsLength': 1, 'SectionsItem': 2, 'ReadSetting': 3, 'Add': 4, 'IsLengthGreaterThanLongest': 5, 'Allowed': 6, 'Done': 7}
        self.parameters = {'Observe': {}, 'SectionsLength': {}, 'SectionsItem': {'index': 'integer'}, 'ReadSetting': {'name': 'string'}, 'Add': {'first': 'integer', 'second': 'integer'}, 'IsLengthGreaterThanLongest': {'length': 'integer', 'longest': 'integer'}, 'Allowed': {'length': 'integer', 'shortest': 'integer', 'longest': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'sections': [5, 2, 5, 4, 2, 5], 'shortest': 2, 'longest': 14}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return RibbonCutWaysEnv(env_str) if env_str.startswith("RibbonCutWaysEnv@") else None

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
        return canonical((ribbon_cut_ways)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "sections: 6 whole numbers\\nshortest: a single whole number\\nlongest: a single whole number"
        """
        return "\n".join(['sections: {} whole numbers'.format(len(self.config['sections'])), 'shortest: a single whole number', 'longest: a single whole number'])

    def SectionsLength(self) -> int:
        """Count the elements of sections.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "6"
        """
        return len(self.config['sections'])

    def SectionsItem(self, index: int) -> int:
        """Read one element of sections.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "5"
        """
        return self.config['sections'][index]

    def ReadSetting(self, name: str) -> int:
        """Read a value that stands alone: shortest, longest.
        Args:
            name (str): one of shortest, longest
        Returns:
            int: the value
        Example Output:
            "2"
        """
        return {name: self.config[name] for name in ['shortest', 'longest']}[name]

    def Add(self, first: int, second: int) -> int:
        """Work out `first` plus `second`.
        Args:
            first (int): the first
            second (int): the second
        Returns:
            int: the result
        Example Output:
            "5"
        """
        return first + second

    def IsLengthGreaterThanLongest(self, length: int, longest: int) -> bool:
        """Tell whether `length` is greater than `longest`.
        Args:
            length (int): value of length
            longest (int): value of longest
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return length > longest

    def Allowed(self, length: int, shortest: int, longest: int) -> bool:
        """Work out the allowed of `length` and `shortest` and `longest`.
        Args:
            length (int): value of length
            shortest (int): value of shortest
            longest (int): value of longest
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return allowed(length, shortest, longest)

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

        def each_sections():
            for index in range(call("SectionsLength")):
                yield call("SectionsItem", index=index)

        def read_sections():
            return list(each_sections())

        def read_shortest():
            return call("ReadSetting", name='shortest')

        def read_longest():
            return call("ReadSetting", name='longest')

        def ribbon_cut_ways(shortest, longest):
            ways = [1]
            for end in range(1, call('SectionsLength') + 1):
                count = 0
                length = 0
                for start in range(end - 1, -1, -1):
                    length = call('Add', first=length, second=call('SectionsItem', index=start))
                    if call('IsLengthGreaterThanLongest', length=length, longest=longest):
                        break
                    if call('Allowed', length=length, shortest=shortest, longest=longest):
                        count = call('Add', first=count, second=ways[start])
                ways.append(count)
            return ways[-1]

        call("Done", answer=canonical(ribbon_cut_ways(shortest=read_shortest(), longest=read_longest())))
