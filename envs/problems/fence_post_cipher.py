"""A smuggler writes a message in rows under numbered fence posts, one letter under each post, row after row from the
left; the last row is always full. Then he reads the posts in a secret order, given by their numbers from 0: the
letters under the first of them from the top down, under the second from the bottom up, and so on by turns. What he
reads is one long word. Report this word.
"""

import random


def fence_post_cipher(message: str, posts: list[int]) -> str:
    width = len(posts)
    rows = len(message) // width
    word = ""
    downwards = True
    for post in posts:
        for step in range(rows):
            row = step
            if not downwards:
                row = rows - 1 - step
            word += message[row * width + post]
        downwards = not downwards
    return word


def generate(rng: random.Random, size: int) -> dict[str, object]:
    width, rows = [(2, 3), (3, 3), (4, 4), (5, 6), (6, 8)][size - 1]
    posts = list(range(width))
    rng.shuffle(posts)
    return {"message": "".join(rng.choice("adeghilnorstu") for _ in range(width * rows)), "posts": posts}
