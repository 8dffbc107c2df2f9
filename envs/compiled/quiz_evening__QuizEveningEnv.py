"""Compiled from problem quiz_evening (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def change(points: int, right: int, streak: int) -> int:
    """What one answer adds to the score, given the row of right answers before it."""
    if right == 1:
        return points + streak
    return -(points // 2)

def quiz_evening(answers: list[tuple[str, int, int]]) -> list[int]:
    scores = {}
    streaks = {}
    for team, points, right in answers:
        streak = streaks.get(team, 0)
        scores[team] = scores.get(team, 0) + change(points, right, streak)
        streaks[team] = streak + 1 if right == 1 else 0
    return [scores[team] for team in sorted(scores)]

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


class QuizEveningEnv(gymnasium.Env):
    """At a quiz evening the teams answer in turn, and every answer is noted with the team's name, the points of the
    question and whether it was right (1) or wrong (0). A right answer earns its points, and one point more for every
    right answer that the same team gave directly before without a wrong one in between. A wrong answer costs half the
    points of the question, rounded down, and breaks the row; a team's score may fall below zero. Report the final
    scores in alphabetical order of the teams."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'AnswersRows': 1, 'AnswersRowLength': 2, 'AnswersCell': 3, 'CombineGetResultAndPoints': 4, 'WorkOutRightAndStreak': 5, 'Done': 6}
        self.parameters = {'Observe': {}, 'AnswersRows': {}, 'AnswersRowLength': {'row': 'integer'}, 'AnswersCell': {'row': 'integer', 'column': 'integer'}, 'CombineGetResultAndPoints': {'get_result': 'integer', 'points': 'integer', 'right': 'integer', 'streak': 'integer'}, 'WorkOutRightAndStreak': {'right': 'integer', 'streak': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'answers': [('Cranes', 5, 1), ('Badgers', 16, 1), ('Cranes', 6, 1)]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return QuizEveningEnv(env_str) if env_str.startswith("QuizEveningEnv@") else None

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
        return canonical((quiz_evening)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "answers: 3 rows of values of several kinds"
        """
        return "\n".join(['answers: {} rows of values of several kinds'.format(len(self.config['answers']))])

    def AnswersRows(self) -> int:
        """Count the rows of answers.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "3"
        """
        return len(self.config['answers'])

    def AnswersRowLength(self, row: int) -> int:
        """Count what is in one row of answers.
        Args:
            row (int): row, counted from 0
        Returns:
            int: how many
        Example Output:
            "3"
        """
        return len(self.config['answers'][row])

    def AnswersCell(self, row: int, column: int):
        """Read what is in one row of answers, at one place.
        Args:
            row (int): row, counted from 0
            column (int): place in the row, counted from 0
        Returns:
            int, float, str, bool or list: what is there
        Example Output:
            ""Cranes\""
        """
        return self.config['answers'][row][column]

    def CombineGetResultAndPoints(self, get_result: int, points: int, right: int, streak: int) -> int:
        """Work out `get_result` plus the change of `points` and `right` and `streak`.
        Args:
            get_result (int): value of get result
            points (int): value of points
            right (int): value of right
            streak (int): value of streak
        Returns:
            int: the result
        Example Output:
            "5"
        """
        return get_result + change(points, right, streak)

    def WorkOutRightAndStreak(self, right: int, streak: int) -> int:
        """Work out (`streak` plus 1) if `right` equals 1, else 0.
        Args:
            right (int): value of right
            streak (int): value of streak
        Returns:
            int: the result
        Example Output:
            "1"
        """
        return streak + 1 if right == 1 else 0

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

        def row_answers(row):
            return tuple([call("AnswersCell", row=row, column=column) for column in range(call("AnswersRowLength", row=row))])

        def each_answers():
            for row in range(call("AnswersRows")):
                yield row_answers(row)

        def read_answers():
            return list(each_answers())

        def quiz_evening():
            scores = {}
            streaks = {}
            for team, points, right in each_answers():
                streak = streaks.get(team, 0)
                scores[team] = call('CombineGetResultAndPoints', get_result=scores.get(team, 0), points=points, right=right, streak=streak)
                streaks[team] = call('WorkOutRightAndStreak', right=right, streak=streak)
            return [scores[team] for team in sorted(scores)]

        call("Done", answer=canonical(quiz_evening()))
