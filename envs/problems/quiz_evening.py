"""At a quiz evening the teams answer in turn, and every answer is noted with the team's name, the points of the
question and whether it was right (1) or wrong (0). A right answer earns its points, and one point more for every
right answer that the same team gave directly before without a wrong one in between. A wrong answer costs half the
points of the question, rounded down, and breaks the row; a team's score may fall below zero. Report the final
scores in alphabetical order of the teams.
"""


def change(points: int, right: int, streak: int) -> int:
    """What one answer adds to the score, given the row of right answers before it."""
    if right == 1:
        return points + streak
    return -(points // 2)


def quiz_evening(answers: list[tuple[str, int, int]]) -> list[int]:
    scores = {}
    streaks = {}
    for team, points, right in answers:
        streak = streaks.get(team, 0)
        scores[team] = scores.get(team, 0) + change(points, right, streak)
        streaks[team] = streak + 1 if right == 1 else 0
    return [scores[team] for team in sorted(scores)]


def generate(rng, size: int) -> dict:
    count = (3, 5, 8, 14, 23)[size - 1]
    teams = ["Badgers", "Cranes", "Foxes", "Otters"][: 1 + (size + 1) // 2]
    answers = []
    for _ in range(count):
        answers.append((rng.choice(teams), rng.randint(2, 20), 1 if rng.random() < 0.65 else 0))
    return {"answers": answers}
