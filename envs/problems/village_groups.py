"""Hamlets are numbered from 0, and footpaths have been trodden between some pairs of them. Two hamlets belong to the
same parish when one can walk from one to the other over the paths, in any direction and over any number of hamlets
between. Report how many hamlets each parish has, the largest parish first. A hamlet without any path is a parish of
one.
"""

import random


def village_groups(hamlets: int, paths: list[tuple[int, int]]) -> list[int]:
    leader = list(range(hamlets))
    for one, other in paths:
        first = one
        while leader[first] != first:
            first = leader[first]
        second = other
        while leader[second] != second:
            second = leader[second]
        if first != second:
            leader[second] = first
    members = [0] * hamlets
    for hamlet in range(hamlets):
        head = hamlet
        while leader[head] != head:
            head = leader[head]
        members[head] += 1
    sizes = []
    for count in members:
        if count > 0:
            sizes.append(count)
    sizes.sort(reverse=True)
    return sizes


def generate(rng: random.Random, size: int) -> dict[str, object]:
    pairs = [3, 6, 9, 13, 16][size - 1]
    hamlets = pairs + rng.randint(1, 3)
    paths = []
    for _ in range(pairs):
        one, other = rng.sample(range(hamlets), 2)
        paths.append((one, other))
    return {"hamlets": hamlets, "paths": paths}
