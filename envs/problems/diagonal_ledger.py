"""A clerk's table has rows and columns of amounts. He adds along the slanting lines that rise from west to east, from
south-west to north-east: the line through the north-west corner alone comes first, the one through the south-east
corner last. On each line the amounts he meets are added and subtracted in turn, beginning with an addition at the
line's western end. Report the results of all lines in that order.
"""

import random


def diagonal_ledger(amounts: list[list[int]]) -> list[int]:
    rows = len(amounts)
    columns = len(amounts[0])
    results = []
    for line in range(rows + columns - 1):
        result = 0
        sign = 1
        for column in range(columns):
            row = line - column
            if row < 0 or row >= rows:
                continue
            result += sign * amounts[row][column]
            sign = -sign
        results.append(result)
    return results


def generate(rng: random.Random, size: int) -> dict[str, object]:
    rows, columns = [(2, 4), (3, 4), (4, 5), (4, 6), (5, 6)][size - 1]
    return {"amounts": [[rng.randint(1, 40) for _ in range(columns)] for _ in range(rows)]}
