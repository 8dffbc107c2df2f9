"""Compiled from problem orchard_crates (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def crate_pay(kilograms: int, grade: str) -> int:
    """Coins for one crate, without any bonus."""
    if grade == 'A':
        return 5 * min(kilograms, 20) + max(0, kilograms - 20)
    if grade == 'B':
        return 3 * kilograms
    return kilograms

def orchard_crates(crates: list[tuple[int, str]]) -> int:
    coins = 0
    lightest = 0
    for number, (kilograms, grade) in enumerate(crates, start=1):
        coins += crate_pay(kilograms, grade)
        if number % 3 == 1 or kilograms < lightest:
            lightest = kilograms
        if number % 3 == 0:
            coins += lightest
    return coins

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


class OrchardCratesEnv(gymnasium.Env):
    """Pickers bring crates of apples to the scales; for each crate the kilograms and the grade A, B or C are noted.
    Grade A pays five coins a kilogram, B three and C one. When a crate of grade A weighs more than twenty kilograms,
    the apples at the bottom are bruised and the kilograms above twenty are paid like grade C. After every third crate
    (the third, the sixth and so on) a bonus is paid that equals the weight of the lightest of those three crates.
    Report the coins paid in total."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'CratesRows': 1, 'CratesRowLength': 2, 'CratesCell': 3, 'UpdateCoins': 4, 'CheckKilogramsAndLightest': 5, 'CheckRemainder': 6, 'UpdateCoins2': 7, 'Done': 8}
        self.parameters = {'Observe': {}, 'CratesRows': {}, 'CratesRowLength': {'row': 'integer'}, 'CratesCell': {'row': 'integer', 'column': 'integer'}, 'UpdateCoins': {'coins': 'integer', 'kilograms': 'integer', 'grade': 'string'}, 'CheckKilogramsAndLightest': {'number': 'integer', 'kilograms': 'integer', 'lightest': 'integer'}, 'CheckRemainder': {'number': 'integer'}, 'UpdateCoins2': {'coins': 'integer', 'lightest': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'crates': [(21, 'C'), (11, 'B'), (19, 'A'), (22, 'A')]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return OrchardCratesEnv(env_str) if env_str.startswith("OrchardCratesEnv@") else None

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
        return canonical((orchard_crates)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "crates: 4 rows of values of several kinds"
        """
        return "\n".join(['crates: {} rows of values of several kinds'.format(len(self.config['crates']))])

    def CratesRows(self) -> int:
        """Count the rows of crates.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "4"
        """
        return len(self.config['crates'])

    def CratesRowLength(self, row: int) -> int:
        """Count what is in one row of crates.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['crates'][row])

    def CratesCell(self, row: int, column: int):
        """Read what is in one row of crates, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int, float, str, bool or list: what is there
        Example Output:
            "21"
        """
        return self.config['crates'][row][column]

    def UpdateCoins(self, coins: int, kilograms: int, grade: str) -> int:
        """Work out `coins` plus the crate pay of `kilograms` and `grade`.
        Args:
            coins (int): value of coins
            kilograms (int): value of kilograms
            grade (str): value of grade
        Returns:
            int: the result
        Example Output:
            "21"
        """
        return coins + crate_pay(kilograms, grade)

    def CheckKilogramsAndLightest(self, number: int, kilograms: int, lightest: int) -> bool:
        """Tell whether ((the remainder of `number` divided by 3) equals 1) or (`kilograms` is less than `lightest`).
        Args:
            number (int): value of number
            kilograms (int): value of kilograms
            lightest (int): value of lightest
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return number % 3 == 1 or kilograms < lightest

    def CheckRemainder(self, number: int) -> bool:
        """Tell whether (the remainder of `number` divided by 3) equals 0.
        Args:
            number (int): value of number
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return number % 3 == 0

    def UpdateCoins2(self, coins: int, lightest: int) -> int:
        """Work out `coins` plus `lightest`.
        Args:
            coins (int): value of coins
            lightest (int): value of lightest
        Returns:
            int: the result
        Example Output:
            "160"
        """
        return coins + lightest

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

        def row_crates(row):
            return tuple([call("CratesCell", row=row, column=column) for column in range(call("CratesRowLength", row=row))])

        def each_crates():
            for row in range(call("CratesRows")):
                yield row_crates(row)

        def read_crates():
            return list(each_crates())

        def orchard_crates():
            coins = 0
            lightest = 0
            for number, (kilograms, grade) in enumerate(each_crates(), start=1):
                coins = call('UpdateCoins', coins=coins, kilograms=kilograms, grade=grade)
                if call('CheckKilogramsAndLightest', number=number, kilograms=kilograms, lightest=lightest):
                    lightest = kilograms
                if call('CheckRemainder', number=number):
                    coins = call('UpdateCoins2', coins=coins, lightest=lightest)
            return coins

        call("Done", answer=canonical(orchard_crates()))
