"""Drummers send numbers as groups of beats. In the line of signs a dot is a short beat, a minus sign is a long
beat, and a slash ends a group. The value of a group is found beat by beat from zero: a short beat adds one, and a
long beat doubles the value and adds three. A group without beats means that the value of the group before is meant
once more (zero if there was none before). The last group ends with the line itself, even when it has no beats.
Report the values of all groups in order.
"""


def after_beat(value: int, beat: str) -> int:
    """Value of a group after one more beat."""
    if beat == ".":
        return value + 1
    return value * 2 + 3


def drum_signals(line: str) -> list[int]:
    values = []
    previous = 0
    value = 0
    beats = 0
    for sign in line + "/":
        if sign == "/":
            if beats > 0:
                previous = value
            values.append(previous)
            value = 0
            beats = 0
        else:
            value = after_beat(value, sign)
            beats += 1
    return values


def generate(rng, size: int) -> dict:
    count = (8, 13, 22, 38, 58)[size - 1]
    return {"line": "".join(rng.choice("...--//") for _ in range(count))}
