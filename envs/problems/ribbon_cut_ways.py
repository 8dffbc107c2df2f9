"""A ribbon consists of coloured sections of given lengths, sewn end to end. It can be cut at the seams, at as many as
one likes, also at none. A cut-up ribbon can be sold if every piece is at least as long as a given shortest and at
most as long as a given longest length. Report in how many different ways the ribbon can be cut so that it can be
sold.
"""

import random


def allowed(length: int, shortest: int, longest: int) -> bool:
    return shortest <= length <= longest


def ribbon_cut_ways(sections: list[int], shortest: int, longest: int) -> int:
    ways = [1]
    for end in range(1, len(sections) + 1):
        count = 0
        length = 0
        for start in range(end - 1, -1, -1):
            length += sections[start]
            if length > longest:
                break
            if allowed(length, shortest, longest):
                count += ways[start]
        ways.append(count)
    return ways[-1]


def generate(rng: random.Random, size: int) -> dict[str, object]:
    sections = [rng.randint(2, 6) for _ in range([6, 8, 10, 12, 14][size - 1])]
    return {"sections": sections, "shortest": rng.randint(2, 4), "longest": rng.randint(10, 14)}
