"""Sheep are to cross a river on a raft that carries at most two of them and at most a given weight. They wait in a
line from the lightest to the heaviest; no sheep is too heavy by itself. The ferryman always takes the heaviest one
still waiting, and with it the lightest one still waiting if both together are not too heavy. Report the number of
crossings with sheep, and the weight the raft could have carried in addition, summed over these crossings.
"""

import random


def fits(one: int, other: int, limit: int) -> bool:
    return one + other <= limit


def ferry_pairs_load(weights: list[int], limit: int) -> list[int]:
    light = 0
    heavy = len(weights) - 1
    crossings = 0
    spare = 0
    while light <= heavy:
        load = weights[heavy]
        if light < heavy and fits(load, weights[light], limit):
            load += weights[light]
            light += 1
        heavy -= 1
        crossings += 1
        spare += limit - load
    return [crossings, spare]


def generate(rng: random.Random, size: int) -> dict[str, object]:
    weights = sorted(rng.randint(20, 70) for _ in range([7, 12, 20, 36, 54][size - 1]))
    return {"weights": weights, "limit": rng.randint(75, 110)}
