"""A guild lists its members in the order they joined, and for each the number of the member who taught them; the
founder, number 0, has -1 there. A member's rank is the number of teachers above them, so the founder has rank 0. At
the yearly feast each member is given silver: their skill stars times their rank, but only half of that, rounded down,
if the rank is odd. Report the silver given out in all.
"""

import random


def gift(stars: int, rank: int) -> int:
    silver = stars * rank
    if rank % 2 == 1:
        silver = silver // 2
    return silver


def guild_depth_gifts(teachers: list[int], stars: list[int]) -> int:
    ranks = [0] * len(teachers)
    total = 0
    for member in range(len(teachers)):
        teacher = teachers[member]
        if teacher >= 0:
            ranks[member] = ranks[teacher] + 1
        total += gift(stars[member], ranks[member])
    return total


def generate(rng: random.Random, size: int) -> dict[str, object]:
    members = [4, 6, 10, 18, 30][size - 1]
    teachers = [-1]
    for member in range(1, members):
        teachers.append(rng.randrange(max(0, member - 4), member))
    return {"teachers": teachers, "stars": [rng.randint(1, 20) for _ in range(members)]}
