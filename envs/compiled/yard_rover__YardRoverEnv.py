"""Compiled from problem yard_rover (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def room_left(coordinate: int, sign: int, reach: int) -> int:
    """Steps possible from a coordinate in the direction of the sign."""
    return reach - coordinate * sign

def yard_rover(reach: int, orders: list[tuple[str, int]]) -> list[int]:
    east = 0
    north = 0
    taken = 0
    dropped = 0
    for direction, steps in orders:
        sign = 1 if direction in ('N', 'E') else -1
        if direction in ('N', 'S'):
            done = min(steps, room_left(north, sign, reach))
            north += sign * done
        else:
            done = min(steps, room_left(east, sign, reach))
            east += sign * done
        taken += done
        dropped += steps - done
    return [east, north, taken, dropped]

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


class YardRoverEnv(gymnasium.Env):
    """A small rover stands in the middle of a square yard, at place 0, 0. Its orders are pairs of a direction, N, E, S
    or W, and a number of steps; north makes the second coordinate larger and east the first one. The yard reaches a
    given number of steps from the middle in each of the four directions. A step that would lead out of the yard is not
    taken: the rover bumps into the wall once, and the rest of that order is dropped. Report the first coordinate, the
    second coordinate, the steps taken in all and the steps dropped in all."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'OrdersRows': 1, 'OrdersRowLength': 2, 'OrdersCell': 3, 'ReadSetting': 4, 'WorkOutDone': 5, 'Combine': 6, 'UpdateTaken': 7, 'UpdateDropped': 8, 'Done': 9}
        self.parameters = {'Observe': {}, 'OrdersRows': {}, 'OrdersRowLength': {'row': 'integer'}, 'OrdersCell': {'row': 'integer', 'column': 'integer'}, 'ReadSetting': {'name': 'string'}, 'WorkOutDone': {'first': 'integer', 'second': 'integer', 'third': 'integer', 'fourth': 'integer'}, 'Combine': {'first': 'integer', 'second': 'integer', 'third': 'integer'}, 'UpdateTaken': {'taken': 'integer', 'done': 'integer'}, 'UpdateDropped': {'dropped': 'integer', 'steps': 'integer', 'done': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'reach': 9, 'orders': [('N', 7), ('S', 2), ('W', 3), ('W', 3)]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return YardRoverEnv(env_str) if env_str.startswith("YardRoverEnv@") else None

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
        return canonical((yard_rover)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "reach: a single whole number\\norders: 4 rows of values of several kinds"
        """
        return "\n".join(['reach: a single whole number', 'orders: {} rows of values of several kinds'.format(len(self.config['orders']))])

    def OrdersRows(self) -> int:
        """Count the rows of orders.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "4"
        """
        return len(self.config['orders'])

    def OrdersRowLength(self, row: int) -> int:
        """Count what is in one row of orders.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['orders'][row])

    def OrdersCell(self, row: int, column: int):
        """Read what is in one row of orders, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int, float, str, bool or list: what is there
        Example Output:
            ""N\""
        """
        return self.config['orders'][row][column]

    def ReadSetting(self, name: str) -> int:
        """Read a value that stands alone: reach.
        Args:
            name (str): reach
        Returns:
            int: the value
        Example Output:
            "9"
        """
        return {name: self.config[name] for name in ['reach']}[name]

    def WorkOutDone(self, first: int, second: int, third: int, fourth: int) -> int:
        """Work out the smallest of `first` and the room left of `second` and `third` and `fourth`.
        Args:
            first (int): the first
            second (int): the second
            third (int): the third
            fourth (int): value of fourth
        Returns:
            int: the result
        Example Output:
            "7"
        """
        return min(first, room_left(second, third, fourth))

    def Combine(self, first: int, second: int, third: int) -> int:
        """Work out `first` plus (`second` times `third`).
        Args:
            first (int): the first
            second (int): the second
            third (int): the third
        Returns:
            int: the result
        Example Output:
            "7"
        """
        return first + second * third

    def UpdateTaken(self, taken: int, done: int) -> int:
        """Work out `taken` plus `done`.
        Args:
            taken (int): value of taken
            done (int): value of done
        Returns:
            int: the result
        Example Output:
            "7"
        """
        return taken + done

    def UpdateDropped(self, dropped: int, steps: int, done: int) -> int:
        """Work out `dropped` plus (`steps` minus `done`).
        Args:
            dropped (int): value of dropped
            steps (int): value of steps
            done (int): value of done
        Returns:
            int: the result
        Example Output:
            "0"
        """
        return dropped + (steps - done)

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

        def read_reach():
            return call("ReadSetting", name='reach')

        def row_orders(row):
            return tuple([call("OrdersCell", row=row, column=column) for column in range(call("OrdersRowLength", row=row))])

        def each_orders():
            for row in range(call("OrdersRows")):
                yield row_orders(row)

        def read_orders():
            return list(each_orders())

        def yard_rover(reach):
            east = 0
            north = 0
            taken = 0
            dropped = 0
            for direction, steps in each_orders():
                sign = 1 if direction in ('N', 'E') else -1
                if direction in ('N', 'S'):
                    done = call('WorkOutDone', first=steps, second=north, third=sign, fourth=reach)
                    north = call('Combine', first=north, second=sign, third=done)
                else:
                    done = call('WorkOutDone', first=steps, second=east, third=sign, fourth=reach)
                    east = call('Combine', first=east, second=sign, third=done)
                taken = call('UpdateTaken', taken=taken, done=done)
                dropped = call('UpdateDropped', dropped=dropped, steps=steps, done=done)
            return [east, north, taken, dropped]

        call("Done", answer=canonical(yard_rover(reach=read_reach())))
