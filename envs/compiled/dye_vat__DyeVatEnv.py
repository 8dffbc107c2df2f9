"""Compiled from problem dye_vat (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def mixture(cloth: str, water: str) -> str:
    """Colour in which a cloth comes out of the water; clear water is w."""
    if water in ('w', cloth):
        return cloth
    if cloth == 'w':
        return water
    if 'r' not in (cloth, water):
        return 'g'
    if 'y' not in (cloth, water):
        return 'p'
    return 'o'

def dye_vat(cloths: str) -> str:
    water = 'w'
    before = 'w'
    colours = ''
    for cloth in cloths:
        colours += mixture(cloth, water)
        if cloth != 'w':
            water = cloth
            if cloth == before:
                water = 'w'
        before = cloth
    return colours

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


class DyeVatEnv(gymnasium.Env):
    """Cloths of red (r), yellow (y), blue (b) or white (w) go one after another through one vat, whose water is clear
    at first. A cloth comes out in a mixture of its own colour and that of the water: red with yellow gives orange (o),
    yellow with blue green (g), red with blue purple (p), a white cloth takes the colour of the water, and in clear
    water or water of its own colour a cloth stays as it is. Afterwards the water has the colour the cloth had before,
    but a white cloth does not change the water. When a cloth other than white comes directly after a cloth of its own
    colour, the water is changed after it and is clear. Report the letters of the colours in which the cloths come out,
    in order."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'ClothsLength': 1, 'ClothsCharacter': 2, 'UpdateColours': 3, 'IsClothDifferent': 4, 'IsClothEqualToBefore': 5, 'Done': 6}
        self.parameters = {'Observe': {}, 'ClothsLength': {}, 'ClothsCharacter': {'index': 'integer'}, 'UpdateColours': {'colours': 'string', 'cloth': 'string', 'water': 'string'}, 'IsClothDifferent': {'cloth': 'string'}, 'IsClothEqualToBefore': {'cloth': 'string', 'before': 'string'}, 'Done': {'answer': 'any'}}
        self.config = {'cloths': 'ybwyrbyr'}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return DyeVatEnv(env_str) if env_str.startswith("DyeVatEnv@") else None

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
        return canonical((dye_vat)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "cloths: a text of 8 characters"
        """
        return "\n".join(['cloths: a text of {} characters'.format(len(self.config['cloths']))])

    def ClothsLength(self) -> int:
        """Count the characters of the text cloths.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "8"
        """
        return len(self.config['cloths'])

    def ClothsCharacter(self, index: int) -> str:
        """Read one character of the text cloths.
        Args:
            index (int): place, counted from 0
        Returns:
            str: the element there
        Example Output:
            ""y\""
        """
        return self.config['cloths'][index]

    def UpdateColours(self, colours: str, cloth: str, water: str) -> str:
        """Work out `colours` plus the mixture of `cloth` and `water`.
        Args:
            colours (str): value of colours
            cloth (str): value of cloth
            water (str): value of water
        Returns:
            str: the result
        Example Output:
            ""y\""
        """
        return colours + mixture(cloth, water)

    def IsClothDifferent(self, cloth: str) -> bool:
        """Tell whether `cloth` differs from 'w'.
        Args:
            cloth (str): value of cloth
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return cloth != 'w'

    def IsClothEqualToBefore(self, cloth: str, before: str) -> bool:
        """Tell whether `cloth` equals `before`.
        Args:
            cloth (str): value of cloth
            before (str): value of before
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return cloth == before

    def Done(self, answer) -> str:
        """Hand in the answer. The first one counts.
        Args:
            answer (str): the answer, a text
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

        def each_cloths():
            for index in range(call("ClothsLength")):
                yield call("ClothsCharacter", index=index)

        def read_cloths():
            return ''.join(each_cloths())

        def dye_vat():
            water = 'w'
            before = 'w'
            colours = ''
            for cloth in each_cloths():
                colours = call('UpdateColours', colours=colours, cloth=cloth, water=water)
                if call('IsClothDifferent', cloth=cloth):
                    water = cloth
                    if call('IsClothEqualToBefore', cloth=cloth, before=before):
                        water = 'w'
                before = cloth
            return colours

        call("Done", answer=canonical(dye_vat()))
