"""Two pen friends write with white (o) and black (x) beads on a string. A code book gives for each letter its pattern
of beads. To read a string, one collects beads from the left, and as soon as the beads collected are the pattern of
some letter, that letter is written down and the collecting starts anew. Whenever four beads have been collected and
are no pattern, they are dropped and a dash is written. Beads left at the end are written as a question mark, one for
all of them. Report the text.
"""

import random


def bead_code_decode(book: dict[str, str], beads: str) -> str:
    letters: dict[str, str] = {}
    for letter, pattern in book.items():
        letters[pattern] = letter
    text = ""
    collected = ""
    for bead in beads:
        collected += bead
        if collected in letters:
            text += letters[collected]
            collected = ""
        elif len(collected) == 4:
            text += "-"
            collected = ""
    if collected != "":
        text += "?"
    return text


def generate(rng: random.Random, size: int) -> dict[str, object]:
    patterns = rng.choice([["o", "xo", "xxo"], ["x", "oo", "oxo"], ["ox", "oo", "xo"], ["oo", "ox", "x"]])
    letters = rng.sample("aeinrst", len(patterns))
    book = dict(zip(letters, patterns))
    beads = "".join(rng.choice("ox") for _ in range([6, 10, 18, 34, 58][size - 1]))
    return {"book": book, "beads": beads}
