"""Groups of guests arrive at a banquet one after another and each is led to the first table, in the order of the
tables, that still has enough free seats for the whole group. A group for which no table has room is sent to the
garden. Report, for each group in order, the number of its table, counted from one, or zero for the garden, and then
the free seats left at each table in order.
"""


def has_room(free: int, guests: int) -> bool:
    """Whether a table has enough free seats for a group."""
    return free >= guests


def banquet_tables(seats: list[int], groups: list[int]) -> list[int]:
    free = list(seats)
    places = []
    for guests in groups:
        chosen = 0
        for table in range(len(free)):
            if has_room(free[table], guests):
                chosen = table + 1
                free[table] -= guests
                break
        places.append(chosen)
    return places + free


def generate(rng, size: int) -> dict:
    tables = (2, 3, 4, 6, 7)[size - 1]
    groups = (5, 8, 13, 18, 24)[size - 1]
    return {
        "seats": [rng.randint(8, 14) for _ in range(tables)],
        "groups": [rng.randint(2, 6) for _ in range(groups)],
    }
