"""Compiled from problem bead_shorthand (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def written(bead: str, count: int) -> str:
    """How a run of equal beads is written."""
    if count == 1:
        return bead
    return str(count) + bead

def bead_shorthand(beads: str) -> str:
    text = ''
    count = 0
    for place in range(len(beads)):
        bead = beads[place]
        count += 1
        last = place + 1 == len(beads)
        if last or count == 4 or beads[place + 1] != bead:
            text += written(bead, count)
            count = 0
    return text

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


class BeadShorthandEnv(gymnasium.Env):
    """A necklace is written down bead by bead, one letter for each kind of bead. A pattern book shortens it: a run of
    two or more equal beads side by side is written as the number of beads and then the letter, while a single bead is
    written as the letter alone. A run longer than four is broken off after the fourth bead, and what follows is treated
    as a new run. Report the shortened text."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'BeadsLength': 1, 'BeadsCharacter': 2, 'WorkOutLast': 3, 'IsCountEqualTo4': 4, 'IsBeadsCharacterDifferentFromBead': 5, 'UpdateText': 6, 'Done': 7}
        self.parameters = {'Observe': {}, 'BeadsLength': {}, 'BeadsCharacter': {'index': 'integer'}, 'WorkOutLast': {'place': 'integer', 'beads_length': 'integer'}, 'IsCountEqualTo4': {'count': 'integer'}, 'IsBeadsCharacterDifferentFromBead': {'beads_character': 'string', 'bead': 'string'}, 'UpdateText': {'text': 'string', 'bead': 'string', 'count': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'beads': 'dddaaabb'}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return BeadShorthandEnv(env_str) if env_str.startswith("BeadShorthandEnv@") else None

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
        return canonical((bead_shorthand)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "beads: a text of 8 characters"
        """
        return "\n".join(['beads: a text of {} characters'.format(len(self.config['beads']))])

    def BeadsLength(self) -> int:
        """Count the characters of the text beads.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "8"
        """
        return len(self.config['beads'])

    def BeadsCharacter(self, index: int) -> str:
        """Read one character of the text beads.
        Args:
            index (int): place, counted from 0
        Returns:
            str: the element there
        Example Output:
            ""d\""
        """
        return self.config['beads'][index]

    def WorkOutLast(self, place: int, beads_length: int) -> bool:
        """Tell whether (`place` plus 1) equals `beads_length`.
        Args:
            place (int): value of place
            beads_length (int): value of beads length
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return place + 1 == beads_length

    def IsCountEqualTo4(self, count: int) -> bool:
        """Tell whether `count` equals 4.
        Args:
            count (int): value of count
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return count == 4

    def IsBeadsCharacterDifferentFromBead(self, beads_character: str, bead: str) -> bool:
        """Tell whether `beads_character` differs from `bead`.
        Args:
            beads_character (str): value of beads character
            bead (str): value of bead
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return beads_character != bead

    def UpdateText(self, text: str, bead: str, count: int) -> str:
        """Work out `text` plus the written of `bead` and `count`.
        Args:
            text (str): value of text
            bead (str): value of bead
            count (int): value of count
        Returns:
            str: the result
        Example Output:
            ""3d\""
        """
        return text + written(bead, count)

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

        def each_beads():
            for index in range(call("BeadsLength")):
                yield call("BeadsCharacter", index=index)

        def read_beads():
            return ''.join(each_beads())

        def bead_shorthand():
            text = ''
            count = 0
            for place in range(call('BeadsLength')):
                bead = call('BeadsCharacter', index=place)
                count += 1
                last = call('WorkOutLast', place=place, beads_length=call('BeadsLength'))
                if last or call('IsCountEqualTo4', count=count) or call('IsBeadsCharacterDifferentFromBead', beads_character=call('BeadsCharacter', index=place + 1), bead=bead):
                    text = call('UpdateText', text=text, bead=bead, count=count)
                    count = 0
            return text

        call("Done", answer=canonical(bead_shorthand()))
