"""A conveyor belt moves on by one place a second and has room for three boxes at once. Each second the next box may
be put on its first place, but only when the weights of the boxes then on the three places together are not above
the limit; otherwise the place stays empty in that second and the box has to wait. A box heavier than the limit by
itself is set aside without using up a second. Report for each box, in order, the second, counted from one, in which
it is put on and the weight then on the three places together; for a box set aside both are zero.
"""


def belt_load_limit(boxes: list[int], limit: int) -> list[int]:
    second = 0
    newest = 0
    older = 0
    moments = []
    for weight in boxes:
        if weight > limit:
            moments.append(0)
            moments.append(0)
            continue
        second += 1
        while newest + older + weight > limit:
            older = newest
            newest = 0
            second += 1
        moments.append(second)
        moments.append(newest + older + weight)
        older = newest
        newest = weight
    return moments


def generate(rng, size: int) -> dict:
    count = (7, 12, 18, 28, 38)[size - 1]
    limit = rng.randint(50, 60)
    return {"boxes": [rng.randint(8, limit + 2) for _ in range(count)], "limit": limit}
