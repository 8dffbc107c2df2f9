"""A workshop writes one line for each working day of a person: the name and the hours. The first eight hours of a
line are paid at ten coins each, hours nine and ten at fifteen, and any further hour at twenty. When a person's
hours over all lines of the sheet so far, this line included, are above forty, twelve coins are added for this line.
Report the pay of every person on the sheet, in alphabetical order of the names.
"""


def day_pay(hours: int) -> int:
    """Pay for the hours of one line."""
    normal = min(hours, 8)
    longer = max(0, min(hours, 10) - 8)
    longest = max(0, hours - 10)
    return 10 * normal + 15 * longer + 20 * longest


def workshop_timesheet(lines: list[tuple[str, int]]) -> list[int]:
    hours_so_far = {}
    pay = {}
    for name, hours in lines:
        total = hours_so_far.get(name, 0) + hours
        hours_so_far[name] = total
        earned = day_pay(hours)
        if total > 40:
            earned += 12
        pay[name] = pay.get(name, 0) + earned
    return [pay[name] for name in sorted(pay)]


def generate(rng, size: int) -> dict:
    count = (4, 6, 10, 19, 30)[size - 1]
    names = ["Hana", "Ivo", "Jutta", "Kofi"][: 1 + (size + 1) // 2]
    return {"lines": [(rng.choice(names), rng.randint(5, 14)) for _ in range(count)]}
