"""A seed shop sells as many bags a day as customers ask for, or all it has if that is less; the rest of the demand is
lost. In the evening, if the bags left are at or below a given level and no delivery is on its way, it orders a given
number of bags. The next day passes without the delivery, and it comes the morning after that, before the shop opens.
Report how many bags of demand were lost and how many bags are in the shop after the last day.
"""

import random


def sold_bags(demand: int, stock: int) -> int:
    if demand > stock:
        return stock
    return demand


def seed_reorders(demands: list[int], opening: int, level: int, lot: int) -> list[int]:
    stock = opening
    lost = 0
    delivery_in = 0
    for demand in demands:
        if delivery_in > 0:
            delivery_in -= 1
            if delivery_in == 0:
                stock += lot
        sold = sold_bags(demand, stock)
        stock -= sold
        lost += demand - sold
        if stock <= level and delivery_in == 0:
            delivery_in = 2
    return [lost, stock]


def generate(rng: random.Random, size: int) -> dict[str, object]:
    demands = [rng.randint(0, 12) for _ in range([6, 10, 16, 24, 34][size - 1])]
    lot = rng.randint(16, 24)
    return {"demands": demands, "opening": rng.randint(10, 25), "level": rng.randint(6, 12), "lot": lot}
