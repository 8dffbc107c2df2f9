"""A steam tram starts with a full tank of water, which lasts for a given number of miles, and passes stations at
given distances from each other; the first distance is the one from the start to station 1. No distance is longer than
a tank lasts. At a station the driver fills the tank up only if what is left is not enough for the next distance;
after the last distance the line ends. Report the miles for which water was left at each filling, in order, and then
the miles left at the end of the line.
"""

import random


def tram_water_stops(distances: list[int], tank: int) -> list[int]:
    left = tank
    report = []
    for distance in distances:
        if left < distance:
            report.append(left)
            left = tank
        left -= distance
    report.append(left)
    return report


def generate(rng: random.Random, size: int) -> dict[str, object]:
    tank = rng.randint(18, 40)
    return {"distances": [rng.randint(2, 15) for _ in range([7, 12, 20, 36, 60][size - 1])], "tank": tank}
