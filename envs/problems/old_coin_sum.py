"""An inn keeps its bills in old money: 12 pence make a shilling and 20 shillings a pound. Each bill is given in
pounds, shillings and pence. The landlord drops the smallest bill, once only, and adds up the others, but charges 4
pence more on every bill that has no odd pence, that is, whose pence are 0. Dropping is decided before the extra pence
are put on. Report the sum as pounds, shillings and pence, with fewer than 20 shillings and fewer than 12 pence.
"""

import random


def in_pence(pounds: int, shillings: int, pence: int) -> int:
    return (pounds * 20 + shillings) * 12 + pence


def old_coin_sum(bills: list[tuple[int, int, int]]) -> list[int]:
    total = 0
    smallest = -1
    smallest_charged = 0
    for pounds, shillings, pence in bills:
        value = in_pence(pounds, shillings, pence)
        charged = value
        if pence == 0:
            charged += 4
        total += charged
        if smallest < 0 or value < smallest:
            smallest = value
            smallest_charged = charged
    total -= smallest_charged
    return [total // 240, total // 12 % 20, total % 12]


def generate(rng: random.Random, size: int) -> dict[str, object]:
    bills = []
    for _ in range([3, 4, 7, 12, 20][size - 1]):
        bills.append((rng.randint(0, 6), rng.randint(0, 19), rng.choice([0, 0, *range(1, 12)])))
    return {"bills": bills}
