"""Compiled from problem ladder_rungs (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def ladder_rungs(holds: list[int]) -> int:
    scores = []
    highest = 0
    for place in range(len(holds)):
        below = 0
        for back in range(1, 4):
            if place - back < 0:
                break
            if holds[place - back] < holds[place] and scores[place - back] > below:
                below = scores[place - back]
        score = below + holds[place]
        scores.append(score)
        if score > highest:
            highest = score
    return highest

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


class LadderRungsEnv(gymnasium.Env):
    """A climber looks at holds in a row on a wall, each at a given height. She uses some of them from left to right, each
    strictly higher than the one used before, and never passes over more than two holds between two that she uses. She may
    begin and end at any hold. Her score is the sum of the heights of the holds she uses. Report the highest score."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'HoldsLength': 1, 'HoldsItem': 2, 'CheckPlaceAndBack': 3, 'IsHoldsItemLessThanHoldsItem2': 4, 'Subtract': 5, 'IsGreater': 6, 'WorkOutScore': 7, 'Done': 8}
        self.parameters = {'Observe': {}, 'HoldsLength': {}, 'HoldsItem': {'index': 'integer'}, 'CheckPlaceAndBack': {'place': 'integer', 'back': 'integer'}, 'IsHoldsItemLessThanHoldsItem2': {'holds_item': 'integer', 'holds_item_2': 'integer'}, 'Subtract': {'place': 'integer', 'back': 'integer'}, 'IsGreater': {'first': 'integer', 'second': 'integer'}, 'WorkOutScore': {'below': 'integer', 'holds_item': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'holds': [13, 7, 14, 16, 8]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return LadderRungsEnv(env_str) if env_str.startswith("LadderRungsEnv@") else None

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
        return canonical((ladder_rungs)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "holds: 5 whole numbers"
        """
        return "\n".join(['holds: {} whole numbers'.format(len(self.config['holds']))])

    def HoldsLength(self) -> int:
        """Count the elements of holds.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "5"
        """
        return len(self.config['holds'])

    def HoldsItem(self, index: int) -> int:
        """Read one element of holds.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "13"
        """
        return self.config['holds'][index]

    def CheckPlaceAndBack(self, place: int, back: int) -> bool:
        """Tell whether (`place` minus `back`) is less than 0.
        Args:
            place (int): value of place
            back (int): value of back
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return place - back < 0

    def IsHoldsItemLessThanHoldsItem2(self, holds_item: int, holds_item_2: int) -> bool:
        """Tell whether `holds_item` is less than `holds_item_2`.
        Args:
            holds_item (int): value of holds item
            holds_item_2 (int): value of holds item 2
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return holds_item < holds_item_2

    def Subtract(self, place: int, back: int) -> int:
        """Work out `place` minus `back`.
        Args:
            place (int): value of place
            back (int): value of back
        Returns:
            int: the result
        Example Output:
            "0"
        """
        return place - back

    def IsGreater(self, first: int, second: int) -> bool:
        """Tell whether `first` is greater than `second`.
        Args:
            first (int): the first
            second (int): the second
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return first > second

    def WorkOutScore(self, below: int, holds_item: int) -> int:
        """Work out `below` plus `holds_item`.
        Args:
            below (int): value of below
            holds_item (int): value of holds item
        Returns:
            int: the result
        Example Output:
            "13"
        """
        return below + holds_item

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

        def each_holds():
            for index in range(call("HoldsLength")):
                yield call("HoldsItem", index=index)

        def read_holds():
            return list(each_holds())

        def ladder_rungs():
            scores = []
            highest = 0
            for place in range(call('HoldsLength')):
                below = 0
                for back in range(1, 4):
                    if call('CheckPlaceAndBack', place=place, back=back):
                        break
                    if call('IsHoldsItemLessThanHoldsItem2', holds_item=call('HoldsItem', index=call('Subtract', place=place, back=back)), holds_item_2=call('HoldsItem', index=place)) and call('IsGreater', first=scores[call('Subtract', place=place, back=back)], second=below):
                        below = scores[call('Subtract', place=place, back=back)]
                score = call('WorkOutScore', below=below, holds_item=call('HoldsItem', index=place))
                scores.append(score)
                if call('IsGreater', first=score, second=highest):
                    highest = score
            return highest

        call("Done", answer=canonical(ladder_rungs()))
