"""A theatre notes for two actors, Ida and Otto, the scenes in which each is on stage, by the minute they enter and
the minute they leave, in order; the scenes of one actor do not overlap. Report two numbers: for how many minutes both
are on stage at once, and for how many minutes exactly one of them is.
"""

import random


def shared(enter_one: int, leave_one: int, enter_other: int, leave_other: int) -> int:
    begin = max(enter_one, enter_other)
    end = min(leave_one, leave_other)
    if end > begin:
        return end - begin
    return 0


def stage_overlap(ida: list[tuple[int, int]], otto: list[tuple[int, int]]) -> list[int]:
    both = 0
    alone = 0
    for enter, leave in ida:
        alone += leave - enter
    for enter, leave in otto:
        alone += leave - enter
    one = 0
    other = 0
    while one < len(ida) and other < len(otto):
        both += shared(ida[one][0], ida[one][1], otto[other][0], otto[other][1])
        if ida[one][1] < otto[other][1]:
            one += 1
        else:
            other += 1
    return [both, alone - 2 * both]


def generate(rng: random.Random, size: int) -> dict[str, object]:
    scenes = []
    for _ in range(2):
        minute = rng.randint(0, 5)
        entries = []
        for _ in range([2, 3, 4, 6, 7][size - 1]):
            leave = minute + rng.randint(3, 15)
            entries.append((minute, leave))
            minute = leave + rng.randint(1, 9)
        scenes.append(entries)
    return {"ida": scenes[0], "otto": scenes[1]}
