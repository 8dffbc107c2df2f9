"""Two players turn over cards with numbers by turns, one each from the top of two equally high stacks. The higher
card wins both cards and everything in the pot, and scores as many points as all these cards add up to; with equal
cards both go into the pot. But a card that is higher by 8 or more is thrown out for arrogance, and then the lower
card wins instead. Report the first player's points, the second player's points, and what remains in the pot at the
end.
"""

import random


def first_wins(first: int, second: int) -> bool:
    ahead = first - second
    if ahead >= 8:
        return False
    if ahead <= -8:
        return True
    return ahead > 0


def war_cards(first_stack: list[int], second_stack: list[int]) -> list[int]:
    first_points = 0
    second_points = 0
    pot = 0
    for turn in range(len(first_stack)):
        first = first_stack[turn]
        second = second_stack[turn]
        pot += first + second
        if first == second:
            continue
        if first_wins(first, second):
            first_points += pot
        else:
            second_points += pot
        pot = 0
    return [first_points, second_points, pot]


def generate(rng: random.Random, size: int) -> dict[str, object]:
    turns = [4, 6, 10, 18, 30][size - 1]
    first_stack = [rng.randint(1, 13) for _ in range(turns)]
    second_stack = [card if rng.random() < 0.2 else rng.randint(1, 13) for card in first_stack]
    return {"first_stack": first_stack, "second_stack": second_stack}
