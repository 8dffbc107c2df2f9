"""A tower stair is described step by step from the bottom: 1 for a sound step, 0 for a broken one on which nobody can
stand. The keeper begins on the ground below the first step and climbs one, two or three steps at a time; but from a
step he may climb three at a time only if the step right above him is broken. The last step is sound and there he
stops. Report the number of different ways to climb the stair, or only its last four digits, as a number, if there are
more than 9999.
"""

import random


def last_digits(ways: int) -> int:
    return ways % 10000


def broken_stair_ways(steps: list[int]) -> int:
    ways = [1]
    for step in range(1, len(steps) + 1):
        count = 0
        if steps[step - 1] == 1:
            count = ways[step - 1]
            if step >= 2:
                count += ways[step - 2]
            if step >= 3 and steps[step - 3] == 0:
                count += ways[step - 3]
        ways.append(last_digits(count))
    return ways[-1]


def generate(rng: random.Random, size: int) -> dict[str, object]:
    steps: list[int] = []
    for _ in range([9, 12, 18, 26, 35][size - 1] - 1):
        broken = rng.random() < 0.35 and steps[-2:] != [0, 0]
        steps.append(0 if broken else 1)
    return {"steps": [*steps, 1]}
