"""A sheet of stamps has rows and columns of stamps of given values. A collector may cut out one block of two by two
stamps; its worth is the sum of the four values, with the block's north-west stamp counted twice. Report the row and
the column of the north-west stamp of the worthiest block, counted from 0, and its worth. Among equally worthy blocks
take the one furthest south, and among those the one furthest west.
"""

import random


def worth(corner: int, east: int, south: int, opposite: int) -> int:
    return 2 * corner + east + south + opposite


def stamp_window(values: list[list[int]]) -> list[int]:
    best_row, best_column, best = 0, 0, -1
    for row in range(len(values) - 1):
        upper = values[row]
        lower = values[row + 1]
        for column in range(len(upper) - 1):
            block = worth(upper[column], upper[column + 1], lower[column], lower[column + 1])
            if block > best or (block == best and row > best_row):
                best_row, best_column, best = row, column, block
    return [best_row, best_column, best]


def generate(rng: random.Random, size: int) -> dict[str, object]:
    rows, columns = [(2, 4), (3, 4), (4, 5), (5, 6), (6, 7)][size - 1]
    return {"values": [[rng.randint(0, 20) for _ in range(columns)] for _ in range(rows)]}
