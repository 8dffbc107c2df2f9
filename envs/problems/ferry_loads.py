"""A river ferry loads vehicles in the order of the queue; each has a length in metres and a weight in tons. The
ferry sails as soon as the next vehicle would make the total length or the total weight larger than allowed, and
comes back empty; the last load sails when the queue is empty. A vehicle that is by itself too long or too heavy
turns round and is not taken. Report for every crossing, in order, the length left free on deck and the weight
aboard, and at the very end the number of vehicles that turned round.
"""


def too_much(length: int, weight: int, deck: int, tons: int) -> bool:
    """Whether a load is longer or heavier than allowed."""
    return length > deck or weight > tons


def ferry_loads(queue: list[tuple[int, int]], deck: int, tons: int) -> list[int]:
    length = 0
    weight = 0
    turned = 0
    report = []
    for metres, mass in queue:
        if too_much(metres, mass, deck, tons):
            turned += 1
            continue
        if too_much(length + metres, weight + mass, deck, tons):
            report.append(deck - length)
            report.append(weight)
            length = 0
            weight = 0
        length += metres
        weight += mass
    if length > 0:
        report.append(deck - length)
        report.append(weight)
    report.append(turned)
    return report


def generate(rng, size: int) -> dict:
    count = (3, 6, 10, 18, 28)[size - 1]
    return {
        "queue": [(rng.randint(3, 13), rng.randint(1, 16)) for _ in range(count)],
        "deck": rng.randint(20, 30),
        "tons": rng.randint(18, 28),
    }
