"""Each square of a table carries an arrow that points north, east, south or west (N, E, S, W). A toy ant starts on
the north-west square and takes a given number of steps. It always goes one square the way the arrow under it points,
and as it leaves, that arrow turns a quarter clockwise. Going over an edge it comes in again on the opposite side of
the same row or column. Report the row and the column, counted from 0 at the north-west, where it ends, and how many
times it went over an edge.
"""

import random


def ant_arrows(arrows: list[list[str]], steps: int) -> list[int]:
    rows = len(arrows)
    columns = len(arrows[0])
    turned = [[0] * columns for _ in range(rows)]
    row, column = 0, 0
    crossings = 0
    for _ in range(steps):
        heading = ("NESW".index(arrows[row][column]) + turned[row][column]) % 4
        turned[row][column] += 1
        if heading == 0:
            row -= 1
        elif heading == 1:
            column += 1
        elif heading == 2:
            row += 1
        else:
            column -= 1
        if row < 0 or row == rows or column < 0 or column == columns:
            crossings += 1
        row = row % rows
        column = column % columns
    return [row, column, crossings]


def generate(rng: random.Random, size: int) -> dict[str, object]:
    rows, columns = [(2, 3), (2, 4), (3, 3), (3, 4), (4, 4)][size - 1]
    arrows = [[rng.choice("NESW") for _ in range(columns)] for _ in range(rows)]
    return {"arrows": arrows, "steps": rng.randint(rows * columns, 3 * rows * columns // 2)}
