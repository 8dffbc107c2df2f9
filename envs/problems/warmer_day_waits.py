"""A beekeeper keeps a row of daily temperatures. For every day she wants to know how many days she has to wait for
the next day that is warmer by at least a given number of degrees. If no such day is left in the row, the waiting
time is zero. Report the waiting times, one for each day in order.
"""


def warm_enough(today: int, later: int, margin: int) -> bool:
    """Whether a later day is warmer than today by at least the margin."""
    return later - today >= margin


def warmer_day_waits(temperatures: list[int], margin: int) -> list[int]:
    waits = []
    for day in range(len(temperatures)):
        wait = 0
        for later in range(day + 1, len(temperatures)):
            if warm_enough(temperatures[day], temperatures[later], margin):
                wait = later - day
                break
        waits.append(wait)
    return waits


def generate(rng, size: int) -> dict:
    count = (7, 9, 11, 13, 16)[size - 1]
    return {"temperatures": [rng.randint(5, 30) for _ in range(count)], "margin": rng.randint(1, 3)}
