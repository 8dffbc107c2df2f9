"""At a fair every judge names three honey cakes: the best, the second best and the worst. The best gets 3 points, the
second best 1, and the worst loses 2; a cake that one judge names twice gets both. Report for all cakes that were
named the name and the points, like oak:-1, the cake with the most points first and equal ones in alphabetical order.
"""

import random


def honey_cake_ranking(judges: list[tuple[str, str, str]]) -> list[str]:
    points: dict[str, int] = {}
    for best, second, worst in judges:
        points[best] = points.get(best, 0) + 3
        points[second] = points.get(second, 0) + 1
        points[worst] = points.get(worst, 0) - 2
    ranking: list[str] = []
    for cake in sorted(points):
        place = 0
        while place < len(ranking) and points[ranking[place]] >= points[cake]:
            place += 1
        ranking.insert(place, cake)
    report = []
    for cake in ranking:
        report.append(f"{cake}:{points[cake]}")
    return report


def generate(rng: random.Random, size: int) -> dict[str, object]:
    cakes = ["clover", "heath", "linden", "oak", "pine", "thyme"][: 4 + size // 3]
    judges = []
    for _ in range([3, 4, 7, 12, 20][size - 1]):
        best, second, worst = rng.sample(cakes, 3)
        judges.append((best, second, worst))
    return {"judges": judges}
