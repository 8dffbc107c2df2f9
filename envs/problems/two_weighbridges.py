"""Lorries line up before two weighbridges, the north one and the south one. In the order of the line each lorry
goes to the bridge that is free earlier, to the north one when both are free at the same minute, and stays there for
its own number of minutes; both bridges are free at minute zero. After every weighing on the south bridge that
bridge is closed one more minute for cleaning. Report the minute at which each lorry drives off, in the order of the
line.
"""


def north_first(north: int, south: int) -> bool:
    """Whether the north bridge is the one to go to."""
    return north <= south


def two_weighbridges(minutes: list[int]) -> list[int]:
    north = 0
    south = 0
    departures = []
    for stay in minutes:
        if north_first(north, south):
            north += stay
            departures.append(north)
        else:
            south += stay
            departures.append(south)
            south += 1
    return departures


def generate(rng, size: int) -> dict:
    count = (7, 12, 20, 36, 58)[size - 1]
    return {"minutes": [rng.randint(3, 25) for _ in range(count)]}
