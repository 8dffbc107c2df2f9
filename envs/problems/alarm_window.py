"""A shop bell rings at given minutes, listed in order. The owner is called out as soon as a given number of rings lie
within a given number of minutes, that is, when the last ring comes less than that many minutes after the first of
them. Each call takes all rings so far off her mind, so that the next call needs as many new rings. Report the minutes
in which she is called out, followed by the number of rings on her mind at the end: those after the last call.
"""

import random


def alarm_window(rings: list[int], needed: int, window: int) -> list[int]:
    calls = []
    first = 0
    since_call = 0
    for place in range(len(rings)):
        since_call += 1
        while rings[place] - rings[first] >= window:
            first += 1
        if place - first + 1 >= needed:
            calls.append(rings[place])
            first = place + 1
            since_call = 0
    calls.append(since_call)
    return calls


def generate(rng: random.Random, size: int) -> dict[str, object]:
    rings = []
    minute = 0
    for _ in range([6, 10, 16, 26, 38][size - 1]):
        minute += rng.randint(1, 8)
        rings.append(minute)
    return {"rings": rings, "needed": rng.randint(2, 3), "window": rng.randint(6, 10)}
