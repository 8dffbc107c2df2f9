"""A small rover stands in the middle of a square yard, at place 0, 0. Its orders are pairs of a direction, N, E, S
or W, and a number of steps; north makes the second coordinate larger and east the first one. The yard reaches a
given number of steps from the middle in each of the four directions. A step that would lead out of the yard is not
taken: the rover bumps into the wall once, and the rest of that order is dropped. Report the first coordinate, the
second coordinate, the steps taken in all and the steps dropped in all.
"""


def room_left(coordinate: int, sign: int, reach: int) -> int:
    """Steps possible from a coordinate in the direction of the sign."""
    return reach - coordinate * sign


def yard_rover(reach: int, orders: list[tuple[str, int]]) -> list[int]:
    east = 0
    north = 0
    taken = 0
    dropped = 0
    for direction, steps in orders:
        sign = 1 if direction in ("N", "E") else -1
        if direction in ("N", "S"):
            done = min(steps, room_left(north, sign, reach))
            north += sign * done
        else:
            done = min(steps, room_left(east, sign, reach))
            east += sign * done
        taken += done
        dropped += steps - done
    return [east, north, taken, dropped]


def generate(rng, size: int) -> dict:
    count = (4, 6, 10, 17, 27)[size - 1]
    return {"reach": rng.randint(6, 9), "orders": [(rng.choice("NESW"), rng.randint(1, 8)) for _ in range(count)]}
