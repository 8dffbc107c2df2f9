"""Compiled from problem ring_inscription (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def ring_inscription(ring: str) -> str:
    count = len(ring)
    best = 0
    for start in range(1, count):
        for offset in range(count):
            challenger = ring[(start + offset) % count]
            champion = ring[(best + offset) % count]
            if challenger < champion:
                best = start
                break
            if challenger > champion:
                break
    text = ''
    for offset in range(count):
        text += ring[(best + offset) % count]
    return str(best) + ':' + text

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


class RingInscriptionEnv(gymnasium.Env):
    """Letters are engraved around a ring, and it is not known where the text begins. The jeweller agrees to begin at
    the place from which the letters, read once around the ring, give the text that comes first in the alphabet. Of
    several such places the first one in the order given counts. Report the number of letters that are skipped in the
    order given before that place, then a colon, then the text read from there."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'RingLength': 1, 'RingCharacter': 2, 'Combine': 3, 'IsChallengerLessThanChampion': 4, 'IsChallengerGreaterThanChampion': 5, 'UpdateText': 6, 'WorkOutAnswer': 7, 'Done': 8}
        self.parameters = {'Observe': {}, 'RingLength': {}, 'RingCharacter': {'index': 'integer'}, 'Combine': {'first': 'integer', 'second': 'integer', 'third': 'integer'}, 'IsChallengerLessThanChampion': {'challenger': 'string', 'champion': 'string'}, 'IsChallengerGreaterThanChampion': {'challenger': 'string', 'champion': 'string'}, 'UpdateText': {'text': 'string', 'ring_character': 'string'}, 'WorkOutAnswer': {'best': 'integer', 'text': 'string'}, 'Done': {'answer': 'any'}}
        self.config = {'ring': 'dadcadb'}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return RingInscriptionEnv(env_str) if env_str.startswith("RingInscriptionEnv@") else None

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
        return canonical((ring_inscription)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "ring: a text of 7 characters"
        """
        return "\n".join(['ring: a text of {} characters'.format(len(self.config['ring']))])

    def RingLength(self) -> int:
        """Count the characters of the text ring.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "7"
        """
        return len(self.config['ring'])

    def RingCharacter(self, index: int) -> str:
        """Read one character of the text ring.
        Args:
            index (int): place, counted from 0
        Returns:
            str: the element there
        Example Output:
            ""a\""
        """
        return self.config['ring'][index]

    def Combine(self, first: int, second: int, third: int) -> int:
        """Work out the remainder of (`first` plus `second`) divided by `third`.
        Args:
            first (int): the first
            second (int): the second
            third (int): the third
        Returns:
            int: the result
        Example Output:
            "1"
        """
        return (first + second) % third

    def IsChallengerLessThanChampion(self, challenger: str, champion: str) -> bool:
        """Tell whether `challenger` is less than `champion`.
        Args:
            challenger (str): value of challenger
            champion (str): value of champion
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return challenger < champion

    def IsChallengerGreaterThanChampion(self, challenger: str, champion: str) -> bool:
        """Tell whether `challenger` is greater than `champion`.
        Args:
            challenger (str): value of challenger
            champion (str): value of champion
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return challenger > champion

    def UpdateText(self, text: str, ring_character: str) -> str:
        """Work out `text` plus `ring_character`.
        Args:
            text (str): value of text
            ring_character (str): value of ring character
        Returns:
            str: the result
        Example Output:
            ""a\""
        """
        return text + ring_character

    def WorkOutAnswer(self, best: int, text: str) -> str:
        """Work out (`best` written as text plus ':') plus `text`.
        Args:
            best (int): value of best
            text (str): value of text
        Returns:
            str: the result
        Example Output:
            ""4:adbdadc\""
        """
        return str(best) + ':' + text

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

        def each_ring():
            for index in range(call("RingLength")):
                yield call("RingCharacter", index=index)

        def read_ring():
            return ''.join(each_ring())

        def ring_inscription():
            count = call('RingLength')
            best = 0
            for start in range(1, count):
                for offset in range(count):
                    challenger = call('RingCharacter', index=call('Combine', first=start, second=offset, third=count))
                    champion = call('RingCharacter', index=call('Combine', first=best, second=offset, third=count))
                    if call('IsChallengerLessThanChampion', challenger=challenger, champion=champion):
                        best = start
                        break
                    if call('IsChallengerGreaterThanChampion', challenger=challenger, champion=champion):
                        break
            text = ''
            for offset in range(count):
                text = call('UpdateText', text=text, ring_character=call('RingCharacter', index=call('Combine', first=best, second=offset, third=count)))
            return call('WorkOutAnswer', best=best, text=text)

        call("Done", answer=canonical(ring_inscription()))
