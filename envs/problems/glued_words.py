"""A sign maker hangs up words in the order given. When the last letter of the word hung up before is the same as
the first letter of the next word, the two are glued so that the common letter appears only once; otherwise a dot is
put between them. A word that is equal to the one before it is not hung up, and the next word is still compared with
the one hung up last. Report the whole sign.
"""


def joint(before: str, after: str) -> bool:
    """Whether the last letter of one word is the first letter of the next."""
    return before[-1:] == after[:1]


def glued_words(words: list[str]) -> str:
    sign = words[0]
    previous = words[0]
    for word in words[1:]:
        if word == previous:
            continue
        if joint(previous, word):
            sign += word[1:]
        else:
            sign += "." + word
        previous = word
    return sign


def generate(rng, size: int) -> dict:
    count = (7, 12, 20, 36, 56)[size - 1]
    stock = ["oak", "kiln", "nut", "tar", "rope", "elm", "mast", "tin", "nail", "lath", "hook", "tool", "hinge", "rail"]
    words = [rng.choice(stock)]
    while len(words) < count:
        words.append(words[-1] if rng.random() < 0.15 else rng.choice(stock))
    return {"words": words}
