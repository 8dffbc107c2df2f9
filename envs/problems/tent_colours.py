"""Tents are put up in order of their number from 0, and each is roped to some of the tents that stand already. Flags
come in colours 1, 2, 3 and so on. Each tent gets, when it is put up, the flag of the lowest colour that none of the
tents it is roped to flies, but a tent roped to no tent at all gets colour 2. Report the colours of all tents in
order.
"""

import random


def tent_colours(ropes: list[list[int]]) -> list[int]:
    colours = [0] * len(ropes)
    for tent in range(len(ropes)):
        taken = []
        for other in ropes[tent]:
            taken.append(colours[other])
        if len(taken) == 0:
            colours[tent] = 2
            continue
        colour = 1
        while colour in taken:
            colour += 1
        colours[tent] = colour
    return colours


def generate(rng: random.Random, size: int) -> dict[str, object]:
    ropes: list[list[int]] = [[]]
    left = [9, 12, 19, 34, 56][size - 1]
    while left > 0:
        tent = len(ropes)
        count = min(left, rng.choice([0, 1, 2, 2, 3]) if tent > 3 else rng.randint(0, 2), tent)
        ropes.append(sorted(rng.sample(range(tent), count)))
        left -= count
    return {"ropes": ropes}
