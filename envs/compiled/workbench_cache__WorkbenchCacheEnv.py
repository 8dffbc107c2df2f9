"""Compiled from problem workbench_cache (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def workbench_cache(uses: list[str], room: int) -> list[str]:
    bench: list[str] = []
    fetched = []
    for tool in uses:
        if tool in bench:
            bench.remove(tool)
        else:
            fetched.append(tool)
            if len(bench) == room:
                bench.pop(0)
        bench.append(tool)
    return fetched

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


class WorkbenchCacheEnv(gymnasium.Env):
    """A workbench has room for only a few tools; all others hang in the shed. A joiner's work needs one tool after
    another. If the tool lies on the bench, it is simply used; if not, it is fetched from the shed, and when the bench is
    full, the tool whose last use is longest ago is taken back first. The bench is empty at first. Report the names of the
    fetched tools in the order in which they were fetched, with repetitions."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'UsesLength': 1, 'UsesItem': 2, 'ReadSetting': 3, 'IsToolAmongBench': 4, 'CheckRoomAndBench': 5, 'Done': 6}
        self.parameters = {'Observe': {}, 'UsesLength': {}, 'UsesItem': {'index': 'integer'}, 'ReadSetting': {'name': 'string'}, 'IsToolAmongBench': {'tool': 'string', 'bench': 'array'}, 'CheckRoomAndBench': {'bench': 'array', 'room': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'uses': ['hammer', 'awl', 'hammer', 'file', 'awl', 'hammer', 'chisel'], 'room': 3}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return WorkbenchCacheEnv(env_str) if env_str.startswith("WorkbenchCacheEnv@") else None

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
        return canonical((workbench_cache)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "uses: 7 texts\\nroom: a single whole number"
        """
        return "\n".join(['uses: {} texts'.format(len(self.config['uses'])), 'room: a single whole number'])

    def UsesLength(self) -> int:
        """Count the elements of uses.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "7"
        """
        return len(self.config['uses'])

    def UsesItem(self, index: int) -> str:
        """Read one element of uses.
        Args:
            index (int): place, counted from 0
        Returns:
            str: the element there
        Example Output:
            ""hammer\""
        """
        return self.config['uses'][index]

    def ReadSetting(self, name: str) -> int:
        """Read a value that stands alone: room.
        Args:
            name (str): room
        Returns:
            int: the value
        Example Output:
            "3"
        """
        return {name: self.config[name] for name in ['room']}[name]

    def IsToolAmongBench(self, tool: str, bench: list) -> bool:
        """Tell whether `tool` is among `bench`.
        Args:
            tool (str): value of tool
            bench (list): value of bench
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return tool in bench

    def CheckRoomAndBench(self, bench: list, room: int) -> bool:
        """Tell whether how many elements `bench` has equals `room`.
        Args:
            bench (list): value of bench
            room (int): value of room
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return len(bench) == room

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

        def each_uses():
            for index in range(call("UsesLength")):
                yield call("UsesItem", index=index)

        def read_uses():
            return list(each_uses())

        def read_room():
            return call("ReadSetting", name='room')

        def workbench_cache(room):
            bench: list[str] = []
            fetched = []
            for tool in each_uses():
                if call('IsToolAmongBench', tool=tool, bench=bench):
                    bench.remove(tool)
                else:
                    fetched.append(tool)
                    if call('CheckRoomAndBench', bench=bench, room=room):
                        bench.pop(0)
                bench.append(tool)
            return fetched

        call("Done", answer=canonical(workbench_cache(room=read_room())))
