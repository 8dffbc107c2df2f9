"""Compiled from problem ferry_loads (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def too_much(length: int, weight: int, deck: int, tons: int) -> bool:
    """Whether a load is longer or heavier than allowed."""
    return length > deck or weight > tons

def ferry_loads(queue: list[tuple[int, int]], deck: int, tons: int) -> list[int]:
    length = 0
    weight = 0
    turned = 0
    report = []
    for metres, mass in queue:
        if too_much(metres, mass, deck, tons):
            turned += 1
            continue
        if too_much(length + metres, weight + mass, deck, tons):
            report.append(deck - length)
            report.append(weight)
            length = 0
            weight = 0
        length += metres
        weight += mass
    if length > 0:
        report.append(deck - length)
        report.append(weight)
    report.append(turned)
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


class FerryLoadsEnv(gymnasium.Env):
    """A river ferry loads vehicles in the order of the queue; each has a length in metres and a weight in tons. The
    ferry sails as soon as the next vehicle would make the total length or the total weight larger than allowed, and
    comes back empty; the last load sails when the queue is empty. A vehicle that is by itself too long or too heavy
    turns round and is not taken. Report for every crossing, in order, the length left free on deck and the weight
    aboard, and at the very end the number of vehicles that turned round."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'QueueRows': 1, 'QueueRowLength': 2, 'QueueCell': 3, 'ReadSetting': 4, 'TooMuch': 5, 'TooMuch2': 6, 'Subtract': 7, 'Add': 8, 'IsLengthGreaterThan0': 9, 'Done': 10}
        self.parameters = {'Observe': {}, 'QueueRows': {}, 'QueueRowLength': {'row': 'integer'}, 'QueueCell': {'row': 'integer', 'column': 'integer'}, 'ReadSetting': {'name': 'string'}, 'TooMuch': {'length': 'integer', 'weight': 'integer', 'deck': 'integer', 'tons': 'integer'}, 'TooMuch2': {'length': 'integer', 'metres': 'integer', 'weight': 'integer', 'mass': 'integer', 'deck': 'integer', 'tons': 'integer'}, 'Subtract': {'deck': 'integer', 'length': 'integer'}, 'Add': {'first': 'integer', 'second': 'integer'}, 'IsLengthGreaterThan0': {'length': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'queue': [(9, 4), (9, 12), (4, 15)], 'deck': 22, 'tons': 26}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return FerryLoadsEnv(env_str) if env_str.startswith("FerryLoadsEnv@") else None

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
        return canonical((ferry_loads)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "queue: 3 rows of whole numbers\\ndeck: a single whole number\\ntons: a single whole number"
        """
        return "\n".join(['queue: {} rows of whole numbers'.format(len(self.config['queue'])), 'deck: a single whole number', 'tons: a single whole number'])

    def QueueRows(self) -> int:
        """Count the rows of queue.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "3"
        """
        return len(self.config['queue'])

    def QueueRowLength(self, row: int) -> int:
        """Count what is in one row of queue.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['queue'][row])

    def QueueCell(self, row: int, column: int) -> int:
        """Read what is in one row of queue, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int: what is there
        Example Output:
            "9"
        """
        return self.config['queue'][row][column]

    def ReadSetting(self, name: str) -> int:
        """Read a value that stands alone: deck, tons.
        Args:
            name (str): one of deck, tons
        Returns:
            int: the value
        Example Output:
            "22"
        """
        return {name: self.config[name] for name in ['deck', 'tons']}[name]

    def TooMuch(self, length: int, weight: int, deck: int, tons: int) -> bool:
        """Whether a load is longer or heavier than allowed.
        Args:
            length (int): value of length
            weight (int): value of weight
            deck (int): value of deck
            tons (int): value of tons
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return too_much(length, weight, deck, tons)

    def TooMuch2(self, length: int, metres: int, weight: int, mass: int, deck: int, tons: int) -> bool:
        """Whether a load is longer or heavier than allowed.
        Args:
            length (int): value of length
            metres (int): value of metres
            weight (int): value of weight
            mass (int): value of mass
            deck (int): value of deck
            tons (int): value of tons
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return too_much(length + metres, weight + mass, deck, tons)

    def Subtract(self, deck: int, length: int) -> int:
        """Work out `deck` minus `length`.
        Args:
            deck (int): value of deck
            length (int): value of length
        Returns:
            int: the result
        Example Output:
            "4"
        """
        return deck - length

    def Add(self, first: int, second: int) -> int:
        """Work out `first` plus `second`.
        Args:
            first (int): the first
            second (int): the second
        Returns:
            int: the result
        Example Output:
            "9"
        """
        return first + second

    def IsLengthGreaterThan0(self, length: int) -> bool:
        """Tell whether `length` is greater than 0.
        Args:
            length (int): value of length
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return length > 0

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

        def row_queue(row):
            return tuple([call("QueueCell", row=row, column=column) for column in range(call("QueueRowLength", row=row))])

        def each_queue():
            for row in range(call("QueueRows")):
                yield row_queue(row)

        def read_queue():
            return list(each_queue())

        def read_deck():
            return call("ReadSetting", name='deck')

        def read_tons():
            return call("ReadSetting", name='tons')

        def ferry_loads(deck, tons):
            length = 0
            weight = 0
            turned = 0
            report = []
            for metres, mass in each_queue():
                if call('TooMuch', length=metres, weight=mass, deck=deck, tons=tons):
                    turned += 1
                    continue
                if call('TooMuch2', length=length, metres=metres, weight=weight, mass=mass, deck=deck, tons=tons):
                    report.append(call('Subtract', deck=deck, length=length))
                    report.append(weight)
                    length = 0
                    weight = 0
                length = call('Add', first=length, second=metres)
                weight = call('Add', first=weight, second=mass)
            if call('IsLengthGreaterThan0', length=length):
                report.append(call('Subtract', deck=deck, length=length))
                report.append(weight)
            report.append(turned)
            return report

        call("Done", answer=canonical(ferry_loads(deck=read_deck(), tons=read_tons())))
