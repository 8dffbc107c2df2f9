"""A hiker notes the height at every signpost of a trail. A stretch of signposts next to each other zigzags when the
trail goes up and down by turns from post to post; flat parts never belong to a zigzag longer than one post. A
single post, and any two neighbouring posts of different heights, always zigzag. Each time a zigzag cannot be
carried on, a new one is begun: with the previous post and the present one when they differ, else with the present
post alone. Report the sum of the squares of the numbers of posts of all zigzags, times one thousand, plus the
height difference between the highest and the lowest post.
"""


def direction(before: int, after: int) -> int:
    """1 for going up, -1 for going down, 0 for flat."""
    if after > before:
        return 1
    if after < before:
        return -1
    return 0


def zigzag_trail(heights: list[int]) -> int:
    highest = heights[0]
    lowest = heights[0]
    squares = 0
    length = 1
    last = 0
    for post in range(1, len(heights)):
        height = heights[post]
        highest = max(highest, height)
        lowest = min(lowest, height)
        way = direction(heights[post - 1], height)
        if way != 0 and way != last:
            length += 1
        else:
            squares += length * length
            length = 2 if way != 0 else 1
        last = way
    squares += length * length
    return squares * 1000 + highest - lowest


def generate(rng, size: int) -> dict:
    count = (7, 12, 18, 26, 35)[size - 1]
    return {"heights": [rng.randint(1, 25) for _ in range(count)]}
