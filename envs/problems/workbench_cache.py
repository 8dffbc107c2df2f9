"""A workbench has room for only a few tools; all others hang in the shed. A joiner's work needs one tool after
another. If the tool lies on the bench, it is simply used; if not, it is fetched from the shed, and when the bench is
full, the tool whose last use is longest ago is taken back first. The bench is empty at first. Report the names of the
fetched tools in the order in which they were fetched, with repetitions.
"""

import random


def workbench_cache(uses: list[str], room: int) -> list[str]:
    bench: list[str] = []
    fetched = []
    for tool in uses:
        if tool in bench:
            bench.remove(tool)
        else:
            fetched.append(tool)
            if len(bench) == room:
                bench.pop(0)
        bench.append(tool)
    return fetched


def generate(rng: random.Random, size: int) -> dict[str, object]:
    tools = ["awl", "chisel", "file", "hammer", "plane", "rasp", "saw", "square"][: 4 + size // 2]
    uses = [rng.choice(tools) for _ in range([7, 12, 20, 36, 60][size - 1])]
    return {"uses": uses, "room": rng.randint(2, 3)}
