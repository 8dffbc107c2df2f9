"""Toothed wheels stand in a row so that each meshes with the next. For each pair of neighbours the miller counts how
many full turns the left wheel makes until the same two teeth of this pair meet again for the first time. Pairs in
which the two wheels have the same number of teeth wear badly, and he counts 10 more for each of them. Report the sum
over all pairs.
"""

import random


def common_measure(one: int, other: int) -> int:
    while other > 0:
        rest = one % other
        one = other
        other = rest
    return one


def gear_teeth_meet(teeth: list[int]) -> int:
    total = 0
    for place in range(len(teeth) - 1):
        left = teeth[place]
        right = teeth[place + 1]
        turns = right // common_measure(left, right)
        if left == right:
            turns += 10
        total += turns
    return total


def generate(rng: random.Random, size: int) -> dict[str, object]:
    wheels = [rng.choice([8, 9, 10, 12, 14, 15, 16, 18, 20, 21, 24, 27, 28, 30, 36]) for _ in range(60)]
    return {"teeth": wheels[: [7, 12, 20, 33, 48][size - 1]]}
