"""A stamp on a parcel is made of letters and of the digits 0 to 9 and is read from left to right. A letter goes on
the label once, or, when digits stand directly before it, as many times as their sum says; so a letter after a
single 0 is left out. Digits at the very end, with no letter after them, go on the label as one number, their sum.
Report the text on the label.
"""


def parcel_stamp(stamp: str) -> str:
    label = ""
    times = 0
    waiting = False
    for mark in stamp:
        if mark.isdigit():
            times += int(mark)
            waiting = True
        elif waiting:
            label += mark * times
            times = 0
            waiting = False
        else:
            label += mark
    if waiting:
        label += str(times)
    return label


def generate(rng, size: int) -> dict:
    count = (8, 13, 22, 40, 64)[size - 1]
    stamp = ""
    for _ in range(count):
        stamp += rng.choice("00123") if rng.random() < 0.4 else rng.choice("ABCDEK")
    return {"stamp": stamp}
