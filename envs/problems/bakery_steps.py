"""A bakery's morning has numbered steps, each with its length in minutes. Some steps must be finished before others
may begin; these pairs of an earlier and a later step are listed by the earlier step, lowest number first, and the
later one always has the higher number. Every step begins as soon as it may, and any number can go on side by side
from minute 0. Report two numbers: the minute in which the last step is finished, and the sum of the beginning minutes
of all the steps.
"""

import random


def later_of(one: int, other: int) -> int:
    if one > other:
        return one
    return other


def bakery_steps(minutes: list[int], pairs: list[tuple[int, int]]) -> list[int]:
    begins = [0] * len(minutes)
    for earlier, later in pairs:
        finished = begins[earlier] + minutes[earlier]
        begins[later] = later_of(begins[later], finished)
    end = 0
    waited = 0
    for step in range(len(minutes)):
        end = later_of(end, begins[step] + minutes[step])
        waited += begins[step]
    return [end, waited]


def generate(rng: random.Random, size: int) -> dict[str, object]:
    steps = [4, 5, 8, 13, 20][size - 1]
    pairs = []
    for _ in range([3, 4, 6, 11, 18][size - 1]):
        earlier, later = sorted(rng.sample(range(steps), 2))
        pairs.append((earlier, later))
    return {"minutes": [rng.randint(2, 40) for _ in range(steps)], "pairs": sorted(pairs)}
