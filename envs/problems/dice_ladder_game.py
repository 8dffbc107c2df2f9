"""Two children play on a track of squares with numbers; both begin before the track, on square 0, and throw a die by
turns, the older child first. A piece goes forward as many squares as the die shows; from the last square it bounces
back for the points that are left over. If the square where it comes to rest has a slide or a ladder, it goes at once
to the square where that ends, and rests there. If it comes to rest where the other piece stands, except on square 0,
the other piece goes back to square 0. Report the squares of the older and of the younger child after all throws.
"""

import random


def bounce(square: int, last: int) -> int:
    if square > last:
        return 2 * last - square
    return square


def dice_ladder_game(throws: list[int], jumps: dict[int, int], last: int) -> list[int]:
    squares = [0, 0]
    player = 0
    for points in throws:
        square = bounce(squares[player] + points, last)
        if square in jumps:
            square = jumps[square]
        squares[player] = square
        other = 1 - player
        if square != 0 and squares[other] == square:
            squares[other] = 0
        player = other
    return squares


def generate(rng: random.Random, size: int) -> dict[str, object]:
    last = [12, 20, 34, 60, 95][size - 1]
    starts = rng.sample(range(2, last - 1), [1, 2, 3, 5, 8][size - 1])
    jumps = {}
    for start in starts:
        end = start + rng.choice([-3, -2, 2, 4])
        jumps[start] = min(last - 1, max(1, end))
    return {"throws": [rng.randint(1, 6) for _ in range([6, 10, 16, 30, 46][size - 1])], "jumps": jumps, "last": last}
