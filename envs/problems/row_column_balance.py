"""A beekeeper's hives stand in a square, and each gave some jars of honey. Rows and columns are numbered alike. For
each number she compares the jars of that row with the jars of that column. Report, in order, by how many jars each
row is ahead of the column with its number; where the column is ahead, the number is negative and doubled.
"""

import random


def verdict(row_jars: int, column_jars: int) -> int:
    ahead = row_jars - column_jars
    if ahead < 0:
        ahead = 2 * ahead
    return ahead


def row_column_balance(jars: list[list[int]]) -> list[int]:
    side = len(jars)
    row_sums = [0] * side
    column_sums = [0] * side
    for row in range(side):
        for column in range(side):
            row_sums[row] += jars[row][column]
            column_sums[column] += jars[row][column]
    report = []
    for number in range(side):
        report.append(verdict(row_sums[number], column_sums[number]))
    return report


def generate(rng: random.Random, size: int) -> dict[str, object]:
    side = [3, 4, 5, 6, 8][size - 1]
    return {"jars": [[rng.randint(0, 25) for _ in range(side)] for _ in range(side)]}
