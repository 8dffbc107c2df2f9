"""A trader knows the price of a jar of honey for each market day. She can own one jar at a time at most: on any day
she may buy one if she has none, or sell the one she has. Every sale costs a fixed stall fee, and every night that she
keeps a jar costs 1 coin for storage. She begins without a jar. Report the largest profit she can have after the last
day, 0 if trading does not pay.
"""

import random


def larger(one: int, other: int) -> int:
    if one > other:
        return one
    return other


def honey_trade_fee(prices: list[int], fee: int) -> int:
    without_jar = 0
    with_jar = -prices[0]
    for price in prices[1:]:
        kept = with_jar - 1
        sold = kept + price - fee
        bought = without_jar - price
        without_jar = larger(without_jar, sold)
        with_jar = larger(kept, bought)
    return without_jar


def generate(rng: random.Random, size: int) -> dict[str, object]:
    prices = [rng.randint(5, 40) for _ in range([7, 12, 20, 33, 48][size - 1])]
    return {"prices": prices, "fee": rng.randint(1, 6)}
