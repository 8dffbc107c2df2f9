"""Potters wait in a line for one kiln; each needs it for a number of minutes. The first in line gets it for at most a
given number of minutes. Whoever is not done by then goes to the end of the line, and reheating costs the kiln one
idle minute before the next one; after a potter who is done the next one begins at once. Report for each potter, in
the order of the first line, the minute in which they are done, counted from 0 at the beginning.
"""

import random


def kiln_turns(needs: list[int], turn: int) -> list[int]:
    done = [0] * len(needs)
    line = []
    for potter in range(len(needs)):
        line.append((potter, needs[potter]))
    clock = 0
    served = 0
    while served < len(line):
        potter, left = line[served]
        served += 1
        if left <= turn:
            clock += left
            done[potter] = clock
        else:
            clock += turn + 1
            line.append((potter, left - turn))
    return done


def generate(rng: random.Random, size: int) -> dict[str, object]:
    turn = rng.randint(6, 9)
    return {"needs": [rng.randint(1, 20) for _ in range([7, 11, 18, 28, 38][size - 1])], "turn": turn}
