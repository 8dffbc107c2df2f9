"""A village post office notes every letter in order of its day: who wrote it, who gets it, and the day. A letter is
answered by the first later letter in the list that goes the other way between the same two people, and one letter
answers all letters it finds unanswered. A letter to oneself is only a note: it is not counted in any way. Report two
numbers: the days of waiting summed over all letters that were answered, and how many letters were never answered.
"""

import random


def letter_answers(letters: list[tuple[int, int, int]]) -> list[int]:
    open_letters: dict[tuple[int, int], list[int]] = {}
    waited = 0
    unanswered = 0
    for writer, reader, day in letters:
        if writer == reader:
            continue
        for sent in open_letters.get((reader, writer), []):
            waited += day - sent
            unanswered -= 1
        open_letters[(reader, writer)] = []
        open_letters.setdefault((writer, reader), []).append(day)
        unanswered += 1
    return [waited, unanswered]


def generate(rng: random.Random, size: int) -> dict[str, object]:
    people = [2, 3, 3, 4, 5][size - 1]
    letters = []
    day = 0
    for _ in range([3, 4, 7, 12, 20][size - 1]):
        day += rng.randint(1, 6)
        writer, reader = rng.sample(range(people), 2)
        if len(letters) == 1 or (letters and rng.random() < 0.4):
            reader, writer = rng.choice(letters)[:2]
        letters.append((writer, reader, day))
    return {"letters": letters}
