"""Crates marked with letters stand in stacks on a quay, each stack listed from the bottom up. A crane gets orders:
the stack to take from, the stack to put on, and a number of crates, all stacks counted from 0. It moves the crates
one by one, always the top one, and stops early if the stack is empty; an order from a stack to itself changes
nothing. Report, after all the orders, for each stack the letters from the top to the bottom, with a slash between the
stacks.
"""

import random


def crane_moves(stacks: list[list[str]], orders: list[tuple[int, int, int]]) -> str:
    piles = []
    for stack in stacks:
        piles.append(list(stack))
    for source, target, count in orders:
        for _ in range(count):
            if len(piles[source]) == 0:
                break
            crate = piles[source].pop()
            piles[target].append(crate)
    texts = []
    for pile in piles:
        text = ""
        for crate in pile:
            text = crate + text
        texts.append(text)
    return "/".join(texts)


def generate(rng: random.Random, size: int) -> dict[str, object]:
    stacks = []
    for _ in range([2, 3, 3, 4, 5][size - 1]):
        stacks.append([rng.choice("ABCDEFGHKLMNPRST") for _ in range(rng.randint(1 + size // 3, 1 + size))])
    stacks[0].append("W")
    orders = []
    for _ in range([1, 2, 3, 7, 12][size - 1]):
        source, target = rng.sample(range(len(stacks)), 2)
        orders.append((source, target, rng.randint(1, 3)))
    return {"stacks": stacks, "orders": orders}
