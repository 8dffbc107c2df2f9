"""Travelling sellers of brushes report their sales line by line, each with the seller and the coins taken. A seller
keeps one tenth of every sale, rounded down. As soon as the seller's takings from earlier lines reach two hundred
coins, it is one eighth of the sale instead, and from five hundred coins on one fifth, each rounded down. Report the
coins kept on each line in order, and as the last entry what remains for the firm from all lines together.
"""


def share(earlier: int, sale: int) -> int:
    """What a seller keeps of a sale, given the takings before it."""
    if earlier >= 500:
        return sale // 5
    if earlier >= 200:
        return sale // 8
    return sale // 10


def brush_commissions(sales: list[tuple[str, int]]) -> list[int]:
    takings = {}
    kept = []
    firm = 0
    for seller, coins in sales:
        earlier = takings.get(seller, 0)
        commission = share(earlier, coins)
        kept.append(commission)
        firm += coins - commission
        takings[seller] = earlier + coins
    kept.append(firm)
    return kept


def generate(rng, size: int) -> dict:
    count = (4, 7, 11, 20, 32)[size - 1]
    sellers = ["Pia", "Quentin", "Rosa"][: 1 + size // 2]
    return {"sales": [(rng.choice(sellers), rng.randint(40, 190)) for _ in range(count)]}
