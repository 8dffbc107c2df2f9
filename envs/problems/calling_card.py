"""A phone card charges calls by zone and length. Zone 1 costs two coins a minute, zone 2 five coins a minute, and
any other zone nine coins a minute with a connection charge of four coins. From the sixth minute of a call on, a
minute costs one coin less than before. A call that the card cannot pay in full is not put through and changes
nothing. Report for every call, in order, the coins left on the card after it.
"""


def call_price(zone: int, minutes: int) -> int:
    """Price of a call in coins."""
    if zone == 1:
        rate = 2
    elif zone == 2:
        rate = 5
    else:
        rate = 9
    charge = rate * min(minutes, 5) + (rate - 1) * max(0, minutes - 5)
    if rate == 9:
        charge += 4
    return charge


def calling_card(credit: int, calls: list[tuple[int, int]]) -> list[int]:
    left = credit
    balances = []
    for zone, minutes in calls:
        charge = call_price(zone, minutes)
        if charge <= left:
            left -= charge
        balances.append(left)
    return balances


def generate(rng, size: int) -> dict:
    count = (3, 6, 10, 18, 30)[size - 1]
    calls = [(rng.randint(1, 3), rng.randint(1, 14)) for _ in range(count)]
    return {"credit": rng.randint(30, 60) * count + 20, "calls": calls}
