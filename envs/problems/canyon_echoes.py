"""Children call letters one after another into a canyon. When a letter has been called before, an echo comes back
whose strength is twenty minus the number of calls since that letter was last called, but never less than one; a
letter called for the first time gives no echo. Letters called in capital sound the same as small ones, but a
capital doubles the strength of its own echo. Report the strengths of all echoes in order and, as the last entry,
the number of different letters called, a capital and its small letter being one.
"""


def echo_strength(distance: int) -> int:
    """Strength of the echo of a letter last called so many calls ago."""
    return max(1, 20 - distance)


def canyon_echoes(calls: str) -> list[int]:
    last_call = {}
    strengths = []
    for moment in range(len(calls)):
        letter = calls[moment]
        sound = letter.lower()
        if sound in last_call:
            strength = echo_strength(moment - last_call[sound])
            if letter != sound:
                strength *= 2
            strengths.append(strength)
        last_call[sound] = moment
    strengths.append(len(last_call))
    return strengths


def generate(rng, size: int) -> dict:
    count = (8, 13, 22, 36, 52)[size - 1]
    return {"calls": "".join(rng.choice("abcdefABCD") for _ in range(count))}
