"""Compiled from problem fence_post_cipher (Apache-2.0)."""

import ast as _ast
import json as _json

import gymnasium

def fence_post_cipher(message: str, posts: list[int]) -> str:
    width = len(posts)
    rows = len(message) // width
    word = ''
    downwards = True
    for post in posts:
        for step in range(rows):
            row = step
            if not downwards:
                row = rows - 1 - step
            word += message[row * width + post]
        downwards = not downwards
    return word

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


class FencePostCipherEnv(gymnasium.Env):
    """A smuggler writes a message in rows under numbered fence posts, one letter under each post, row after row from the
    left; the last row is always full. Then he reads the posts in a secret order, given by their numbers from 0: the
    letters under the first of them from the top down, under the second from the bottom up, and so on by turns. What he
    reads is one long word. Report this word."""

    KINDS = {
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {'Observe': 0, 'MessageLength': 1, 'MessageCharacter': 2, 'PostsLength': 3, 'PostsItem': 4, 'WorkOutRows': 5, 'IsNot': 6, 'WorkOutRow': 7, 'UpdateWord': 8, 'CombinePostAndRow': 9, 'Done': 10}
        self.parameters = {'Observe': {}, 'MessageLength': {}, 'MessageCharacter': {'index': 'integer'}, 'PostsLength': {}, 'PostsItem': {'index': 'integer'}, 'WorkOutRows': {'message_length': 'integer', 'width': 'integer'}, 'IsNot': {'downwards': 'boolean'}, 'WorkOutRow': {'rows': 'integer', 'step': 'integer'}, 'UpdateWord': {'word': 'string', 'message_character': 'string'}, 'CombinePostAndRow': {'row': 'integer', 'width': 'integer', 'post': 'integer'}, 'Done': {'answer': 'any'}}
        self.config = {'message': 'sudlid', 'posts': [0, 1]}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return FencePostCipherEnv(env_str) if env_str.startswith("FencePostCipherEnv@") else None

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
        return canonical((fence_post_cipher)(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "message: a text of 6 characters\\nposts: 2 whole numbers"
        """
        return "\n".join(['message: a text of {} characters'.format(len(self.config['message'])), 'posts: {} whole numbers'.format(len(self.config['posts']))])

    def MessageLength(self) -> int:
        """Count the characters of the text message.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "6"
        """
        return len(self.config['message'])

    def MessageCharacter(self, index: int) -> str:
        """Read one character of the text message.
        Args:
            index (int): place, counted from 0
        Returns:
            str: the element there
        Example Output:
            ""s\""
        """
        return self.config['message'][index]

    def PostsLength(self) -> int:
        """Count the elements of posts.
        Args:
            None
        Returns:
            int: how many
        Example Output:
            "2"
        """
        return len(self.config['posts'])

    def PostsItem(self, index: int) -> int:
        """Read one element of posts.
        Args:
            index (int): place, counted from 0
        Returns:
            int: the element there
        Example Output:
            "0"
        """
        return self.config['posts'][index]

    def WorkOutRows(self, message_length: int, width: int) -> int:
        """Work out `message_length` divided by `width`, rounded down.
        Args:
            message_length (int): value of message length
            width (int): value of width
        Returns:
            int: the result
        Example Output:
            "3"
        """
        return message_length // width

    def IsNot(self, downwards: bool) -> bool:
        """Tell whether not `downwards`.
        Args:
            downwards (bool): value of downwards
        Returns:
            bool: the result
        Example Output:
            "false"
        """
        return not downwards

    def WorkOutRow(self, rows: int, step: int) -> int:
        """Work out (`rows` minus 1) minus `step`.
        Args:
            rows (int): value of rows
            step (int): value of step
        Returns:
            int: the result
        Example Output:
            "2"
        """
        return rows - 1 - step

    def UpdateWord(self, word: str, message_character: str) -> str:
        """Work out `word` plus `message_character`.
        Args:
            word (str): value of word
            message_character (str): value of message character
        Returns:
            str: the result
        Example Output:
            ""s\""
        """
        return word + message_character

    def CombinePostAndRow(self, row: int, width: int, post: int) -> int:
        """Work out (`row` times `width`) plus `post`.
        Args:
            row (int): value of row
            width (int): value of width
            post (int): value of post
        Returns:
            int: the result
        Example Output:
            "0"
        """
        return row * width + post

    def Done(self, answer) -> str:
        """Hand in the answer. The first one counts.
        Args:
            answer (str): the answer, a text
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

        def each_message():
            for index in range(call("MessageLength")):
                yield call("MessageCharacter", index=index)

        def read_message():
            return ''.join(each_message())

        def each_posts():
            for index in range(call("PostsLength")):
                yield call("PostsItem", index=index)

        def read_posts():
            return list(each_posts())

        def fence_post_cipher():
            width = call('PostsLength')
            rows = call('WorkOutRows', message_length=call('MessageLength'), width=width)
            word = ''
            downwards = True
            for post in each_posts():
                for step in range(rows):
                    row = step
                    if call('IsNot', downwards=downwards):
                        row = call('WorkOutRow', rows=rows, step=step)
                    word = call('UpdateWord', word=word, message_character=call('MessageCharacter', index=call('CombinePostAndRow', row=row, width=width, post=post)))
                downwards = call('IsNot', downwards=downwards)
            return word

        call("Done", answer=canonical(fence_post_cipher()))
