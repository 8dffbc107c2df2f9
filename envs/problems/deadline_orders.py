"""A cobbler has orders, the best paid first; each has the pay and the last day, counted from day 1, on which it can
be done. Every order takes one whole day. He goes through them in the given order and gives each the latest day that
is still free and not after its last day. If no such day is left, he turns the order down and loses 3 coins on a
letter of apology. Report the pay of all orders done minus the coins lost.
"""

import random


def deadline_orders(orders: list[tuple[int, int]]) -> int:
    taken = []
    coins = 0
    for pay, last_day in orders:
        day = last_day
        while day > 0 and day in taken:
            day -= 1
        if day > 0:
            taken.append(day)
            coins += pay
        else:
            coins -= 3
    return coins


def generate(rng: random.Random, size: int) -> dict[str, object]:
    count = [5, 6, 10, 18, 26][size - 1]
    pays = sorted((rng.randint(5, 60) for _ in range(count)), reverse=True)
    return {"orders": [(pay, rng.randint(1, count)) for pay in pays]}
