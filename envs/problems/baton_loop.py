"""In a relay game every station always hands the baton on to one fixed station, perhaps to itself. The baton starts
at a given station. Report two numbers: first, how many hand-overs happen before the baton stands for the first time
at a station to which it will come back later; second, how many hand-overs one round of that endless loop has.
"""

import random


def baton_loop(next_station: list[int], start: int) -> list[int]:
    reached = [-1] * len(next_station)
    station = start
    handovers = 0
    while reached[station] < 0:
        reached[station] = handovers
        station = next_station[station]
        handovers += 1
    before_loop = reached[station]
    loop = handovers - before_loop
    return [before_loop, loop]


def generate(rng: random.Random, size: int) -> dict[str, object]:
    stations = [7, 12, 20, 36, 60][size - 1]
    order = list(range(stations))
    rng.shuffle(order)
    chain = rng.randint((2 * stations + 2) // 3, stations)
    next_station = [rng.randrange(stations) for _ in range(stations)]
    for i in range(chain - 1):
        next_station[order[i]] = order[i + 1]
    next_station[order[chain - 1]] = order[rng.randrange(chain)]
    return {"next_station": next_station, "start": order[0]}
