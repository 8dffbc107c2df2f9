"""A miller grinds sacks of grain one after another; each sack has a hardness. A sack takes ten minutes, and one
more for every full three units of wear the stone has when the sack is begun. Grinding adds the hardness of the sack
to the wear. When the wear is then above the limit, the stone is dressed at once: that takes twenty-five minutes,
sets the wear back to zero and lowers the limit by three units for all time, though never below twenty. Report the
minute at which each sack is ground, dressing after it not included, in order, and as the last entry how often the
stone was dressed.
"""


def grinding_time(wear: int) -> int:
    """Minutes for a sack on a stone with so much wear."""
    return 10 + wear // 3


def millstone_wear(hardness: list[int], limit: int) -> list[int]:
    clock = 0
    wear = 0
    bound = limit
    dressed = 0
    report = []
    for hard in hardness:
        clock += grinding_time(wear)
        report.append(clock)
        wear += hard
        if wear > bound:
            clock += 25
            wear = 0
            bound = max(20, bound - 3)
            dressed += 1
    report.append(dressed)
    return report


def generate(rng, size: int) -> dict:
    count = (7, 11, 18, 32, 48)[size - 1]
    return {"hardness": [rng.randint(4, 19) for _ in range(count)], "limit": rng.randint(40, 60)}
