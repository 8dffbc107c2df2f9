"""A rain barrel holds at most a certain number of litres and starts with a given filling. Every day brings a
change: rain as a positive number, watering as a negative one. Rain that does not fit runs over and is lost;
watering takes what there is, and the litres that were wanted but not there are bought. Report the final filling,
the litres lost over all days and the litres bought over all days, in this order.
"""


def bucket_levels(capacity: int, start: int, changes: list[int]) -> list[int]:
    level = min(start, capacity)
    lost = 0
    bought = 0
    for change in changes:
        level += change
        if level > capacity:
            lost += level - capacity
            level = capacity
        if level < 0:
            bought -= level
            level = 0
    return [level, lost, bought]


def generate(rng, size: int) -> dict:
    count = (6, 11, 19, 34, 48)[size - 1]
    capacity = rng.randint(60, 90)
    return {
        "capacity": capacity,
        "start": rng.randint(10, 50),
        "changes": [rng.randint(-40, 40) for _ in range(count)],
    }
