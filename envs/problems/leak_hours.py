"""A pipe bursts in one room of a cellar. Every room has one-way drains to other rooms, and water needs one hour from
a wet room through each of its drains. Report for every room, in order of room number from 0, the hour in which it
gets wet: 0 for the room with the burst pipe, -1 for a room that stays dry.
"""

import random


def leak_hours(drains: list[list[int]], burst: int) -> list[int]:
    hours = [-1] * len(drains)
    hours[burst] = 0
    queue = [burst]
    position = 0
    while position < len(queue):
        room = queue[position]
        position += 1
        for target in drains[room]:
            if hours[target] < 0:
                hours[target] = hours[room] + 1
                queue.append(target)
    return hours


def generate(rng: random.Random, size: int) -> dict[str, object]:
    rooms = [5, 8, 12, 22, 36][size - 1]
    drains: list[list[int]] = [[] for _ in range(rooms)]
    order = list(range(rooms))
    rng.shuffle(order)
    for i in range(1, rooms):
        if rng.random() < 0.95:
            drains[order[rng.randrange(max(0, i - 4), i)]].append(order[i])
    for _ in range([2, 4, 7, 12, 20][size - 1]):
        drains[rng.randrange(rooms)].append(rng.randrange(rooms))
    return {"drains": drains, "burst": order[0]}
