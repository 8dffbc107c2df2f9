"""Compiled from problem greenhouse_stove (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def stove_burns(temperature: int, burning: bool) -> bool:
    """Whether the stove burns in the coming hour."""
    if temperature < 12:
        return True
    if temperature > 20:
        return False
    return burning

def greenhouse_stove(start: int, losses: list[int]) -> list[int]:
    temperature = start
    burning = False
    hours = 0
    report = []
    for loss in losses:
        burning = stove_burns(temperature, burning)
        if burning:
            temperature += 5
            hours += 1
        temperature -= loss
        report.append(temperature)
    report.append(hours)
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


class GreenhouseStoveEnv(gymnasium.Env):
    """A greenhouse starts at a given temperature, with the stove off. Each hour has its own loss of degrees, due to the
    weather; it may be negative on a warm hour. At the start of an hour the gardener looks at the thermometer: below
    twelve degrees the stove is switched on, above twenty it is switched off, otherwise it is left as it is. A burning
    stove adds five degrees in that hour, and then the loss of the hour is taken off. Report the temperature after each
    hour, and as the last entry the number of hours the stove was burning."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'LossesLength': 1, 'LossesItem': 2, 'ReadSetting': 3, 'StoveBurns': 4, 'UpdateTemperature': 5, 'UpdateHours': 6, 'UpdateTemperature2': 7, 'Done': 8}
        self.parameters = {'Observe': {}, 'LossesLength': {}, 'LossesItem': {'index': 'integer'}, 'ReadSetting': {'name': 'string'}, 'StoveBurns': {'temperature': 'integer', 'burning': 'boolean'}, 'UpdateTemperature': {'temperature': 'integer'}, 'UpdateHours': {'hours': 'integer'}, 'UpdateTemperature2': {'temperature': 'integer', 'loss': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'start': 22, 'losses': [4, -1, 4, 3, -1, 5]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return GreenhouseStoveEnv(env_str) if env_str.startswith("GreenhouseStoveEnv@") else None

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
        return canonical((greenhouse_stove)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "start: a single whole number\\nlosses: 6 whole numbers"
        """
        return "\n".join(['start: a single whole number', 'losses: {} whole numbers'.format(len(self.config['losses']))])

    def LossesLength(self) -> int:
        """Count the elements of losses.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "6"
        """
        return len(self.config['losses'])

    def LossesItem(self, index: int) -> int:
        """Read one element of losses.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "4"
        """
        return self.config['losses'][index]

    def ReadSetting(self, name: str) -> int:
        """Read a value that stands alone: start.
        Args:
            name (str): start
        Returns:
            int: the value
        Example Output:
            "22"
        """
        return {name: self.config[name] for name in ['start']}[name]

    def StoveBurns(self, temperature: int, burning: bool) -> bool:
        """Whether the stove burns in the coming hour.
        Args:
            temperature (int): value of temperature
            burning (bool): value of burning
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return stove_burns(temperature, burning)

    def UpdateTemperature(self, temperature: int) -> int:
        """Work out `temperature` plus 5.
        Args:
            temperature (int): value of temperature
        Returns:
            int: the result
        Example Output:
            "16"
        """
        return temperature + 5

    def UpdateHours(self, hours: int) -> int:
        """Work out `hours` plus 1.
        Args:
            hours (int): value of hours
        Returns:
            int: the result
        Example Output:
            "1"
        """
        return hours + 1

    def UpdateTemperature2(self, temperature: int, loss: int) -> int:
        """Work out `temperature` minus `loss`.
        Args:
            temperature (int): value of temperature
            loss (int): value of loss
        Returns:
            int: the result
        Example Output:
            "18"
        """
        return temperature - loss

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

        def read_start():
            return call("ReadSetting", name='start')

        def each_losses():
            for index in range(call("LossesLength")):
                yield call("LossesItem", index=index)

        def read_losses():
            return list(each_losses())

        def greenhouse_stove(start):
            temperature = start
            burning = False
            hours = 0
            report = []
            for loss in each_losses():
                burning = call('StoveBurns', temperature=temperature, burning=burning)
                if burning:
                    temperature = call('UpdateTemperature', temperature=temperature)
                    hours = call('UpdateHours', hours=hours)
                temperature = call('UpdateTemperature2', temperature=temperature, loss=loss)
                report.append(temperature)
            report.append(hours)
            return report

        call("Done", answer=canonical(greenhouse_stove(start=read_start())))
