"""A toy shop has a price for every toy and a rule: of each kind of toy every third piece is free, so the third, the
sixth and so on that passes the till. A toy without a price on the list costs one coin, and the rule holds for it
too. The basket is put on the till piece by piece in the order given. Report what stands on the till's display after
each piece, that is the sum so far.
"""


def is_free(number: int) -> bool:
    """Whether the piece with this number among its kind is free."""
    return number % 3 == 0


def third_one_free(prices: dict[str, int], basket: list[str]) -> list[int]:
    pieces = {}
    shown = []
    total = 0
    for toy in basket:
        number = pieces.get(toy, 0) + 1
        pieces[toy] = number
        if not is_free(number):
            total += prices.get(toy, 1)
        shown.append(total)
    return shown


def generate(rng, size: int) -> dict:
    toys = ["ball", "kite", "drum", "doll", "yoyo"][: 2 + size // 2]
    count = (6, 10, 17, 34, 56)[size - 1]
    return {
        "prices": {toy: rng.randint(3, 25) for toy in toys},
        "basket": [rng.choice([*toys, "marble"]) for _ in range(count)],
    }
