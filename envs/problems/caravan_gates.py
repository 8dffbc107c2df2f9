"""Caravans leave town 0 with camels side by side. Roads lead from a town to one with a higher number, and each has a
gate that lets through so many camels abreast; the roads are listed by the town they leave, lowest first. A caravan
cannot change its width on the way, and picks its roads so that it can be as wide as possible. Report the sum, over
all the other towns, of the widest caravan that gets there multiplied by the number of the town; a town that cannot be
reached adds nothing.
"""

import random


def narrower(one: int, other: int) -> int:
    if one < other:
        return one
    return other


def caravan_gates(towns: int, roads: list[tuple[int, int, int]]) -> int:
    widest = [0] * towns
    widest[0] = 1000
    for start, end, gate in roads:
        passing = narrower(widest[start], gate)
        if passing > widest[end]:
            widest[end] = passing
    total = 0
    for town in range(1, towns):
        total += town * widest[town]
    return total


def generate(rng: random.Random, size: int) -> dict[str, object]:
    towns = [3, 4, 6, 9, 13][size - 1]
    roads = []
    for end in range(1, towns):
        roads.append((rng.randrange(max(0, end - 3), end), end, rng.randint(2, 40)))
    while len(roads) < [2, 4, 7, 12, 19][size - 1]:
        start, end = sorted(rng.sample(range(towns), 2))
        roads.append((start, end, rng.randint(2, 40)))
    return {"towns": towns, "roads": sorted(roads)}
