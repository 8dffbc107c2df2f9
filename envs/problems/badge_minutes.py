"""A museum's night door writes, in order of time, a line for every badge: the name, the minute, and in or out.
Whoever comes in again without having gone out is counted from the later coming in; going out without having come in
means nothing. Those who are still in when the log ends get no minutes for that stay. Report for each name in the log,
in alphabetical order, the name, a colon and the minutes in all, like mia:35.
"""

import random


def badge_minutes(log: list[tuple[str, int, str]]) -> list[str]:
    came_in: dict[str, int] = {}
    minutes: dict[str, int] = {}
    for name, minute, direction in log:
        if name not in minutes:
            minutes[name] = 0
            came_in[name] = -1
        if direction == "in":
            came_in[name] = minute
        elif came_in[name] >= 0:
            minutes[name] += minute - came_in[name]
            came_in[name] = -1
    report = []
    for name in sorted(minutes):
        report.append(f"{name}:{minutes[name]}")
    return report


def generate(rng: random.Random, size: int) -> dict[str, object]:
    names = ["ada", "ben", "mia", "tom"][: 2 + size // 2]
    log = []
    minute = 0
    inside: list[str] = []
    for _ in range([3, 4, 7, 12, 20][size - 1]):
        minute += rng.randint(1, 20)
        name = rng.choice(inside if inside and rng.random() < 0.6 else names)
        direction = "out" if (name in inside) == (rng.random() < 0.95) else "in"
        if direction == "in":
            inside.append(name)
        else:
            inside = [other for other in inside if other != name]
        log.append((name, minute, direction))
    return {"log": log}
