"""A printer wants to set a headline from the lead letters in a case. Going through the headline from left to right,
he takes each letter from the case if one is left there. If none is left, he looks for the nearest letter earlier in
the alphabet that is left and uses that one; if there is none either, he sets a star. Every lead letter can be used
once. Report the headline as it is set, then a space, then the places in the alphabet (a is 1, b is 2 and so on) of
the letters left in the case, added up.
"""


def printer_type_case(headline: str, case: str) -> str:
    stock = [0] * 26
    left = 0
    for letter in case:
        place = ord(letter) - ord("a")
        stock[place] += 1
        left += place + 1
    set_text = ""
    for letter in headline:
        place = ord(letter) - ord("a")
        while place >= 0 and stock[place] == 0:
            place -= 1
        if place < 0:
            set_text += "*"
        else:
            stock[place] -= 1
            left -= place + 1
            set_text += chr(ord("a") + place)
    return set_text + " " + str(left)


def generate(rng, size: int) -> dict:
    count = (4, 6, 10, 16, 24)[size - 1]
    return {
        "headline": "".join(rng.choice("abcdefg") for _ in range(count)),
        "case": "".join(rng.choice("abcdefgh") for _ in range(count + rng.randint(0, 1))),
    }
