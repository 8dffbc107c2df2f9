"""A teacher dictates signs for a chalkboard. A small letter is written at the end of the line. The sign < wipes the
last letter off, the sign * writes the last letter once more, and the sign ^ turns the last letter into its capital.
These three signs do nothing when the line is empty, and ^ leaves a capital as it is. Report what stands on the
board in the end.
"""


def chalkboard_marks(signs: str) -> str:
    line = ""
    for sign in signs:
        if sign == "<":
            line = line[:-1]
        elif sign == "*":
            line += line[-1:]
        elif sign == "^":
            line = line[:-1] + line[-1:].upper()
        else:
            line += sign
    return line


def generate(rng, size: int) -> dict:
    count = (8, 13, 22, 40, 62)[size - 1]
    return {
        "signs": "".join(rng.choice("abcdefgh") if rng.random() < 0.68 else rng.choice("<*^") for _ in range(count))
    }
