"""A warehouse wall is seen from the front as rows of cells, top row first: B is a box held by a string, # a fixed
shelf and . an empty cell. All strings are cut. Every box falls straight down until it lies on the floor, on a shelf
or on another box. A box that falls by d cells does d times d scratches. Report the number of scratches.
"""

import random


def scratches(fall: int) -> int:
    return fall * fall


def box_gravity(wall: list[list[str]]) -> int:
    rows = len(wall)
    total = 0
    for column in range(len(wall[0])):
        resting = rows - 1
        for step in range(rows):
            row = rows - 1 - step
            cell = wall[row][column]
            if cell == "#":
                resting = row - 1
            elif cell == "B":
                total += scratches(resting - row)
                resting -= 1
    return total


def generate(rng: random.Random, size: int) -> dict[str, object]:
    rows, columns = [(5, 2), (5, 3), (5, 4), (7, 5), (9, 6)][size - 1]
    return {"wall": [[rng.choice("BB...#") for _ in range(columns)] for _ in range(rows)]}
