"""A turnstile has a tray of tokens that is full at minute 0 and holds only so many; a new token drops into it every
few minutes, at fixed times (after one period, after two, and so on), and is lost if the tray is full. Visitors are
listed with the minute of arrival and how many tokens their group needs; a token that drops in that minute can be
used. A group that finds enough tokens takes them and goes in, any other leaves at once. Report how many tokens were
taken in all, and the sum of the arrival minutes of the groups that had to leave.
"""

import random


def filled(tokens: int, drops: int, tray: int) -> int:
    if tokens + drops > tray:
        return tray
    return tokens + drops


def turnstile_tokens(groups: list[tuple[int, int]], tray: int, period: int) -> list[int]:
    tokens = tray
    dropped = 0
    taken = 0
    left_minutes = 0
    for minute, needs in groups:
        drops = minute // period
        tokens = filled(tokens, drops - dropped, tray)
        dropped = drops
        if needs <= tokens:
            tokens -= needs
            taken += needs
        else:
            left_minutes += minute
    return [taken, left_minutes]


def generate(rng: random.Random, size: int) -> dict[str, object]:
    groups = []
    minute = 0
    for _ in range([4, 6, 10, 18, 30][size - 1]):
        minute += rng.randint(1, 9)
        groups.append((minute, rng.randint(1, 5)))
    return {"groups": groups, "tray": rng.randint(5, 8), "period": rng.randint(2, 4)}
