"""Compiled from problem ferry_pairs_load (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def fits(one: int, other: int, limit: int) -> bool:
    return one + other <= limit

def ferry_pairs_load(weights: list[int], limit: int) -> list[int]:
    light = 0
    heavy = len(weights) - 1
    crossings = 0
    spare = 0
    while light <= heavy:
        load = weights[heavy]
        if light < heavy and fits(load, weights[light], limit):
            load += weights[light]
            light += 1
        heavy -= 1
        crossings += 1
        spare += limit - load
    return [crossings, spare]

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


class FerryPairsLoadEnv(gymnasium.Env):
    """Sheep are to cross a river on a raft that carries at most two of them and at most a given weight. They wait in a
    line from the lightest to the heaviest; no sheep is too heavy by itself. The ferryman always takes the heaviest one
    still waiting, and with it the lightest one still waiting if both together are not too heavy. Report the number of
    crossings with sheep, and the weight the raft could have carried in addition, summed over these crossings."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'WeightsLength': 1, 'WeightsItem': 2, 'ReadSetting': 3, 'IsLightAtMostHeavy': 4, 'IsLightLessThanHeavy': 5, 'Fits': 6, 'UpdateLoad': 7, 'UpdateSpare': 8, 'Done': 9}
        self.parameters = {'Observe': {}, 'WeightsLength': {}, 'WeightsItem': {'index': 'integer'}, 'ReadSetting': {'name': 'string'}, 'IsLightAtMostHeavy': {'light': 'integer', 'heavy': 'integer'}, 'IsLightLessThanHeavy': {'light': 'integer', 'heavy': 'integer'}, 'Fits': {'one': 'integer', 'other': 'integer', 'limit': 'integer'}, 'UpdateLoad': {'load': 'integer', 'weights_item': 'integer'}, 'UpdateSpare': {'spare': 'integer', 'limit': 'integer', 'load': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'weights': [26, 42, 45, 47, 62, 68, 69], 'limit': 79}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return FerryPairsLoadEnv(env_str) if env_str.startswith("FerryPairsLoadEnv@") else None

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
        return canonical((ferry_pairs_load)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "weights: 7 whole numbers\\nlimit: a single whole number"
        """
        return "\n".join(['weights: {} whole numbers'.format(len(self.config['weights'])), 'limit: a single whole number'])

    def WeightsLength(self) -> int:
        """Count the elements of weights.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "7"
        """
        return len(self.config['weights'])

    def WeightsItem(self, index: int) -> int:
        """Read one element of weights.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "69"
        """
        return self.config['weights'][index]

    def ReadSetting(self, name: str) -> int:
        """Read a value that stands alone: limit.
        Args:
            name (str): limit
        Returns:
            int: the value
        Example Output:
            "79"
        """
        return {name: self.config[name] for name in ['limit']}[name]

    def IsLightAtMostHeavy(self, light: int, heavy: int) -> bool:
        """Tell whether `light` is at most `heavy`.
        Args:
            light (int): value of light
            heavy (int): value of heavy
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return light <= heavy

    def IsLightLessThanHeavy(self, light: int, heavy: int) -> bool:
        """Tell whether `light` is less than `heavy`.
        Args:
            light (int): value of light
            heavy (int): value of heavy
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return light < heavy

    def Fits(self, one: int, other: int, limit: int) -> bool:
        """Work out the fits of `one` and `other` and `limit`.
        Args:
            one (int): value of one
            other (int): value of other
            limit (int): value of limit
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return fits(one, other, limit)

    def UpdateLoad(self, load: int, weights_item: int) -> int:
        """Work out `load` plus `weights_item`.
        Args:
            load (int): value of load
            weights_item (int): value of weights item
        Returns:
            int: the result
        Example Output:
            "73"
        """
        return load + weights_item

    def UpdateSpare(self, spare: int, limit: int, load: int) -> int:
        """Work out `spare` plus (`limit` minus `load`).
        Args:
            spare (int): value of spare
            limit (int): value of limit
            load (int): value of load
        Returns:
            int: the result
        Example Output:
            "10"
        """
        return spare + (limit - load)

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

        def each_weights():
            for index in range(call("WeightsLength")):
                yield call("WeightsItem", index=index)

        def read_weights():
            return list(each_weights())

        def read_limit():
            return call("ReadSetting", name='limit')

        def ferry_pairs_load(limit):
            light = 0
            heavy = call('WeightsLength') - 1
            crossings = 0
            spare = 0
            while call('IsLightAtMostHeavy', light=light, heavy=heavy):
                load = call('WeightsItem', index=heavy)
                if call('IsLightLessThanHeavy', light=light, heavy=heavy) and call('Fits', one=load, other=call('WeightsItem', index=light), limit=limit):
                    load = call('UpdateLoad', load=load, weights_item=call('WeightsItem', index=light))
                    light += 1
                heavy -= 1
                crossings += 1
                spare = call('UpdateSpare', spare=spare, limit=limit, load=load)
            return [crossings, spare]

        call("Done", answer=canonical(ferry_pairs_load(limit=read_limit())))
