"""A gate rates a pass phrase sign by sign. Signs come in three kinds: digits, small letters and capitals. A sign of
another kind than the sign before earns the points of the pair: five between small letters and capitals, seven
between small letters and digits, nine between capitals and digits, whichever comes first. A sign of the same kind
earns one point when it differs from the sign before and loses three when it is the same. The first sign earns two
points. Report the points after each sign, in order.
"""


def kind(sign: str) -> int:
    """1 for a small letter, 2 for a capital, 4 for a digit."""
    if sign.isdigit():
        return 4
    return 2 if sign.isupper() else 1


def gate_code_points(phrase: str) -> list[int]:
    scores = [2]
    points = 2
    for place in range(1, len(phrase)):
        pair = kind(phrase[place - 1]) + kind(phrase[place])
        if phrase[place] == phrase[place - 1]:
            points -= 3
        elif pair == 3:
            points += 5
        elif pair == 5:
            points += 7
        elif pair == 6:
            points += 9
        else:
            points += 1
        scores.append(points)
    return scores


def generate(rng, size: int) -> dict:
    count = (7, 11, 16, 24, 30)[size - 1]
    phrase = rng.choice("abAB12")
    while len(phrase) < count:
        phrase += phrase[-1] if rng.random() < 0.2 else rng.choice("abcABC123")
    return {"phrase": phrase}
