"""Two children take pebbles from piles by turns. Each move names a pile, counted from 0, and a number of pebbles,
which may be at most half of the pile, rounded up. A legal move gives its player one point for each pebble taken, and
5 more if the pile is then empty. For an illegal move the player loses 2 points, nothing is taken, and the turn passes
all the same. Report the points of the child that begins, the points of the other child, and the pebbles left over.
"""

import random


def most_allowed(pile: int) -> int:
    return (pile + 1) // 2


def pebble_piles(piles: list[int], moves: list[tuple[int, int]]) -> list[int]:
    left = []
    remaining = 0
    for pile in piles:
        left.append(pile)
        remaining += pile
    points = [0, 0]
    player = 0
    for place, count in moves:
        if count > most_allowed(left[place]):
            points[player] -= 2
        else:
            left[place] -= count
            remaining -= count
            points[player] += count
            if left[place] == 0:
                points[player] += 5
        player = 1 - player
    return [points[0], points[1], remaining]


def generate(rng: random.Random, size: int) -> dict[str, object]:
    count, turns = [(2, 3), (3, 5), (4, 8), (6, 15), (9, 26)][size - 1]
    piles = [rng.randint(5, 14) for _ in range(count)]
    return {"piles": piles, "moves": [(rng.randrange(count), rng.randint(1, 6)) for _ in range(turns)]}
