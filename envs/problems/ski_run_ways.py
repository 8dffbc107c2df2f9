"""A ski resort numbers its huts from the summit, hut 0, downwards, and every marked run leads from a hut to one with
a higher number. The runs are listed by their upper hut, lowest number first; two runs between the same two huts count
as different. Report for every hut in how many different ways it can be reached from the summit by skiing only, as a
list in order of hut number. The summit has 1 way, a hut that cannot be reached has 0.
"""

import random


def ski_run_ways(huts: int, runs: list[tuple[int, int]]) -> list[int]:
    ways = [0] * huts
    ways[0] = 1
    for upper, lower in runs:
        arriving = ways[upper]
        if arriving > 0:
            ways[lower] += arriving
    return ways


def generate(rng: random.Random, size: int) -> dict[str, object]:
    huts = [5, 5, 7, 11, 16][size - 1]
    runs = []
    for lower in range(1, huts):
        if rng.random() < 0.9:
            runs.append((rng.randrange(max(0, lower - 3), lower), lower))
    while len(runs) < [5, 6, 10, 18, 30][size - 1]:
        upper, lower = sorted(rng.sample(range(huts), 2))
        runs.append((upper, lower))
    return {"huts": huts, "runs": sorted(runs)}
