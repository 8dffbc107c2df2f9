"""A lookout has noted for each ship the minute in which it came into view and the minute in which it was gone, in the
order in which the ships came into view. Report two numbers: for how many minutes at least one ship was in view, and
the length in minutes of the longest time without any ship between the first ship and the last, 0 if there was none.
"""

import random


def longer(one: int, other: int) -> int:
    if one > other:
        return one
    return other


def tide_cover(ships: list[tuple[int, int]]) -> list[int]:
    seen_until = ships[0][0]
    covered = 0
    longest_gap = 0
    for came, gone in ships:
        if came > seen_until:
            longest_gap = longer(longest_gap, came - seen_until)
            covered += gone - came
            seen_until = gone
        elif gone > seen_until:
            covered += gone - seen_until
            seen_until = gone
    return [covered, longest_gap]


def generate(rng: random.Random, size: int) -> dict[str, object]:
    ships = []
    minute = 0
    for _ in range([4, 6, 10, 18, 30][size - 1]):
        minute += rng.randint(0, 14)
        ships.append((minute, minute + rng.randint(1, 9)))
    return {"ships": ships}
