"""A picture of baskets standing in each other is drawn as a line of signs: ( opens a basket, ) closes the basket
opened last, and a small letter is a fruit lying in the innermost open basket. A ) with no basket open is a drawing
mistake and is skipped, but counted. Every fruit weighs its place in the alphabet (a is 1, b is 2 and so on),
multiplied by one more than the number of baskets open around it. Report the sum of these weights, the number of
mistakes and the number of baskets still open at the end.
"""


def fruit_weight(fruit: str, depth: int) -> int:
    """Weight of a fruit with so many open baskets around it."""
    place = ord(fruit) - ord("a") + 1
    return place * (depth + 1)


def nested_baskets(picture: str) -> list[int]:
    weight = 0
    depth = 0
    mistakes = 0
    for sign in picture:
        if sign == "(":
            depth += 1
        elif sign == ")":
            if depth == 0:
                mistakes += 1
            else:
                depth -= 1
        else:
            weight += fruit_weight(sign, depth)
    return [weight, mistakes, depth]


def generate(rng, size: int) -> dict:
    count = (8, 13, 22, 38, 58)[size - 1]
    return {"picture": "".join(rng.choice("(())abcdefgh") for _ in range(count))}
