"""A village elects a bell ringer; every ballot names a first and a second choice. In round one only first choices
count, and the two names with the most ballots go on, in a tie the alphabetically earlier ones. In round two each
ballot counts for its first choice if that one went on, otherwise for its second choice if that one went on, and
otherwise for nobody. Report the winner, a space, and both results with a colon between, the winner's first, like eva
7:4. In a tie the winner is the one who was ahead in round one, or the alphabetically earlier one if they were level
there too. If all first choices are the same name, report it with 0 as the other result.
"""

import random


def runoff_two_rounds(ballots: list[tuple[str, str]]) -> str:
    firsts: dict[str, int] = {}
    for first, _ in ballots:
        firsts[first] = firsts.get(first, 0) + 1
    leader = ""
    follower = ""
    for name in sorted(firsts):
        if leader == "" or firsts[name] > firsts[leader]:
            follower = leader
            leader = name
        elif follower == "" or firsts[name] > firsts[follower]:
            follower = name
    leader_votes = 0
    follower_votes = 0
    for first, second in ballots:
        choice = first
        if first != leader and first != follower:
            choice = second
        if choice == leader:
            leader_votes += 1
        elif choice == follower:
            follower_votes += 1
    if follower_votes > leader_votes:
        return f"{follower} {follower_votes}:{leader_votes}"
    return f"{leader} {leader_votes}:{follower_votes}"


def generate(rng: random.Random, size: int) -> dict[str, object]:
    names = ["ada", "eva", "jon", "leo", "ute"][: 4 if size < 4 else 5]
    ballots = []
    for _ in range([4, 6, 10, 18, 26][size - 1]):
        first, second = rng.sample(names, 2)
        ballots.append((first, second))
    return {"ballots": ballots}
