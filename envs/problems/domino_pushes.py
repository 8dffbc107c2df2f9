"""Dominoes stand in a line; each has a height, and between every two neighbours there is a gap. A falling domino
knocks over the next one when its height is greater than the gap to it. The first domino is pushed by hand; every
domino that is not knocked over by the one before it has to be pushed by hand too, so that in the end all have
fallen from left to right. Report the heights of the dominoes pushed by hand added up, and the sum, over all
dominoes that knock over the next one, of how far their height exceeds the gap.
"""


def reaches(height: int, gap: int) -> bool:
    """Whether a falling domino knocks over the next one."""
    return height > gap


def domino_pushes(heights: list[int], gaps: list[int]) -> list[int]:
    pushed = heights[0]
    excess = 0
    for place in range(1, len(heights)):
        before = heights[place - 1]
        gap = gaps[place - 1]
        if reaches(before, gap):
            excess += before - gap
        else:
            pushed += heights[place]
    return [pushed, excess]


def generate(rng, size: int) -> dict:
    count = (4, 7, 11, 19, 30)[size - 1]
    return {
        "heights": [rng.randint(20, 60) for _ in range(count)],
        "gaps": [rng.randint(15, 55) for _ in range(count - 1)],
    }
