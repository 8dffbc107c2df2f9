"""Sacks are put on a seesaw one after another. Each sack goes to the side that is lighter at that moment, and to
the left side when both weigh the same. Whenever the two sides then differ by more than a given amount, the sack
just placed is split in two halves, one for each side; with an odd weight the side it was put on keeps the extra
kilogram. Report the final weight of the left side, the final weight of the right side and the number of sacks that
were split.
"""


def half_to_move(sack: int) -> int:
    """The part of a split sack that goes to the other side."""
    return sack // 2


def seesaw_loading(sacks: list[int], allowed: int) -> list[int]:
    left = 0
    right = 0
    splits = 0
    for sack in sacks:
        moved = half_to_move(sack)
        if left <= right:
            left += sack
            if left - right > allowed:
                left -= moved
                right += moved
                splits += 1
        else:
            right += sack
            if right - left > allowed:
                right -= moved
                left += moved
                splits += 1
    return [left, right, splits]


def generate(rng, size: int) -> dict:
    count = (6, 11, 17, 26, 36)[size - 1]
    return {"sacks": [rng.randint(5, 60) for _ in range(count)], "allowed": rng.randint(12, 30)}
