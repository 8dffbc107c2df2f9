"""A delivery bicycle passes crossings with traffic lights. For each crossing the seconds of riding up to it and the
offset of its light are known. A light with offset f is green at second t when the remainder of t plus f on division
by the cycle is less than half the cycle, rounded down; otherwise the bicycle waits second by second until it turns
green. Starting at second zero, report the second at which the bicycle passes each crossing, in order.
"""


def seconds_to_green(moment: int, offset: int, cycle: int) -> int:
    """Seconds to wait at a light from this moment."""
    phase = (moment + offset) % cycle
    if phase < cycle // 2:
        return 0
    return cycle - phase


def market_lights(crossings: list[tuple[int, int]], cycle: int) -> list[int]:
    clock = 0
    passed = []
    for riding, offset in crossings:
        clock += riding
        clock += seconds_to_green(clock, offset, cycle)
        passed.append(clock)
    return passed


def generate(rng, size: int) -> dict:
    count = (3, 6, 10, 18, 30)[size - 1]
    cycle = rng.randint(40, 70)
    return {"crossings": [(rng.randint(15, 90), rng.randrange(cycle)) for _ in range(count)], "cycle": cycle}
