"""Compiled from problem honey_trade_fee (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def larger(one: int, other: int) -> int:
    if one > other:
        return one
    return other

def honey_trade_fee(prices: list[int], fee: int) -> int:
    without_jar = 0
    with_jar = -prices[0]
    for price in prices[1:]:
        kept = with_jar - 1
        sold = kept + price - fee
        bought = without_jar - price
        without_jar = larger(without_jar, sold)
        with_jar = larger(kept, bought)
    return without_jar

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


class HoneyTradeFeeEnv(gymnasium.Env):
    """A trader knows the price of a jar of honey for each market day. She can own one jar at a time at most: on any day
    she may buy one if she has none, or sell the one she has. Every sale costs a fixed stall fee, and every night that she
    keeps a jar costs 1 coin for storage. She begins without a jar. Report the largest profit she can have after the last
    day, 0 if trading does not pay."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'PricesLength': 1, 'PricesItem': 2, 'ReadSetting': 3, 'WorkOutWithJar': 4, 'WorkOutSold': 5, 'WorkOutBought': 6, 'Larger': 7, 'Done': 8}
        self.parameters = {'Observe': {}, 'PricesLength': {}, 'PricesItem': {'index': 'integer'}, 'ReadSetting': {'name': 'string'}, 'WorkOutWithJar': {'prices_value': 'integer'}, 'WorkOutSold': {'kept': 'integer', 'price': 'integer', 'fee': 'integer'}, 'WorkOutBought': {'without_jar': 'integer', 'price': 'integer'}, 'Larger': {'one': 'integer', 'other': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'prices': [32, 11, 30, 27, 9, 34, 15], 'fee': 5}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return HoneyTradeFeeEnv(env_str) if env_str.startswith("HoneyTradeFeeEnv@") else None

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
        return canonical((honey_trade_fee)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "prices: 7 whole numbers\\nfee: a single whole number"
        """
        return "\n".join(['prices: {} whole numbers'.format(len(self.config['prices'])), 'fee: a single whole number'])

    def PricesLength(self) -> int:
        """Count the elements of prices.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "7"
        """
        return len(self.config['prices'])

    def PricesItem(self, index: int) -> int:
        """Read one element of prices.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "32"
        """
        return self.config['prices'][index]

    def ReadSetting(self, name: str) -> int:
        """Read a value that stands alone: fee.
        Args:
            name (str): fee
        Returns:
            int: the value
        Example Output:
            "5"
        """
        return {name: self.config[name] for name in ['fee']}[name]

    def WorkOutWithJar(self, prices_value: int) -> int:
        """Work out minus `prices_value`.
        Args:
            prices_value (int): the prices value
        Returns:
            int: the result
        Example Output:
            "-32"
        """
        return -prices_value

    def WorkOutSold(self, kept: int, price: int, fee: int) -> int:
        """Work out (`kept` plus `price`) minus `fee`.
        Args:
            kept (int): value of kept
            price (int): value of price
            fee (int): value of fee
        Returns:
            int: the result
        Example Output:
            "-27"
        """
        return kept + price - fee

    def WorkOutBought(self, without_jar: int, price: int) -> int:
        """Work out `without_jar` minus `price`.
        Args:
            without_jar (int): value of without jar
            price (int): value of price
        Returns:
            int: the result
        Example Output:
            "-11"
        """
        return without_jar - price

    def Larger(self, one: int, other: int) -> int:
        """Work out the larger of `one` and `other`.
        Args:
            one (int): value of one
            other (int): value of other
        Returns:
            int: the result
        Example Output:
            "0"
        """
        return larger(one, other)

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

        def each_prices():
            for index in range(call("PricesLength")):
                yield call("PricesItem", index=index)

        def read_prices():
            return list(each_prices())

        def read_fee():
            return call("ReadSetting", name='fee')

        def honey_trade_fee(prices, fee):
            without_jar = 0
            with_jar = call('WorkOutWithJar', prices_value=prices[0])
            for price in prices[1:]:
                kept = with_jar - 1
                sold = call('WorkOutSold', kept=kept, price=price, fee=fee)
                bought = call('WorkOutBought', without_jar=without_jar, price=price)
                without_jar = call('Larger', one=without_jar, other=sold)
                with_jar = call('Larger', one=kept, other=bought)
            return without_jar

        call("Done", answer=canonical(honey_trade_fee(prices=read_prices(), fee=read_fee())))
