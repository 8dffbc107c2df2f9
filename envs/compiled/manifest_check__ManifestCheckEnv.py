"""Compiled from problem manifest_check (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def manifest_check(expected: dict[str, int], scanned: list[str]) -> list[str]:
    counted = {}
    for ware in expected:
        counted[ware] = 0
    for ware in scanned:
        counted[ware] = counted.get(ware, 0) + 1
    lines = []
    for ware in sorted(counted):
        if ware not in expected:
            lines.append(f'{ware} strange {counted[ware]}')
            continue
        surplus = counted[ware] - expected[ware]
        if surplus < 0:
            lines.append(f'{ware} short {-surplus}')
        elif surplus > 0:
            lines.append(f'{ware} over {surplus}')
    return lines

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


class ManifestCheckEnv(gymnasium.Env):
    """A carrier has a manifest that says how many crates of each ware should arrive, and the tally of the dock, a list
    of scanned crates by ware. Compare them. A ware with fewer crates than expected is short, one with more is over, and
    a ware that is scanned but not on the manifest is strange. Report a line for each ware that is not as expected, in
    alphabetical order: the name, a space, one of the words short, over or strange, a space, and the number of crates
    missing or too many."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'ExpectedKeys': 1, 'ExpectedLookup': 2, 'ScannedLength': 3, 'ScannedItem': 4, 'Add': 5, 'WorkOutSurplus': 6, 'IsSurplusLessThan0': 7, 'IsSurplusGreaterThan0': 8, 'Done': 9}
        self.parameters = {'Observe': {}, 'ExpectedKeys': {}, 'ExpectedLookup': {'key': 'string'}, 'ScannedLength': {}, 'ScannedItem': {'index': 'integer'}, 'Add': {'get_result': 'integer'}, 'WorkOutSurplus': {'counted_value': 'integer', 'expected_value': 'integer'}, 'IsSurplusLessThan0': {'surplus': 'integer'}, 'IsSurplusGreaterThan0': {'surplus': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'expected': {'cloth': 2, 'ropes': 4}, 'scanned': ['ropes', 'ropes', 'wool', 'ropes', 'cloth']}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return ManifestCheckEnv(env_str) if env_str.startswith("ManifestCheckEnv@") else None

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
        return canonical((manifest_check)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "expected: 2 keys, each with a whole number\\nscanned: 5 texts"
        """
        return "\n".join(['expected: {} keys, each with a whole number'.format(len(self.config['expected'])), 'scanned: {} texts'.format(len(self.config['scanned']))])

    def ExpectedKeys(self) -> list:
        """List the keys of expected, without what belongs to them.
        Args:
            None
        Returns:
            list[str]: the keys
        Example Output:
            "["cloth", "ropes"]"
        """
        return list(self.config['expected'])

    def ExpectedLookup(self, key: str) -> int:
        """Look up what belongs to one key of expected.
        Args:
            key (str): a key of expected
        Returns:
            int: what belongs to it
        Example Output:
            "2"
        """
        return self.config['expected'][key]

    def ScannedLength(self) -> int:
        """Count the elements of scanned.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "5"
        """
        return len(self.config['scanned'])

    def ScannedItem(self, index: int) -> str:
        """Read one element of scanned.
        Args:
            index (int): place, counted from 0
        Returns:
            str: the element there
        Example Output:
            ""ropes\""
        """
        return self.config['scanned'][index]

    def Add(self, get_result: int) -> int:
        """Work out `get_result` plus 1.
        Args:
            get_result (int): value of get result
        Returns:
            int: the result
        Example Output:
            "1"
        """
        return get_result + 1

    def WorkOutSurplus(self, counted_value: int, expected_value: int) -> int:
        """Work out `counted_value` minus `expected_value`.
        Args:
            counted_value (int): the counted value
            expected_value (int): the expected value
        Returns:
            int: the result
        Example Output:
            "-1"
        """
        return counted_value - expected_value

    def IsSurplusLessThan0(self, surplus: int) -> bool:
        """Tell whether `surplus` is less than 0.
        Args:
            surplus (int): value of surplus
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return surplus < 0

    def IsSurplusGreaterThan0(self, surplus: int) -> bool:
        """Tell whether `surplus` is greater than 0.
        Args:
            surplus (int): value of surplus
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return surplus > 0

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

        def read_expected():
            return {key: call("ExpectedLookup", key=key) for key in call("ExpectedKeys")}

        def each_scanned():
            for index in range(call("ScannedLength")):
                yield call("ScannedItem", index=index)

        def read_scanned():
            return list(each_scanned())

        def manifest_check(expected):
            counted = {}
            for ware in expected:
                counted[ware] = 0
            for ware in each_scanned():
                counted[ware] = call('Add', get_result=counted.get(ware, 0))
            lines = []
            for ware in sorted(counted):
                if ware not in expected:
                    lines.append(f'{ware} strange {counted[ware]}')
                    continue
                surplus = call('WorkOutSurplus', counted_value=counted[ware], expected_value=expected[ware])
                if call('IsSurplusLessThan0', surplus=surplus):
                    lines.append(f'{ware} short {-surplus}')
                elif call('IsSurplusGreaterThan0', surplus=surplus):
                    lines.append(f'{ware} over {surplus}')
            return lines

        call("Done", answer=canonical(manifest_check(expected=read_expected())))
