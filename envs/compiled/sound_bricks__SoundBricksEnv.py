"""Compiled from problem sound_bricks (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def sound_bricks(tones: list[int], pitch: int) -> list[int]:
    start = 0
    unsound = 0
    tone_sum = 0
    best_first = 0
    best_length = 0
    best_sum = 0
    for place in range(len(tones)):
        tone_sum += tones[place]
        if tones[place] < pitch:
            unsound += 1
        while unsound > 2:
            if tones[start] < pitch:
                unsound -= 1
            tone_sum -= tones[start]
            start += 1
        length = place - start + 1
        if length > best_length:
            best_first = start + 1
            best_length = length
            best_sum = tone_sum
    return [best_first, best_length, best_sum]

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


class SoundBricksEnv(gymnasium.Env):
    """A mason taps the bricks of a long wall in order and notes a tone for each. A brick is sound when its tone is at
    least a given pitch. He wants the longest stretch of neighbouring bricks that has no more than two unsound ones; of
    equally long stretches he takes the leftmost. Report the place of its first brick, counted from one, the number of
    its bricks and the sum of all their tones."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'TonesLength': 1, 'TonesItem': 2, 'ReadSetting': 3, 'UpdateToneSum': 4, 'IsTonesItemLessThanPitch': 5, 'IsUnsoundGreaterThan2': 6, 'UpdateToneSum2': 7, 'WorkOutLength': 8, 'IsLengthGreaterThanBestLength': 9, 'Done': 10}
        self.parameters = {'Observe': {}, 'TonesLength': {}, 'TonesItem': {'index': 'integer'}, 'ReadSetting': {'name': 'string'}, 'UpdateToneSum': {'tone_sum': 'integer', 'tones_item': 'integer'}, 'IsTonesItemLessThanPitch': {'tones_item': 'integer', 'pitch': 'integer'}, 'IsUnsoundGreaterThan2': {'unsound': 'integer'}, 'UpdateToneSum2': {'tone_sum': 'integer', 'tones_item': 'integer'}, 'WorkOutLength': {'place': 'integer', 'start': 'integer'}, 'IsLengthGreaterThanBestLength': {'length': 'integer', 'best_length': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'tones': [84, 58, 46, 63, 78, 79, 48], 'pitch': 36}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return SoundBricksEnv(env_str) if env_str.startswith("SoundBricksEnv@") else None

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
        return canonical((sound_bricks)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "tones: 7 whole numbers\\npitch: a single whole number"
        """
        return "\n".join(['tones: {} whole numbers'.format(len(self.config['tones'])), 'pitch: a single whole number'])

    def TonesLength(self) -> int:
        """Count the elements of tones.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "7"
        """
        return len(self.config['tones'])

    def TonesItem(self, index: int) -> int:
        """Read one element of tones.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "84"
        """
        return self.config['tones'][index]

    def ReadSetting(self, name: str) -> int:
        """Read a value that stands alone: pitch.
        Args:
            name (str): pitch
        Returns:
            int: the value
        Example Output:
            "36"
        """
        return {name: self.config[name] for name in ['pitch']}[name]

    def UpdateToneSum(self, tone_sum: int, tones_item: int) -> int:
        """Work out `tone_sum` plus `tones_item`.
        Args:
            tone_sum (int): value of tone sum
            tones_item (int): value of tones item
        Returns:
            int: the result
        Example Output:
            "84"
        """
        return tone_sum + tones_item

    def IsTonesItemLessThanPitch(self, tones_item: int, pitch: int) -> bool:
        """Tell whether `tones_item` is less than `pitch`.
        Args:
            tones_item (int): value of tones item
            pitch (int): value of pitch
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return tones_item < pitch

    def IsUnsoundGreaterThan2(self, unsound: int) -> bool:
        """Tell whether `unsound` is greater than 2.
        Args:
            unsound (int): value of unsound
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return unsound > 2

    def UpdateToneSum2(self, tone_sum: int, tones_item: int) -> int:
        """Work out `tone_sum` minus `tones_item`.
        Args:
            tone_sum (int): value of tone sum
            tones_item (int): value of tones item
        Returns:
            int: the result
        Example Output:
            "274"
        """
        return tone_sum - tones_item

    def WorkOutLength(self, place: int, start: int) -> int:
        """Work out (`place` minus `start`) plus 1.
        Args:
            place (int): value of place
            start (int): value of start
        Returns:
            int: the result
        Example Output:
            "1"
        """
        return place - start + 1

    def IsLengthGreaterThanBestLength(self, length: int, best_length: int) -> bool:
        """Tell whether `length` is greater than `best_length`.
        Args:
            length (int): value of length
            best_length (int): value of best length
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return length > best_length

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

        def each_tones():
            for index in range(call("TonesLength")):
                yield call("TonesItem", index=index)

        def read_tones():
            return list(each_tones())

        def read_pitch():
            return call("ReadSetting", name='pitch')

        def sound_bricks(pitch):
            start = 0
            unsound = 0
            tone_sum = 0
            best_first = 0
            best_length = 0
            best_sum = 0
            for place in range(call('TonesLength')):
                tone_sum = call('UpdateToneSum', tone_sum=tone_sum, tones_item=call('TonesItem', index=place))
                if call('IsTonesItemLessThanPitch', tones_item=call('TonesItem', index=place), pitch=pitch):
                    unsound += 1
                while call('IsUnsoundGreaterThan2', unsound=unsound):
                    if call('IsTonesItemLessThanPitch', tones_item=call('TonesItem', index=start), pitch=pitch):
                        unsound -= 1
                    tone_sum = call('UpdateToneSum2', tone_sum=tone_sum, tones_item=call('TonesItem', index=start))
                    start += 1
                length = call('WorkOutLength', place=place, start=start)
                if call('IsLengthGreaterThanBestLength', length=length, best_length=best_length):
                    best_first = start + 1
                    best_length = length
                    best_sum = tone_sum
            return [best_first, best_length, best_sum]

        call("Done", answer=canonical(sound_bricks(pitch=read_pitch())))
