"""The gate of a car park notes, in order, the minute and how many cars came in; cars that left are noted as a
negative number. The park is empty at first, and holds only a given number of cars: of a group that comes in, those
that find no place drive away. Report three numbers: the most cars that were ever there, the minute in which that
number was reached for the first time, and how many cars had to drive away. If there was never a car, the minute is
that of the first note.
"""

import random


def places_used(cars: int, places: int) -> int:
    if cars > places:
        return places
    if cars < 0:
        return 0
    return cars


def parking_peak(notes: list[tuple[int, int]], places: int) -> list[int]:
    cars = 0
    most = 0
    most_minute = notes[0][0]
    turned_away = 0
    for minute, change in notes:
        wanted = cars + change
        cars = places_used(wanted, places)
        if wanted > cars:
            turned_away += wanted - cars
        if cars > most:
            most = cars
            most_minute = minute
    return [most, most_minute, turned_away]


def generate(rng: random.Random, size: int) -> dict[str, object]:
    notes = []
    minute = 0
    cars = 0
    places = rng.randint(12, 20)
    for _ in range([4, 6, 10, 18, 30][size - 1]):
        minute += rng.randint(1, 12)
        change = -rng.randint(1, max(1, cars // 2)) if cars > 0 and rng.random() < 0.4 else rng.randint(1, 9)
        cars = min(places, cars + change)
        notes.append((minute, change))
    return {"notes": notes, "places": places}
