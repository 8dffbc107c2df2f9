"""A number is shrunk by multiplying its digits with each other, zeros left out, until it has a single digit. A boy
shrinks the house numbers of his street one after another and counts the rounds of multiplying for each; a house
number with a single digit needs none. Report for each house, in order, ten times the rounds plus the last digit.
"""

import random


def digit_product(number: int) -> int:
    product = 1
    rest = number
    while rest > 0:
        digit = rest % 10
        if digit > 0:
            product *= digit
        rest = rest // 10
    return product


def shrink_numbers(houses: list[int]) -> list[int]:
    report = []
    for house in houses:
        number = house
        rounds = 0
        while number >= 10:
            number = digit_product(number)
            rounds += 1
        report.append(10 * rounds + number)
    return report


def generate(rng: random.Random, size: int) -> dict[str, object]:
    return {"houses": [rng.randint(5, 400) for _ in range([6, 10, 16, 24, 33][size - 1])]}
