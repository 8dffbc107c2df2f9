"""Posts stand along a straight street at given distances from its beginning, the nearest first. A lamp can be hung on
any post and lights every post at most a given distance away, to both sides. The watchman goes along the street:
whenever he comes to a dark post that no lamp will light yet, he hangs one on the furthest post that still lights this
one. Report the distances of the posts with lamps from the beginning of the street, in order.
"""

import random


def watchman_lamps(posts: list[int], reach: int) -> list[int]:
    lamps = []
    lit_until = -1
    dark = -1
    candidate = -1
    for post in posts:
        if dark >= 0 and post > dark + reach:
            lamps.append(candidate)
            lit_until = candidate + reach
            dark = -1
        if dark < 0 and post > lit_until:
            dark = post
        candidate = post
    if dark >= 0:
        lamps.append(candidate)
    return lamps


def generate(rng: random.Random, size: int) -> dict[str, object]:
    posts = []
    place = 0
    for _ in range([8, 12, 20, 36, 60][size - 1]):
        place += rng.randint(1, 9)
        posts.append(place)
    return {"posts": posts, "reach": rng.randint(5, 9)}
