"""An inn has a fixed number of hitching posts, all free at first. Riders come in the order of the book; each has
the minute of coming, never earlier than the one before, and the minutes the horse stays. A rider takes the free
post with the lowest number; a post is free again from the minute at which its horse leaves. A rider who finds no
free post rides on. Report for each rider in order two numbers: the post taken, counted from one, and the minute at
which the horse leaves; both are zero for riding on.
"""


def is_free(free_from: int, moment: int) -> bool:
    """Whether a post can be taken at this moment."""
    return free_from <= moment


def hitching_posts(posts: int, riders: list[tuple[int, int]]) -> list[int]:
    free_from = [0] * posts
    report = []
    for moment, stay in riders:
        taken = 0
        until = 0
        for post in range(posts):
            if is_free(free_from[post], moment):
                taken = post + 1
                until = moment + stay
                free_from[post] = until
                break
        report.append(taken)
        report.append(until)
    return report


def generate(rng, size: int) -> dict:
    count = (4, 6, 10, 17, 26)[size - 1]
    riders = []
    moment = 0
    for _ in range(count):
        moment += rng.randint(1, 9)
        riders.append((moment, rng.randint(8, 28)))
    return {"posts": rng.randint(2, 4), "riders": riders}
