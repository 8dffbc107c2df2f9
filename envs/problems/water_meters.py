"""Water meters show four digits and start again at 0000 after 9999. A reader walks through the village several
times and notes the house and the reading each time. The first reading of a house is only a starting point; each
later one gives the litres used since the reading before, counting one restart when the new reading is lower. A use
of more than two thousand litres at once is billed at three coins a litre above two thousand and two coins a litre
below; otherwise every litre costs two coins. Report the bill of each house in order of its first reading.
"""


def used(before: int, now: int) -> int:
    """Litres between two readings of a meter that restarts after 9999."""
    if now < before:
        return now + 10000 - before
    return now - before


def water_meters(readings: list[tuple[str, int]]) -> list[int]:
    last = {}
    bills = {}
    for house, reading in readings:
        if house in last:
            litres = used(last[house], reading)
            bills[house] += 2 * litres + max(0, litres - 2000)
        else:
            bills[house] = 0
        last[house] = reading
    return [bills[house] for house in last]


def generate(rng, size: int) -> dict:
    count = (4, 7, 11, 20, 32)[size - 1]
    houses = ["mill", "forge", "school", "inn"][: 1 + (size + 1) // 2]
    meters = {house: rng.randint(3000, 9500) for house in houses}
    readings = []
    for _ in range(count):
        house = rng.choice(houses)
        readings.append((house, meters[house]))
        meters[house] = (meters[house] + rng.randint(300, 3200)) % 10000
    return {"readings": readings}
