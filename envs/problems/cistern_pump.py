"""A cistern is watched minute by minute. In every minute first the inflow of that minute runs in, and then, if the
pump is running, it takes out a fixed amount, but not more than there is. After that the float switch acts: at or
above the upper mark the pump is started, at or below the lower mark it is stopped, and it takes effect from the
next minute on. The cistern is empty and the pump off at first. Report the minutes, counted from one, in which the
switch really changed the pump, and then the level at the end.
"""


def cistern_pump(inflows: list[int], upper: int, lower: int, strength: int) -> list[int]:
    level = 0
    running = False
    events = []
    for minute, inflow in enumerate(inflows, start=1):
        level += inflow
        if running:
            level -= min(level, strength)
        if not running and level >= upper:
            running = True
            events.append(minute)
        elif running and level <= lower:
            running = False
            events.append(minute)
    events.append(level)
    return events


def generate(rng, size: int) -> dict:
    count = (6, 10, 18, 34, 52)[size - 1]
    return {
        "inflows": [rng.randint(0, 18) for _ in range(count)],
        "upper": rng.randint(30, 42),
        "lower": rng.randint(5, 12),
        "strength": rng.randint(15, 22),
    }
