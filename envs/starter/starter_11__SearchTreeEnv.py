"""A descent in a binary search tree."""

import ast
import json
import random

import gymnasium


class SearchTreeEnv(gymnasium.Env):
    """The nodes of a binary search tree carry hidden keys: smaller keys are in the left subtree of a node, larger ones
    in the right. Exactly one node has the wanted key. Report the number stored there. Compare tells how the key of
    a node relates to the wanted one. The number reader works only once.
    """

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {"Observe": 0, "Root": 1, "Compare": 2, "Left": 3, "Right": 4, "Number": 5, "Done": 6}
        self.config = {
            "root": 1,
            "left": [-1, 0, -1],
            "right": [-1, 2, -1],
            "keys": [4, 6, 9],
            "wanted": 9,
            "numbers": [45, 83, 27],
        }
        self.reset(None if env_str is None else ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return SearchTreeEnv(env_str) if env_str.startswith("SearchTreeEnv@") else None

    @property
    def finished(self) -> bool:
        return self._finished

    @property
    def reward(self) -> float:
        return self._reward

    def reset(self, options: dict | None = None) -> str:
        self.config = options or self.config
        self.left, self.right = list(self.config["left"]), list(self.config["right"])
        self.keys, self.numbers, self.read = list(self.config["keys"]), list(self.config["numbers"]), False
        node = {"i": len(self.keys) - 1}
        self.ranges = {tool: {} for tool in self.func_mapping} | {"Done": {"answer": 999999}}
        self.ranges |= {"Compare": node, "Left": node, "Right": node, "Number": node}
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
        return self.numbers[self.keys.index(self.config["wanted"])]

    def Observe(self) -> str:
        """Tell how many nodes the tree has.
        Args:
            None
        Returns:
            str: number of nodes
        Example Output:
            "3"
        """
        return str(len(self.keys))

    def Root(self) -> str:
        """Tell the root of the tree.
        Args:
            None
        Returns:
            str: id of the root
        Example Output:
            "1"
        """
        return str(self.config["root"])

    def Compare(self, i: int) -> str:
        """Compare the key of node i with the wanted key.
        Args:
            i (int): id of a node
        Returns:
            str: "less" if the key of node i is less than the wanted one, "equal" or "greater"
        Example Output:
            "less"
        """
        key, wanted = self.keys[i], self.config["wanted"]
        return "less" if key < wanted else "greater" if key > wanted else "equal"

    def Left(self, i: int) -> str:
        """Go to the left child of node i.
        Args:
            i (int): id of a node
        Returns:
            str: id of the child, or "none"
        Example Output:
            "0"
        """
        return "none" if self.left[i] < 0 else str(self.left[i])

    def Right(self, i: int) -> str:
        """Go to the right child of node i.
        Args:
            i (int): id of a node
        Returns:
            str: id of the child, or "none"
        Example Output:
            "2"
        """
        return "none" if self.right[i] < 0 else str(self.right[i])

    def Number(self, i: int) -> str:
        """Read the number stored at node i. The reader works once.
        Args:
            i (int): id of a node
        Returns:
            str: the number, or "broken"
        Example Output:
            "27"
        """
        if self.read:
            return "broken"
        self.read = True
        return str(self.numbers[i])

    def Done(self, answer: int) -> str:
        """Hand in the answer; only the first one counts.
        Args:
            answer (int): number stored at the wanted key
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
        node = int(call("Root"))
        while (key := call("Compare", i=node)) != "equal":
            node = int(call("Right" if key == "less" else "Left", i=node))
        return call("Done", answer=int(call("Number", i=node)))

    @staticmethod
    def generate(seed: int, difficulty: int) -> dict:
        """A configuration; difficulty 1 to 5 is its size, and equal arguments give equal ones."""
        rng = random.Random(seed)
        depth = rng.randint(*((1, 2), (2, 3), (4, 9), (11, 15), (15, 34))[difficulty - 1])
        # order: the nodes by key; way: the nodes from the root to the wanted one, and one further
        order, children, way, n = [0], [], [0], 1
        for _ in range(depth + 1):
            for side in rng.sample(("left", "right"), 2):  # a leaf, and the node that the way goes on with
                order.insert(order.index(way[-1]) + (side == "right"), n)
                children.append((side, way[-1], n))
                n += 1
            way.append(n - 1)
        ids = rng.sample(range(n), n)
        links = {"left": [-1] * n, "right": [-1] * n}
        for side, parent, child in children:
            links[side][ids[parent]] = ids[child]
        ranked = sorted(rng.sample(range(10, 1000), n))
        keys = [ranked[order.index(ids.index(i))] for i in range(n)]
        numbers = rng.sample(range(10, 100 if difficulty < 3 else 1000), n)
        return {"root": ids[0], **links, "keys": keys, "wanted": keys[ids[way[depth]]], "numbers": numbers}
