"""On a map of square fields, 1 marks water and 0 marks land. Water fields that touch along an edge form one pond.
Report the number of fields of every pond, the smallest first; if there is no water, report an empty list.
"""

import random


def pond_sizes(fields: list[list[int]]) -> list[int]:
    rows = len(fields)
    columns = len(fields[0])
    seen = [[False] * columns for _ in range(rows)]
    sizes = []
    for row in range(rows):
        for column in range(columns):
            if seen[row][column] or fields[row][column] == 0:
                continue
            seen[row][column] = True
            pond = [(row, column)]
            for y, x in pond:
                for near_y, near_x in ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)):
                    inside = 0 <= near_y < rows and 0 <= near_x < columns
                    if inside and not seen[near_y][near_x] and fields[near_y][near_x] == 1:
                        seen[near_y][near_x] = True
                        pond.append((near_y, near_x))
            sizes.append(len(pond))
    sizes.sort()
    return sizes


def generate(rng: random.Random, size: int) -> dict[str, object]:
    rows, columns = [(2, 4), (3, 4), (4, 4), (4, 5), (5, 5)][size - 1]
    return {"fields": [[int(rng.random() < 0.5) for _ in range(columns)] for _ in range(rows)]}
