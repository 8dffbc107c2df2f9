"""Every post of a fence is to be painted red, green or blue, and for each post the three prices are known in that
order. Posts side by side must not have the same colour. Red paint dries slowly: a post painted red right after a blue
one costs 2 coins more. Report the lowest price for the whole fence.
"""

import random


def lower(one: int, other: int) -> int:
    if one < other:
        return one
    return other


def fence_paint_cost(prices: list[tuple[int, int, int]]) -> int:
    red = 0
    green = 0
    blue = 0
    first = True
    for red_price, green_price, blue_price in prices:
        if first:
            red, green, blue = red_price, green_price, blue_price
            first = False
            continue
        next_red = lower(green, blue + 2) + red_price
        next_green = lower(red, blue) + green_price
        next_blue = lower(red, green) + blue_price
        red, green, blue = next_red, next_green, next_blue
    return lower(red, lower(green, blue))


def generate(rng: random.Random, size: int) -> dict[str, object]:
    prices = []
    for _ in range([3, 4, 7, 12, 20][size - 1]):
        prices.append((rng.randint(2, 20), rng.randint(2, 20), rng.randint(2, 20)))
    return {"prices": prices}
