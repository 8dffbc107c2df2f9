"""A porter carries a piano up a row of steps and every step has a height that is added to his tiredness. As soon as
his tiredness after a step is above his limit, he rests on that step and the tiredness goes back to zero. A step
lower than the one before it (the first step has none before it) costs only half its height, rounded down. Report
the numbers of the steps on which he rests, counted from one, followed by the tiredness he arrives with at the top
as the last entry.
"""


def effort(height: int, previous: int) -> int:
    """Tiredness a step adds, given the height of the step before it."""
    if height < previous:
        return height // 2
    return height


def stair_rests(heights: list[int], limit: int) -> list[int]:
    rests = []
    tired = 0
    previous = 0
    for number, height in enumerate(heights, start=1):
        tired += effort(height, previous)
        if tired > limit:
            rests.append(number)
            tired = 0
        previous = height
    rests.append(tired)
    return rests


def generate(rng, size: int) -> dict:
    count = (8, 12, 20, 36, 56)[size - 1]
    return {"heights": [rng.randint(6, 30) for _ in range(count)], "limit": rng.randint(35, 60)}
