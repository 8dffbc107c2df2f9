"""A greenhouse starts at a given temperature, with the stove off. Each hour has its own loss of degrees, due to the
weather; it may be negative on a warm hour. At the start of an hour the gardener looks at the thermometer: below
twelve degrees the stove is switched on, above twenty it is switched off, otherwise it is left as it is. A burning
stove adds five degrees in that hour, and then the loss of the hour is taken off. Report the temperature after each
hour, and as the last entry the number of hours the stove was burning.
"""


def stove_burns(temperature: int, burning: bool) -> bool:
    """Whether the stove burns in the coming hour."""
    if temperature < 12:
        return True
    if temperature > 20:
        return False
    return burning


def greenhouse_stove(start: int, losses: list[int]) -> list[int]:
    temperature = start
    burning = False
    hours = 0
    report = []
    for loss in losses:
        burning = stove_burns(temperature, burning)
        if burning:
            temperature += 5
            hours += 1
        temperature -= loss
        report.append(temperature)
    report.append(hours)
    return report


def generate(rng, size: int) -> dict:
    count = (6, 11, 19, 35, 55)[size - 1]
    return {"start": rng.randint(10, 22), "losses": [rng.randint(-2, 7) for _ in range(count)]}
