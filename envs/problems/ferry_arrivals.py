"""A timetable lists sailings between islands, the earliest departure first: island of departure, island of arrival,
minute of departure, minute of arrival. A traveller stands on island 0 at minute 0 and can board a sailing if she is
on its island no later than the minute it departs. Report for every island, in order of its number, the earliest
minute in which she can be there: 0 for island 0, and -1 for an island she cannot get to.
"""

import random


def ferry_arrivals(islands: int, sailings: list[tuple[int, int, int, int]]) -> list[int]:
    earliest = [-1] * islands
    earliest[0] = 0
    for origin, target, departs, arrives in sailings:
        ready = earliest[origin]
        if ready < 0 or ready > departs:
            continue
        if earliest[target] < 0 or arrives < earliest[target]:
            earliest[target] = arrives
    return earliest


def generate(rng: random.Random, size: int) -> dict[str, object]:
    islands = [3, 3, 4, 6, 8][size - 1]
    sailings = []
    minute = 0
    landed = {0: 0}
    for _ in range([2, 3, 5, 9, 14][size - 1]):
        minute += rng.randint(1, 12)
        origin = rng.choice([island for island in landed if landed[island] <= minute])
        target = rng.choice([island for island in range(islands) if island != origin])
        arrives = minute + rng.randint(3, 25)
        landed.setdefault(target, arrives)
        sailings.append((origin, target, minute, arrives))
    return {"islands": islands, "sailings": sailings}
