"""Builders offer rope bridges between islets, each for a price, and the offers lie on a pile. The harbour master
takes them one after another from the top: she buys an offer if the two islets are not yet joined by bridges bought
before, directly or over other islets, and otherwise turns it down and gets a tenth of its price, rounded down, as a
gift from the disappointed builder. Report what she has paid in the end, gifts subtracted.
"""

import random


def gift_of(price: int) -> int:
    return price // 10


def bridge_ropes(islets: int, offers: list[tuple[int, int, int]]) -> int:
    parent = list(range(islets))
    paid = 0
    for one, other, price in offers:
        left = one
        while parent[left] != left:
            left = parent[left]
        right = other
        while parent[right] != right:
            right = parent[right]
        if left != right:
            parent[left] = right
            paid += price
        else:
            paid -= gift_of(price)
    return paid


def generate(rng: random.Random, size: int) -> dict[str, object]:
    islets = [3, 4, 6, 9, 14][size - 1]
    offers = []
    for _ in range([3, 4, 7, 12, 20][size - 1]):
        one, other = rng.sample(range(islets), 2)
        offers.append((one, other, rng.randint(10, 90)))
    return {"islets": islets, "offers": offers}
