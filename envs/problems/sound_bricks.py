"""A mason taps the bricks of a long wall in order and notes a tone for each. A brick is sound when its tone is at
least a given pitch. He wants the longest stretch of neighbouring bricks that has no more than two unsound ones; of
equally long stretches he takes the leftmost. Report the place of its first brick, counted from one, the number of
its bricks and the sum of all their tones.
"""


def sound_bricks(tones: list[int], pitch: int) -> list[int]:
    start = 0
    unsound = 0
    tone_sum = 0
    best_first = 0
    best_length = 0
    best_sum = 0
    for place in range(len(tones)):
        tone_sum += tones[place]
        if tones[place] < pitch:
            unsound += 1
        while unsound > 2:
            if tones[start] < pitch:
                unsound -= 1
            tone_sum -= tones[start]
            start += 1
        length = place - start + 1
        if length > best_length:
            best_first = start + 1
            best_length = length
            best_sum = tone_sum
    return [best_first, best_length, best_sum]


def generate(rng, size: int) -> dict:
    count = (7, 10, 14, 18, 21)[size - 1]
    pitch = rng.randint(30, 36)
    tones = [rng.randint(pitch, 90) if rng.random() < 0.8 else rng.randint(10, pitch - 1) for _ in range(count)]
    return {"tones": tones, "pitch": pitch}
