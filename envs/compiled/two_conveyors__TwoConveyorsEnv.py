"""Compiled from problem two_conveyors (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def two_conveyors(east: list[int], west: list[int]) -> int:
    east_next = 0
    west_next = 0
    difference = 0
    for stamp in range(1, len(east) + len(west) + 1):
        if west_next == len(west):
            take_east = True
        elif east_next == len(east):
            take_east = False
        else:
            take_east = east[east_next] <= west[west_next]
        if take_east:
            difference += stamp * east[east_next]
            east_next += 1
        else:
            difference -= stamp * west[west_next]
            west_next += 1
    return difference

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


class TwoConveyorsEnv(gymnasium.Env):
    """Two conveyor belts bring boxes to one packer, who looks at the front box of each belt and takes the lighter one;
    when both weigh the same he takes the one from the east belt. When one belt is empty he takes the boxes of the other
    as they come. He stamps the boxes 1, 2, 3 and so on as he takes them. Report the sum, over the boxes of the east
    belt, of stamp times weight, minus the same sum over the boxes of the west belt."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'EastLength': 1, 'EastItem': 2, 'WestLength': 3, 'WestItem': 4, 'CombineEastLengthAndWestLength': 5, 'IsEqual': 6, 'WorkOutTakeEast': 7, 'UpdateDifference': 8, 'UpdateDifference2': 9, 'Done': 10}
        self.parameters = {'Observe': {}, 'EastLength': {}, 'EastItem': {'index': 'integer'}, 'WestLength': {}, 'WestItem': {'index': 'integer'}, 'CombineEastLengthAndWestLength': {'east_length': 'integer', 'west_length': 'integer'}, 'IsEqual': {'first': 'integer', 'second': 'integer'}, 'WorkOutTakeEast': {'east_item': 'integer', 'west_item': 'integer'}, 'UpdateDifference': {'difference': 'integer', 'stamp': 'integer', 'east_item': 'integer'}, 'UpdateDifference2': {'difference': 'integer', 'stamp': 'integer', 'west_item': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'east': [50, 28, 43], 'west': [26, 23, 5]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return TwoConveyorsEnv(env_str) if env_str.startswith("TwoConveyorsEnv@") else None

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
        return canonical((two_conveyors)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "east: 3 whole numbers\\nwest: 3 whole numbers"
        """
        return "\n".join(['east: {} whole numbers'.format(len(self.config['east'])), 'west: {} whole numbers'.format(len(self.config['west']))])

    def EastLength(self) -> int:
        """Count the elements of east.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "3"
        """
        return len(self.config['east'])

    def EastItem(self, index: int) -> int:
        """Read one element of east.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "50"
        """
        return self.config['east'][index]

    def WestLength(self) -> int:
        """Count the elements of west.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "3"
        """
        return len(self.config['west'])

    def WestItem(self, index: int) -> int:
        """Read one element of west.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "26"
        """
        return self.config['west'][index]

    def CombineEastLengthAndWestLength(self, east_length: int, west_length: int) -> int:
        """Work out (`east_length` plus `west_length`) plus 1.
        Args:
            east_length (int): value of east length
            west_length (int): value of west length
        Returns:
            int: the result
        Example Output:
            "7"
        """
        return east_length + west_length + 1

    def IsEqual(self, first: int, second: int) -> bool:
        """Tell whether `first` equals `second`.
        Args:
            first (int): the first
            second (int): the second
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return first == second

    def WorkOutTakeEast(self, east_item: int, west_item: int) -> bool:
        """Tell whether `east_item` is at most `west_item`.
        Args:
            east_item (int): value of east item
            west_item (int): value of west item
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return east_item <= west_item

    def UpdateDifference(self, difference: int, stamp: int, east_item: int) -> int:
        """Work out `difference` plus (`stamp` times `east_item`).
        Args:
            difference (int): value of difference
            stamp (int): value of stamp
            east_item (int): value of east item
        Returns:
            int: the result
        Example Output:
            "113"
        """
        return difference + stamp * east_item

    def UpdateDifference2(self, difference: int, stamp: int, west_item: int) -> int:
        """Work out `difference` minus (`stamp` times `west_item`).
        Args:
            difference (int): value of difference
            stamp (int): value of stamp
            west_item (int): value of west item
        Returns:
            int: the result
        Example Output:
            "-26"
        """
        return difference - stamp * west_item

    def Done(self, answer) -> str:
        """Hand in the answer. The first one counts.
        Args:
            answer (int): the answer, a whole number
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

        def each_east():
            for index in range(call("EastLength")):
                yield call("EastItem", index=index)

        def read_east():
            return list(each_east())

        def each_west():
            for index in range(call("WestLength")):
                yield call("WestItem", index=index)

        def read_west():
            return list(each_west())

        def two_conveyors():
            east_next = 0
            west_next = 0
            difference = 0
            for stamp in range(1, call('CombineEastLengthAndWestLength', east_length=call('EastLength'), west_length=call('WestLength'))):
                if call('IsEqual', first=west_next, second=call('WestLength')):
                    take_east = True
                elif call('IsEqual', first=east_next, second=call('EastLength')):
                    take_east = False
                else:
                    take_east = call('WorkOutTakeEast', east_item=call('EastItem', index=east_next), west_item=call('WestItem', index=west_next))
                if take_east:
                    difference = call('UpdateDifference', difference=difference, stamp=stamp, east_item=call('EastItem', index=east_next))
                    east_next += 1
                else:
                    difference = call('UpdateDifference2', difference=difference, stamp=stamp, west_item=call('WestItem', index=west_next))
                    west_next += 1
            return difference

        call("Done", answer=canonical(two_conveyors()))
