"""A cyclist has the heights of the checkpoints of a tour. A checkpoint with a neighbour on both sides is a peak
when it is higher than both, and a hollow when it is lower than both; otherwise it is a slope. A peak pays its
height above the higher of its neighbours, a hollow costs the depth below the lower of its neighbours, and every
slope costs one coin for the tyres. The first and the last checkpoint each pay their own height. Report the coins
won in total, which may be negative.
"""


def checkpoint_pay(before: int, here: int, after: int) -> int:
    """Coins for a checkpoint between two others; negative for a cost."""
    if here > before and here > after:
        return here - max(before, after)
    if here < before and here < after:
        return here - min(before, after)
    return -1


def peaks_and_hollows(heights: list[int]) -> int:
    coins = heights[0] + heights[-1]
    for place in range(1, len(heights) - 1):
        coins += checkpoint_pay(heights[place - 1], heights[place], heights[place + 1])
    return coins


def generate(rng, size: int) -> dict:
    count = (8, 13, 20, 30, 40)[size - 1]
    return {"heights": [rng.randint(1, 99) for _ in range(count)]}
