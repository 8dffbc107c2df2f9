"""A cleaning robot starts on the north-west tile of a room; every tile has some grams of dust. Its orders are the
letters N, E, S and W, one tile each. It takes up the dust of a tile when it comes there for the first time, the first
tile's before any order. An order that would take it through a wall leaves it where it is and costs 3 grams, blown out
by the bump, and one that takes it to a tile where it has been before costs 1 gram. Report the grams it holds in the
end.
"""

import random


def inside(place: int, length: int) -> bool:
    return 0 <= place < length


def dust_robot(dust: list[list[int]], orders: str) -> int:
    row, column = 0, 0
    cleaned = [(0, 0)]
    grams = dust[0][0]
    for order in orders:
        next_row = row
        next_column = column
        if order == "N":
            next_row -= 1
        elif order == "S":
            next_row += 1
        elif order == "E":
            next_column += 1
        else:
            next_column -= 1
        if not inside(next_row, len(dust)) or not inside(next_column, len(dust[0])):
            grams -= 3
            continue
        row, column = next_row, next_column
        if (row, column) not in cleaned:
            grams += dust[row][column]
            cleaned.append((row, column))
        else:
            grams -= 1
    return grams


def generate(rng: random.Random, size: int) -> dict[str, object]:
    rows, columns = [(2, 2), (2, 3), (3, 3), (4, 4), (5, 5)][size - 1]
    orders = "SE"
    row, column = 1, 1
    for _ in range([3, 5, 10, 18, 27][size - 1]):
        order = rng.choice("NESW")
        if rng.random() < 0.85:
            order = rng.choice(("N" if row > 0 else "S") + ("W" if column > 0 else "E") + "ES"[row % 2])
        orders += order
        row = min(rows - 1, max(0, row + "N.S".find(order) - 1)) if order in "NS" else row
        column = min(columns - 1, max(0, column + "W.E".find(order) - 1)) if order in "WE" else column
    return {"dust": [[rng.randint(1, 30) for _ in range(columns)] for _ in range(rows)], "orders": orders}
