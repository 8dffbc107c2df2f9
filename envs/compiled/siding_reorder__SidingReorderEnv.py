"""Compiled from problem siding_reorder (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def siding_reorder(arrivals: list[int]) -> list[int]:
    siding = []
    needed = 1
    for wagon in arrivals:
        siding.append(wagon)
        while len(siding) > 0 and siding[-1] == needed:
            siding.pop()
            needed += 1
    report = [needed - 1]
    for back in range(len(siding)):
        report.append(siding[len(siding) - 1 - back])
    return report

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


class SidingReorderEnv(gymnasium.Env):
    """Wagons with numbers arrive one by one at a dead-end siding where each stands before the earlier ones. The train is
    to be made up in the order 1, 2, 3 and so on. Right after each arrival, as long as the wagon standing in front is the
    next one the train needs, it leaves the siding and joins the train. Report two things in one list: first the number of
    wagons that joined the train, then the numbers of the wagons left in the siding, the front one first."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'ArrivalsLength': 1, 'ArrivalsItem': 2, 'CheckSiding': 3, 'IsSidingValueEqualToNeeded': 4, 'CombineBackAndSiding': 5, 'Done': 6}
        self.parameters = {'Observe': {}, 'ArrivalsLength': {}, 'ArrivalsItem': {'index': 'integer'}, 'CheckSiding': {'siding': 'array'}, 'IsSidingValueEqualToNeeded': {'siding_value': 'integer', 'needed': 'integer'}, 'CombineBackAndSiding': {'siding': 'array', 'back': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'arrivals': [3, 2, 1, 7, 6, 5, 4]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return SidingReorderEnv(env_str) if env_str.startswith("SidingReorderEnv@") else None

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
        return canonical((siding_reorder)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "arrivals: 7 whole numbers"
        """
        return "\n".join(['arrivals: {} whole numbers'.format(len(self.config['arrivals']))])

    def ArrivalsLength(self) -> int:
        """Count the elements of arrivals.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "7"
        """
        return len(self.config['arrivals'])

    def ArrivalsItem(self, index: int) -> int:
        """Read one element of arrivals.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "3"
        """
        return self.config['arrivals'][index]

    def CheckSiding(self, siding: list) -> bool:
        """Tell whether how many elements `siding` has is greater than 0.
        Args:
            siding (list): value of siding
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return len(siding) > 0

    def IsSidingValueEqualToNeeded(self, siding_value: int, needed: int) -> bool:
        """Tell whether `siding_value` equals `needed`.
        Args:
            siding_value (int): the siding value
            needed (int): value of needed
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return siding_value == needed

    def CombineBackAndSiding(self, siding: list, back: int) -> int:
        """Work out (how many elements `siding` has minus 1) minus `back`.
        Args:
            siding (list): value of siding
            back (int): value of back
        Returns:
            int: the result
        Example Output:
            "4"
        """
        return len(siding) - 1 - back

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

        def each_arrivals():
            for index in range(call("ArrivalsLength")):
                yield call("ArrivalsItem", index=index)

        def read_arrivals():
            return list(each_arrivals())

        def siding_reorder():
            siding = []
            needed = 1
            for wagon in each_arrivals():
                siding.append(wagon)
                while call('CheckSiding', siding=siding) and call('IsSidingValueEqualToNeeded', siding_value=siding[-1], needed=needed):
                    siding.pop()
                    needed += 1
            report = [needed - 1]
            for back in range(len(siding)):
                report.append(siding[call('CombineBackAndSiding', siding=siding, back=back)])
            return report

        call("Done", answer=canonical(siding_reorder()))
