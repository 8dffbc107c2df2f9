"""An account with refusals and fees."""

import ast
import json
import random

import gymnasium


class BankLedgerEnv(gymnasium.Env):
    """A ledger lists deposits and withdrawals of one account. Book each entry in order. A withdrawal larger than the
    balance is refused and changes nothing, but then a fee is due: book it with Fee. Report the closing balance.
    """

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {"Observe": 0, "Next": 1, "Deposit": 2, "Withdraw": 3, "Fee": 4, "Balance": 5, "Done": 6}
        self.config = {"opening": 30, "entries": [12, -50]}
        self.reset(None if env_str is None else ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return BankLedgerEnv(env_str) if env_str.startswith("BankLedgerEnv@") else None

    @property
    def finished(self) -> bool:
        return self._finished

    @property
    def reward(self) -> float:
        return self._reward

    def reset(self, options: dict | None = None) -> str:
        self.config = options or self.config
        self.entries = list(self.config["entries"])
        self.place, self.balance = 0, self.config["opening"]
        self.ranges = {tool: {} for tool in self.func_mapping} | {"Done": {"answer": 999999}}
        self.ranges |= {"Deposit": {"value": 999}, "Withdraw": {"value": 999}}
        self._finished, self._reward, self.step_count = False, 0.0, 0
        return "reset"

    def step(self, action: str) -> tuple[bool, str]:
        """Run one JSON action; a malformed one changes nothing and is told what is wrong with it."""
        self.step_count += 1
        if self._finished:
            return True, "finished"
        try:
            call = json.loads(action)
            name, given = call["name"], {**call["parameters"]}
            ranges = self.ranges[name]
        except (KeyError, TypeError, ValueError, RecursionError):
            return True, 'error: expected {"name": ..., "parameters": {...}}, name one of ' + ", ".join(self.ranges)
        if given.keys() != ranges.keys():
            return True, f"error: {name} takes " + (", ".join(ranges) or "no parameters")
        for key, high in ranges.items():
            if type(given[key]) is not int or not 0 <= given[key] <= high:
                return True, f"error: {key} must be an integer from 0 to {high}"
        return True, getattr(self, name)(**given)

    def get_ref_answer(self) -> int:
        balance = self.config["opening"]
        for entry in self.entries:
            balance = balance + entry if balance + entry >= 0 else max(0, balance - 3)
        return balance

    def Observe(self) -> str:
        """Tell how many entries the ledger has.
        Args:
            None
        Returns:
            str: number of entries
        Example Output:
            "2"
        """
        return str(len(self.entries))

    def Next(self) -> str:
        """Read the next entry of the ledger.
        Args:
            None
        Returns:
            str: "in" or "out" and the amount, or "end"
        Example Output:
            "in 12"
        """
        if self.place == len(self.entries):
            return "end"
        self.place += 1
        entry = self.entries[self.place - 1]
        return f"in {entry}" if entry >= 0 else f"out {-entry}"

    def Deposit(self, value: int) -> str:
        """Book a deposit.
        Args:
            value (int): amount
        Returns:
            str: "ok"
        Example Output:
            "ok"
        """
        self.balance += value
        return "ok"

    def Withdraw(self, value: int) -> str:
        """Book a withdrawal.
        Args:
            value (int): amount
        Returns:
            str: "ok" or "refused"
        Example Output:
            "ok"
        """
        if value > self.balance:
            return "refused"
        self.balance -= value
        return "ok"

    def Fee(self) -> str:
        """Book the fee for a refusal: 3, or what is left if that is less.
        Args:
            None
        Returns:
            str: "ok"
        Example Output:
            "ok"
        """
        self.balance = max(0, self.balance - 3)
        return "ok"

    def Balance(self) -> str:
        """Tell the balance of what is booked so far.
        Args:
            None
        Returns:
            str: the balance
        Example Output:
            "39"
        """
        return str(self.balance)

    def Done(self, answer: int) -> str:
        """Hand in the answer; only the first one counts.
        Args:
            answer (int): closing balance
        Returns:
            str: "correct" or "wrong"
        Example Output:
            "correct"
        """
        self._finished = True
        self._reward = float(answer == self.get_ref_answer())
        return "correct" if self._reward else "wrong"

    def solve(self) -> str:
        """Play the task through `step` alone, deciding on nothing but what it returned."""

        def call(name: str, **parameters) -> str:
            return self.step(json.dumps({"name": name, "parameters": parameters}))[1]

        call("Observe")
        while (entry := call("Next")) != "end":
            kind, value = entry.split()
            if call("Deposit" if kind == "in" else "Withdraw", value=int(value)) == "refused":
                call("Fee")
        return call("Done", answer=int(call("Balance")))

    @staticmethod
    def generate(seed: int, difficulty: int) -> dict:
        """A configuration; difficulty 1 to 5 is its size, and equal arguments give equal ones."""
        rng = random.Random(seed)
        n = rng.randint(*((2, 2), (3, 3), (5, 8), (10, 14), (17, 35))[difficulty - 1])
        top = 49 if difficulty < 3 else 499
        entries = [rng.randint(4, top) if rng.random() < 0.5 else -rng.randint(4, 2 * top) for _ in range(n)]
        opening = rng.randint(10, top)
        return {"opening": opening, "entries": entries}
