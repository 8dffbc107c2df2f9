"""Compiled from problem kiln_turns (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def kiln_turns(needs: list[int], turn: int) -> list[int]:
    done = [0] * len(needs)
    line = []
    for potter in range(len(needs)):
        line.append((potter, needs[potter]))
    clock = 0
    served = 0
    while served < len(line):
        potter, left = line[served]
        served += 1
        if left <= turn:
            clock += left
            done[potter] = clock
        else:
            clock += turn + 1
            line.append((potter, left - turn))
    return done

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


class KilnTurnsEnv(gymnasium.Env):
    """Potters wait in a line for one kiln; each needs it for a number of minutes. The first in line gets it for at most a
    given number of minutes. Whoever is not done by then goes to the end of the line, and reheating costs the kiln one
    idle minute before the next one; after a potter who is done the next one begins at once. Report for each potter, in
    the order of the first line, the minute in which they are done, counted from 0 at the beginning."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'NeedsLength': 1, 'NeedsItem': 2, 'ReadSetting': 3, 'IsLeftAtMostTurn': 4, 'UpdateClock': 5, 'UpdateClock2': 6, 'Subtract': 7, 'Done': 8}
        self.parameters = {'Observe': {}, 'NeedsLength': {}, 'NeedsItem': {'index': 'integer'}, 'ReadSetting': {'name': 'string'}, 'IsLeftAtMostTurn': {'left': 'integer', 'turn': 'integer'}, 'UpdateClock': {'clock': 'integer', 'left': 'integer'}, 'UpdateClock2': {'clock': 'integer', 'turn': 'integer'}, 'Subtract': {'left': 'integer', 'turn': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'needs': [4, 13, 12, 3, 15, 6, 18], 'turn': 9}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return KilnTurnsEnv(env_str) if env_str.startswith("KilnTurnsEnv@") else None

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
        return canonical((kiln_turns)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "needs: 7 whole numbers\\nturn: a single whole number"
        """
        return "\n".join(['needs: {} whole numbers'.format(len(self.config['needs'])), 'turn: a single whole number'])

    def NeedsLength(self) -> int:
        """Count the elements of needs.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "7"
        """
        return len(self.config['needs'])

    def NeedsItem(self, index: int) -> int:
        """Read one element of needs.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "4"
        """
        return self.config['needs'][index]

    def ReadSetting(self, name: str) -> int:
        """Read a value that stands alone: turn.
        Args:
            name (str): turn
        Returns:
            int: the value
        Example Output:
            "9"
        """
        return {name: self.config[name] for name in ['turn']}[name]

    def IsLeftAtMostTurn(self, left: int, turn: int) -> bool:
        """Tell whether `left` is at most `turn`.
        Args:
            left (int): value of left
            turn (int): value of turn
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return left <= turn

    def UpdateClock(self, clock: int, left: int) -> int:
        """Work out `clock` plus `left`.
        Args:
            clock (int): value of clock
            left (int): value of left
        Returns:
            int: the result
        Example Output:
            "4"
        """
        return clock + left

    def UpdateClock2(self, clock: int, turn: int) -> int:
        """Work out `clock` plus (`turn` plus 1).
        Args:
            clock (int): value of clock
            turn (int): value of turn
        Returns:
            int: the result
        Example Output:
            "14"
        """
        return clock + (turn + 1)

    def Subtract(self, left: int, turn: int) -> int:
        """Work out `left` minus `turn`.
        Args:
            left (int): value of left
            turn (int): value of turn
        Returns:
            int: the result
        Example Output:
            "4"
        """
        return left - turn

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

        def each_needs():
            for index in range(call("NeedsLength")):
                yield call("NeedsItem", index=index)

        def read_needs():
            return list(each_needs())

        def read_turn():
            return call("ReadSetting", name='turn')

        def kiln_turns(turn):
            done = [0] * call('NeedsLength')
            line = []
            for potter in range(call('NeedsLength')):
                line.append((potter, call('NeedsItem', index=potter)))
            clock = 0
            served = 0
            while served < len(line):
                potter, left = line[served]
                served += 1
                if call('IsLeftAtMostTurn', left=left, turn=turn):
                    clock = call('UpdateClock', clock=clock, left=left)
                    done[potter] = clock
                else:
                    clock = call('UpdateClock2', clock=clock, turn=turn)
                    line.append((potter, call('Subtract', left=left, turn=turn)))
            return done

        call("Done", answer=canonical(kiln_turns(turn=read_turn())))
