"""Each luggage tag carries a code of capital letters and digits. Its check letter is found like this: a digit
counts its own value and a letter its place in the alphabet (A is 1, B is 2 and so on); every sign is multiplied by
its position in the code counted from one, all this is added up, the number of the tag in the pile (the first is 1)
is added too, and the remainder on division by 23 picks a letter, 0 being A, 1 being B and so on. Report the check
letters of all tags in the order of the pile, written together as one word.
"""


def code_value(code: str) -> int:
    """Sum of the values of the signs, each times its position."""
    total = 0
    for position, sign in enumerate(code, start=1):
        worth = int(sign) if sign.isdigit() else ord(sign) - ord("A") + 1
        total += worth * position
    return total


def luggage_check_letters(codes: list[str]) -> str:
    letters = ""
    for number, code in enumerate(codes, start=1):
        remainder = (code_value(code) + number) % 23
        letters += chr(ord("A") + remainder)
    return letters


def generate(rng, size: int) -> dict:
    count = (7, 12, 20, 40, 64)[size - 1]
    codes = []
    for _ in range(count):
        codes.append("".join(rng.choice("ABCDEFGHKLMNPRSTUXY0123456789") for _ in range(rng.randint(3, 5))))
    return {"codes": codes}
