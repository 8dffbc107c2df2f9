"""A hillside is divided into square fields; each has a number of tufts of clover, or a negative number where thistles
prick. A sheep goes from the north-west field to the south-east field, always one field east or one field south, and
every step south costs it one tuft's worth of strength. Report the best total that a way can have: all the numbers on
it, first and last field included, minus the strength.
"""

import random


def better(one: int, other: int) -> int:
    if one > other:
        return one
    return other


def sheep_path(tufts: list[list[int]]) -> int:
    columns = len(tufts[0])
    best = [0] * columns
    for row in range(len(tufts)):
        for column in range(columns):
            from_north = best[column] - 1
            if row == 0 and column == 0:
                arriving = 0
            elif row == 0:
                arriving = best[column - 1]
            elif column == 0:
                arriving = from_north
            else:
                arriving = better(from_north, best[column - 1])
            best[column] = arriving + tufts[row][column]
    return best[columns - 1]


def generate(rng: random.Random, size: int) -> dict[str, object]:
    rows, columns = [(2, 4), (3, 4), (4, 5), (5, 6), (6, 7)][size - 1]
    return {"tufts": [[rng.randint(-6, 15) for _ in range(columns)] for _ in range(rows)]}
