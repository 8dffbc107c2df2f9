"""A town's roads are listed as two squares and the minutes of a walk between them, the same in both directions; no
two squares have more than one road. A messenger visits squares in a given order. From each square to the next she
takes the road between them if there is one; if not, she crosses the fields in 25 minutes, and where the next square
is the one she stands on, she loses 2 minutes. Report how many minutes her errand takes.
"""

import random


def route_walk_minutes(roads: list[tuple[int, int, int]], stops: list[int]) -> int:
    minutes = {}
    for one, other, walk in roads:
        minutes[(one, other)] = walk
        minutes[(other, one)] = walk
    total = 0
    here = stops[0]
    for stop in stops[1:]:
        if stop == here:
            total += 2
        elif (here, stop) in minutes:
            total += minutes[(here, stop)]
        else:
            total += 25
        here = stop
    return total


def generate(rng: random.Random, size: int) -> dict[str, object]:
    squares = [3, 4, 4, 5, 7][size - 1]
    pairs = [(one, other) for one in range(squares) for other in range(one + 1, squares)]
    rng.shuffle(pairs)
    roads = [(one, other, rng.randint(3, 40)) for one, other in pairs[: [1, 2, 3, 6, 10][size - 1]]]
    stops = [roads[0][0], roads[0][1]]
    while len(stops) < [4, 7, 11, 20, 32][size - 1]:
        stops.append(rng.randrange(squares))
    return {"roads": roads, "stops": stops}
