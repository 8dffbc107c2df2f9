"""A hiking guide has rated every day of a long ridge trail, bad days with negative numbers. A guest books some days
in a row, at least one, and may sleep through at most one of them at the hut, which then counts nothing; even the only
day that is booked may be slept through. Report the highest sum of ratings that a guest can get.
"""

import random


def larger(one: int, other: int) -> int:
    if one > other:
        return one
    return other


def ridge_walk_skip(ratings: list[int]) -> int:
    awake = 0
    rested = 0
    best = 0
    for rating in ratings:
        slept_before = rested + rating
        slept_today = larger(awake, 0)
        rested = larger(slept_before, slept_today)
        awake = larger(awake, 0) + rating
        best = larger(best, larger(awake, rested))
    return best


def generate(rng: random.Random, size: int) -> dict[str, object]:
    return {"ratings": [rng.randint(-7, 15) for _ in range([7, 12, 20, 28, 40][size - 1])]}
