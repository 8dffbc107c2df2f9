"""A petty cash book begins with an empty box. Every line has a word, pay when coins are put in and take when coins
are taken out, an amount, and the balance that the keeper wrote down afterwards. An auditor checks each line against
the balance written on the line before (zero before the first). When a line does not agree, he notes its number,
counted from one, and the amount by which the written balance is too high, which is negative when it is too low;
after that he trusts the balance written on that line. Report the noted pairs of numbers one after another, and then
the balance written on the last line.
"""


def balance_after(balance: int, word: str, amount: int) -> int:
    """Balance that a line should lead to."""
    if word == "pay":
        return balance + amount
    return balance - amount


def petty_cash_audit(lines: list[tuple[str, int, int]]) -> list[int]:
    notes = []
    balance = 0
    for number, (word, amount, written) in enumerate(lines, start=1):
        should_be = balance_after(balance, word, amount)
        if written != should_be:
            notes.append(number)
            notes.append(written - should_be)
        balance = written
    notes.append(balance)
    return notes


def generate(rng, size: int) -> dict:
    count = (3, 5, 8, 14, 24)[size - 1]
    lines = []
    balance = 0
    for _ in range(count):
        amount = rng.randint(2, 40)
        word = "take" if balance > amount and rng.random() < 0.5 else "pay"
        balance += amount if word == "pay" else -amount
        if rng.random() < 0.4:
            balance += rng.choice((-9, -2, 1, 3, 10, 18))
        lines.append((word, amount, balance))
    return {"lines": lines}
