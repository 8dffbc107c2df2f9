"""A potter knows what her market stall would earn on each of the coming days. After every day on which she sells she
must stay at her wheel for at least the next two days; she may rest longer. Every day without selling costs 1 coin of
rent, and a selling day costs no rent. Report the most coins she can have gained at the end.
"""

import random


def stall_rest_days(earnings: list[int]) -> int:
    three_back = 0
    two_back = 0
    one_back = 0
    for day in range(len(earnings)):
        resting = one_back - 1
        rent_days = 2
        if day < 2:
            rent_days = day
        selling = three_back - rent_days + earnings[day]
        best = resting
        if selling > best:
            best = selling
        three_back = two_back
        two_back = one_back
        one_back = best
    return one_back


def generate(rng: random.Random, size: int) -> dict[str, object]:
    return {"earnings": [rng.randint(1, 25) for _ in range([7, 12, 20, 36, 60][size - 1])]}
