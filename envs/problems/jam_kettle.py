"""A kettle of jam is followed through a recipe. Each step has a flame from zero to four and a number of minutes. In
every minute of a step the jam first gains six degrees for each flame; it then loses one degree for every ten full
degrees it has. After the minute, jam above one hundred and ten degrees is stirred and falls to one hundred, and the
stirrings are counted. The jam starts at twenty degrees. Report the degrees at the end of every step, and as the
last entry the number of stirrings.
"""


def after_minute(degrees: int, flame: int) -> int:
    """Degrees after one minute, before any stirring."""
    heated = degrees + 6 * flame
    return heated - heated // 10


def jam_kettle(steps: list[tuple[int, int]]) -> list[int]:
    degrees = 20
    stirred = 0
    report = []
    for flame, minutes in steps:
        for _ in range(minutes):
            degrees = after_minute(degrees, flame)
            if degrees > 110:
                degrees = 100
                stirred += 1
        report.append(degrees)
    report.append(stirred)
    return report


def generate(rng, size: int) -> dict:
    count = (4, 6, 10, 16, 22)[size - 1]
    return {"steps": [(rng.randint(0, 4), rng.randint(1, 5)) for _ in range(count)]}
