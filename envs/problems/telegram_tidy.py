"""A telegram arrives as small letters, spaces and dots, badly spaced. It is tidied up so: spaces at the very start
are dropped, several spaces in a row become one, and a space directly before a dot is dropped. A dot that follows
another dot, with or without spaces between, is dropped as well. The first letter of the telegram and the first
letter after each dot become capitals. A space at the very end is kept as one space. Report the tidied text, with
every remaining space written as an underscore.
"""


def telegram_tidy(telegram: str) -> str:
    text = ""
    gap = False
    capital = True
    dotted = False
    for sign in telegram:
        if sign == " ":
            gap = text != ""
        elif sign == ".":
            if not dotted:
                text += "."
            gap = False
            capital = True
            dotted = True
        else:
            if gap:
                text += "_"
            text += sign.upper() if capital else sign
            gap = False
            capital = False
            dotted = False
    if gap:
        text += "_"
    return text


def generate(rng, size: int) -> dict:
    count = (9, 14, 23, 40, 60)[size - 1]
    return {
        "telegram": "".join(rng.choice("abcdefgh") if rng.random() < 0.6 else rng.choice("  .") for _ in range(count))
    }
