"""Two singers know two versions of a tune, written with the letters a to e for the notes. They want to sing together:
notes of the first version are paired with equal notes of the second, in the same order in both, and all other notes
are left out. A pair of a's is worth 1 point, of b's 2 and so on up to 5 for e's; every note left out in either
version costs 1 point. Report the highest score.
"""

import random


def points(note: str) -> int:
    return "abcde".index(note) + 1


def common_refrain(first: str, second: str) -> int:
    best = [-place for place in range(len(second) + 1)]
    for note in first:
        diagonal = best[0]
        best[0] -= 1
        for place in range(1, len(second) + 1):
            score = best[place] - 1
            if best[place - 1] - 1 > score:
                score = best[place - 1] - 1
            if note == second[place - 1] and diagonal + points(note) > score:
                score = diagonal + points(note)
            diagonal = best[place]
            best[place] = score
    return best[-1]


def generate(rng: random.Random, size: int) -> dict[str, object]:
    length = [4, 4, 4, 5, 5][size - 1]
    first = "".join(rng.choice("abcde") for _ in range(length))
    second = "".join(note if rng.random() < 0.6 else rng.choice("abcde") for note in first + "ace"[: size // 3])
    return {"first": first, "second": second}
