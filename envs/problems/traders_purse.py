"""A trader carries a purse of silver and gold pieces, both zero at first, and keeps a diary. A line is a word and a
number. The word silver or gold means that so many pieces of that metal are put in, or taken out when the number is
negative; the purse may then owe pieces, shown as a negative count. The word rate sets how many silver pieces one
gold piece is worth from then on; before the first such line it is twelve. The word gild changes as much silver as
possible, but at most enough for so many gold pieces as the number says, into gold at the present rate. Report the
silver, the gold, and the worth of both in silver at the last rate.
"""


def gold_pieces(silver: int, rate: int, wanted: int) -> int:
    """Gold pieces that can be had for the silver, at most as many as wanted."""
    if silver < 0 or rate <= 0:
        return 0
    return min(wanted, silver // rate)


def traders_purse(diary: list[tuple[str, int]]) -> list[int]:
    silver = 0
    gold = 0
    rate = 12
    for word, number in diary:
        if word == "silver":
            silver += number
        elif word == "gold":
            gold += number
        elif word == "rate":
            rate = number
        else:
            pieces = gold_pieces(silver, rate, number)
            silver -= pieces * rate
            gold += pieces
    return [silver, gold, silver + gold * rate]


def generate(rng, size: int) -> dict:
    count = (4, 7, 11, 20, 34)[size - 1]
    diary = []
    for _ in range(count):
        word = rng.choice(("silver", "silver", "silver", "gold", "rate", "gild"))
        number = rng.randint(9, 16) if word == "rate" else rng.randint(1, 6)
        if word == "silver" or not diary:
            word, number = "silver", rng.randint(-20, 90)
        diary.append((word, number))
    return {"diary": diary}
