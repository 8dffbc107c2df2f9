"""A tapestry border should read the same from both ends, but the weaver made mistakes. Compare the first sign with
the last, the second with the last but one, and so on up to the middle. Where two compared signs differ, the weaver
unpicks the one that comes later in the alphabet and weaves the other one in its place, so that both are equal
afterwards. Report the corrected border from left to right.
"""


def earlier(one: str, other: str) -> str:
    """The sign that comes earlier in the alphabet."""
    return min(one, other)


def tapestry_mirror(border: str) -> str:
    left_half = ""
    right_half = ""
    last = len(border) - 1
    for place in range(len(border) // 2):
        sign = earlier(border[place], border[last - place])
        left_half += sign
        right_half = sign + right_half
    if len(border) % 2 == 1:
        left_half += border[len(border) // 2]
    return left_half + right_half


def generate(rng, size: int) -> dict:
    count = (8, 13, 22, 40, 66)[size - 1] + rng.randint(0, 1)
    return {"border": "".join(rng.choice("abcdefghijkl") for _ in range(count))}
