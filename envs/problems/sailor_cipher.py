"""A sailor writes words with the small letters a to z and hides them in this way. He goes through the letters from
left to right and replaces each by the letter so many places further on in the alphabet as vowels (a, e, i, o, u)
stood in the original before that letter; after z he goes on with a. Report the hidden text.
"""


def shifted(letter: str, steps: int) -> str:
    """The letter some places further on in the alphabet, going on with a after z."""
    place = (ord(letter) - ord("a") + steps) % 26
    return chr(ord("a") + place)


def sailor_cipher(text: str) -> str:
    hidden = ""
    vowels = 0
    for letter in text:
        hidden += shifted(letter, vowels)
        if letter in "aeiou":
            vowels += 1
    return hidden


def generate(rng, size: int) -> dict:
    count = (7, 12, 22, 38, 60)[size - 1]
    return {"text": "".join(rng.choice("aeioubcdglmnrstz") for _ in range(count))}
