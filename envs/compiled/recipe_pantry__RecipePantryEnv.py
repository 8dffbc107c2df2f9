"""Compiled from problem recipe_pantry (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def packs_for(missing: int) -> int:
    if missing <= 0:
        return 0
    return (missing + 5) // 6

def recipe_pantry(pantry: dict[str, int], dishes: list[tuple[str, int]]) -> list[str]:
    spoons: dict[str, int] = {}
    bought: dict[str, int] = {}
    for thing, amount in pantry.items():
        spoons[thing] = amount
        bought[thing] = 0
    for thing, needed in dishes:
        have = spoons.get(thing, 0)
        packs = packs_for(needed - have)
        bought[thing] = bought.get(thing, 0) + packs
        spoons[thing] = have + 6 * packs - needed
    report = []
    for thing in sorted(spoons):
        report.append(f'{thing} {bought[thing]} {spoons[thing]}')
    return report

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


class RecipePantryEnv(gymnasium.Env):
    """A cook knows how many spoons of each thing there are in the pantry. The day's dishes need things one after another,
    each given with its name and a number of spoons. Whenever there is not enough of a thing, packs of 6 spoons are
    bought, as few as will do, and what is left over stays in the pantry. Things that are not in the pantry at all begin
    with none. Report, in alphabetical order, each thing with the number of packs bought and the spoons left at the end,
    like salt 2 5; all things of the pantry and of the dishes are named."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'PantryKeys': 1, 'PantryLookup': 2, 'DishesRows': 3, 'DishesRowLength': 4, 'DishesCell': 5, 'PacksFor': 6, 'Add': 7, 'CombineNeededAndHave': 8, 'Done': 9}
        self.parameters = {'Observe': {}, 'PantryKeys': {}, 'PantryLookup': {'key': 'string'}, 'DishesRows': {}, 'DishesRowLength': {'row': 'integer'}, 'DishesCell': {'row': 'integer', 'column': 'integer'}, 'PacksFor': {'needed': 'integer', 'have': 'integer'}, 'Add': {'get_result': 'integer', 'packs': 'integer'}, 'CombineNeededAndHave': {'have': 'integer', 'packs': 'integer', 'needed': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'pantry': {'flour': 13, 'oats': 3}, 'dishes': [('flour', 6), ('cocoa', 8), ('cocoa', 9)]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return RecipePantryEnv(env_str) if env_str.startswith("RecipePantryEnv@") else None

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
        return canonical((recipe_pantry)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "pantry: 2 keys, each with a whole number\\ndishes: 3 rows of values of several kinds"
        """
        return "\n".join(['pantry: {} keys, each with a whole number'.format(len(self.config['pantry'])), 'dishes: {} rows of values of several kinds'.format(len(self.config['dishes']))])

    def PantryKeys(self) -> list:
        """List the keys of pantry, without what belongs to them.
        Args:
            None
        Returns:
            list[str]: the keys
        Example Output:
            "["flour", "oats"]"
        """
        return list(self.config['pantry'])

    def PantryLookup(self, key: str) -> int:
        """Look up what belongs to one key of pantry.
        Args:
            key (str): a key of pantry
        Returns:
            int: what belongs to it
        Example Output:
            "13"
        """
        return self.config['pantry'][key]

    def DishesRows(self) -> int:
        """Count the rows of dishes.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "3"
        """
        return len(self.config['dishes'])

    def DishesRowLength(self, row: int) -> int:
        """Count what is in one row of dishes.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['dishes'][row])

    def DishesCell(self, row: int, column: int):
        """Read what is in one row of dishes, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int, float, str, bool or list: what is there
        Example Output:
            ""flour\""
        """
        return self.config['dishes'][row][column]

    def PacksFor(self, needed: int, have: int) -> int:
        """Work out the packs for of (`needed` minus `have`).
        Args:
            needed (int): value of needed
            have (int): value of have
        Returns:
            int: the result
        Example Output:
            "0"
        """
        return packs_for(needed - have)

    def Add(self, get_result: int, packs: int) -> int:
        """Work out `get_result` plus `packs`.
        Args:
            get_result (int): value of get result
            packs (int): value of packs
        Returns:
            int: the result
        Example Output:
            "0"
        """
        return get_result + packs

    def CombineNeededAndHave(self, have: int, packs: int, needed: int) -> int:
        """Work out (`have` plus (6 times `packs`)) minus `needed`.
        Args:
            have (int): value of have
            packs (int): value of packs
            needed (int): value of needed
        Returns:
            int: the result
        Example Output:
            "7"
        """
        return have + 6 * packs - needed

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

        def read_pantry():
            return {key: call("PantryLookup", key=key) for key in call("PantryKeys")}

        def row_dishes(row):
            return tuple([call("DishesCell", row=row, column=column) for column in range(call("DishesRowLength", row=row))])

        def each_dishes():
            for row in range(call("DishesRows")):
                yield row_dishes(row)

        def read_dishes():
            return list(each_dishes())

        def recipe_pantry(pantry):
            spoons: dict[str, int] = {}
            bought: dict[str, int] = {}
            for thing, amount in pantry.items():
                spoons[thing] = amount
                bought[thing] = 0
            for thing, needed in each_dishes():
                have = spoons.get(thing, 0)
                packs = call('PacksFor', needed=needed, have=have)
                bought[thing] = call('Add', get_result=bought.get(thing, 0), packs=packs)
                spoons[thing] = call('CombineNeededAndHave', have=have, packs=packs, needed=needed)
            report = []
            for thing in sorted(spoons):
                report.append(f'{thing} {bought[thing]} {spoons[thing]}')
            return report

        call("Done", answer=canonical(recipe_pantry(pantry=read_pantry())))
