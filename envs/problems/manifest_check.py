"""A carrier has a manifest that says how many crates of each ware should arrive, and the tally of the dock, a list
of scanned crates by ware. Compare them. A ware with fewer crates than expected is short, one with more is over, and
a ware that is scanned but not on the manifest is strange. Report a line for each ware that is not as expected, in
alphabetical order: the name, a space, one of the words short, over or strange, a space, and the number of crates
missing or too many.
"""


def manifest_check(expected: dict[str, int], scanned: list[str]) -> list[str]:
    counted = {}
    for ware in expected:
        counted[ware] = 0
    for ware in scanned:
        counted[ware] = counted.get(ware, 0) + 1
    lines = []
    for ware in sorted(counted):
        if ware not in expected:
            lines.append(f"{ware} strange {counted[ware]}")
            continue
        surplus = counted[ware] - expected[ware]
        if surplus < 0:
            lines.append(f"{ware} short {-surplus}")
        elif surplus > 0:
            lines.append(f"{ware} over {surplus}")
    return lines


def generate(rng, size: int) -> dict:
    wares = ["bolts", "cloth", "glass", "paint", "ropes", "salt", "tiles", "wool"]
    rng.shuffle(wares)
    listed = wares[: (2, 3, 4, 6, 7)[size - 1]]
    count = (5, 9, 15, 30, 50)[size - 1]
    return {
        "expected": {ware: count // len(listed) + rng.randint(-1, 2) for ware in sorted(listed)},
        "scanned": [rng.choice(wares[: len(listed) + 1]) for _ in range(count)],
    }
