"""A family keeps its coins in jars that are numbered from zero. A list of moves is worked through in order: each
says from which jar, to which jar and how many coins. A move from a jar to itself, and a move that names a jar that
is not there, is ignored. A move that asks for more coins than the jar holds is refused and nothing is moved. Report
how many coins every jar holds at the end, in the order of the jars, and as the last entry the number of refused
moves.
"""


def is_jar(number: int, jars: int) -> bool:
    """Whether a jar with this number is there."""
    return 0 <= number < jars


def jam_jar_savings(jars: list[int], moves: list[tuple[int, int, int]]) -> list[int]:
    coins = list(jars)
    refused = 0
    for source, target, amount in moves:
        if source == target or not is_jar(source, len(coins)) or not is_jar(target, len(coins)):
            continue
        if coins[source] >= amount:
            coins[source] -= amount
            coins[target] += amount
        else:
            refused += 1
    coins.append(refused)
    return coins


def generate(rng, size: int) -> dict:
    jars = (3, 3, 4, 5, 6)[size - 1]
    moves = (2, 3, 6, 11, 18)[size - 1]
    return {
        "jars": [rng.randint(15, 60) for _ in range(jars)],
        "moves": [(rng.randrange(jars), rng.randrange(jars), rng.randint(3, 50)) for _ in range(moves)],
    }
