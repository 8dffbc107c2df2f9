"""A vineyard is a block of square terraces with given heights. A terrace is a high spot if it is strictly higher than
each of its neighbours to the north, south, east and west, as far as there are any. Report the sum of the heights of
all high spots minus the number of terraces that are as high as their neighbour to the east.
"""

import random


def terrace_highspots(heights: list[list[int]]) -> int:
    rows = len(heights)
    columns = len(heights[0])
    total = 0
    for row in range(rows):
        for column in range(columns):
            height = heights[row][column]
            high = True
            if row > 0 and heights[row - 1][column] >= height:
                high = False
            if row + 1 < rows and heights[row + 1][column] >= height:
                high = False
            if column > 0 and heights[row][column - 1] >= height:
                high = False
            if column + 1 < columns and heights[row][column + 1] >= height:
                high = False
            if high:
                total += height
            if column + 1 < columns and heights[row][column + 1] == height:
                total -= 1
    return total


def generate(rng: random.Random, size: int) -> dict[str, object]:
    rows, columns = [(2, 3), (2, 4), (3, 4), (3, 5), (4, 4)][size - 1]
    return {"heights": [[rng.randint(1, 12) for _ in range(columns)] for _ in range(rows)]}
