"""Lanterns hang along a rope at even distances, each with its weight. The rope is to be put on a peg between two
neighbouring lanterns so that the weight on the left side and the weight on the right side differ as little as
possible; at least one lantern has to hang on each side. Of equally good places the leftmost counts. Report how many
lanterns hang to the left of the peg, the weight on the left side and the weight on the right side.
"""


def imbalance(left: int, total: int) -> int:
    """Difference between the weights of the two sides."""
    return abs(total - 2 * left)


def rope_balance_peg(lanterns: list[int]) -> list[int]:
    total = 0
    for weight in lanterns:
        total += weight
    left = 0
    best_count = 0
    best_left = 0
    smallest = total + 1
    for place in range(len(lanterns) - 1):
        left += lanterns[place]
        difference = imbalance(left, total)
        if difference < smallest:
            smallest = difference
            best_left = left
            best_count = place + 1
    return [best_count, best_left, total - best_left]


def generate(rng, size: int) -> dict:
    count = (7, 12, 18, 28, 38)[size - 1]
    return {"lanterns": [rng.randint(1, 40) for _ in range(count)]}
