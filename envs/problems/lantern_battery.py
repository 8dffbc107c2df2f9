"""A lantern in a mine has a battery of a given capacity that is full at first. Each shift uses a number of units.
Before a shift that needs more units than are left, the lantern is put on the charger; an hour there gives six
units, never above the capacity, and it stays whole hours until there is enough or the battery is full. If it is
full and still not enough, the shift runs until the battery is empty and the missing units are noted as dark. Report
the units left after each shift, then the charging hours in all and the dark units in all.
"""


def hours_needed(missing: int) -> int:
    """Whole charging hours for so many missing units."""
    return (missing + 5) // 6


def lantern_battery(capacity: int, shifts: list[int]) -> list[int]:
    units = capacity
    hours = 0
    dark = 0
    report = []
    for need in shifts:
        if need > units:
            wanted = min(need, capacity)
            stay = hours_needed(wanted - units)
            hours += stay
            units = min(capacity, units + 6 * stay)
        if need > units:
            dark += need - units
            units = 0
        else:
            units -= need
        report.append(units)
    report.append(hours)
    report.append(dark)
    return report


def generate(rng, size: int) -> dict:
    count = (6, 11, 16, 22, 29)[size - 1]
    return {"capacity": rng.randint(25, 32), "shifts": [rng.randint(4, 34) for _ in range(count)]}
