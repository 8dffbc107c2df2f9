"""A market stall wants to open on a fixed number of days in a row. For every day the expected takings and the rent
of the pitch are known, and a day's gain is takings minus rent, which may be negative. Among all possible stretches
of that many days find the one with the highest total gain; of equally good stretches the later one counts. Report
the number of its first day, counted from one, its total gain, and the total gain of all days outside it.
"""


def stall_best_week(takings: list[int], rents: list[int], days: int) -> list[int]:
    everything = 0
    window = 0
    best = 0
    best_first = 0
    for day in range(len(takings)):
        gain = takings[day] - rents[day]
        everything += gain
        window += gain
        if day >= days:
            window -= takings[day - days] - rents[day - days]
        first = day - days + 2
        if first == 1 or (first > 1 and window >= best):
            best = window
            best_first = first
    return [best_first, best, everything - best]


def generate(rng, size: int) -> dict:
    count = (3, 6, 9, 15, 20)[size - 1]
    return {
        "takings": [rng.randint(10, 90) for _ in range(count)],
        "rents": [rng.randint(10, 60) for _ in range(count)],
        "days": max(2, count // 3 + rng.randint(0, 1)),
    }
