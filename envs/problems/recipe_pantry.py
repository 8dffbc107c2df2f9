"""A cook knows how many spoons of each thing there are in the pantry. The day's dishes need things one after another,
each given with its name and a number of spoons. Whenever there is not enough of a thing, packs of 6 spoons are
bought, as few as will do, and what is left over stays in the pantry. Things that are not in the pantry at all begin
with none. Report, in alphabetical order, each thing with the number of packs bought and the spoons left at the end,
like salt 2 5; all things of the pantry and of the dishes are named.
"""

import random


def packs_for(missing: int) -> int:
    if missing <= 0:
        return 0
    return (missing + 5) // 6


def recipe_pantry(pantry: dict[str, int], dishes: list[tuple[str, int]]) -> list[str]:
    spoons: dict[str, int] = {}
    bought: dict[str, int] = {}
    for thing, amount in pantry.items():
        spoons[thing] = amount
        bought[thing] = 0
    for thing, needed in dishes:
        have = spoons.get(thing, 0)
        packs = packs_for(needed - have)
        bought[thing] = bought.get(thing, 0) + packs
        spoons[thing] = have + 6 * packs - needed
    report = []
    for thing in sorted(spoons):
        report.append(f"{thing} {bought[thing]} {spoons[thing]}")
    return report


def generate(rng: random.Random, size: int) -> dict[str, object]:
    things = ["cocoa", "flour", "oats", "rice", "salt", "sugar"][: 3 + size // 2]
    pantry = {thing: rng.randint(0, 15) for thing in things[1:]}
    dishes = [(rng.choice(things), rng.randint(1, 9)) for _ in range([3, 5, 9, 17, 29][size - 1])]
    return {"pantry": pantry, "dishes": dishes}
