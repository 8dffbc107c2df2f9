"""A quilt is sewn from rows of square patches, each of some colour given by a number. Two patches that share an edge
need a plain seam if their colours are the same, which costs 1 thread, and a fancy seam if not, which costs as many
threads as the colour numbers differ, plus 2. Report how many threads all seams of the quilt cost.
"""

import random


def seam(one: int, other: int) -> int:
    if one == other:
        return 1
    difference = one - other
    if difference < 0:
        difference = -difference
    return difference + 2


def quilt_seams(patches: list[list[int]]) -> int:
    threads = 0
    for row in range(len(patches)):
        for column in range(len(patches[row])):
            patch = patches[row][column]
            if column > 0:
                threads += seam(patches[row][column - 1], patch)
            if row > 0:
                threads += seam(patches[row - 1][column], patch)
    return threads


def generate(rng: random.Random, size: int) -> dict[str, object]:
    rows, columns = [(2, 3), (3, 4), (4, 5), (5, 5), (6, 6)][size - 1]
    return {"patches": [[rng.randint(1, 6) for _ in range(columns)] for _ in range(rows)]}
