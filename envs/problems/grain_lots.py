"""A mill buys grain in lots, each with a number of sacks and a price for one sack, and uses the sacks of the oldest
lot first. The sales follow one after another once all lots are in the store; each sale is a number of sacks. What a
sale costs the mill is the sum of the prices of the sacks used for it. When the store runs empty, each missing sack
is bought elsewhere for a given emergency price. Report the cost of every sale in order.
"""


def grain_lots(lots: list[tuple[int, int]], sales: list[int], emergency: int) -> list[int]:
    costs = []
    lot = 0
    used = 0
    for sacks in sales:
        wanted = sacks
        cost = 0
        while wanted > 0 and lot < len(lots):
            amount, price = lots[lot]
            taken = min(wanted, amount - used)
            cost += taken * price
            wanted -= taken
            used += taken
            if used == amount:
                lot += 1
                used = 0
        cost += wanted * emergency
        costs.append(cost)
    return costs


def generate(rng, size: int) -> dict:
    lots = (2, 4, 5, 8, 11)[size - 1]
    sales = (3, 4, 7, 10, 13)[size - 1]
    return {
        "lots": [(rng.randint(6, 15), rng.randint(5, 30)) for _ in range(lots)],
        "sales": [rng.randint(4, 14) for _ in range(sales)],
        "emergency": rng.randint(35, 60),
    }
