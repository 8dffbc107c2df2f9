"""A tram with a fixed number of seats runs along its stops and starts empty. At each stop the given number of
people want to get off; if fewer are on board, all on board get off. Then the people waiting there get on as long as
there are seats; the rest walk. Report the number of people on board after each stop in order, and as the last entry
how many people had to walk in all.
"""


def leaving(on_board: int, wishing: int) -> int:
    """How many people really get off."""
    return min(on_board, wishing)


def tram_seats(seats: int, stops: list[tuple[int, int]]) -> list[int]:
    on_board = 0
    walked = 0
    report = []
    for wishing, waiting in stops:
        on_board -= leaving(on_board, wishing)
        boarding = min(waiting, seats - on_board)
        on_board += boarding
        walked += waiting - boarding
        report.append(on_board)
    report.append(walked)
    return report


def generate(rng, size: int) -> dict:
    count = (4, 6, 10, 18, 30)[size - 1]
    return {"seats": rng.randint(20, 32), "stops": [(rng.randint(0, 12), rng.randint(1, 16)) for _ in range(count)]}
