"""Springs are numbered from the mountain to the sea. Each gives some barrels of water an hour of its own, and all
that comes together there runs on to one given spring with a higher number, or into the sea, which is written as -1.
On the way to the next spring a quarter of the water, rounded down, seeps away; on the way into the sea nothing is
lost. Report how many barrels an hour reach the sea.
"""

import random


def after_seeping(barrels: int) -> int:
    lost = barrels // 4
    return barrels - lost


def stream_losses(runs_to: list[int], barrels: list[int]) -> int:
    carried = [0] * len(runs_to)
    sea = 0
    for spring in range(len(runs_to)):
        flow = carried[spring] + barrels[spring]
        target = runs_to[spring]
        if target < 0:
            sea += flow
        else:
            carried[target] += after_seeping(flow)
    return sea


def generate(rng: random.Random, size: int) -> dict[str, object]:
    springs = [4, 6, 10, 18, 30][size - 1]
    runs_to = []
    for spring in range(springs):
        last = min(springs - 1, spring + 4)
        runs_to.append(-1 if spring == last or rng.random() < 0.15 else rng.randint(spring + 1, last))
    return {"runs_to": runs_to, "barrels": [rng.randint(4, 60) for _ in range(springs)]}
