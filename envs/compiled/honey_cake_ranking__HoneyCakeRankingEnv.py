"""Compiled from problem honey_cake_ranking (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def honey_cake_ranking(judges: list[tuple[str, str, str]]) -> list[str]:
    points: dict[str, int] = {}
    for best, second, worst in judges:
        points[best] = points.get(best, 0) + 3
        points[second] = points.get(second, 0) + 1
        points[worst] = points.get(worst, 0) - 2
    ranking: list[str] = []
    for cake in sorted(points):
        place = 0
        while place < len(ranking) and points[ranking[place]] >= points[cake]:
            place += 1
        ranking.insert(place, cake)
    report = []
    for cake in ranking:
        report.append(f'{cake}:{points[cake]}')
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


class HoneyCakeRankingEnv(gymnasium.Env):
    """At a fair every judge names three honey cakes: the best, the second best and the worst. The best gets 3 points, the
    second best 1, and the worst loses 2; a cake that one judge names twice gets both. Report for all cakes that were
    named the name and the points, like oak:-1, the cake with the most points first and equal ones in alphabetical order."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'JudgesRows': 1, 'JudgesRowLength': 2, 'JudgesCell': 3, 'IsPlaceLess': 4, 'IsPointsValueAtLeastPointsValue2': 5, 'Done': 6}
        self.parameters = {'Observe': {}, 'JudgesRows': {}, 'JudgesRowLength': {'row': 'integer'}, 'JudgesCell': {'row': 'integer', 'column': 'integer'}, 'IsPlaceLess': {'place': 'integer', 'ranking': 'array'}, 'IsPointsValueAtLeastPointsValue2': {'points_value': 'integer', 'points_value_2': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'judges': [('oak', 'linden', 'clover'), ('oak', 'heath', 'clover'), ('oak', 'clover', 'heath')]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return HoneyCakeRankingEnv(env_str) if env_str.startswith("HoneyCakeRankingEnv@") else None

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
        return canonical((honey_cake_ranking)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "judges: 3 rows of texts"
        """
        return "\n".join(['judges: {} rows of texts'.format(len(self.config['judges']))])

    def JudgesRows(self) -> int:
        """Count the rows of judges.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "3"
        """
        return len(self.config['judges'])

    def JudgesRowLength(self, row: int) -> int:
        """Count what is in one row of judges.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "3"
        """
        return len(self.config['judges'][row])

    def JudgesCell(self, row: int, column: int) -> str:
        """Read what is in one row of judges, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            str: what is there
        Example Output:
            ""oak\""
        """
        return self.config['judges'][row][column]

    def IsPlaceLess(self, place: int, ranking: list) -> bool:
        """Tell whether `place` is less than how many elements `ranking` has.
        Args:
            place (int): value of place
            ranking (list): value of ranking
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return place < len(ranking)

    def IsPointsValueAtLeastPointsValue2(self, points_value: int, points_value_2: int) -> bool:
        """Tell whether `points_value` is at least `points_value_2`.
        Args:
            points_value (int): the points value
            points_value_2 (int): the points value 2
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return points_value >= points_value_2

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

        def row_judges(row):
            return tuple([call("JudgesCell", row=row, column=column) for column in range(call("JudgesRowLength", row=row))])

        def each_judges():
            for row in range(call("JudgesRows")):
                yield row_judges(row)

        def read_judges():
            return list(each_judges())

        def honey_cake_ranking():
            points: dict[str, int] = {}
            for best, second, worst in each_judges():
                points[best] = points.get(best, 0) + 3
                points[second] = points.get(second, 0) + 1
                points[worst] = points.get(worst, 0) - 2
            ranking: list[str] = []
            for cake in sorted(points):
                place = 0
                while call('IsPlaceLess', place=place, ranking=ranking) and call('IsPointsValueAtLeastPointsValue2', points_value=points[ranking[place]], points_value_2=points[cake]):
                    place += 1
                ranking.insert(place, cake)
            report = []
            for cake in ranking:
                report.append(f'{cake}:{points[cake]}')
            return report

        call("Done", answer=canonical(honey_cake_ranking()))
