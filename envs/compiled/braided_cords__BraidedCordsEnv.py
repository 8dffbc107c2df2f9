"""Compiled from problem braided_cords (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def braided_cords(red: str, blue: str) -> str:
    cord = ''
    last = ''
    thrown = 0
    for turn in range(max(len(red), len(blue))):
        if turn < len(red):
            if red[turn] == last:
                thrown += 1
            else:
                last = red[turn]
                cord += last
        if turn < len(blue):
            if blue[turn] == last:
                thrown += 1
            else:
                last = blue[turn]
                cord += last
    return cord + '/' + str(thrown)

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


class BraidedCordsEnv(gymnasium.Env):
    """Two cords carry one letter on each knot. They are braided into a new cord: the knots are taken by turns,
    beginning with the red cord and then the blue one, each cord from its start. When the knot to be taken carries the
    same letter as the knot put on the new cord last, it is cut off and thrown away, and the turn still passes to the
    other cord. When a cord has no knots left, its turns are passed over. Report the letters of the new cord, then a
    slash, then the number of knots thrown away."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'RedLength': 1, 'RedCharacter': 2, 'BlueLength': 3, 'BlueCharacter': 4, 'Largest': 5, 'IsLess': 6, 'IsEqual': 7, 'UpdateCord': 8, 'WorkOutAnswer': 9, 'Done': 10}
        self.parameters = {'Observe': {}, 'RedLength': {}, 'RedCharacter': {'index': 'integer'}, 'BlueLength': {}, 'BlueCharacter': {'index': 'integer'}, 'Largest': {'red_length': 'integer', 'blue_length': 'integer'}, 'IsLess': {'first': 'integer', 'second': 'integer'}, 'IsEqual': {'first': 'string', 'second': 'string'}, 'UpdateCord': {'cord': 'string', 'last': 'string'}, 'WorkOutAnswer': {'cord': 'string', 'thrown': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'red': 'spsr', 'blue': 'sqs'}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return BraidedCordsEnv(env_str) if env_str.startswith("BraidedCordsEnv@") else None

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
        return canonical((braided_cords)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "red: a text of 4 characters\\nblue: a text of 3 characters"
        """
        return "\n".join(['red: a text of {} characters'.format(len(self.config['red'])), 'blue: a text of {} characters'.format(len(self.config['blue']))])

    def RedLength(self) -> int:
        """Count the characters of the text red.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "4"
        """
        return len(self.config['red'])

    def RedCharacter(self, index: int) -> str:
        """Read one character of the text red.
        Args:
            index (int): place, counted from 0
        Returns:
            str: the element there
        Example Output:
            ""s\""
        """
        return self.config['red'][index]

    def BlueLength(self) -> int:
        """Count the characters of the text blue.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "3"
        """
        return len(self.config['blue'])

    def BlueCharacter(self, index: int) -> str:
        """Read one character of the text blue.
        Args:
            index (int): place, counted from 0
        Returns:
            str: the element there
        Example Output:
            ""s\""
        """
        return self.config['blue'][index]

    def Largest(self, red_length: int, blue_length: int) -> int:
        """Work out the largest of `red_length` and `blue_length`.
        Args:
            red_length (int): value of red length
            blue_length (int): value of blue length
        Returns:
            int: the result
        Example Output:
            "4"
        """
        return max(red_length, blue_length)

    def IsLess(self, first: int, second: int) -> bool:
        """Tell whether `first` is less than `second`.
        Args:
            first (int): the first
            second (int): the second
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return first < second

    def IsEqual(self, first: str, second: str) -> bool:
        """Tell whether `first` equals `second`.
        Args:
            first (str): the first
            second (str): the second
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return first == second

    def UpdateCord(self, cord: str, last: str) -> str:
        """Work out `cord` plus `last`.
        Args:
            cord (str): value of cord
            last (str): value of last
        Returns:
            str: the result
        Example Output:
            ""s\""
        """
        return cord + last

    def WorkOutAnswer(self, cord: str, thrown: int) -> str:
        """Work out (`cord` plus '/') plus `thrown` written as text.
        Args:
            cord (str): value of cord
            thrown (int): value of thrown
        Returns:
            str: the result
        Example Output:
            ""spqsr/2\""
        """
        return cord + '/' + str(thrown)

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

        def each_red():
            for index in range(call("RedLength")):
                yield call("RedCharacter", index=index)

        def read_red():
            return ''.join(each_red())

        def each_blue():
            for index in range(call("BlueLength")):
                yield call("BlueCharacter", index=index)

        def read_blue():
            return ''.join(each_blue())

        def braided_cords():
            cord = ''
            last = ''
            thrown = 0
            for turn in range(call('Largest', red_length=call('RedLength'), blue_length=call('BlueLength'))):
                if call('IsLess', first=turn, second=call('RedLength')):
                    if call('IsEqual', first=call('RedCharacter', index=turn), second=last):
                        thrown += 1
                    else:
                        last = call('RedCharacter', index=turn)
                        cord = call('UpdateCord', cord=cord, last=last)
                if call('IsLess', first=turn, second=call('BlueLength')):
                    if call('IsEqual', first=call('BlueCharacter', index=turn), second=last):
                        thrown += 1
                    else:
                        last = call('BlueCharacter', index=turn)
                        cord = call('UpdateCord', cord=cord, last=last)
            return call('WorkOutAnswer', cord=cord, thrown=thrown)

        call("Done", answer=canonical(braided_cords()))
