"""A gardener compares two seed catalogues, the old one and the new one, which give a price for each kind of seed,
and has a list of orders, each with a kind and a number of bags. Each order is placed where the bag is cheaper, with
the new catalogue when both cost the same; a kind found in one catalogue only is ordered there, and a kind found in
neither is struck out. Report the coins paid to the old supplier, the coins paid to the new supplier and the number
of bags struck out.
"""


def seed_suppliers(old: dict[str, int], new: dict[str, int], orders: list[tuple[str, int]]) -> list[int]:
    paid_old = 0
    paid_new = 0
    struck_out = 0
    for kind, bags in orders:
        if kind in old and kind in new:
            if old[kind] < new[kind]:
                paid_old += old[kind] * bags
            else:
                paid_new += new[kind] * bags
        elif kind in old:
            paid_old += old[kind] * bags
        elif kind in new:
            paid_new += new[kind] * bags
        else:
            struck_out += bags
    return [paid_old, paid_new, struck_out]


def generate(rng, size: int) -> dict:
    kinds = ["bean", "beet", "dill", "kale", "leek", "mint", "peas", "sage"][: (3, 4, 5, 7, 8)[size - 1]]
    orders = (2, 4, 6, 12, 22)[size - 1]
    return {
        "old": {kind: rng.randint(3, 20) for kind in kinds[: len(kinds) - 1]},
        "new": {kind: rng.randint(3, 20) for kind in kinds[2:]},
        "orders": [(rng.choice([*kinds, "yam"]), rng.randint(1, 9)) for _ in range(orders)],
    }
