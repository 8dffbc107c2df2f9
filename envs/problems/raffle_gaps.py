"""Raffle tickets were sold from a roll in rising numbers, and the numbers of the tickets handed in are given in
that order. Between two tickets that follow one another some numbers may be missing. Report, for every pair of
tickets that follow one another, the number of numbers missing between them, but only if at least one is missing;
after these, report how many pairs had nothing missing. If a ticket's number is not higher than the one before, it
was put in twice or out of place, and the pair counts as minus one in the answer at its place.
"""


def missing_between(earlier: int, later: int) -> int:
    """How many numbers are missing between two tickets, -1 if they are out of order."""
    if later <= earlier:
        return -1
    return later - earlier - 1


def raffle_gaps(tickets: list[int]) -> list[int]:
    gaps = []
    complete = 0
    for place in range(1, len(tickets)):
        missing = missing_between(tickets[place - 1], tickets[place])
        if missing == 0:
            complete += 1
        else:
            gaps.append(missing)
    gaps.append(complete)
    return gaps


def generate(rng, size: int) -> dict:
    count = (7, 12, 20, 34, 46)[size - 1]
    number = rng.randint(100, 200)
    tickets = []
    for _ in range(count):
        tickets.append(number)
        number += rng.choice((0, 1, 1, 2, 3, 4, 6, 9))
    return {"tickets": tickets}
