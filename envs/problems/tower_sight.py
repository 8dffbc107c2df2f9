"""On a square grid of plots, 0 is an empty plot and any other number is a tower of that height. Two towers can signal
to each other if they stand in the same row or the same column and no tower is between them. Such a pair needs as many
lanterns as the lower of the two towers is high, plus the number of empty plots between them. Report how many lanterns
all the pairs need.
"""

import random


def lanterns(one: int, other: int, empty: int) -> int:
    lower = one
    if other < one:
        lower = other
    return lower + empty


def tower_sight(plots: list[list[int]]) -> int:
    columns = len(plots[0])
    last_height = [0] * columns
    last_row = [0] * columns
    total = 0
    for row in range(len(plots)):
        west_height = 0
        west_column = 0
        for column in range(columns):
            height = plots[row][column]
            if height == 0:
                continue
            if west_height > 0:
                total += lanterns(west_height, height, column - west_column - 1)
            if last_height[column] > 0:
                total += lanterns(last_height[column], height, row - last_row[column] - 1)
            west_height, west_column = height, column
            last_height[column], last_row[column] = height, row
    return total


def generate(rng: random.Random, size: int) -> dict[str, object]:
    rows, columns = [(2, 4), (3, 4), (4, 5), (5, 7), (6, 8)][size - 1]
    return {"plots": [[rng.choice([0, 0, 0, *range(1, 10)]) for _ in range(columns)] for _ in range(rows)]}
