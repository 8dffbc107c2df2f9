"""Candles stand in a row; for each the height in millimetres and the burning speed in millimetres an hour are
known. All are lit together and burn for the given number of hours; a candle that would go below zero is simply out,
at height zero. After that, look at every two neighbours in the row. Report, for each pair from left to right, how
much taller the left candle is than the right one, which is negative where the right one is taller.
"""


def height_after(height: int, speed: int, hours: int) -> int:
    """Height of a candle after burning for some hours."""
    return max(0, height - speed * hours)


def candle_burndown(heights: list[int], speeds: list[int], hours: int) -> list[int]:
    differences = []
    left = height_after(heights[0], speeds[0], hours)
    for place in range(1, len(heights)):
        right = height_after(heights[place], speeds[place], hours)
        differences.append(left - right)
        left = right
    return differences


def generate(rng, size: int) -> dict:
    count = (3, 6, 10, 18, 32)[size - 1]
    return {
        "heights": [rng.randint(60, 200) for _ in range(count)],
        "speeds": [rng.randint(5, 30) for _ in range(count)],
        "hours": rng.randint(2, 5),
    }
