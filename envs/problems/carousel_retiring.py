"""Wooden horses stand on a carousel in a circle, each with a number painted on it. Starting at the first horse, the
worker removes the horse he stands at, and then walks on by as many of the remaining horses as the number of the
removed horse says: with a one he stops at the very next remaining horse, with a two at the one after that, and so
on round the circle. He goes on until all horses are gone. Report the painted numbers in the order of removal.
"""


def next_stop(gap: int, number: int, remaining: int) -> int:
    """Place of the next horse to remove, counted from zero among those that remain."""
    return (gap + number - 1) % remaining


def carousel_retiring(horses: list[int]) -> list[int]:
    standing = list(horses)
    order = []
    place = 0
    while standing:
        number = standing.pop(place)
        order.append(number)
        if standing:
            place = next_stop(place, number, len(standing))
    return order


def generate(rng, size: int) -> dict:
    count = (7, 12, 20, 36, 60)[size - 1]
    return {"horses": [rng.randint(1, 12) for _ in range(count)]}
