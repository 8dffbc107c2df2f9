"""Crates stand in a row and are loaded one after another on three trucks, a red, a green and a blue one. Each crate
goes on the truck that carries the least weight so far; among equally loaded trucks red is taken before green and
green before blue. A crate that is heavier than the one loaded just before it must not go on the same truck as that
one, and then goes on the lighter of the other two trucks, by the same rule in a tie. Report the three loads: red,
green, blue.
"""

import random


def three_trucks(crates: list[int]) -> list[int]:
    loads = [0, 0, 0]
    last_truck = -1
    last_weight = 0
    for weight in crates:
        chosen = -1
        for truck in range(3):
            if truck == last_truck and weight > last_weight:
                continue
            if chosen < 0 or loads[truck] < loads[chosen]:
                chosen = truck
        loads[chosen] += weight
        last_truck = chosen
        last_weight = weight
    return loads


def generate(rng: random.Random, size: int) -> dict[str, object]:
    return {"crates": [rng.randint(1, 30) for _ in range([7, 10, 15, 22, 30][size - 1])]}
