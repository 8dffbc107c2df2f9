"""A harbour keeper reads the water level once an hour. The first reading sets both the high mark and the low mark.
Later on a reading above the high mark moves that mark up, a reading below the low mark moves that mark down, and
any other reading counts as calm. The slack of a calm reading is its distance to the nearer of the two marks. Report
three numbers: how often the high mark was moved times its final level, how often the low mark was moved times its
final level, and the slack of all calm readings together.
"""


def nearer_mark(level: int, low: int, high: int) -> int:
    """Distance from a level to the nearer of two marks."""
    return min(level - low, high - level)


def tide_marks(levels: list[int]) -> list[int]:
    high = levels[0]
    low = levels[0]
    climbs = 0
    drops = 0
    calm = 0
    for level in levels[1:]:
        if level > high:
            climbs += 1
            high = level
        elif level < low:
            drops += 1
            low = level
        else:
            calm += nearer_mark(level, low, high)
    return [climbs * high, drops * low, calm]


def generate(rng, size: int) -> dict:
    count = (8, 13, 22, 38, 60)[size - 1]
    reach = 10
    levels = []
    for _ in range(count):
        levels.append(200 + rng.randint(-reach, reach))
        reach += rng.randint(0, 8)
    return {"levels": levels}
