"""A snail climbs walls that stand one behind the other. Each day it climbs by that day's strength, and each night
it slides down by a quarter of the height it then has on the present wall, rounded down. A day's climb that reaches
or passes the top of the wall (all walls have the same height) brings the snail over: it lands at the foot of the
next wall, the surplus is lost, and it does not slide that night. Report the height on the present wall after each
night, in order, and then the number of walls it got over.
"""


def slide(height: int) -> int:
    """How far the snail slides down in a night."""
    return height // 4


def snail_on_wall(wall: int, strengths: list[int]) -> list[int]:
    height = 0
    crossed = 0
    report = []
    for strength in strengths:
        height += strength
        if height >= wall:
            crossed += 1
            height = 0
        else:
            height -= slide(height)
        report.append(height)
    report.append(crossed)
    return report


def generate(rng, size: int) -> dict:
    count = (6, 11, 19, 35, 56)[size - 1]
    return {"wall": rng.randint(32, 48), "strengths": [rng.randint(3, 22) for _ in range(count)]}
