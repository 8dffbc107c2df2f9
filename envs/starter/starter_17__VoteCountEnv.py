"""A majority vote with one counter."""

import ast
import json
import random

import gymnasium


class VoteCountEnv(gymnasium.Env):
    """Voters pass by; each has voted for a candidate with a hidden number. Keep one leader and a lead. While the lead
    is 0 the vote is free: Adopt its candidate as leader with lead 1. A vote for the leader is the same: Support
    raises the lead by 1. Any other vote: Oppose lowers it by 1. Report the number of the last leader times the last
    lead.
    """

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {"Observe": 0, "Next": 1, "Adopt": 2, "Support": 3, "Oppose": 4, "Result": 5, "Done": 6}
        self.config = {"votes": [21, 46, 21, 21]}
        self.reset(None if env_str is None else ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return VoteCountEnv(env_str) if env_str.startswith("VoteCountEnv@") else None

    @property
    def finished(self) -> bool:
        return self._finished

    @property
    def reward(self) -> float:
        return self._reward

    def reset(self, options: dict | None = None) -> str:
        self.config = options or self.config
        self.votes, self.place = list(self.config["votes"]), 0
        self.leader, self.lead = 0, 0
        self.ranges = {tool: {} for tool in self.func_mapping} | {"Done": {"answer": 999999}}
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
        leader, lead = 0, 0
        for vote in self.votes:
            if lead == 0:
                leader = vote
            lead += 1 if vote == leader else -1
        return leader * lead

    def Observe(self) -> str:
        """Tell how many voters there are.
        Args:
            None
        Returns:
            str: number of voters
        Example Output:
            "4"
        """
        return str(len(self.votes))

    def Next(self) -> str:
        """Look at the next vote.
        Args:
            None
        Returns:
            str: "free", "same" or "other", or "end" after the last
        Example Output:
            "free"
        """
        if self.place == len(self.votes):
            return "end"
        self.place += 1
        if self.lead == 0:
            return "free"
        return "same" if self.votes[self.place - 1] == self.leader else "other"

    def Adopt(self) -> str:
        """Make the candidate of this vote the leader, with lead 1.
        Args:
            None
        Returns:
            str: "ok", or "no vote"
        Example Output:
            "ok"
        """
        if self.place == 0:
            return "no vote"
        self.leader, self.lead = self.votes[self.place - 1], 1
        return "ok"

    def Support(self) -> str:
        """Raise the lead by 1.
        Args:
            None
        Returns:
            str: the lead
        Example Output:
            "2"
        """
        self.lead += 1
        return str(self.lead)

    def Oppose(self) -> str:
        """Lower the lead by 1, not below 0.
        Args:
            None
        Returns:
            str: the lead
        Example Output:
            "1"
        """
        self.lead = max(0, self.lead - 1)
        return str(self.lead)

    def Result(self) -> str:
        """Tell the number of the leader times the lead, when all voters have passed.
        Args:
            None
        Returns:
            str: the product, or "not yet"
        Example Output:
            "42"
        """
        return str(self.leader * self.lead) if self.place == len(self.votes) else "not yet"

    def Done(self, answer: int) -> str:
        """Hand in the answer; only the first one counts.
        Args:
            answer (int): number of the last leader times the last lead
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

        call("Observe")
        while (vote := call("Next")) != "end":
            call({"free": "Adopt", "same": "Support", "other": "Oppose"}[vote])
        return call("Done", answer=int(call("Result")))

    @staticmethod
    def generate(seed: int, difficulty: int) -> dict:
        """A configuration; difficulty 1 to 5 is its size, and equal arguments give equal ones."""
        rng = random.Random(seed)
        n = rng.randint(*((4, 4), (4, 5), (6, 10), (13, 18), (20, 45))[difficulty - 1])
        major = rng.randint(n // 2 + 1, n)
        numbers = rng.sample(range(10, 100 if difficulty < 3 else 1000), 4)
        votes = [numbers[0]] * major + [rng.choice(numbers[1:]) for _ in range(n - major)]
        rng.shuffle(votes)
        return {"votes": votes}
