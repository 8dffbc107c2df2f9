"""Compiled from problem watchman_lamps (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def watchman_lamps(posts: list[int], reach: int) -> list[int]:
    lamps = []
    lit_until = -1
    dark = -1
    candidate = -1
    for post in posts:
        if dark >= 0 and post > dark + reach:
            lamps.append(candidate)
            lit_until = candidate + reach
            dark = -1
        if dark < 0 and post > lit_until:
            dark = post
        candidate = post
    if dark >= 0:
        lamps.append(candidate)
    return lamps

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


class WatchmanLampsEnv(gymnasium.Env):
    """Posts stand along a straight street at given distances from its beginning, the nearest first. A lamp can be hung on
    any post and lights every post at most a given distance away, to both sides. The watchman goes along the street:
    whenever he comes to a dark post that no lamp will light yet, he hangs one on the furthest post that still lights this
    one. Report the distances of the posts with lamps from the beginning of the street, in order."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'PostsLength': 1, 'PostsItem': 2, 'ReadSetting': 3, 'CheckDarkAndPost': 4, 'WorkOutLitUntil': 5, 'CheckDarkAndPost2': 6, 'IsDarkAtLeast0': 7, 'Done': 8}
        self.parameters = {'Observe': {}, 'PostsLength': {}, 'PostsItem': {'index': 'integer'}, 'ReadSetting': {'name': 'string'}, 'CheckDarkAndPost': {'dark': 'integer', 'post': 'integer', 'reach': 'integer'}, 'WorkOutLitUntil': {'candidate': 'integer', 'reach': 'integer'}, 'CheckDarkAndPost2': {'dark': 'integer', 'post': 'integer', 'lit_until': 'integer'}, 'IsDarkAtLeast0': {'dark': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'posts': [7, 9, 16, 22, 24, 32, 35, 44], 'reach': 8}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return WatchmanLampsEnv(env_str) if env_str.startswith("WatchmanLampsEnv@") else None

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
        return canonical((watchman_lamps)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "posts: 8 whole numbers\\nreach: a single whole number"
        """
        return "\n".join(['posts: {} whole numbers'.format(len(self.config['posts'])), 'reach: a single whole number'])

    def PostsLength(self) -> int:
        """Count the elements of posts.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "8"
        """
        return len(self.config['posts'])

    def PostsItem(self, index: int) -> int:
        """Read one element of posts.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "7"
        """
        return self.config['posts'][index]

    def ReadSetting(self, name: str) -> int:
        """Read a value that stands alone: reach.
        Args:
            name (str): reach
        Returns:
            int: the value
        Example Output:
            "8"
        """
        return {name: self.config[name] for name in ['reach']}[name]

    def CheckDarkAndPost(self, dark: int, post: int, reach: int) -> bool:
        """Tell whether (`dark` is at least 0) and (`post` is greater than (`dark` plus `reach`)).
        Args:
            dark (int): value of dark
            post (int): value of post
            reach (int): value of reach
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return dark >= 0 and post > dark + reach

    def WorkOutLitUntil(self, candidate: int, reach: int) -> int:
        """Work out `candidate` plus `reach`.
        Args:
            candidate (int): value of candidate
            reach (int): value of reach
        Returns:
            int: the result
        Example Output:
            "17"
        """
        return candidate + reach

    def CheckDarkAndPost2(self, dark: int, post: int, lit_until: int) -> bool:
        """Tell whether (`dark` is less than 0) and (`post` is greater than `lit_until`).
        Args:
            dark (int): value of dark
            post (int): value of post
            lit_until (int): value of lit until
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return dark < 0 and post > lit_until

    def IsDarkAtLeast0(self, dark: int) -> bool:
        """Tell whether `dark` is at least 0.
        Args:
            dark (int): value of dark
        Returns:
            bool: the result
        Example Output:
            "true"
        """
        return dark >= 0

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

        def each_posts():
            for index in range(call("PostsLength")):
                yield call("PostsItem", index=index)

        def read_posts():
            return list(each_posts())

        def read_reach():
            return call("ReadSetting", name='reach')

        def watchman_lamps(reach):
            lamps = []
            lit_until = -1
            dark = -1
            candidate = -1
            for post in each_posts():
                if call('CheckDarkAndPost', dark=dark, post=post, reach=reach):
                    lamps.append(candidate)
                    lit_until = call('WorkOutLitUntil', candidate=candidate, reach=reach)
                    dark = -1
                if call('CheckDarkAndPost2', dark=dark, post=post, lit_until=lit_until):
                    dark = post
                candidate = post
            if call('IsDarkAtLeast0', dark=dark):
                lamps.append(candidate)
            return lamps

        call("Done", answer=canonical(watchman_lamps(reach=read_reach())))
