"""Row totals of a table."""

import ast
import json
import random

import gymnasium


class RowSumsEnv(gymnasium.Env):
    """A table of hidden numbers has rows and columns numbered from 0. Report the difference between the largest and
    the smallest row total. Add puts a cell into the running total; Keep notes the running total of a row and clears
    it.
    """

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {"Observe": 0, "Add": 1, "Clear": 2, "Keep": 3, "Spread": 4, "Done": 5}
        self.config = {"rows": [[3, 8], [7, 1]]}
        self.reset(None if env_str is None else ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return RowSumsEnv(env_str) if env_str.startswith("RowSumsEnv@") else None

    @property
    def finished(self) -> bool:
        return self._finished

    @property
    def reward(self) -> float:
        return self._reward

    def reset(self, options: dict | None = None) -> str:
        self.config = options or self.config
        self.rows = [list(row) for row in self.config["rows"]]
        self.total, self.kept = 0, []
        cell = {"i": len(self.rows) - 1, "j": len(self.rows[0]) - 1}
        self.ranges = {tool: {} for tool in self.func_mapping} | {"Add": cell, "Done": {"answer": 999999}}
        self._finished, self._reward, self.step_count = False, 0.0, 0
        return "reset"

    def step(self, action: str) -> tuple[bool, str]:
        """Run one JSON action; a malformed one changes nothing and is told what is wrong with it."""
        self.step_count += 1
        if self._finished:
            return True, "finished"
        try:
            call = json.loads(action)
            name, given = call["name"], {**call["parameters"]}
            ranges = self.ranges[name]
        except (KeyError, TypeError, ValueError, RecursionError):
            return True, 'error: expected {"name": ..., "parameters": {...}}, name one of ' + ", ".join(self.ranges)
        if given.keys() != ranges.keys():
            return True, f"error: {name} takes " + (", ".join(ranges) or "no parameters")
        for key, high in ranges.items():
            if type(given[key]) is not int or not 0 <= given[key] <= high:
                return True, f"error: {key} must be an integer from 0 to {high}"
        return True, getattr(self, name)(**given)

    def get_ref_answer(self) -> int:
        totals = [sum(row) for row in self.rows]
        return max(totals) - min(totals)

    def Observe(self) -> str:
        """Tell the size of the table.
        Args:
            None
        Returns:
            str: number of rows and number of columns
        Example Output:
            "2 2"
        """
        return f"{len(self.rows)} {len(self.rows[0])}"

    def Add(self, i: int, j: int) -> str:
        """Add the cell in row i and column j to the running total.
        Args:
            i (int): row
            j (int): column
        Returns:
            str: "ok"
        Example Output:
            "ok"
        """
        self.total += self.rows[i][j]
        return "ok"

    def Clear(self) -> str:
        """Clear the running total.
        Args:
            None
        Returns:
            str: "ok"
        Example Output:
            "ok"
        """
        self.total = 0
        return "ok"

    def Keep(self) -> str:
        """Note the running total and clear it; there is room for one note a row.
        Args:
            None
        Returns:
            str: "ok" or "full"
        Example Output:
            "ok"
        """
        if len(self.kept) == len(self.rows):
            return "full"
        self.kept.append(self.total)
        self.total = 0
        return "ok"

    def Spread(self) -> str:
        """Tell the largest note minus the smallest.
        Args:
            None
        Returns:
            str: the difference, or "none" without notes
        Example Output:
            "3"
        """
        return str(max(self.kept) - min(self.kept)) if self.kept else "none"

    def Done(self, answer: int) -> str:
        """Hand in the answer; only the first one counts.
        Args:
            answer (int): largest row total minus the smallest
        Returns:
            str: "correct" or "wrong"
        Example Output:
            "correct"
        """
        self._finished = True
        self._reward = float(answer == self.get_ref_answer())
        return "correct" if self._reward else "wrong"

    def solve(self) -> str:
        """Play the task through `step` alone, deciding on nothing but what it returned."""

        def call(name: str, **parameters) -> str:
            return self.step(json.dumps({"name": name, "parameters": parameters}))[1]

        rows, columns = map(int, call("Observe").split())
        for i in range(rows):
            for j in range(columns):
                call("Add", i=i, j=j)
            call("Keep")
        return call("Done", answer=int(call("Spread")))

    @staticmethod
    def generate(seed: int, difficulty: int) -> dict:
        """A configuration; difficulty 1 to 5 is its size, and equal arguments give equal ones."""
        rng = random.Random(seed)
        sizes = (
            ((2, 2), (2, 3)),
            ((2, 3), (3, 2)),
            ((3, 3), (3, 4), (4, 4)),
            ((5, 5), (5, 6)),
            ((6, 7), (7, 7), (8, 8)),
        )
        height, width = rng.choice(sizes[difficulty - 1])
        while True:
            rows = [[rng.randint(1, 49 if difficulty < 3 else 499) for _ in range(width)] for _ in range(height)]
            if len({sum(row) for row in rows}) > 1:
                return {"rows": rows}
