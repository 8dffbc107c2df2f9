"""In a guild every member may vote for one of the proposals and may change the vote later; only the last vote of a
member counts. Each line of the minutes has the member, the proposal and the number of hands the member stands for.
A line with the proposal none takes the member's vote back. Report, for every proposal other than none that is named
in the minutes, in alphabetical order, its name, an equals sign and the hands that stand behind it at the end, zero
included.
"""


def guild_vote(minutes: list[tuple[str, str, int]]) -> list[str]:
    choice = {}
    hands_of = {}
    tally = {}
    for member, proposal, hands in minutes:
        if member in choice:
            tally[choice[member]] -= hands_of[member]
            del choice[member]
        if proposal == "none":
            continue
        choice[member] = proposal
        hands_of[member] = hands
        tally[proposal] = tally.get(proposal, 0) + hands
    return [f"{proposal}={tally[proposal]}" for proposal in sorted(tally)]


def generate(rng, size: int) -> dict:
    count = (3, 5, 8, 14, 23)[size - 1]
    members = [f"m{number}" for number in range(1, count + 1)]
    proposals = ["bell", "bridge", "garden", "well"][: 2 + size // 2]
    minutes = []
    for _ in range(count):
        proposal = "none" if rng.random() < 0.1 else rng.choice(proposals)
        minutes.append((rng.choice(members), proposal, rng.randint(1, 9)))
    return {"minutes": minutes}
