"""Compiled from problem parcel_stamp (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def parcel_stamp(stamp: str) -> str:
    label = ''
    times = 0
    waiting = False
    for mark in stamp:
        if mark.isdigit():
            times += int(mark)
            waiting = True
        elif waiting:
            label += mark * times
            times = 0
            waiting = False
        else:
            label += mark
    if waiting:
        label += str(times)
    return label

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


class ParcelStampEnv(gymnasium.Env):
    """A stamp on a parcel is made of letters and of the digits 0 to 9 and is read from left to right. A letter goes on
    the label once, or, when digits stand directly before it, as many times as their sum says; so a letter after a
    single 0 is left out. Digits at the very end, with no letter after them, go on the label as one number, their sum.
    Report the text on the label."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'StampLength': 1, 'StampCharacter': 2, 'HasOnlyDigits': 3, 'UpdateTimes': 4, 'UpdateLabel': 5, 'UpdateLabel2': 6, 'Done': 7}
        self.parameters = {'Observe': {}, 'StampLength': {}, 'StampCharacter': {'index': 'integer'}, 'HasOnlyDigits': {'mark': 'string'}, 'UpdateTimes': {'times': 'integer', 'mark': 'string'}, 'UpdateLabel': {'label': 'string', 'mark': 'string', 'times': 'integer'}, 'UpdateLabel2': {'label': 'string', 'mark': 'string'}, 'Done': {'answer': 'any'}}
        self.config = {'stamp': 'KD2202KB'}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return ParcelStampEnv(env_str) if env_str.startswith("ParcelStampEnv@") else None

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
        return canonical((parcel_stamp)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "stamp: a text of 8 characters"
        """
        return "\n".join(['stamp: a text of {} characters'.format(len(self.config['stamp']))])

    def StampLength(self) -> int:
        """Count the characters of the text stamp.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "8"
        """
        return len(self.config['stamp'])

    def StampCharacter(self, index: int) -> str:
        """Read one character of the text stamp.
        Args:
            index (int): place, counted from 0
        Returns:
            str: the element there
        Example Output:
            ""K\""
        """
        return self.config['stamp'][index]

    def HasOnlyDigits(self, mark: str) -> bool:
        """Tell whether `mark` has digits only.
        Args:
            mark (str): value of mark
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return mark.isdigit()

    def UpdateTimes(self, times: int, mark: str) -> int:
        """Work out `times` plus `mark` as a whole number.
        Args:
            times (int): value of times
            mark (str): value of mark
        Returns:
            int: the result
        Example Output:
            "2"
        """
        return times + int(mark)

    def UpdateLabel(self, label: str, mark: str, times: int) -> str:
        """Work out `label` plus (`mark` times `times`).
        Args:
            label (str): value of label
            mark (str): value of mark
            times (int): value of times
        Returns:
            str: the result
        Example Output:
            ""KDKKKKKK\""
        """
        return label + mark * times

    def UpdateLabel2(self, label: str, mark: str) -> str:
        """Work out `label` plus `mark`.
        Args:
            label (str): value of label
            mark (str): value of mark
        Returns:
            str: the result
        Example Output:
            ""K\""
        """
        return label + mark

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

        def each_stamp():
            for index in range(call("StampLength")):
                yield call("StampCharacter", index=index)

        def read_stamp():
            return ''.join(each_stamp())

        def parcel_stamp():
            label = ''
            times = 0
            waiting = False
            for mark in each_stamp():
                if call('HasOnlyDigits', mark=mark):
                    times = call('UpdateTimes', times=times, mark=mark)
                    waiting = True
                elif waiting:
                    label = call('UpdateLabel', label=label, mark=mark, times=times)
                    times = 0
                    waiting = False
                else:
                    label = call('UpdateLabel2', label=label, mark=mark)
            if waiting:
                label += str(times)
            return label

        call("Done", answer=canonical(parcel_stamp()))
