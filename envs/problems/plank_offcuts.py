"""A joiner saws pieces, in the order asked for, from planks that all have the same length. When the piece asked for
is longer than what is left of the plank in hand, that rest is put on the offcut pile and a fresh plank is taken. A
piece longer than a whole plank is skipped without touching the plank in hand. Work starts with one fresh plank.
Report the lengths on the offcut pile in the order they were put there, then, as the last entry, what is left of the
plank in hand.
"""


def fits(piece: int, rest: int) -> bool:
    """Whether a piece can be sawn from the rest of the plank."""
    return piece <= rest


def plank_offcuts(plank: int, pieces: list[int]) -> list[int]:
    pile = []
    rest = plank
    for piece in pieces:
        if piece > plank:
            continue
        if not fits(piece, rest):
            pile.append(rest)
            rest = plank
        rest -= piece
    pile.append(rest)
    return pile


def generate(rng, size: int) -> dict:
    count = (6, 11, 20, 36, 54)[size - 1]
    plank = rng.randint(40, 60)
    return {"plank": plank, "pieces": [rng.randint(4, plank // 2 + 4) for _ in range(count)]}
