"""A necklace is written down bead by bead, one letter for each kind of bead. A pattern book shortens it: a run of
two or more equal beads side by side is written as the number of beads and then the letter, while a single bead is
written as the letter alone. A run longer than four is broken off after the fourth bead, and what follows is treated
as a new run. Report the shortened text.
"""


def written(bead: str, count: int) -> str:
    """How a run of equal beads is written."""
    if count == 1:
        return bead
    return str(count) + bead


def bead_shorthand(beads: str) -> str:
    text = ""
    count = 0
    for place in range(len(beads)):
        bead = beads[place]
        count += 1
        last = place + 1 == len(beads)
        if last or count == 4 or beads[place + 1] != bead:
            text += written(bead, count)
            count = 0
    return text


def generate(rng, size: int) -> dict:
    count = (8, 13, 20, 28, 38)[size - 1]
    beads = ""
    while len(beads) < count:
        beads += rng.choice("abcd") * rng.choice((1, 1, 2, 3, 5))
    return {"beads": beads[:count]}
