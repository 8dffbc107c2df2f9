"""A choir numbers its singers and keeps a list of pairs who know each other, the lower number first, with the years
they have done so; every pair stands there at most once. Three singers form a trio if all three pairs among them are
listed, and the trio's bond is the smallest of its three numbers of years. Report the sum of the bonds of all trios, 0
if there is none.
"""

import random


def bond(one: int, other: int, third: int) -> int:
    return min(one, other, third)


def gossip_trios(singers: int, pairs: list[tuple[int, int, int]]) -> int:
    years = [[0] * singers for _ in range(singers)]
    for one, other, known in pairs:
        years[one][other] = known
        years[other][one] = known
    total = 0
    for one, other, known in pairs:
        for third in range(other + 1, singers):
            total += bond(known, years[one][third], years[other][third])
    return total


def generate(rng: random.Random, size: int) -> dict[str, object]:
    singers = [3, 4, 5, 6, 7][size - 1]
    pairs = []
    for one in range(singers):
        for other in range(one + 1, singers):
            pairs.append((one, other, rng.randint(1, 40)))
    rng.shuffle(pairs)
    keep = [3, 5, 8, 12, 17][size - 1]
    return {"singers": singers, "pairs": pairs[:keep]}
