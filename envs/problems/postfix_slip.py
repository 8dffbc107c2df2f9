"""A clerk has a spike for paper slips with numbers. He works through a row of signs: a number is put on the spike as
a slip; + takes the top two slips off and puts their sum on; - takes two off and puts on the lower slip minus the
upper one; and m takes two off and puts back only the larger number. A sign that finds fewer than two slips is
skipped. Report the numbers left on the spike from the bottom to the top.
"""

import random


def combine(sign: str, lower: int, upper: int) -> int:
    if sign == "+":
        return lower + upper
    if sign == "-":
        return lower - upper
    if lower > upper:
        return lower
    return upper


def postfix_slip(signs: list[str]) -> list[int]:
    spike: list[int] = []
    for sign in signs:
        if sign not in ("+", "-", "m"):
            spike.append(int(sign))
        elif len(spike) >= 2:
            upper = spike.pop()
            lower = spike.pop()
            spike.append(combine(sign, lower, upper))
    return spike


def generate(rng: random.Random, size: int) -> dict[str, object]:
    signs = []
    for place in range([7, 12, 20, 36, 60][size - 1]):
        signs.append(str(rng.randint(1, 30)) if place < 2 or rng.random() < 0.58 else rng.choice("+-m"))
    return {"signs": signs}
