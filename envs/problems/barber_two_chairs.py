"""A barber shop has a left and a right chair. Customers are listed as they come, with the minute of arrival and the
minutes their haircut takes. Each in turn takes the chair that becomes free first, the left one if both do so in the
same minute, and sits down as soon as he has come and the chair is free. Report three numbers: the minutes that all
customers waited in all, the minute in which the left chair is free for good, and the same for the right chair.
"""

import random


def later(one: int, other: int) -> int:
    if one > other:
        return one
    return other


def barber_two_chairs(customers: list[tuple[int, int]]) -> list[int]:
    left_free = 0
    right_free = 0
    waited = 0
    for arrival, haircut in customers:
        if left_free <= right_free:
            begin = later(arrival, left_free)
            left_free = begin + haircut
        else:
            begin = later(arrival, right_free)
            right_free = begin + haircut
        waited += begin - arrival
    return [waited, left_free, right_free]


def generate(rng: random.Random, size: int) -> dict[str, object]:
    customers = []
    minute = 0
    for _ in range([4, 6, 10, 18, 30][size - 1]):
        minute += rng.randint(0, 11)
        customers.append((minute, rng.randint(5, 25)))
    return {"customers": customers}
