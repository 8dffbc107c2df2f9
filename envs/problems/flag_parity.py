"""A ship signals with flags, 1 for up and 0 for down, in groups of four. The first three flags of a group make a
number from 0 to 7, worth 4, 2 and 1 in that order; the fourth is set so that an even number of flags in the group is
up. A group in which the number is odd was garbled. Report the numbers of all groups written one after another, with a
question mark in place of each garbled group; flags left over at the end form no group and are ignored.
"""

import random


def number_of(first: int, second: int, third: int) -> int:
    return 4 * first + 2 * second + third


def flag_parity(flags: str) -> str:
    text = ""
    group = 0
    while group + 4 <= len(flags):
        first = int(flags[group])
        second = int(flags[group + 1])
        third = int(flags[group + 2])
        fourth = int(flags[group + 3])
        if (first + second + third + fourth) % 2 == 1:
            text += "?"
        else:
            text += str(number_of(first, second, third))
        group += 4
    return text


def generate(rng: random.Random, size: int) -> dict[str, object]:
    flags = ""
    for _ in range([2, 3, 5, 9, 15][size - 1]):
        first, second, third = rng.randint(0, 1), rng.randint(0, 1), rng.randint(0, 1)
        fourth = (first + second + third) % 2
        if rng.random() < 0.25:
            fourth = 1 - fourth
        flags += f"{first}{second}{third}{fourth}"
    return {"flags": flags + "101"[: rng.randint(0, 2)]}
