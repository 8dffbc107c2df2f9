"""Barges start in basin 0 of a canal system. Every channel leads from one basin to a basin with a higher number and
asks a toll, and the channels are listed by the basin they leave, lowest first. For every basin that a barge can get
to, take the smallest sum of tolls with which it gets there. Report the sum of these smallest costs over all basins
that can be reached; basin 0 itself costs nothing.
"""

import random


def cheaper(known: int, offer: int) -> int:
    if known < 0 or offer < known:
        return offer
    return known


def canal_toll_totals(basins: int, channels: list[tuple[int, int, int]]) -> int:
    best = [-1] * basins
    best[0] = 0
    for start, end, toll in channels:
        if best[start] >= 0:
            cost = best[start] + toll
            best[end] = cheaper(best[end], cost)
    total = 0
    for cost in best:
        if cost > 0:
            total += cost
    return total


def generate(rng: random.Random, size: int) -> dict[str, object]:
    basins = [3, 4, 5, 8, 12][size - 1]
    channels = []
    for end in range(1, basins):
        channels.append((rng.randrange(end), end, rng.randint(1, 30)))
    while len(channels) < [2, 4, 7, 12, 20][size - 1]:
        start, end = sorted(rng.sample(range(basins), 2))
        channels.append((start, end, rng.randint(5, 60)))
    return {"basins": basins, "channels": sorted(channels)}
