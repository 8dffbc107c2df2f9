"""A board game has a track of fields in a circle, counted from zero, and each field has a number of coins on it.
The piece starts on field zero. For every throw it moves on by the number thrown and the player takes all the coins
of the field where it comes to rest; an emptied field that is reached again costs the player two coins, which are
put on it. A throw of six is followed by one more step, before coins are taken. Report the player's coins after
every throw, starting from none and possibly below zero, and then the last field.
"""


def landing(field: int, thrown: int, fields: int) -> int:
    """Field on which the piece comes to rest."""
    steps = thrown + 1 if thrown == 6 else thrown
    return (field + steps) % fields


def goose_track(track: list[int], throws: list[int]) -> list[int]:
    coins = list(track)
    field = 0
    purse = 0
    report = []
    for thrown in throws:
        field = landing(field, thrown, len(coins))
        if coins[field] > 0:
            purse += coins[field]
            coins[field] = 0
        else:
            purse -= 2
            coins[field] = 2
        report.append(purse)
    report.append(field)
    return report


def generate(rng, size: int) -> dict:
    fields = (4, 6, 9, 14, 20)[size - 1]
    throws = (4, 7, 13, 22, 34)[size - 1]
    return {
        "track": [rng.randint(1, 15) for _ in range(fields)],
        "throws": [rng.randint(1, 6) for _ in range(throws)],
    }
