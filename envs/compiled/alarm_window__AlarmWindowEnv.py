"""Compiled from problem alarm_window (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def alarm_window(rings: list[int], needed: int, window: int) -> list[int]:
    calls = []
    first = 0
    since_call = 0
    for place in range(len(rings)):
        since_call += 1
        while rings[place] - rings[first] >= window:
            first += 1
        if place - first + 1 >= needed:
            calls.append(rings[place])
            first = place + 1
            since_call = 0
    calls.append(since_call)
    return calls

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


class AlarmWindowEnv(gymnasium.Env):
    """A shop bell rings at given minutes, listed in order. The owner is called out as soon as a given number of rings lie
    within a given number of minutes, that is, when the last ring comes less than that many minutes after the first of
    them. Each call takes all rings so far off her mind, so that the next call needs as many new rings. Report the minutes
    in which she is called out, followed by the number of rings on her mind at the end: those after the last call."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'RingsLength': 1, 'RingsItem': 2, 'ReadSetting': 3, 'CheckWindowAndRingsItem': 4, 'CheckCondition': 5, 'Done': 6}
        self.parameters = {'Observe': {}, 'RingsLength': {}, 'RingsItem': {'index': 'integer'}, 'ReadSetting': {'name': 'string'}, 'CheckWindowAndRingsItem': {'rings_item': 'integer', 'rings_item_2': 'integer', 'window': 'integer'}, 'CheckCondition': {'place': 'integer', 'first': 'integer', 'needed': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'rings': [7, 9, 16, 22, 24, 32], 'needed': 2, 'window': 10}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return AlarmWindowEnv(env_str) if env_str.startswith("AlarmWindowEnv@") else None

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
        return canonical((alarm_window)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "rings: 6 whole numbers\\nneeded: a single whole number\\nwindow: a single whole number"
        """
        return "\n".join(['rings: {} whole numbers'.format(len(self.config['rings'])), 'needed: a single whole number', 'window: a single whole number'])

    def RingsLength(self) -> int:
        """Count the elements of rings.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "6"
        """
        return len(self.config['rings'])

    def RingsItem(self, index: int) -> int:
        """Read one element of rings.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "7"
        """
        return self.config['rings'][index]

    def ReadSetting(self, name: str) -> int:
        """Read a value that stands alone: needed, window.
        Args:
            name (str): one of needed, window
        Returns:
            int: the value
        Example Output:
            "2"
        """
        return {name: self.config[name] for name in ['needed', 'window']}[name]

    def CheckWindowAndRingsItem(self, rings_item: int, rings_item_2: int, window: int) -> bool:
        """Tell whether (`rings_item` minus `rings_item_2`) is at least `window`.
        Args:
            rings_item (int): value of rings item
            rings_item_2 (int): value of rings item 2
            window (int): value of window
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return rings_item - rings_item_2 >= window

    def CheckCondition(self, place: int, first: int, needed: int) -> bool:
        """Tell whether ((`place` minus `first`) plus 1) is at least `needed`.
        Args:
            place (int): value of place
            first (int): the first
            needed (int): value of needed
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return place - first + 1 >= needed

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

        def each_rings():
            for index in range(call("RingsLength")):
                yield call("RingsItem", index=index)

        def read_rings():
            return list(each_rings())

        def read_needed():
            return call("ReadSetting", name='needed')

        def read_window():
            return call("ReadSetting", name='window')

        def alarm_window(needed, window):
            calls = []
            first = 0
            since_call = 0
            for place in range(call('RingsLength')):
                since_call += 1
                while call('CheckWindowAndRingsItem', rings_item=call('RingsItem', index=place), rings_item_2=call('RingsItem', index=first), window=window):
                    first += 1
                if call('CheckCondition', place=place, first=first, needed=needed):
                    calls.append(call('RingsItem', index=place))
                    first = place + 1
                    since_call = 0
            calls.append(since_call)
            return calls

        call("Done", answer=canonical(alarm_window(needed=read_needed(), window=read_window())))
