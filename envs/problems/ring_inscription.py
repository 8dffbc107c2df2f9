"""Letters are engraved around a ring, and it is not known where the text begins. The jeweller agrees to begin at
the place from which the letters, read once around the ring, give the text that comes first in the alphabet. Of
several such places the first one in the order given counts. Report the number of letters that are skipped in the
order given before that place, then a colon, then the text read from there.
"""


def ring_inscription(ring: str) -> str:
    count = len(ring)
    best = 0
    for start in range(1, count):
        for offset in range(count):
            challenger = ring[(start + offset) % count]
            champion = ring[(best + offset) % count]
            if challenger < champion:
                best = start
                break
            if challenger > champion:
                break
    text = ""
    for offset in range(count):
        text += ring[(best + offset) % count]
    return str(best) + ":" + text


def generate(rng, size: int) -> dict:
    count = (7, 10, 14, 18, 22)[size - 1]
    return {"ring": "".join(rng.choice("abcde") for _ in range(count))}
