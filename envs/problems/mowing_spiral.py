"""A meadow is divided into square plots of given heights. A mower starts at the north-west corner, goes east along
the edge, and spirals inwards clockwise until every plot is done. Whenever the next plot is lower than the one before,
the mower rolls and saves as many drops of fuel as the heights differ; whenever it is higher, it burns twice the
difference. Report the drops burnt minus the drops saved.
"""

import random


def fuel(before: int, after: int) -> int:
    if after > before:
        return 2 * (after - before)
    return after - before


def mowing_spiral(heights: list[list[int]]) -> int:
    top, bottom = 0, len(heights) - 1
    left, right = 0, len(heights[0]) - 1
    row, column = 0, 0
    down, across = 0, 1
    used = 0
    for _ in range(len(heights) * len(heights[0]) - 1):
        if across == 1 and column == right:
            down, across, top = 1, 0, top + 1
        elif down == 1 and row == bottom:
            down, across, right = 0, -1, right - 1
        elif across == -1 and column == left:
            down, across, bottom = -1, 0, bottom - 1
        elif down == -1 and row == top:
            down, across, left = 0, 1, left + 1
        before = heights[row][column]
        row += down
        column += across
        used += fuel(before, heights[row][column])
    return used


def generate(rng: random.Random, size: int) -> dict[str, object]:
    rows, columns = [(2, 3), (3, 4), (4, 4), (4, 5), (5, 5)][size - 1]
    return {"heights": [[rng.randint(1, 30) for _ in range(columns)] for _ in range(rows)]}
