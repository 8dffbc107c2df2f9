"""A dishwasher keeps plates in one tower. His notes are numbers: a number above 0 means that he puts a plate of that
size on top; 0 means that he takes the top plate away, if there is one; -1 means that he lays the top plate under the
one below it, so that these two change places, if there are at least two. Report the sizes of the plates taken away,
in order, and after them the plates that remain, from the top to the bottom.
"""

import random


def dish_tower(notes: list[int]) -> list[int]:
    tower = []
    taken = []
    for note in notes:
        if note > 0:
            tower.append(note)
        elif note == 0:
            if len(tower) > 0:
                taken.append(tower.pop())
        elif len(tower) >= 2:
            top = tower.pop()
            below = tower.pop()
            tower.append(top)
            tower.append(below)
    while len(tower) > 0:
        taken.append(tower.pop())
    return taken


def generate(rng: random.Random, size: int) -> dict[str, object]:
    notes = [rng.randint(1, 40) for _ in range([7, 12, 20, 36, 60][size - 1])]
    for i in range(2, len(notes)):
        if rng.random() < 0.5:
            notes[i] = rng.choice([0, 0, -1])
    return {"notes": notes}
