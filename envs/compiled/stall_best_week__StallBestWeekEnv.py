"""Compiled from problem stall_best_week (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def stall_best_week(takings: list[int], rents: list[int], days: int) -> list[int]:
    everything = 0
    window = 0
    best = 0
    best_first = 0
    for day in range(len(takings)):
        gain = takings[day] - rents[day]
        everything += gain
        window += gain
        if day >= days:
            window -= takings[day - days] - rents[day - days]
        first = day - days + 2
        if first == 1 or (first > 1 and window >= best):
            best = window
            best_first = first
    return [best_first, best, everything - best]

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


class StallBestWeekEnv(gymnasium.Env):
    """A market stall wants to open on a fixed number of days in a row. For every day the expected takings and the rent
    of the pitch are known, and a day's gain is takings minus rent, which may be negative. Among all possible stretches
    of that many days find the one with the highest total gain; of equally good stretches the later one counts. Report
    the number of its first day, counted from one, its total gain, and the total gain of all days outside it."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'TakingsLength': 1, 'TakingsItem': 2, 'RentsLength': 3, 'RentsItem': 4, 'ReadSetting': 5, 'Subtract': 6, 'Add': 7, 'IsDayAtLeastDays': 8, 'UpdateWindow': 9, 'WorkOutFirst': 10, 'CheckCondition': 11, 'Done': 12}
        self.parameters = {'Observe': {}, 'TakingsLength': {}, 'TakingsItem': {'index': 'integer'}, 'RentsLength': {}, 'RentsItem': {'index': 'integer'}, 'ReadSetting': {'name': 'string'}, 'Subtract': {'first': 'integer', 'second': 'integer'}, 'Add': {'first': 'integer', 'second': 'integer'}, 'IsDayAtLeastDays': {'day': 'integer', 'days': 'integer'}, 'UpdateWindow': {'window': 'integer', 'takings_item': 'integer', 'rents_item': 'integer'}, 'WorkOutFirst': {'day': 'integer', 'days': 'integer'}, 'CheckCondition': {'first': 'integer', 'window': 'integer', 'best': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'takings': [64, 22, 60], 'rents': [32, 14, 39], 'days': 2}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return StallBestWeekEnv(env_str) if env_str.startswith("StallBestWeekEnv@") else None

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
        return canonical((stall_best_week)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "takings: 3 whole numbers\\nrents: 3 whole numbers\\ndays: a single whole number"
        """
        return "\n".join(['takings: {} whole numbers'.format(len(self.config['takings'])), 'rents: {} whole numbers'.format(len(self.config['rents'])), 'days: a single whole number'])

    def TakingsLength(self) -> int:
        """Count the elements of takings.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "3"
        """
        return len(self.config['takings'])

    def TakingsItem(self, index: int) -> int:
        """Read one element of takings.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "64"
        """
        return self.config['takings'][index]

    def RentsLength(self):
        """Count the elements of rents.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            ""
        """
        return len(self.config['rents'])

    def RentsItem(self, index: int) -> int:
        """Read one element of rents.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "32"
        """
        return self.config['rents'][index]

    def ReadSetting(self, name: str) -> int:
        """Read a value that stands alone: days.
        Args:
            name (str): days
        Returns:
            int: the value
        Example Output:
            "2"
        """
        return {name: self.config[name] for name in ['days']}[name]

    def Subtract(self, first: int, second: int) -> int:
        """Work out `first` minus `second`.
        Args:
            first (int): the first
            second (int): the second
        Returns:
            int: the result
        Example Output:
            "32"
        """
        return first - second

    def Add(self, first: int, second: int) -> int:
        """Work out `first` plus `second`.
        Args:
            first (int): the first
            second (int): the second
        Returns:
            int: the result
        Example Output:
            "32"
        """
        return first + second

    def IsDayAtLeastDays(self, day: int, days: int) -> bool:
        """Tell whether `day` is at least `days`.
        Args:
            day (int): value of day
            days (int): value of days
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return day >= days

    def UpdateWindow(self, window: int, takings_item: int, rents_item: int) -> int:
        """Work out `window` minus (`takings_item` minus `rents_item`).
        Args:
            window (int): value of window
            takings_item (int): value of takings item
            rents_item (int): value of rents item
        Returns:
            int: the result
        Example Output:
            "29"
        """
        return window - (takings_item - rents_item)

    def WorkOutFirst(self, day: int, days: int) -> int:
        """Work out (`day` minus `days`) plus 2.
        Args:
            day (int): value of day
            days (int): value of days
        Returns:
            int: the result
        Example Output:
            "0"
        """
        return day - days + 2

    def CheckCondition(self, first: int, window: int, best: int) -> bool:
        """Tell whether (`first` equals 1) or ((`first` is greater than 1) and (`window` is at least `best`)).
        Args:
            first (int): the first
            window (int): value of window
            best (int): value of best
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return first == 1 or (first > 1 and window >= best)

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

        def each_takings():
            for index in range(call("TakingsLength")):
                yield call("TakingsItem", index=index)

        def read_takings():
            return list(each_takings())

        def each_rents():
            for index in range(call("RentsLength")):
                yield call("RentsItem", index=index)

        def read_rents():
            return list(each_rents())

        def read_days():
            return call("ReadSetting", name='days')

        def stall_best_week(days):
            everything = 0
            window = 0
            best = 0
            best_first = 0
            for day in range(call('TakingsLength')):
                gain = call('Subtract', first=call('TakingsItem', index=day), second=call('RentsItem', index=day))
                everything = call('Add', first=everything, second=gain)
                window = call('Add', first=window, second=gain)
                if call('IsDayAtLeastDays', day=day, days=days):
                    window = call('UpdateWindow', window=window, takings_item=call('TakingsItem', index=call('Subtract', first=day, second=days)), rents_item=call('RentsItem', index=call('Subtract', first=day, second=days)))
                first = call('WorkOutFirst', day=day, days=days)
                if call('CheckCondition', first=first, window=window, best=best):
                    best = window
                    best_first = first
            return [best_first, best, call('Subtract', first=everything, second=best)]

        call("Done", answer=canonical(stall_best_week(days=read_days())))
