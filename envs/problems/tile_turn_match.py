"""A square tray holds tiles of different thickness in rows and columns. A second tray is a copy of it, turned a
quarter clockwise, and is laid on top, so that a tile of the copy lies over each tile of the first. Report the sum
over all places of the difference in thickness between the two tiles there, where a place with two equally thick tiles
counts as -1.
"""

import random


def gap(lower: int, upper: int) -> int:
    if lower == upper:
        return -1
    if lower > upper:
        return lower - upper
    return upper - lower


def tile_turn_match(tray: list[list[int]]) -> int:
    side = len(tray)
    total = 0
    for row in range(side):
        for column in range(side):
            lower = tray[row][column]
            upper = tray[side - 1 - column][row]
            total += gap(lower, upper)
    return total


def generate(rng: random.Random, size: int) -> dict[str, object]:
    side = [3, 4, 5, 6, 7][size - 1]
    return {"tray": [[rng.randint(1, 9) for _ in range(side)] for _ in range(side)]}
