"""A bakery counter keeps a book of one day, line by line: the ware and a number, positive when that many pieces
come out of the oven, negative when a customer asks for that many. A customer gets what is there; pieces that are
missing are noted as turned away. A ware not yet baked has nothing on the counter. Report, for every ware in the
book in alphabetical order, two numbers: the pieces left at closing time and the pieces turned away.
"""


def bakery_day(book: list[tuple[str, int]]) -> list[int]:
    counter = {}
    turned_away = {}
    for ware, pieces in book:
        stock = counter.get(ware, 0) + pieces
        missing = turned_away.get(ware, 0)
        if stock < 0:
            missing -= stock
            stock = 0
        counter[ware] = stock
        turned_away[ware] = missing
    report = []
    for ware in sorted(counter):
        report.append(counter[ware])
        report.append(turned_away[ware])
    return report


def generate(rng, size: int) -> dict:
    count = (4, 6, 10, 19, 31)[size - 1]
    wares = ["bun", "loaf", "pretzel", "roll", "tart"][: 2 + size // 2]
    book = []
    for _ in range(count):
        pieces = rng.randint(6, 24) if rng.random() < 0.5 else -rng.randint(2, 18)
        book.append((rng.choice(wares), pieces))
    return {"book": book}
