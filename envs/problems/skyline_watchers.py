"""Towers of different heights stand in a row. A watcher at the far left sees a tower when every tower to its left
is strictly lower; a watcher at the far right sees a tower when every tower to its right is strictly lower. Each
watcher adds up, over the towers seen, the part of the tower that sticks out above the highest tower in front of it
(the whole height for the nearest one), multiplied by the place of the tower counted from one from the left. Report
the left watcher's total, the right watcher's total and the sum of the heights of the towers that neither of them
sees.
"""


def skyline_watchers(towers: list[int]) -> list[int]:
    seen = [False] * len(towers)
    left_total = 0
    highest = 0
    for place in range(len(towers)):
        if towers[place] > highest:
            left_total += (towers[place] - highest) * (place + 1)
            highest = towers[place]
            seen[place] = True
    right_total = 0
    highest = 0
    for place in range(len(towers) - 1, -1, -1):
        if towers[place] > highest:
            right_total += (towers[place] - highest) * (place + 1)
            highest = towers[place]
            seen[place] = True
    unseen = 0
    for place in range(len(towers)):
        if not seen[place]:
            unseen += towers[place]
    return [left_total, right_total, unseen]


def generate(rng, size: int) -> dict:
    count = (7, 11, 16, 24, 31)[size - 1]
    return {"towers": [rng.randint(3, 60) for _ in range(count)]}
