"""A tool library writes down every loan: the member's name, the days the tool was kept, and the tool's value in
coins. Seven days are free; each day beyond costs one coin, or two coins when the tool is worth more than one
hundred. The fine of one loan is never more than the value of the tool. Report the total fine of every member who
appears in the book, zero included, in alphabetical order of the names.
"""


def fine(days: int, value: int) -> int:
    """Fine for one loan in coins."""
    late = max(0, days - 7)
    rate = 2 if value > 100 else 1
    return min(value, late * rate)


def tool_library_fines(loans: list[tuple[str, int, int]]) -> list[int]:
    totals = {}
    for member, days, value in loans:
        totals[member] = totals.get(member, 0) + fine(days, value)
    return [totals[member] for member in sorted(totals)]


def generate(rng, size: int) -> dict:
    count = (3, 5, 8, 14, 24)[size - 1]
    names = ["Ada", "Bruno", "Carla", "Dmitri", "Eva"][: 2 + size // 2]
    return {"loans": [(rng.choice(names), rng.randint(4, 40), rng.randint(10, 180)) for _ in range(count)]}
