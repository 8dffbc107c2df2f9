"""Pickers bring crates of apples to the scales; for each crate the kilograms and the grade A, B or C are noted.
Grade A pays five coins a kilogram, B three and C one. When a crate of grade A weighs more than twenty kilograms,
the apples at the bottom are bruised and the kilograms above twenty are paid like grade C. After every third crate
(the third, the sixth and so on) a bonus is paid that equals the weight of the lightest of those three crates.
Report the coins paid in total.
"""


def crate_pay(kilograms: int, grade: str) -> int:
    """Coins for one crate, without any bonus."""
    if grade == "A":
        return 5 * min(kilograms, 20) + max(0, kilograms - 20)
    if grade == "B":
        return 3 * kilograms
    return kilograms


def orchard_crates(crates: list[tuple[int, str]]) -> int:
    coins = 0
    lightest = 0
    for number, (kilograms, grade) in enumerate(crates, start=1):
        coins += crate_pay(kilograms, grade)
        if number % 3 == 1 or kilograms < lightest:
            lightest = kilograms
        if number % 3 == 0:
            coins += lightest
    return coins


def generate(rng, size: int) -> dict:
    count = (4, 6, 11, 19, 32)[size - 1]
    return {"crates": [(rng.randint(8, 30), rng.choice("ABC")) for _ in range(count)]}
