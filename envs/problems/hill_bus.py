"""A bus to the hill leaves every so many minutes, at one interval after the start, two intervals, and so on, and
takes a fixed number of people. The people come one by one, each a number of minutes after the one before, the first
counted from the start, and stand in line. A person takes the first bus that leaves at the minute of coming or later
and still has a place, the line being served in order. Report for each person, in order, the minutes between coming
and leaving.
"""


def next_bus(moment: int, interval: int) -> int:
    """Number of the first bus that leaves at this moment or later."""
    return max(1, (moment + interval - 1) // interval)


def hill_bus(gaps: list[int], interval: int, places: int) -> list[int]:
    clock = 0
    bus = 1
    aboard = 0
    waits = []
    for gap in gaps:
        clock += gap
        earliest = next_bus(clock, interval)
        if earliest > bus:
            bus = earliest
            aboard = 0
        elif aboard == places:
            bus += 1
            aboard = 0
        aboard += 1
        waits.append(bus * interval - clock)
    return waits


def generate(rng, size: int) -> dict:
    count = (6, 10, 17, 28, 38)[size - 1]
    return {
        "gaps": [rng.randint(0, 9) for _ in range(count)],
        "interval": rng.randint(10, 16),
        "places": rng.randint(2, 4),
    }
