"""Compiled from problem ledger_bounced (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def refused(balance: int, amount: int, credit: int) -> bool:
    return amount < 0 and balance + amount < -credit

def ledger_bounced(payments: list[int], opening: int, credit: int) -> list[int]:
    balance = opening
    refusals = 0
    for amount in payments:
        if refused(balance, amount, credit):
            balance -= 2
            refusals += 1
            continue
        balance += amount
        if amount > 0 and balance >= 50:
            balance -= 1
    return [balance, refusals]

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


class LedgerBouncedEnv(gymnasium.Env):
    """A savings club begins a member's account with some coins and notes payments in as positive and payments out as
    negative amounts. An account may fall below zero, but not further than a given credit. A payment out that would take
    it further is refused and costs a fee of 2 coins, which is always taken. After every payment in that leaves the
    account at 50 coins or more, 1 coin goes to the club's feast. Report the coins in the account at the end and the
    number of refused payments."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'PaymentsLength': 1, 'PaymentsItem': 2, 'ReadSetting': 3, 'Refused': 4, 'UpdateBalance': 5, 'UpdateRefusals': 6, 'UpdateBalance2': 7, 'CheckAmountAndBalance': 8, 'UpdateBalance3': 9, 'Done': 10}
        self.parameters = {'Observe': {}, 'PaymentsLength': {}, 'PaymentsItem': {'index': 'integer'}, 'ReadSetting': {'name': 'string'}, 'Refused': {'balance': 'integer', 'amount': 'integer', 'credit': 'integer'}, 'UpdateBalance': {'balance': 'integer'}, 'UpdateRefusals': {'refusals': 'integer'}, 'UpdateBalance2': {'balance': 'integer', 'amount': 'integer'}, 'CheckAmountAndBalance': {'amount': 'integer', 'balance': 'integer'}, 'UpdateBalance3': {'balance': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'payments': [7, 23, -30, -35, 9, -16], 'opening': 23, 'credit': 20}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return LedgerBouncedEnv(env_str) if env_str.startswith("LedgerBouncedEnv@") else None

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
        return canonical((ledger_bounced)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "payments: 6 whole numbers\\nopening: a single whole number\\ncredit: a single whole number"
        """
        return "\n".join(['payments: {} whole numbers'.format(len(self.config['payments'])), 'opening: a single whole number', 'credit: a single whole number'])

    def PaymentsLength(self) -> int:
        """Count the elements of payments.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "6"
        """
        return len(self.config['payments'])

    def PaymentsItem(self, index: int) -> int:
        """Read one element of payments.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "7"
        """
        return self.config['payments'][index]

    def ReadSetting(self, name: str) -> int:
        """Read a value that stands alone: opening, credit.
        Args:
            name (str): one of opening, credit
        Returns:
            int: the value
        Example Output:
            "23"
        """
        return {name: self.config[name] for name in ['opening', 'credit']}[name]

    def Refused(self, balance: int, amount: int, credit: int) -> bool:
        """Work out the refused of `balance` and `amount` and `credit`.
        Args:
            balance (int): value of balance
            amount (int): value of amount
            credit (int): value of credit
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return refused(balance, amount, credit)

    def UpdateBalance(self, balance: int) -> int:
        """Work out `balance` minus 2.
        Args:
            balance (int): value of balance
        Returns:
            int: the result
        Example Output:
            "1"
        """
        return balance - 2

    def UpdateRefusals(self, refusals: int) -> int:
        """Work out `refusals` plus 1.
        Args:
            refusals (int): value of refusals
        Returns:
            int: the result
        Example Output:
            "1"
        """
        return refusals + 1

    def UpdateBalance2(self, balance: int, amount: int) -> int:
        """Work out `balance` plus `amount`.
        Args:
            balance (int): value of balance
            amount (int): value of amount
        Returns:
            int: the result
        Example Output:
            "30"
        """
        return balance + amount

    def CheckAmountAndBalance(self, amount: int, balance: int) -> bool:
        """Tell whether (`amount` is greater than 0) and (`balance` is at least 50).
        Args:
            amount (int): value of amount
            balance (int): value of balance
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return amount > 0 and balance >= 50

    def UpdateBalance3(self, balance: int) -> int:
        """Work out `balance` minus 1.
        Args:
            balance (int): value of balance
        Returns:
            int: the result
        Example Output:
            "52"
        """
        return balance - 1

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

        def each_payments():
            for index in range(call("PaymentsLength")):
                yield call("PaymentsItem", index=index)

        def read_payments():
            return list(each_payments())

        def read_opening():
            return call("ReadSetting", name='opening')

        def read_credit():
            return call("ReadSetting", name='credit')

        def ledger_bounced(opening, credit):
            balance = opening
            refusals = 0
            for amount in each_payments():
                if call('Refused', balance=balance, amount=amount, credit=credit):
                    balance = call('UpdateBalance', balance=balance)
                    refusals = call('UpdateRefusals', refusals=refusals)
                    continue
                balance = call('UpdateBalance2', balance=balance, amount=amount)
                if call('CheckAmountAndBalance', amount=amount, balance=balance):
                    balance = call('UpdateBalance3', balance=balance)
            return [balance, refusals]

        call("Done", answer=canonical(ledger_bounced(opening=read_opening(), credit=read_credit())))
