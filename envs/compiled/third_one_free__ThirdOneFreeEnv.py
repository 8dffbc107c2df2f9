"""Compiled from problem third_one_free (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def is_free(number: int) -> bool:
    """Whether the piece with this number among its kind is free."""
    return number % 3 == 0

def third_one_free(prices: dict[str, int], basket: list[str]) -> list[int]:
    pieces = {}
    shown = []
    total = 0
    for toy in basket:
        number = pieces.get(toy, 0) + 1
        pieces[toy] = number
        if not is_free(number):
            total += prices.get(toy, 1)
        shown.append(total)
    return shown

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


class ThirdOneFreeEnv(gymnasium.Env):
    """A toy shop has a price for every toy and a rule: of each kind of toy every third piece is free, so the third, the
    sixth and so on that passes the till. A toy without a price on the list costs one coin, and the rule holds for it
    too. The basket is put on the till piece by piece in the order given. Report what stands on the till's display after
    each piece, that is the sum so far."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'PricesKeys': 1, 'PricesLookup': 2, 'BasketLength': 3, 'BasketItem': 4, 'IsNot': 5, 'UpdateTotal': 6, 'Done': 7}
        self.parameters = {'Observe': {}, 'PricesKeys': {}, 'PricesLookup': {'key': 'string'}, 'BasketLength': {}, 'BasketItem': {'index': 'integer'}, 'IsNot': {'number': 'integer'}, 'UpdateTotal': {'total': 'integer', 'get_result': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'prices': {'ball': 16, 'kite': 24}, 'basket': ['ball', 'kite', 'kite', 'ball', 'kite', 'ball']}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return ThirdOneFreeEnv(env_str) if env_str.startswith("ThirdOneFreeEnv@") else None

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
        return canonical((third_one_free)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "prices: 2 keys, each with a whole number\\nbasket: 6 texts"
        """
        return "\n".join(['prices: {} keys, each with a whole number'.format(len(self.config['prices'])), 'basket: {} texts'.format(len(self.config['basket']))])

    def PricesKeys(self) -> list:
        """List the keys of prices, without what belongs to them.
        Args:
            None
        Returns:
            list[str]: the keys
        Example Output:
            "["ball", "kite"]"
        """
        return list(self.config['prices'])

    def PricesLookup(self, key: str) -> int:
        """Look up what belongs to one key of prices.
        Args:
            key (str): a key of prices
        Returns:
            int: what belongs to it
        Example Output:
            "16"
        """
        return self.config['prices'][key]

    def BasketLength(self) -> int:
        """Count the elements of basket.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "6"
        """
        return len(self.config['basket'])

    def BasketItem(self, index: int) -> str:
        """Read one element of basket.
        Args:
            index (int): place, counted from 0
        Returns:
            str: the element there
        Example Output:
            ""ball\""
        """
        return self.config['basket'][index]

    def IsNot(self, number: int) -> bool:
        """Tell whether not the is free of `number`.
        Args:
            number (int): value of number
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return not is_free(number)

    def UpdateTotal(self, total: int, get_result: int) -> int:
        """Work out `total` plus `get_result`.
        Args:
            total (int): value of total
            get_result (int): value of get result
        Returns:
            int: the result
        Example Output:
            "16"
        """
        return total + get_result

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

        def read_prices():
            return {key: call("PricesLookup", key=key) for key in call("PricesKeys")}

        def each_basket():
            for index in range(call("BasketLength")):
                yield call("BasketItem", index=index)

        def read_basket():
            return list(each_basket())

        def third_one_free(prices):
            pieces = {}
            shown = []
            total = 0
            for toy in each_basket():
                number = pieces.get(toy, 0) + 1
                pieces[toy] = number
                if call('IsNot', number=number):
                    total = call('UpdateTotal', total=total, get_result=prices.get(toy, 1))
                shown.append(total)
            return shown

        call("Done", answer=canonical(third_one_free(prices=read_prices())))
