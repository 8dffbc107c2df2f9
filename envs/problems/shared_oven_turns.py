"""Potters share one kiln by turns. Each potter, numbered from one in the order given, needs a number of firing
hours. The potter at the head of the line fires for at most the length of a turn; one who still needs hours goes to
the end of the line, the others go home. Before each turn except the very first the kiln has to be swept for one
hour, even when the same potter fires again. Report the numbers of the potters in the order in which they go home,
each followed by the hour at which it happens, the first turn starting at hour zero.
"""


def shared_oven_turns(hours: list[int], turn: int) -> list[int]:
    left = list(hours)
    line = list(range(len(hours)))
    clock = 0
    report = []
    head = 0
    while head < len(line):
        potter = line[head]
        if head > 0:
            clock += 1
        fired = min(left[potter], turn)
        clock += fired
        left[potter] -= fired
        if left[potter] > 0:
            line.append(potter)
        else:
            report.append(potter + 1)
            report.append(clock)
        head += 1
    return report


def generate(rng, size: int) -> dict:
    count = (6, 9, 14, 20, 26)[size - 1]
    return {"hours": [rng.randint(2, 16) for _ in range(count)], "turn": rng.randint(6, 9)}
