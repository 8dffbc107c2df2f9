"""Wagons with numbers arrive one by one at a dead-end siding where each stands before the earlier ones. The train is
to be made up in the order 1, 2, 3 and so on. Right after each arrival, as long as the wagon standing in front is the
next one the train needs, it leaves the siding and joins the train. Report two things in one list: first the number of
wagons that joined the train, then the numbers of the wagons left in the siding, the front one first.
"""

import random


def siding_reorder(arrivals: list[int]) -> list[int]:
    siding = []
    needed = 1
    for wagon in arrivals:
        siding.append(wagon)
        while len(siding) > 0 and siding[-1] == needed:
            siding.pop()
            needed += 1
    report = [needed - 1]
    for back in range(len(siding)):
        report.append(siding[len(siding) - 1 - back])
    return report


def generate(rng: random.Random, size: int) -> dict[str, object]:
    count = [7, 12, 20, 36, 54][size - 1]
    arrivals: list[int] = []
    block: list[int] = []
    for wagon in range(1, count + 1):
        block.insert(0 if rng.random() < 0.7 else len(block), wagon)
        if rng.random() < 0.3 or wagon == count:
            arrivals += block
            block = []
    one, other = rng.sample(range(count // 2, count), 2)
    arrivals[one], arrivals[other] = arrivals[other], arrivals[one]
    return {"arrivals": arrivals}
