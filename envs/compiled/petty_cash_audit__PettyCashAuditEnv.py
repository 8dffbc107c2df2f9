"""Compiled from problem petty_cash_audit (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def balance_after(balance: int, word: str, amount: int) -> int:
    """Balance that a line should lead to."""
    if word == 'pay':
        return balance + amount
    return balance - amount

def petty_cash_audit(lines: list[tuple[str, int, int]]) -> list[int]:
    notes = []
    balance = 0
    for number, (word, amount, written) in enumerate(lines, start=1):
        should_be = balance_after(balance, word, amount)
        if written != should_be:
            notes.append(number)
            notes.append(written - should_be)
        balance = written
    notes.append(balance)
    return notes

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


class PettyCashAuditEnv(gymnasium.Env):
    """A petty cash book begins with an empty box. Every line has a word, pay when coins are put in and take when coins
    are taken out, an amount, and the balance that the keeper wrote down afterwards. An auditor checks each line against
    the balance written on the line before (zero before the first). When a line does not agree, he notes its number,
    counted from one, and the amount by which the written balance is too high, which is negative when it is too low;
    after that he trusts the balance written on that line. Report the noted pairs of numbers one after another, and then
    the balance written on the last line."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'LinesRows': 1, 'LinesRowLength': 2, 'LinesCell': 3, 'BalanceAfter': 4, 'IsWrittenDifferentFromShouldBe': 5, 'Subtract': 6, 'Done': 7}
        self.parameters = {'Observe': {}, 'LinesRows': {}, 'LinesRowLength': {'row': 'integer'}, 'LinesCell': {'row': 'integer', 'column': 'integer'}, 'BalanceAfter': {'balance': 'integer', 'word': 'string', 'amount': 'integer'}, 'IsWrittenDifferentFromShouldBe': {'written': 'integer', 'should_be': 'integer'}, 'Subtract': {'written': 'integer', 'should_be': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'lines': [('pay', 29, 29), ('take', 8, 19), ('pay', 36, 55)]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return PettyCashAuditEnv(env_str) if env_str.startswith("PettyCashAuditEnv@") else None

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
        return canonical((petty_cash_audit)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "lines: 3 rows of values of several kinds"
        """
        return "\n".join(['lines: {} rows of values of several kinds'.format(len(self.config['lines']))])

    def LinesRows(self) -> int:
        """Count the rows of lines.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "3"
        """
        return len(self.config['lines'])

    def LinesRowLength(self, row: int) -> int:
        """Count what is in one row of lines.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "3"
        """
        return len(self.config['lines'][row])

    def LinesCell(self, row: int, column: int):
        """Read what is in one row of lines, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int, float, str, bool or list: what is there
        Example Output:
            ""pay\""
        """
        return self.config['lines'][row][column]

    def BalanceAfter(self, balance: int, word: str, amount: int) -> int:
        """Balance that a line should lead to.
        Args:
            balance (int): value of balance
            word (str): value of word
            amount (int): value of amount
        Returns:
            int: the result
        Example Output:
            "29"
        """
        return balance_after(balance, word, amount)

    def IsWrittenDifferentFromShouldBe(self, written: int, should_be: int) -> bool:
        """Tell whether `written` differs from `should_be`.
        Args:
            written (int): value of written
            should_be (int): value of should be
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return written != should_be

    def Subtract(self, written: int, should_be: int) -> int:
        """Work out `written` minus `should_be`.
        Args:
            written (int): value of written
            should_be (int): value of should be
        Returns:
            int: the result
        Example Output:
            "-2"
        """
        return written - should_be

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

        def row_lines(row):
            return tuple([call("LinesCell", row=row, column=column) for column in range(call("LinesRowLength", row=row))])

        def each_lines():
            for row in range(call("LinesRows")):
                yield row_lines(row)

        def read_lines():
            return list(each_lines())

        def petty_cash_audit():
            notes = []
            balance = 0
            for number, (word, amount, written) in enumerate(each_lines(), start=1):
                should_be = call('BalanceAfter', balance=balance, word=word, amount=amount)
                if call('IsWrittenDifferentFromShouldBe', written=written, should_be=should_be):
                    notes.append(number)
                    notes.append(call('Subtract', written=written, should_be=should_be))
                balance = written
            notes.append(balance)
            return notes

        call("Done", answer=canonical(petty_cash_audit()))
