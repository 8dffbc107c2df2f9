"""A choir keeps a list of pairs of singers who know each other, with the years they have done so; every pair stands
there at most once. Three singers form a trio if all three pairs among them are listed, and the trio's bond is the
smallest of its three numbers of years. Report the sum of the bonds of all trios, 0 if there is none.
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
    for first in range(singers):
        for second in range(first + 1, singers):
            for third in range(second + 1, singers):
                total += bond(years[first][second], years[first][third], years[second][third])
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
