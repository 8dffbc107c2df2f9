"""A ribbon is marked with numbers at even distances and is folded in the middle, so that the first mark lies on the
last, the second on the last but one, and so on; with an odd number of marks the middle one lies on the fold alone.
Every pair of marks that lie on each other gives a score: their product when they are both odd, otherwise the larger
minus the smaller. A mark alone on the fold gives twice its number. Report the scores in order, beginning with the
outermost pair.
"""


def pair_score(outer: int, inner: int) -> int:
    """Score of two marks that lie on each other."""
    if outer % 2 == 1 and inner % 2 == 1:
        return outer * inner
    return abs(outer - inner)


def folded_ribbon(marks: list[int]) -> list[int]:
    scores = []
    left = 0
    right = len(marks) - 1
    while left < right:
        scores.append(pair_score(marks[left], marks[right]))
        left += 1
        right -= 1
    if left == right:
        scores.append(2 * marks[left])
    return scores


def generate(rng, size: int) -> dict:
    count = (7, 12, 20, 36, 64)[size - 1] + rng.randint(0, 1)
    return {"marks": [rng.randint(1, 40) for _ in range(count)]}
