"""A village hall is open from one given hour mark to another, both in minutes of the day. Its bookings are listed by
their beginning, with beginning and end, and may overlap. The caretaker looks for every stretch of time within the
opening hours in which there is no booking and which is at least a given number of minutes long; bookings before
opening or after closing do not matter. Report the beginnings of these stretches in order, or only -1 if there is
none.
"""

import random


def hall_free_gaps(bookings: list[tuple[int, int]], opens: int, closes: int, needed: int) -> list[int]:
    gaps = []
    free_from = opens
    for begin, end in bookings:
        until = begin
        if until > closes:
            until = closes
        if until - free_from >= needed:
            gaps.append(free_from)
        if end > free_from:
            free_from = end
    if closes - free_from >= needed:
        gaps.append(free_from)
    if len(gaps) == 0:
        gaps.append(-1)
    return gaps


def generate(rng: random.Random, size: int) -> dict[str, object]:
    opens = 480 + 10 * rng.randint(0, 6)
    minute = opens - 10
    bookings = []
    for _ in range([4, 6, 9, 16, 28][size - 1]):
        minute += rng.randint(5, 45)
        bookings.append((minute, minute + rng.randint(5, 35)))
    closes = minute + rng.randint(5, 60)
    return {"bookings": bookings, "opens": opens, "closes": closes, "needed": rng.randint(4, 9)}
