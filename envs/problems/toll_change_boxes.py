"""A toll keeper has boxes of coins, listed from the most valuable kind to the least, each with the coin's value and
how many are there. Travellers come one after another, each to be paid a certain amount of change. For each the keeper
goes through the boxes in order and takes as many coins of each kind as fit into what is still owed and are left in
the box. Report for each traveller the amount that remains owed.
"""

import random


def coins_taken(owed: int, value: int, left: int) -> int:
    fitting = owed // value
    if fitting > left:
        return left
    return fitting


def toll_change_boxes(boxes: list[tuple[int, int]], amounts: list[int]) -> list[int]:
    left = []
    for _, count in boxes:
        left.append(count)
    remaining = []
    for amount in amounts:
        owed = amount
        for box in range(len(boxes)):
            value = boxes[box][0]
            taken = coins_taken(owed, value, left[box])
            left[box] -= taken
            owed -= taken * value
        remaining.append(owed)
    return remaining


def generate(rng: random.Random, size: int) -> dict[str, object]:
    kinds, travellers = [(2, 4), (2, 7), (3, 9), (3, 14), (3, 20)][size - 1]
    values = sorted(rng.sample(range(2, 24), kinds), reverse=True)
    amounts = [rng.randint(5, 60) for _ in range(travellers)]
    boxes = []
    for value in values:
        boxes.append((value, rng.randint(1, 20 * travellers // (value * kinds) + 1)))
    return {"boxes": boxes, "amounts": amounts}
