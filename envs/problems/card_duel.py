"""Two players each turn up the cards of a pile one by one, both piles having the same number of cards. In each
round the higher card wins and its owner takes as many points as the difference, together with the pot. When the two
cards are equal, twice their value goes into the pot and nobody wins. A player who has won three rounds in a row,
ties not counted and not breaking the row, gives the other player five points at once, and the row starts anew.
Points left in the pot at the end are lost. Report the points of the first player, the points of the second, and the
pot.
"""


def card_duel(first: list[int], second: list[int]) -> list[int]:
    first_points = 0
    second_points = 0
    pot = 0
    row = 0
    for turn in range(len(first)):
        difference = first[turn] - second[turn]
        if difference == 0:
            pot += 2 * first[turn]
        elif difference > 0:
            first_points += difference + pot
            pot = 0
            row = max(row, 0) + 1
        else:
            second_points += pot - difference
            pot = 0
            row = min(row, 0) - 1
        if row == 3:
            first_points -= 5
            second_points += 5
            row = 0
        elif row == -3:
            second_points -= 5
            first_points += 5
            row = 0
    return [first_points, second_points, pot]


def generate(rng, size: int) -> dict:
    count = (4, 6, 10, 18, 28)[size - 1]
    return {
        "first": [rng.randint(1, 9) for _ in range(count)],
        "second": [rng.randint(1, 9) for _ in range(count)],
    }
