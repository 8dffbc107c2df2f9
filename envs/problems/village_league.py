"""In a village league every match is noted with the home team, the guest team, and the goals of each. A win gives
three points and a draw one point to both; a win away from home gives one point more. A match of a team against
itself is a slip of the pen and is not counted. The table is ordered by points, then by goals scored minus goals let
in, both from high to low, and then by name in alphabetical order. Report all teams with at least one counted match
in that order, each as its name, a space and its points.
"""


def match_points(own: int, other: int, away: int) -> int:
    """Points for one team in a match; away is 1 for the guest team and 0 for the home team."""
    if own > other:
        return 3 + away
    return 1 if own == other else 0


def village_league(matches: list[tuple[str, str, int, int]]) -> list[str]:
    points = {}
    balance = {}
    for home, guest, home_goals, guest_goals in matches:
        if home == guest:
            continue
        points[home] = points.get(home, 0) + match_points(home_goals, guest_goals, 0)
        points[guest] = points.get(guest, 0) + match_points(guest_goals, home_goals, 1)
        balance[home] = balance.get(home, 0) + home_goals - guest_goals
        balance[guest] = balance.get(guest, 0) + guest_goals - home_goals
    rows = []
    for team in points:
        rows.append((-points[team], -balance[team], team))
    rows.sort()
    return [f"{team} {-negative}" for negative, _, team in rows]


def generate(rng, size: int) -> dict:
    count = (2, 3, 6, 10, 16)[size - 1]
    teams = ["Alder", "Birch", "Cedar", "Elm", "Hazel", "Larch"][: 2 + size]
    matches = []
    for _ in range(count):
        home, guest = rng.sample(teams, 2)
        matches.append((home, guest, rng.randint(0, 5), rng.randint(0, 5)))
    return {"matches": matches}
