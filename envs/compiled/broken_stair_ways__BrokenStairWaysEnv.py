"""Compiled from problem broken_stair_ways (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def last_digits(ways: int) -> int:
    return ways % 10000

def broken_stair_ways(steps: list[int]) -> int:
    ways = [1]
    for step in range(1, len(steps) + 1):
        count = 0
        if steps[step - 1] == 1:
            count = ways[step - 1]
            if step >= 2:
                count += ways[step - 2]
            if step >= 3 and steps[step - 3] == 0:
                count += ways[step - 3]
        ways.append(last_digits(count))
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


class BrokenStairWaysEnv(gymnasium.Env):
    """A tower stair is described step by step from the bottom: 1 for a sound step, 0 for a broken one on which nobody can
    stand. The keeper begins on the ground below the first step and climbs one, two or three steps at a time; but from a
    step he may climb three at a time only if the step right above him is broken. The last step is sound and there he
    stops. Report the number of different ways to climb the stair, or only its last four digits, as a number, if there are
    more than 9999."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'StepsLength': 1, 'StepsItem': 2, 'IsStepsItemEqualTo1': 3, 'IsStepAtLeast2': 4, 'UpdateCount': 5, 'IsStepAtLeast3': 6, 'IsStepsItemEqualTo0': 7, 'LastDigits': 8, 'Done': 9}
        self.parameters = {'Observe': {}, 'StepsLength': {}, 'StepsItem': {'index': 'integer'}, 'IsStepsItemEqualTo1': {'steps_item': 'integer'}, 'IsStepAtLeast2': {'step': 'integer'}, 'UpdateCount': {'count': 'integer', 'ways_value': 'integer'}, 'IsStepAtLeast3': {'step': 'integer'}, 'IsStepsItemEqualTo0': {'steps_item': 'integer'}, 'LastDigits': {'ways': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'steps': [1, 1, 0, 1, 1, 1, 1, 0, 1]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return BrokenStairWaysEnv(env_str) if env_str.startswith("BrokenStairWaysEnv@") else None

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
        return canonical((broken_stair_ways)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "steps: 9 whole numbers"
        """
        return "\n".join(['steps: {} whole numbers'.format(len(self.config['steps']))])

    def StepsLength(self) -> int:
        """Count the elements of steps.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "9"
        """
        return len(self.config['steps'])

    def StepsItem(self, index: int) -> int:
        """Read one element of steps.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "1"
        """
        return self.config['steps'][index]

    def IsStepsItemEqualTo1(self, steps_item: int) -> bool:
        """Tell whether `steps_item` equals 1.
        Args:
            steps_item (int): value of steps item
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return steps_item == 1

    def IsStepAtLeast2(self, step: int) -> bool:
        """Tell whether `step` is at least 2.
        Args:
            step (int): value of step
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return step >= 2

    def UpdateCount(self, count: int, ways_value: int) -> int:
        """Work out `count` plus `ways_value`.
        Args:
            count (int): value of count
            ways_value (int): the ways value
        Returns:
            int: the result
        Example Output:
            "2"
        """
        return count + ways_value

    def IsStepAtLeast3(self, step: int) -> bool:
        """Tell whether `step` is at least 3.
        Args:
            step (int): value of step
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return step >= 3

    def IsStepsItemEqualTo0(self, steps_item: int) -> bool:
        """Tell whether `steps_item` equals 0.
        Args:
            steps_item (int): value of steps item
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return steps_item == 0

    def LastDigits(self, ways: int) -> int:
        """Work out the last digits of `ways`.
        Args:
            ways (int): value of ways
        Returns:
            int: the result
        Example Output:
            "1"
        """
        return last_digits(ways)

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

        def each_steps():
            for index in range(call("StepsLength")):
                yield call("StepsItem", index=index)

        def read_steps():
            return list(each_steps())

        def broken_stair_ways():
            ways = [1]
            for step in range(1, call('StepsLength') + 1):
                count = 0
                if call('IsStepsItemEqualTo1', steps_item=call('StepsItem', index=step - 1)):
                    count = ways[step - 1]
                    if call('IsStepAtLeast2', step=step):
                        count = call('UpdateCount', count=count, ways_value=ways[step - 2])
                    if call('IsStepAtLeast3', step=step) and call('IsStepsItemEqualTo0', steps_item=call('StepsItem', index=step - 3)):
                        count = call('UpdateCount', count=count, ways_value=ways[step - 3])
                ways.append(call('LastDigits', ways=count))
            return ways[-1]

        call("Done", answer=canonical(broken_stair_ways()))
