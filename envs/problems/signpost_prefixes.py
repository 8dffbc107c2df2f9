"""On a long road every signpost carries a place name. The painter keeps his stencil from one post to the next and
only has to cut new letters from the point where the new name starts to differ from the one before; for the first
post he cuts the whole name. When a name begins with the whole previous name, only the surplus letters are cut, and
when nothing is left to cut, the post gets a dash. Report for each post, in order, the letters he cuts or the dash.
"""


def same_start(one: str, other: str) -> int:
    """How many letters at the start two names have in common."""
    common = 0
    while common < len(one) and common < len(other) and one[common] == other[common]:
        common += 1
    return common


def signpost_prefixes(names: list[str]) -> list[str]:
    cuts = []
    previous = ""
    for name in names:
        kept = same_start(previous, name)
        if kept == len(name):
            cuts.append("-")
        else:
            cuts.append(name[kept:])
        previous = name
    return cuts


def generate(rng, size: int) -> dict:
    count = (7, 12, 20, 40, 64)[size - 1]
    starts = ("mill", "milton", "mar", "marl", "mont", "ash", "as", "oak")
    ends = ("", "ford", "ham", "field", "fold", "heath", "ton", "s", "wick")
    return {"names": [rng.choice(starts) + rng.choice(ends) for _ in range(count)]}
