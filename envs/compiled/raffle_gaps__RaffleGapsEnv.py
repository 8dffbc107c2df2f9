"""Compiled from problem raffle_gaps (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def missing_between(earlier: int, later: int) -> int:
    """How many numbers are missing between two tickets, -1 if they are out of order."""
    if later <= earlier:
        return -1
    return later - earlier - 1

def raffle_gaps(tickets: list[int]) -> list[int]:
    gaps = []
    complete = 0
    for place in range(1, len(tickets)):
        missing = missing_between(tickets[place - 1], tickets[place])
        if missing == 0:
            complete += 1
        else:
            gaps.append(missing)
    gaps.append(complete)
    return gaps

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


class RaffleGapsEnv(gymnasium.Env):
    """Raffle tickets were sold from a roll in rising numbers, and the numbers of the tickets handed in are given in
    that order. Between two tickets that follow one another some numbers may be missing. Report, for every pair of
    tickets that follow one another, the number of numbers missing between them, but only if at least one is missing;
    after these, report how many pairs had nothing missing. If a ticket's number is not higher than the one before, it
    was put in twice or out of place, and the pair counts as minus one in the answer at its place."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'TicketsLength': 1, 'TicketsItem': 2, 'MissingBetween': 3, 'Subtract': 4, 'IsMissingEqualTo0': 5, 'UpdateComplete': 6, 'Done': 7}
        self.parameters = {'Observe': {}, 'TicketsLength': {}, 'TicketsItem': {'index': 'integer'}, 'MissingBetween': {'earlier': 'integer', 'later': 'integer'}, 'Subtract': {'place': 'integer'}, 'IsMissingEqualTo0': {'missing': 'integer'}, 'UpdateComplete': {'complete': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'tickets': [199, 205, 206, 212, 216, 217, 226]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return RaffleGapsEnv(env_str) if env_str.startswith("RaffleGapsEnv@") else None

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
        return canonical((raffle_gaps)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "tickets: 7 whole numbers"
        """
        return "\n".join(['tickets: {} whole numbers'.format(len(self.config['tickets']))])

    def TicketsLength(self) -> int:
        """Count the elements of tickets.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "7"
        """
        return len(self.config['tickets'])

    def TicketsItem(self, index: int) -> int:
        """Read one element of tickets.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "199"
        """
        return self.config['tickets'][index]

    def MissingBetween(self, earlier: int, later: int) -> int:
        """How many numbers are missing between two tickets, -1 if they are out of order.
        Args:
            earlier (int): value of earlier
            later (int): value of later
        Returns:
            int: the result
        Example Output:
            "5"
        """
        return missing_between(earlier, later)

    def Subtract(self, place: int) -> int:
        """Work out `place` minus 1.
        Args:
            place (int): value of place
        Returns:
            int: the result
        Example Output:
            "0"
        """
        return place - 1

    def IsMissingEqualTo0(self, missing: int) -> bool:
        """Tell whether `missing` equals 0.
        Args:
            missing (int): value of missing
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return missing == 0

    def UpdateComplete(self, complete: int) -> int:
        """Work out `complete` plus 1.
        Args:
            complete (int): value of complete
        Returns:
            int: the result
        Example Output:
            "1"
        """
        return complete + 1

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

        def each_tickets():
            for index in range(call("TicketsLength")):
                yield call("TicketsItem", index=index)

        def read_tickets():
            return list(each_tickets())

        def raffle_gaps():
            gaps = []
            complete = 0
            for place in range(1, call('TicketsLength')):
                missing = call('MissingBetween', earlier=call('TicketsItem', index=call('Subtract', place=place)), later=call('TicketsItem', index=place))
                if call('IsMissingEqualTo0', missing=missing):
                    complete = call('UpdateComplete', complete=complete)
                else:
                    gaps.append(missing)
            gaps.append(complete)
            return gaps

        call("Done", answer=canonical(raffle_gaps()))
