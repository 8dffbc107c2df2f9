"""A typewriter prints letters, and has three more keys. The key < takes back the last letter that stands on the
paper; the key = prints the last letter on the paper once more; the key > moves the last letter to the very front. On
an empty paper these three keys do nothing. Report the text on the paper after all the keys have been pressed.
"""

import random


def typist_undo(keys: str) -> str:
    paper = ""
    for key in keys:
        if key not in "<=>":
            paper += key
        elif len(paper) == 0:
            continue
        elif key == "<":
            paper = paper[:-1]
        elif key == "=":
            paper += paper[-1]
        else:
            paper = paper[-1] + paper[:-1]
    return paper


def generate(rng: random.Random, size: int) -> dict[str, object]:
    keys = ""
    for _ in range([7, 12, 20, 36, 60][size - 1]):
        keys += rng.choice("<=>") if rng.random() < 0.3 else rng.choice("abdegiklmnorstu")
    return {"keys": keys}
