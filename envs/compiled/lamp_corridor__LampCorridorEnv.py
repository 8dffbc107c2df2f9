"""Compiled from problem lamp_corridor (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def other(lamp: str) -> str:
    """The sign of a lamp after its switch was turned."""
    return 'o' if lamp == '#' else '#'

def lamp_corridor(lamps: str, servants: list[int]) -> str:
    state = list(lamps)
    for step in servants:
        if step < 2:
            continue
        place = step - 1
        while place < len(state):
            state[place] = other(state[place])
            place += step
    return ''.join(state)

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


class LampCorridorEnv(gymnasium.Env):
    """A corridor has lamps numbered from one, and each of them starts either lit or dark, shown by # and o. Servants
    walk through one after another, each with a number, and turn the switch of each lamp whose number can be divided by
    the servant's number: a lit lamp goes out and a dark one is lit. A servant with a number below two goes straight to
    bed and turns no switch. Report the lamps after the last servant, shown by the same signs in order."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'LampsLength': 1, 'LampsCharacter': 2, 'ServantsLength': 3, 'ServantsItem': 4, 'IsStepLessThan2': 5, 'IsPlaceLess': 6, 'Other': 7, 'UpdatePlace': 8, 'WorkOutAnswer': 9, 'Done': 10}
        self.parameters = {'Observe': {}, 'LampsLength': {}, 'LampsCharacter': {'index': 'integer'}, 'ServantsLength': {}, 'ServantsItem': {'index': 'integer'}, 'IsStepLessThan2': {'step': 'integer'}, 'IsPlaceLess': {'place': 'integer', 'state': 'array'}, 'Other': {'lamp': 'string'}, 'UpdatePlace': {'place': 'integer', 'step': 'integer'}, 'WorkOutAnswer': {'state': 'array'}, 'Done': {'answer': 'any'}}
        self.config = {'lamps': 'o#oo#', 'servants': [4, 2, 4]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return LampCorridorEnv(env_str) if env_str.startswith("LampCorridorEnv@") else None

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
        return canonical((lamp_corridor)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "lamps: a text of 5 characters\\nservants: 3 whole numbers"
        """
        return "\n".join(['lamps: a text of {} characters'.format(len(self.config['lamps'])), 'servants: {} whole numbers'.format(len(self.config['servants']))])

    def LampsLength(self) -> int:
        """Count the characters of the text lamps.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "5"
        """
        return len(self.config['lamps'])

    def LampsCharacter(self, index: int) -> str:
        """Read one character of the text lamps.
        Args:
            index (int): place, counted from 0
        Returns:
            str: the element there
        Example Output:
            ""o\""
        """
        return self.config['lamps'][index]

    def ServantsLength(self) -> int:
        """Count the elements of servants.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "3"
        """
        return len(self.config['servants'])

    def ServantsItem(self, index: int) -> int:
        """Read one element of servants.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "4"
        """
        return self.config['servants'][index]

    def IsStepLessThan2(self, step: int) -> bool:
        """Tell whether `step` is less than 2.
        Args:
            step (int): value of step
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return step < 2

    def IsPlaceLess(self, place: int, state: list) -> bool:
        """Tell whether `place` is less than how many elements `state` has.
        Args:
            place (int): value of place
            state (list): value of state
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return place < len(state)

    def Other(self, lamp: str) -> str:
        """The sign of a lamp after its switch was turned.
        Args:
            lamp (str): value of lamp
        Returns:
            str: the result
        Example Output:
            ""#\""
        """
        return other(lamp)

    def UpdatePlace(self, place: int, step: int) -> int:
        """Work out `place` plus `step`.
        Args:
            place (int): value of place
            step (int): value of step
        Returns:
            int: the result
        Example Output:
            "7"
        """
        return place + step

    def WorkOutAnswer(self, state: list) -> str:
        """Work out the texts joined, with a separator between: '' and `state`.
        Args:
            state (list): value of state
        Returns:
            str: the result
        Example Output:
            ""ooo##\""
        """
        return ''.join(state)

    def Done(self, answer) -> str:
        """Hand in the answer. The first one counts.
        Args:
            answer (str): the answer, a text
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

        def each_lamps():
            for index in range(call("LampsLength")):
                yield call("LampsCharacter", index=index)

        def read_lamps():
            return ''.join(each_lamps())

        def each_servants():
            for index in range(call("ServantsLength")):
                yield call("ServantsItem", index=index)

        def read_servants():
            return list(each_servants())

        def lamp_corridor():
            state = list(each_lamps())
            for step in each_servants():
                if call('IsStepLessThan2', step=step):
                    continue
                place = step - 1
                while call('IsPlaceLess', place=place, state=state):
                    state[place] = call('Other', lamp=state[place])
                    place = call('UpdatePlace', place=place, step=step)
            return call('WorkOutAnswer', state=state)

        call("Done", answer=canonical(lamp_corridor()))
