"""Compiled from problem three_trucks (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def three_trucks(crates: list[int]) -> list[int]:
    loads = [0, 0, 0]
    last_truck = -1
    last_weight = 0
    for weight in crates:
        chosen = -1
        for truck in range(3):
            if truck == last_truck and weight > last_weight:
                continue
            if chosen < 0 or loads[truck] < loads[chosen]:
                chosen = truck
        loads[chosen] += weight
        last_truck = chosen
        last_weight = weight
    return loads

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


class ThreeTrucksEnv(gymnasium.Env):
    """Crates stand in a row and are loaded one after another on three trucks, a red, a green and a blue one. Each crate
    goes on the truck that carries the least weight so far; among equally loaded trucks red is taken before green and
    green before blue. A crate that is heavier than the one loaded just before it must not go on the same truck as that
    one, and then goes on the lighter of the other two trucks, by the same rule in a tie. Report the three loads: red,
    green, blue."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'CratesLength': 1, 'CratesItem': 2, 'CheckTruckAndLastTruck': 3, 'IsChosenLessThan0': 4, 'IsLoadsValueLessThanLoadsValue2': 5, 'Done': 6}
        self.parameters = {'Observe': {}, 'CratesLength': {}, 'CratesItem': {'index': 'integer'}, 'CheckTruckAndLastTruck': {'truck': 'integer', 'last_truck': 'integer', 'weight': 'integer', 'last_weight': 'integer'}, 'IsChosenLessThan0': {'chosen': 'integer'}, 'IsLoadsValueLessThanLoadsValue2': {'loads_value': 'integer', 'loads_value_2': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'crates': [25, 14, 22, 25, 4, 13, 12]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return ThreeTrucksEnv(env_str) if env_str.startswith("ThreeTrucksEnv@") else None

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
        return canonical((three_trucks)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "crates: 7 whole numbers"
        """
        return "\n".join(['crates: {} whole numbers'.format(len(self.config['crates']))])

    def CratesLength(self) -> int:
        """Count the elements of crates.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "7"
        """
        return len(self.config['crates'])

    def CratesItem(self, index: int) -> int:
        """Read one element of crates.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "25"
        """
        return self.config['crates'][index]

    def CheckTruckAndLastTruck(self, truck: int, last_truck: int, weight: int, last_weight: int) -> bool:
        """Tell whether (`truck` equals `last_truck`) and (`weight` is greater than `last_weight`).
        Args:
            truck (int): value of truck
            last_truck (int): value of last truck
            weight (int): value of weight
            last_weight (int): value of last weight
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return truck == last_truck and weight > last_weight

    def IsChosenLessThan0(self, chosen: int) -> bool:
        """Tell whether `chosen` is less than 0.
        Args:
            chosen (int): value of chosen
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return chosen < 0

    def IsLoadsValueLessThanLoadsValue2(self, loads_value: int, loads_value_2: int) -> bool:
        """Tell whether `loads_value` is less than `loads_value_2`.
        Args:
            loads_value (int): the loads value
            loads_value_2 (int): the loads value 2
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return loads_value < loads_value_2

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

        def each_crates():
            for index in range(call("CratesLength")):
                yield call("CratesItem", index=index)

        def read_crates():
            return list(each_crates())

        def three_trucks():
            loads = [0, 0, 0]
            last_truck = -1
            last_weight = 0
            for weight in each_crates():
                chosen = -1
                for truck in range(3):
                    if call('CheckTruckAndLastTruck', truck=truck, last_truck=last_truck, weight=weight, last_weight=last_weight):
                        continue
                    if call('IsChosenLessThan0', chosen=chosen) or call('IsLoadsValueLessThanLoadsValue2', loads_value=loads[truck], loads_value_2=loads[chosen]):
                        chosen = truck
                loads[chosen] += weight
                last_truck = chosen
                last_weight = weight
            return loads

        call("Done", answer=canonical(three_trucks()))
