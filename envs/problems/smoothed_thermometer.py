"""An old thermometer sometimes jumps. To repair its log, each reading except the first and the last is replaced by
the middle one in size of three readings: itself and the two original readings beside it. Readings changed by this
count as jumps. Report the sum of the repaired readings, the number of jumps, and the sum of the distances by which
the jumps were moved, in this order.
"""


def middle(first: int, second: int, third: int) -> int:
    """The middle one in size of three readings."""
    smallest = min(first, second, third)
    largest = max(first, second, third)
    return first + second + third - smallest - largest


def smoothed_thermometer(readings: list[int]) -> list[int]:
    total = readings[0] + readings[-1]
    jumps = 0
    moved = 0
    for hour in range(1, len(readings) - 1):
        reading = readings[hour]
        repaired = middle(readings[hour - 1], reading, readings[hour + 1])
        total += repaired
        if repaired != reading:
            jumps += 1
            moved += abs(repaired - reading)
    return [total, jumps, moved]


def generate(rng, size: int) -> dict:
    count = (7, 11, 16, 22, 27)[size - 1]
    readings = []
    for hour in range(count):
        readings.append(10 + hour // 2 + rng.randint(-6, 6))
    return {"readings": readings}
