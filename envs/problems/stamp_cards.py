"""A tea house gives every guest a stamp card. For a bill of at least ten coins the guest gets one stamp, for a bill
of at least twenty-five two stamps. A guest who holds five or more stamps when a new bill is written gives up five
of them first and has eight coins taken off that bill, but not below zero; the stamps for the bill are counted from
what remains to be paid. Every guest starts without stamps. Report what was paid for each bill in the order of the
book, and as the last entry the number of stamps that all guests together still hold.
"""


def stamps_for(paid: int) -> int:
    """Stamps given for a bill of so many coins."""
    if paid >= 25:
        return 2
    return 1 if paid >= 10 else 0


def stamp_cards(bills: list[tuple[str, int]]) -> list[int]:
    cards = {}
    payments = []
    for guest, bill in bills:
        stamps = cards.get(guest, 0)
        paid = bill
        if stamps >= 5:
            stamps -= 5
            paid = max(0, bill - 8)
        payments.append(paid)
        cards[guest] = stamps + stamps_for(paid)
    payments.append(sum(cards.values()))
    return payments


def generate(rng, size: int) -> dict:
    count = (4, 7, 11, 19, 30)[size - 1]
    guests = ["Lena", "Milo", "Nora", "Otto"][: 1 + size // 2]
    return {"bills": [(rng.choice(guests), rng.randint(5, 45)) for _ in range(count)]}
