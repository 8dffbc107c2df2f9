"""A corridor has lamps numbered from one, and each of them starts either lit or dark, shown by # and o. Servants
walk through one after another, each with a number, and turn the switch of each lamp whose number can be divided by
the servant's number: a lit lamp goes out and a dark one is lit. A servant with a number below two goes straight to
bed and turns no switch. Report the lamps after the last servant, shown by the same signs in order.
"""


def other(lamp: str) -> str:
    """The sign of a lamp after its switch was turned."""
    return "o" if lamp == "#" else "#"


def lamp_corridor(lamps: str, servants: list[int]) -> str:
    state = list(lamps)
    for step in servants:
        if step < 2:
            continue
        place = step - 1
        while place < len(state):
            state[place] = other(state[place])
            place += step
    return "".join(state)


def generate(rng, size: int) -> dict:
    lamps = (5, 8, 14, 24, 30)[size - 1]
    servants = (3, 4, 6, 8, 9)[size - 1]
    return {
        "lamps": "".join(rng.choice("#o") for _ in range(lamps)),
        "servants": [rng.randint(1, lamps // 2 + 2) for _ in range(servants)],
    }
