"""A savings club begins a member's account with some coins and notes payments in as positive and payments out as
negative amounts. An account may fall below zero, but not further than a given credit. A payment out that would take
it further is refused and costs a fee of 2 coins, which is always taken. After every payment in that leaves the
account at 50 coins or more, 1 coin goes to the club's feast. Report the coins in the account at the end and the
number of refused payments.
"""

import random


def refused(balance: int, amount: int, credit: int) -> bool:
    return amount < 0 and balance + amount < -credit


def ledger_bounced(payments: list[int], opening: int, credit: int) -> list[int]:
    balance = opening
    refusals = 0
    for amount in payments:
        if refused(balance, amount, credit):
            balance -= 2
            refusals += 1
            continue
        balance += amount
        if amount > 0 and balance >= 50:
            balance -= 1
    return [balance, refusals]


def generate(rng: random.Random, size: int) -> dict[str, object]:
    payments = [rng.choice([-1, 1]) * rng.randint(1, 40) for _ in range([6, 11, 19, 35, 52][size - 1])]
    return {"payments": payments, "opening": rng.randint(0, 40), "credit": rng.randint(5, 25)}
