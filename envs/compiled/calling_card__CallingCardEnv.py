"""Compiled from problem calling_card (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def call_price(zone: int, minutes: int) -> int:
    """Price of a call in coins."""
    if zone == 1:
        rate = 2
    elif zone == 2:
        rate = 5
    else:
        rate = 9
    charge = rate * min(minutes, 5) + (rate - 1) * max(0, minutes - 5)
    if rate == 9:
        charge += 4
    return charge

def calling_card(credit: int, calls: list[tuple[int, int]]) -> list[int]:
    left = credit
    balances = []
    for zone, minutes in calls:
        charge = call_price(zone, minutes)
        if charge <= left:
            left -= charge
        balances.append(left)
    return balances

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


class CallingCardEnv(gymnasium.Env):
    """A phone card charges calls by zone and length. Zone 1 costs two coins a minute, zone 2 five coins a minute, and
    any other zone nine coins a minute with a connection charge of four coins. From the sixth minute of a call on, a
    minute costs one coin less than before. A call that the card cannot pay in full is not put through and changes
    nothing. Report for every call, in order, the coins left on the card after it."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'CallsRows': 1, 'CallsRowLength': 2, 'CallsCell': 3, 'ReadSetting': 4, 'CallPrice': 5, 'IsChargeAtMostLeft': 6, 'UpdateLeft': 7, 'Done': 8}
        self.parameters = {'Observe': {}, 'CallsRows': {}, 'CallsRowLength': {'row': 'integer'}, 'CallsCell': {'row': 'integer', 'column': 'integer'}, 'ReadSetting': {'name': 'string'}, 'CallPrice': {'zone': 'integer', 'minutes': 'integer'}, 'IsChargeAtMostLeft': {'charge': 'integer', 'left': 'integer'}, 'UpdateLeft': {'left': 'integer', 'charge': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'credit': 152, 'calls': [(2, 11), (1, 7), (2, 2)]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return CallingCardEnv(env_str) if env_str.startswith("CallingCardEnv@") else None

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
        return canonical((calling_card)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "credit: a single whole number\\ncalls: 3 rows of whole numbers"
        """
        return "\n".join(['credit: a single whole number', 'calls: {} rows of whole numbers'.format(len(self.config['calls']))])

    def CallsRows(self) -> int:
        """Count the rows of calls.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "3"
        """
        return len(self.config['calls'])

    def CallsRowLength(self, row: int) -> int:
        """Count what is in one row of calls.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['calls'][row])

    def CallsCell(self, row: int, column: int) -> int:
        """Read what is in one row of calls, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int: what is there
        Example Output:
            "2"
        """
        return self.config['calls'][row][column]

    def ReadSetting(self, name: str) -> int:
        """Read a value that stands alone: credit.
        Args:
            name (str): credit
        Returns:
            int: the value
        Example Output:
            "152"
        """
        return {name: self.config[name] for name in ['credit']}[name]

    def CallPrice(self, zone: int, minutes: int) -> int:
        """Price of a call in coins.
        Args:
            zone (int): value of zone
            minutes (int): value of minutes
        Returns:
            int: the result
        Example Output:
            "49"
        """
        return call_price(zone, minutes)

    def IsChargeAtMostLeft(self, charge: int, left: int) -> bool:
        """Tell whether `charge` is at most `left`.
        Args:
            charge (int): value of charge
            left (int): value of left
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return charge <= left

    def UpdateLeft(self, left: int, charge: int) -> int:
        """Work out `left` minus `charge`.
        Args:
            left (int): value of left
            charge (int): value of charge
        Returns:
            int: the result
        Example Output:
            "103"
        """
        return left - charge

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

        def read_credit():
            return call("ReadSetting", name='credit')

        def row_calls(row):
            return tuple([call("CallsCell", row=row, column=column) for column in range(call("CallsRowLength", row=row))])

        def each_calls():
            for row in range(call("CallsRows")):
                yield row_calls(row)

        def read_calls():
            return list(each_calls())

        def calling_card(credit):
            left = credit
            balances = []
            for zone, minutes in each_calls():
                charge = call('CallPrice', zone=zone, minutes=minutes)
                if call('IsChargeAtMostLeft', charge=charge, left=left):
                    left = call('UpdateLeft', left=left, charge=charge)
                balances.append(left)
            return balances

        call("Done", answer=canonical(calling_card(credit=read_credit())))
