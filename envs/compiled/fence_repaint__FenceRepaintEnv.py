"""Compiled from problem fence_repaint (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def patch_cost(shade: int, width: int, fee: int) -> int:
    """Cost of repainting one patch."""
    if width > 3:
        return shade * width
    return shade * width + fee

def fence_repaint(shades: list[int], fee: int) -> list[int]:
    dearest = 0
    total = 0
    width = 1
    for place in range(1, len(shades) + 1):
        if place < len(shades) and shades[place] == shades[place - 1]:
            width += 1
            continue
        cost = patch_cost(shades[place - 1], width, fee)
        dearest = max(dearest, cost)
        total += cost
        width = 1
    return [dearest, total]

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


class FenceRepaintEnv(gymnasium.Env):
    """A fence has slats painted in shades that are given as numbers, from left to right. Slats of one shade that stand
    side by side are repainted as one patch. A patch costs its shade number times its width in slats, plus a fixed fee
    for opening the pot; the fee falls away when the patch is wider than three slats. Report the cost of the dearest
    patch and the cost of the whole fence, as two numbers."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'ShadesLength': 1, 'ShadesItem': 2, 'ReadSetting': 3, 'IsPlaceLessThanShadesLength': 4, 'IsShadesItemEqualToShadesItem2': 5, 'PatchCost': 6, 'UpdateDearest': 7, 'UpdateTotal': 8, 'Done': 9}
        self.parameters = {'Observe': {}, 'ShadesLength': {}, 'ShadesItem': {'index': 'integer'}, 'ReadSetting': {'name': 'string'}, 'IsPlaceLessThanShadesLength': {'place': 'integer', 'shades_length': 'integer'}, 'IsShadesItemEqualToShadesItem2': {'shades_item': 'integer', 'shades_item_2': 'integer'}, 'PatchCost': {'shade': 'integer', 'width': 'integer', 'fee': 'integer'}, 'UpdateDearest': {'dearest': 'integer', 'cost': 'integer'}, 'UpdateTotal': {'total': 'integer', 'cost': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'shades': [8, 3, 3, 3, 3, 8, 8], 'fee': 12}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return FenceRepaintEnv(env_str) if env_str.startswith("FenceRepaintEnv@") else None

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
        return canonical((fence_repaint)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "shades: 7 whole numbers\\nfee: a single whole number"
        """
        return "\n".join(['shades: {} whole numbers'.format(len(self.config['shades'])), 'fee: a single whole number'])

    def ShadesLength(self) -> int:
        """Count the elements of shades.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "7"
        """
        return len(self.config['shades'])

    def ShadesItem(self, index: int) -> int:
        """Read one element of shades.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "3"
        """
        return self.config['shades'][index]

    def ReadSetting(self, name: str) -> int:
        """Read a value that stands alone: fee.
        Args:
            name (str): fee
        Returns:
            int: the value
        Example Output:
            "12"
        """
        return {name: self.config[name] for name in ['fee']}[name]

    def IsPlaceLessThanShadesLength(self, place: int, shades_length: int) -> bool:
        """Tell whether `place` is less than `shades_length`.
        Args:
            place (int): value of place
            shades_length (int): value of shades length
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return place < shades_length

    def IsShadesItemEqualToShadesItem2(self, shades_item: int, shades_item_2: int) -> bool:
        """Tell whether `shades_item` equals `shades_item_2`.
        Args:
            shades_item (int): value of shades item
            shades_item_2 (int): value of shades item 2
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return shades_item == shades_item_2

    def PatchCost(self, shade: int, width: int, fee: int) -> int:
        """Cost of repainting one patch.
        Args:
            shade (int): value of shade
            width (int): value of width
            fee (int): value of fee
        Returns:
            int: the result
        Example Output:
            "20"
        """
        return patch_cost(shade, width, fee)

    def UpdateDearest(self, dearest: int, cost: int) -> int:
        """Work out the largest of `dearest` and `cost`.
        Args:
            dearest (int): value of dearest
            cost (int): value of cost
        Returns:
            int: the result
        Example Output:
            "20"
        """
        return max(dearest, cost)

    def UpdateTotal(self, total: int, cost: int) -> int:
        """Work out `total` plus `cost`.
        Args:
            total (int): value of total
            cost (int): value of cost
        Returns:
            int: the result
        Example Output:
            "20"
        """
        return total + cost

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

        def each_shades():
            for index in range(call("ShadesLength")):
                yield call("ShadesItem", index=index)

        def read_shades():
            return list(each_shades())

        def read_fee():
            return call("ReadSetting", name='fee')

        def fence_repaint(fee):
            dearest = 0
            total = 0
            width = 1
            for place in range(1, call('ShadesLength') + 1):
                if call('IsPlaceLessThanShadesLength', place=place, shades_length=call('ShadesLength')) and call('IsShadesItemEqualToShadesItem2', shades_item=call('ShadesItem', index=place), shades_item_2=call('ShadesItem', index=place - 1)):
                    width += 1
                    continue
                cost = call('PatchCost', shade=call('ShadesItem', index=place - 1), width=width, fee=fee)
                dearest = call('UpdateDearest', dearest=dearest, cost=cost)
                total = call('UpdateTotal', total=total, cost=cost)
                width = 1
            return [dearest, total]

        call("Done", answer=canonical(fence_repaint(fee=read_fee())))
