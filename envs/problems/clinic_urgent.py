"""Patients come to a night clinic with one doctor; each is listed in order of arrival with the minute and an urgency
from 1 to 5, and no two come in the same minute. The doctor needs 10 minutes for each. Whenever she is free, she takes
of the patients who are there the most urgent one, and of equally urgent ones the one listed first; if nobody is
there, she waits for the next to come. Report the minutes in which the treatments begin, one for each patient, in the
order of the list.
"""

import random


def clinic_urgent(patients: list[tuple[int, int]]) -> list[int]:
    begins = [-1] * len(patients)
    clock = 0
    for _ in range(len(patients)):
        chosen = -1
        highest = 0
        for number in range(len(patients)):
            arrival, urgency = patients[number]
            if begins[number] >= 0:
                continue
            if arrival > clock:
                if chosen < 0:
                    clock = arrival
                    chosen = number
                break
            if urgency > highest:
                highest = urgency
                chosen = number
        begins[chosen] = clock
        clock += 10
    return begins


def generate(rng: random.Random, size: int) -> dict[str, object]:
    patients = []
    minute = 0
    for _ in range([5, 5, 6, 7, 8][size - 1]):
        minute += rng.randint(1, 11)
        patients.append((minute, rng.randint(1, 5)))
    return {"patients": patients}
