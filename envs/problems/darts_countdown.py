"""A darts player counts down from a given number. Every dart hits a number in a single, double or triple ring,
written as 1, 2 or 3, and scores the number that many times. A dart that would leave less than 0, or exactly 1, does
not count and is marked as wasted. Once exactly 0 is reached, a new game begins from the same number with the next
dart. Report the number of games finished, what is left in the game under way, and the number of wasted darts.
"""

import random


def left_after(left: int, ring: int, number: int) -> int:
    return left - ring * number


def darts_countdown(darts: list[tuple[int, int]], start: int) -> list[int]:
    finished = 0
    wasted = 0
    left = start
    for ring, number in darts:
        rest = left_after(left, ring, number)
        if rest < 0 or rest == 1:
            wasted += 1
        elif rest == 0:
            finished += 1
            left = start
        else:
            left = rest
    return [finished, left, wasted]


def generate(rng: random.Random, size: int) -> dict[str, object]:
    start = [81, 121, 201, 301, 401][size - 1]
    darts = []
    left = start
    for _ in range([4, 6, 10, 18, 30][size - 1]):
        ring, number = rng.choice([1, 1, 2, 3]), rng.randint(1, 20)
        if left <= 20 and left != 1 and rng.random() < 0.7:
            ring, number = 1, left
        darts.append((ring, number))
        rest = left - ring * number
        left = start if rest == 0 else rest if rest > 1 else left
    return {"darts": darts, "start": start}
