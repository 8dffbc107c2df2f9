"""A sign painter asks a price for every letter of a sign: six coins for a capital, four for a small vowel (a, e, i,
o, u), three for any other small letter, and seven for a digit. A space costs nothing. A letter or digit exactly
like the sign directly before it is painted with the same stencil and costs one coin, whatever it is. For every full
twelve coins that stand on the bill when the sign is finished one coin is taken off. Report the final price times
one hundred plus the number of times a stencil was used twice.
"""


def price(sign: str) -> int:
    """Coins for painting a sign with a new stencil."""
    if sign == " ":
        return 0
    if sign.isdigit():
        return 7
    if sign.isupper():
        return 6
    if sign in "aeiou":
        return 4
    return 3


def sign_painter_bill(text: str) -> int:
    bill = 0
    reused = 0
    previous = " "
    for sign in text:
        if sign == previous and sign != " ":
            bill += 1
            reused += 1
        else:
            bill += price(sign)
        previous = sign
    discount = bill // 12
    return (bill - discount) * 100 + reused


def generate(rng, size: int) -> dict:
    count = (8, 13, 22, 38, 56)[size - 1]
    text = rng.choice("ABKM")
    while len(text) < count:
        text += text[-1] if rng.random() < 0.25 else rng.choice("aeiouklmnrst  ABKM1234")
    return {"text": text}
