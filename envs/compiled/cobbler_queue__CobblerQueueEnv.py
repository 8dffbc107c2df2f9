"""Compiled from problem cobbler_queue (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def waiting_time(arrival: int, free_at: int) -> int:
    """Minutes a customer has to wait for the cobbler."""
    return max(0, free_at - arrival)

def cobbler_queue(customers: list[tuple[int, int]], patience: int) -> list[int]:
    clock = 0
    free_at = 0
    waits = []
    for gap, work in customers:
        clock += gap
        wait = waiting_time(clock, free_at)
        if wait > patience:
            waits.append(-1)
            continue
        waits.append(wait)
        free_at = clock + wait + work
    waits.append(free_at)
    return waits

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


class CobblerQueueEnv(gymnasium.Env):
    """A cobbler serves customers one at a time, in the order of the book. For each customer the minutes since the
    customer before came in and the minutes the work takes are known; the first one's minutes are counted from the
    opening of the shop. A customer who finds the cobbler busy waits, but one who would have to wait longer than a given
    patience leaves at once and is not served. Report the waiting minutes of each customer in order, with -1 for those
    who leave, and then the minute at which the cobbler is done with the last work."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'CustomersRows': 1, 'CustomersRowLength': 2, 'CustomersCell': 3, 'ReadSetting': 4, 'UpdateClock': 5, 'WaitingTime': 6, 'IsWaitGreaterThanPatience': 7, 'WorkOutFreeAt': 8, 'Done': 9}
        self.parameters = {'Observe': {}, 'CustomersRows': {}, 'CustomersRowLength': {'row': 'integer'}, 'CustomersCell': {'row': 'integer', 'column': 'integer'}, 'ReadSetting': {'name': 'string'}, 'UpdateClock': {'clock': 'integer', 'gap': 'integer'}, 'WaitingTime': {'arrival': 'integer', 'free_at': 'integer'}, 'IsWaitGreaterThanPatience': {'wait': 'integer', 'patience': 'integer'}, 'WorkOutFreeAt': {'clock': 'integer', 'wait': 'integer', 'work': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'customers': [(14, 17), (12, 7), (8, 15), (3, 18)], 'patience': 12}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return CobblerQueueEnv(env_str) if env_str.startswith("CobblerQueueEnv@") else None

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
        return canonical((cobbler_queue)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "customers: 4 rows of whole numbers\\npatience: a single whole number"
        """
        return "\n".join(['customers: {} rows of whole numbers'.format(len(self.config['customers'])), 'patience: a single whole number'])

    def CustomersRows(self) -> int:
        """Count the rows of customers.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "4"
        """
        return len(self.config['customers'])

    def CustomersRowLength(self, row: int) -> int:
        """Count what is in one row of customers.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['customers'][row])

    def CustomersCell(self, row: int, column: int) -> int:
        """Read what is in one row of customers, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int: what is there
        Example Output:
            "14"
        """
        return self.config['customers'][row][column]

    def ReadSetting(self, name: str) -> int:
        """Read a value that stands alone: patience.
        Args:
            name (str): patience
        Returns:
            int: the value
        Example Output:
            "12"
        """
        return {name: self.config[name] for name in ['patience']}[name]

    def UpdateClock(self, clock: int, gap: int) -> int:
        """Work out `clock` plus `gap`.
        Args:
            clock (int): value of clock
            gap (int): value of gap
        Returns:
            int: the result
        Example Output:
            "14"
        """
        return clock + gap

    def WaitingTime(self, arrival: int, free_at: int) -> int:
        """Minutes a customer has to wait for the cobbler.
        Args:
            arrival (int): value of arrival
            free_at (int): value of free at
        Returns:
            int: the result
        Example Output:
            "0"
        """
        return waiting_time(arrival, free_at)

    def IsWaitGreaterThanPatience(self, wait: int, patience: int) -> bool:
        """Tell whether `wait` is greater than `patience`.
        Args:
            wait (int): value of wait
            patience (int): value of patience
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return wait > patience

    def WorkOutFreeAt(self, clock: int, wait: int, work: int) -> int:
        """Work out (`clock` plus `wait`) plus `work`.
        Args:
            clock (int): value of clock
            wait (int): value of wait
            work (int): value of work
        Returns:
            int: the result
        Example Output:
            "31"
        """
        return clock + wait + work

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

        def row_customers(row):
            return tuple([call("CustomersCell", row=row, column=column) for column in range(call("CustomersRowLength", row=row))])

        def each_customers():
            for row in range(call("CustomersRows")):
                yield row_customers(row)

        def read_customers():
            return list(each_customers())

        def read_patience():
            return call("ReadSetting", name='patience')

        def cobbler_queue(patience):
            clock = 0
            free_at = 0
            waits = []
            for gap, work in each_customers():
                clock = call('UpdateClock', clock=clock, gap=gap)
                wait = call('WaitingTime', arrival=clock, free_at=free_at)
                if call('IsWaitGreaterThanPatience', wait=wait, patience=patience):
                    waits.append(-1)
                    continue
                waits.append(wait)
                free_at = call('WorkOutFreeAt', clock=clock, wait=wait, work=work)
            waits.append(free_at)
            return waits

        call("Done", answer=canonical(cobbler_queue(patience=read_patience())))
