"""A beaver crosses a bog on planks at different heights, from the first plank to the last. From a plank it can go to
the next one, which costs as much effort as the two heights differ, or leap to the third plank ahead, which costs the
difference of those two heights plus 4. Report the least effort for the whole crossing.
"""

import random


def climb(one: int, other: int) -> int:
    difference = one - other
    if difference < 0:
        difference = -difference
    return difference


def beaver_planks(heights: list[int]) -> int:
    effort = [0] * len(heights)
    for plank in range(1, len(heights)):
        least = effort[plank - 1] + climb(heights[plank], heights[plank - 1])
        if plank >= 3:
            leap = effort[plank - 3] + climb(heights[plank], heights[plank - 3]) + 4
            if leap < least:
                least = leap
        effort[plank] = least
    return effort[-1]


def generate(rng: random.Random, size: int) -> dict[str, object]:
    return {"heights": [rng.randint(1, 20) for _ in range([6, 9, 12, 15, 20][size - 1])]}
