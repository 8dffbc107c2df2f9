"""Parts of a clock are worked on one after another, in a fixed order. Each can be done at the left or at the right
bench, which takes the two given numbers of minutes. Carrying the clock from one bench to the other takes a fixed
number of minutes each time; it may start at either bench. Report the least number of minutes for the whole clock.
"""

import random


def sooner(one: int, other: int) -> int:
    if one < other:
        return one
    return other


def two_benches_switch(parts: list[tuple[int, int]], carry: int) -> int:
    at_left = 0
    at_right = 0
    for left, right in parts:
        done_left = sooner(at_left, at_right + carry) + left
        done_right = sooner(at_right, at_left + carry) + right
        at_left = done_left
        at_right = done_right
    return sooner(at_left, at_right)


def generate(rng: random.Random, size: int) -> dict[str, object]:
    parts = [(rng.randint(2, 20), rng.randint(2, 20)) for _ in range([4, 6, 10, 18, 30][size - 1])]
    return {"parts": parts, "carry": rng.randint(1, 6)}
