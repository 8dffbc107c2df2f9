"""Each member of a chess club has a list of the members they like to play with, which need not be mutual. One member
looks for a new partner, someone other than themselves and not yet on their own list. A candidate's worth is the
number of times they stand on the lists of the members on the seeker's list. Report the candidate with the highest
worth, the lowest number in a tie, and that worth; if nobody has any worth, report -1 and 0.
"""

import random


def friend_suggestion(partners: list[list[int]], seeker: int) -> list[int]:
    worth = [0] * len(partners)
    for friend in partners[seeker]:
        for candidate in partners[friend]:
            if candidate == seeker or candidate in partners[seeker]:
                continue
            worth[candidate] += 1
    best = -1
    highest = 0
    for member in range(len(partners)):
        if worth[member] > highest:
            best = member
            highest = worth[member]
    return [best, highest]


def generate(rng: random.Random, size: int) -> dict[str, object]:
    members = [5, 6, 8, 12, 14][size - 1]
    partners: list[list[int]] = [[] for _ in range(members)]
    seeker = rng.randrange(members)
    others = [member for member in range(members) if member != seeker]
    partners[seeker] = rng.sample(others, [2, 3, 3, 5, 6][size - 1])
    free = [member for member in others if member not in partners[seeker]]
    favourite = rng.choice(free)
    for _ in range([5, 7, 11, 17, 24][size - 1]):
        member = rng.choice(partners[seeker]) if rng.random() < 0.8 else rng.randrange(members)
        other = favourite if rng.random() < 0.3 else rng.choice([m for m in range(members) if m != member])
        partners[member].append(other)
    return {"partners": partners, "seeker": seeker}
