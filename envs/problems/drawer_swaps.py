"""A square cabinet has rows and columns of drawers with some coins in each. A restless owner swaps whole rows (r) or
whole columns (c): each order names the letter and the two positions, counted from 0, whose rows or columns change
places. Report, after all the orders, the coins in the drawers along the line from the north-west to the south-east
corner, in that order.
"""

import random


def drawer_swaps(coins: list[list[int]], orders: list[tuple[str, int, int]]) -> list[int]:
    side = len(coins)
    row_at = list(range(side))
    column_at = list(range(side))
    for kind, one, other in orders:
        if kind == "r":
            kept = row_at[one]
            row_at[one] = row_at[other]
            row_at[other] = kept
        else:
            kept = column_at[one]
            column_at[one] = column_at[other]
            column_at[other] = kept
    line = []
    for place in range(side):
        line.append(coins[row_at[place]][column_at[place]])
    return line


def generate(rng: random.Random, size: int) -> dict[str, object]:
    side = [2, 3, 3, 4, 5][size - 1]
    orders = []
    for _ in range([2, 2, 4, 7, 11][size - 1]):
        one, other = rng.sample(range(side), 2)
        orders.append((rng.choice("rc"), one, other))
    return {"coins": [[rng.randint(1, 99) for _ in range(side)] for _ in range(side)], "orders": orders}
