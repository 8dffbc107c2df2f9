"""Terraced houses stand in several streets, listed from west to east by their height. In the evening a lamp shines
along each street from the west end, and a house is lit if it is higher than every house between it and the lamp; the
first house is always lit. Report for each street, in order, the sum of the heights of its lit houses minus the number
of its dark ones.
"""

import random


def lamp_shadow(streets: list[list[int]]) -> list[int]:
    report = []
    for street in streets:
        tallest = 0
        lit = 0
        dark = 0
        for height in street:
            if height > tallest:
                lit += height
                tallest = height
            else:
                dark += 1
        report.append(lit - dark)
    return report


def generate(rng: random.Random, size: int) -> dict[str, object]:
    rows, columns = [(2, 5), (3, 4), (4, 5), (6, 6), (9, 7)][size - 1]
    streets = []
    for _ in range(rows):
        length = columns - rng.randint(0, 1)
        streets.append([rng.randint(2, 4 + 2 * house) for house in range(length)])
    return {"streets": streets}
