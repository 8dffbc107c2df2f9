"""Compiled from problem crane_hook (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def travel(start: int, end: int, seconds_a_metre: int) -> int:
    """Seconds for moving the hook."""
    return abs(end - start) * seconds_a_metre

def crane_hook(jobs: list[tuple[int, int]]) -> list[int]:
    hook = 0
    clock = 0
    done = 0
    finished = []
    for source, target in jobs:
        if source == target:
            continue
        clock += travel(hook, source, 1) + travel(source, target, 2) + 10
        hook = target
        finished.append(clock)
        done += 1
        if done % 4 == 0:
            clock += travel(hook, 0, 1) + 30
            hook = 0
    finished.append(hook)
    return finished

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


class CraneHookEnv(gymnasium.Env):
    """A crane moves loads along a wall that is marked in metres; its hook hangs at metre zero. Each job names the metre
    where a load lies and the metre where it belongs. Travelling with an empty hook takes one second a metre, with a
    load two seconds a metre, and lifting and setting down take five seconds each. A job whose load already lies where
    it belongs is skipped without moving. After every four jobs carried out the hook goes to metre zero with an empty
    hook to be oiled, which takes thirty seconds more. Report the second at which every job carried out is finished,
    oiling not included in its own job, and then the metre where the hook hangs at the end."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'JobsRows': 1, 'JobsRowLength': 2, 'JobsCell': 3, 'IsSourceEqualToTarget': 4, 'UpdateClock': 5, 'CheckRemainder': 6, 'UpdateClock2': 7, 'Done': 8}
        self.parameters = {'Observe': {}, 'JobsRows': {}, 'JobsRowLength': {'row': 'integer'}, 'JobsCell': {'row': 'integer', 'column': 'integer'}, 'IsSourceEqualToTarget': {'source': 'integer', 'target': 'integer'}, 'UpdateClock': {'clock': 'integer', 'hook': 'integer', 'source': 'integer', 'target': 'integer'}, 'CheckRemainder': {'done': 'integer'}, 'UpdateClock2': {'clock': 'integer', 'hook': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'jobs': [(24, 13), (21, 24), (3, 12), (11, 2)]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return CraneHookEnv(env_str) if env_str.startswith("CraneHookEnv@") else None

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
        return canonical((crane_hook)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "jobs: 4 rows of whole numbers"
        """
        return "\n".join(['jobs: {} rows of whole numbers'.format(len(self.config['jobs']))])

    def JobsRows(self) -> int:
        """Count the rows of jobs.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "4"
        """
        return len(self.config['jobs'])

    def JobsRowLength(self, row: int) -> int:
        """Count what is in one row of jobs.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['jobs'][row])

    def JobsCell(self, row: int, column: int) -> int:
        """Read what is in one row of jobs, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int: what is there
        Example Output:
            "24"
        """
        return self.config['jobs'][row][column]

    def IsSourceEqualToTarget(self, source: int, target: int) -> bool:
        """Tell whether `source` equals `target`.
        Args:
            source (int): value of source
            target (int): value of target
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return source == target

    def UpdateClock(self, clock: int, hook: int, source: int, target: int) -> int:
        """Work out `clock` plus ((the travel of `hook` and `source` and 1 plus the travel of `source` and `target` and 2) plus 10).
        Args:
            clock (int): value of clock
            hook (int): value of hook
            source (int): value of source
            target (int): value of target
        Returns:
            int: the result
        Example Output:
            "56"
        """
        return clock + (travel(hook, source, 1) + travel(source, target, 2) + 10)

    def CheckRemainder(self, done: int) -> bool:
        """Tell whether (the remainder of `done` divided by 4) equals 0.
        Args:
            done (int): value of done
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return done % 4 == 0

    def UpdateClock2(self, clock: int, hook: int) -> int:
        """Work out `clock` plus (the travel of `hook` and 0 and 1 plus 30).
        Args:
            clock (int): value of clock
            hook (int): value of hook
        Returns:
            int: the result
        Example Output:
            "190"
        """
        return clock + (travel(hook, 0, 1) + 30)

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

        def row_jobs(row):
            return tuple([call("JobsCell", row=row, column=column) for column in range(call("JobsRowLength", row=row))])

        def each_jobs():
            for row in range(call("JobsRows")):
                yield row_jobs(row)

        def read_jobs():
            return list(each_jobs())

        def crane_hook():
            hook = 0
            clock = 0
            done = 0
            finished = []
            for source, target in each_jobs():
                if call('IsSourceEqualToTarget', source=source, target=target):
                    continue
                clock = call('UpdateClock', clock=clock, hook=hook, source=source, target=target)
                hook = target
                finished.append(clock)
                done += 1
                if call('CheckRemainder', done=done):
                    clock = call('UpdateClock2', clock=clock, hook=hook)
                    hook = 0
            finished.append(hook)
            return finished

        call("Done", answer=canonical(crane_hook()))
