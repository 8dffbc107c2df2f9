"""A club sews a badge from the words of its motto. From each word one letter is taken: the first one when the
length of the word is even, the last one when the length is odd and at most five, and the middle one otherwise. When
the letter taken is the same as the letter taken from the word before, a dash is sewn on instead. Report the letters
and dashes in order.
"""


def chosen_letter(word: str) -> str:
    """The letter a word gives to the badge."""
    length = len(word)
    if length % 2 == 0:
        return word[:1]
    if length <= 5:
        return word[-1]
    return word[length // 2]


def badge_letters(motto: list[str]) -> str:
    badge = ""
    previous = ""
    for word in motto:
        letter = chosen_letter(word)
        badge += "-" if letter == previous else letter
        previous = letter
    return badge


def generate(rng, size: int) -> dict:
    count = (7, 12, 20, 40, 64)[size - 1]
    stock = [
        "we",
        "row",
        "boat",
        "river",
        "strong",
        "current",
        "and",
        "sing",
        "until",
        "dawn",
        "harbour",
        "lamp",
        "silver",
    ]
    stock += ["anchor", "net", "captain", "calm", "storm", "wave", "lantern"]
    return {"motto": [rng.choice(stock) for _ in range(count)]}
