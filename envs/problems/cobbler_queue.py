"""A cobbler serves customers one at a time, in the order of the book. For each customer the minutes since the
customer before came in and the minutes the work takes are known; the first one's minutes are counted from the
opening of the shop. A customer who finds the cobbler busy waits, but one who would have to wait longer than a given
patience leaves at once and is not served. Report the waiting minutes of each customer in order, with -1 for those
who leave, and then the minute at which the cobbler is done with the last work.
"""


def waiting_time(arrival: int, free_at: int) -> int:
    """Minutes a customer has to wait for the cobbler."""
    return max(0, free_at - arrival)


def cobbler_queue(customers: list[tuple[int, int]], patience: int) -> list[int]:
    clock = 0
    free_at = 0
    waits = []
    for gap, work in customers:
        clock += gap
        wait = waiting_time(clock, free_at)
        if wait > patience:
            waits.append(-1)
            continue
        waits.append(wait)
        free_at = clock + wait + work
    waits.append(free_at)
    return waits


def generate(rng, size: int) -> dict:
    count = (4, 6, 11, 19, 32)[size - 1]
    customers = [(rng.randint(2, 14), rng.randint(4, 20)) for _ in range(count)]
    return {"customers": customers, "patience": rng.randint(10, 18)}
