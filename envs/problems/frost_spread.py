"""A garden has square beds in rows; 1 marks a frosted bed, 0 a clear one. Overnight all beds change at once: a bed is
frosted in the morning exactly if an odd number of its neighbours to the north, south, east and west were frosted in
the evening. Neighbours beyond the garden's edge count as clear. Report for each row the number of beds that are
frosted in the morning.
"""

import random


def frost_spread(beds: list[list[int]]) -> list[int]:
    rows = len(beds)
    columns = len(beds[0])
    frosted = []
    for row in range(rows):
        count = 0
        for column in range(columns):
            near = 0
            if row > 0:
                near += beds[row - 1][column]
            if row + 1 < rows:
                near += beds[row + 1][column]
            if column > 0:
                near += beds[row][column - 1]
            if column + 1 < columns:
                near += beds[row][column + 1]
            if near % 2 == 1:
                count += 1
        frosted.append(count)
    return frosted


def generate(rng: random.Random, size: int) -> dict[str, object]:
    rows, columns = [(2, 4), (3, 3), (3, 4), (3, 5), (4, 5)][size - 1]
    return {"beds": [[rng.randint(0, 1) for _ in range(columns)] for _ in range(rows)]}
