"""A club sews a badge from the words of its motto. A word with an even number of letters is sewn with its halves
swapped, the second half before the first. A word with an odd number of letters is sewn without its middle letter,
and a word of a single letter is sewn as it is. A word that is equal to the word before it in the motto is not sewn;
a dash is put in its place. Report all that is sewn, in order and without gaps.
"""


def sewn(word: str) -> str:
    """How a word is sewn on the badge."""
    half = len(word) // 2
    if len(word) == 1:
        return word
    if len(word) % 2 == 0:
        return word[half:] + word[:half]
    return word[:half] + word[half + 1 :]


def badge_letters(motto: list[str]) -> str:
    badge = ""
    previous = ""
    for word in motto:
        if word == previous:
            badge += "-"
        else:
            badge += sewn(word)
        previous = word
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
    motto = [rng.choice(stock)]
    while len(motto) < count:
        motto.append(motto[-1] if rng.random() < 0.15 else rng.choice(stock))
    return {"motto": motto}
