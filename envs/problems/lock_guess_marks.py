"""A box is locked by a row of dials set to secret digits, and a thief tries several settings. For each try the lock
clicks loudly for every dial that is right. It clicks softly for every other dial of the try whose digit is wrong
there but is the secret digit of one of the dials next to it, directly to the left or to the right. Report for each
try, in order, ten times the loud clicks plus the soft ones.
"""

import random


def lock_guess_marks(secret: list[int], tries: list[list[int]]) -> list[int]:
    report = []
    for setting in tries:
        loud = 0
        soft = 0
        for dial in range(len(secret)):
            digit = setting[dial]
            if digit == secret[dial]:
                loud += 1
            elif (dial > 0 and secret[dial - 1] == digit) or (dial + 1 < len(secret) and secret[dial + 1] == digit):
                soft += 1
        report.append(10 * loud + soft)
    return report


def generate(rng: random.Random, size: int) -> dict[str, object]:
    dials, count = [(4, 1), (4, 2), (5, 3), (5, 4), (6, 4)][size - 1]
    secret = [rng.randint(1, 4) for _ in range(dials)]
    return {"secret": secret, "tries": [[rng.randint(1, 4) for _ in range(dials)] for _ in range(count)]}
