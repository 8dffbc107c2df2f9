"""A museum's night door writes, in order of time, a line for every badge: the name, the minute, and in or out.
Whoever comes in again without having gone out is counted from the later coming in; going out without having come in
means nothing. Those who are still in when the log ends get no minutes for that stay. Report for each name in the log,
in alphabetical order, the name, a colon and the minutes in all, like mia:35.
"""

import random


def badge_minutes(log: list[tuple[str, int, str]]) -> list[str]:
    came_in: dict[str, int] = {}
    minutes: dict[str, int] = {}
    for guest, minute, direction in log:
        if guest not in minutes:
            minutes[guest] = 0
            came_in[guest] = -1
        if direction == "in":
            came_in[guest] = minute
        elif came_in[guest] >= 0:
            minutes[guest] += minute - came_in[guest]
            came_in[guest] = -1
    report = []
    for guest in sorted(minutes):
        report.append(f"{guest}:{minutes[guest]}")
    return report


def generate(rng: random.Random, size: int) -> dict[str, object]:
    names = ["ada", "ben", "mia", "tom"][: 2 + size // 2]
    log = []
    minute = 0
    inside: list[str] = []
    for _ in range([3, 4, 7, 12, 20][size - 1]):
        minute += rng.randint(1, 20)
        guest = rng.choice(inside if inside and rng.random() < 0.6 else names)
        direction = "out" if (guest in inside) == (rng.random() < 0.95) else "in"
        if direction == "in":
            inside.append(guest)
        else:
            inside = [other for other in inside if other != guest]
        log.append((guest, minute, direction))
    return {"log": log}
