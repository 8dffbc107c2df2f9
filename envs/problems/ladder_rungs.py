"""A climber looks at holds in a row on a wall, each at a given height. She uses some of them from left to right, each
strictly higher than the one used before, and never passes over more than two holds between two that she uses. She may
begin and end at any hold. Her score is the sum of the heights of the holds she uses. Report the highest score.
"""

import random


def ladder_rungs(holds: list[int]) -> int:
    scores = []
    highest = 0
    for place in range(len(holds)):
        below = 0
        for back in range(1, 4):
            if place - back < 0:
                break
            if holds[place - back] < holds[place] and scores[place - back] > below:
                below = scores[place - back]
        score = below + holds[place]
        scores.append(score)
        if score > highest:
            highest = score
    return highest


def generate(rng: random.Random, size: int) -> dict[str, object]:
    holds = []
    for place in range([5, 6, 8, 10, 11][size - 1]):
        holds.append(place // 2 * 3 + rng.randint(1, 14))
    return {"holds": holds}
