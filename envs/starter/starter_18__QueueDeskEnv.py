"""First come, first served."""

import ast
import json
import random

import gymnasium


class QueueDeskEnv(gymnasium.Env):
    """People queue at a desk and hold tickets with a value. Events come in order: somebody joins the queue with a
    ticket, or the desk serves whoever waits longest (nobody if the queue is empty). Play each event. Report the
    total value of all tickets that were served.
    """

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {"Observe": 0, "Next": 1, "Join": 2, "Serve": 3, "Waiting": 4, "Total": 5, "Done": 6}
        self.config = {"events": [14, 33, 0, 21, 0]}
        self.reset(None if env_str is None else ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return QueueDeskEnv(env_str) if env_str.startswith("QueueDeskEnv@") else None

    @property
    def finished(self) -> bool:
        return self._finished

    @property
    def reward(self) -> float:
        return self._reward

    def reset(self, options: dict | None = None) -> str:
        self.config = options or self.config
        self.events, self.place = list(self.config["events"]), 0
        self.queue, self.total = [], 0
        self.ranges = {tool: {} for tool in self.func_mapping} | {"Join": {"value": 999}, "Done": {"answer": 999999}}
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
        joined, total = [], 0
        for event in self.events:
            if event:
                joined.append(event)
            elif joined:
                total += joined.pop(0)
        return total

    def Observe(self) -> str:
        """Tell how many events there are.
        Args:
            None
        Returns:
            str: number of events
        Example Output:
            "5"
        """
        return str(len(self.events))

    def Next(self) -> str:
        """Wait for the next event.
        Args:
            None
        Returns:
            str: "join" and the ticket's value, "serve", or "end"
        Example Output:
            "join 14"
        """
        if self.place == len(self.events):
            return "end"
        self.place += 1
        event = self.events[self.place - 1]
        return f"join {event}" if event else "serve"

    def Join(self, value: int) -> str:
        """Put a ticket at the end of the queue, which has room for one an event.
        Args:
            value (int): value of the ticket
        Returns:
            str: "ok" or "full"
        Example Output:
            "ok"
        """
        if len(self.queue) == len(self.events):
            return "full"
        self.queue.append(value)
        return "ok"

    def Serve(self) -> str:
        """Take the first ticket off the queue and add its value to the total.
        Args:
            None
        Returns:
            str: "ok" or "empty"
        Example Output:
            "ok"
        """
        if not self.queue:
            return "empty"
        self.total += self.queue.pop(0)
        return "ok"

    def Waiting(self) -> str:
        """Tell how many tickets are in the queue.
        Args:
            None
        Returns:
            str: number of tickets
        Example Output:
            "2"
        """
        return str(len(self.queue))

    def Total(self) -> str:
        """Tell the total.
        Args:
            None
        Returns:
            str: the total
        Example Output:
            "47"
        """
        return str(self.total)

    def Done(self, answer: int) -> str:
        """Hand in the answer; only the first one counts.
        Args:
            answer (int): total value of the tickets that were served
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
        while (event := call("Next")) != "end":
            if event == "serve":
                call("Serve")
            else:
                call("Join", value=int(event.split()[1]))
        return call("Done", answer=int(call("Total")))

    @staticmethod
    def generate(seed: int, difficulty: int) -> dict:
        """A configuration; difficulty 1 to 5 is its size, and equal arguments give equal ones."""
        rng = random.Random(seed)
        n = rng.randint(*((4, 4), (4, 5), (7, 10), (13, 18), (20, 45))[difficulty - 1])
        top = 99 if difficulty < 3 else 999
        while True:
            events = [rng.randint(10, top) if rng.random() < 0.55 else 0 for _ in range(n)]
            waiting, served = 0, 0
            for event in events:
                waiting, served = (waiting + 1, served) if event else (max(0, waiting - 1), served + (waiting > 0))
            if served >= 2:  # a single ticket's value could be guessed from its event
                return {"events": events}
