"""Each garden bed has its own thirst, and each day its own rain. A bed's moisture starts at ten. On every day, in
order, the rain is added to the moisture of each bed, which cannot rise above thirty, and then the bed's thirst is
taken off, down to no less than zero. A bed that is below five after that is watered, which sets its moisture to
fifteen. Report for each bed in order how often it was watered times one hundred plus its moisture after the last
day.
"""


def next_moisture(moisture: int, rain: int, thirst: int) -> int:
    """Moisture of a bed after a day's rain and thirst, before any watering."""
    return max(0, min(30, moisture + rain) - thirst)


def garden_beds(thirsts: list[int], rains: list[int]) -> list[int]:
    report = []
    for thirst in thirsts:
        moisture = 10
        watered = 0
        for rain in rains:
            moisture = next_moisture(moisture, rain, thirst)
            if moisture < 5:
                moisture = 15
                watered += 1
        report.append(watered * 100 + moisture)
    return report


def generate(rng, size: int) -> dict:
    beds = (2, 3, 4, 4, 5)[size - 1]
    days = (4, 5, 7, 10, 12)[size - 1]
    return {
        "thirsts": [rng.randint(3, 10) for _ in range(beds)],
        "rains": [rng.randint(0, 9) for _ in range(days)],
    }
