"""Two cords carry one letter on each knot. They are braided into a new cord: the knots are taken by turns,
beginning with the red cord and then the blue one, each cord from its start. When the knot to be taken carries the
same letter as the knot put on the new cord last, it is cut off and thrown away, and the turn still passes to the
other cord. When a cord has no knots left, its turns are passed over. Report the letters of the new cord, then a
slash, then the number of knots thrown away.
"""


def braided_cords(red: str, blue: str) -> str:
    cord = ""
    last = ""
    thrown = 0
    for turn in range(max(len(red), len(blue))):
        if turn < len(red):
            if red[turn] == last:
                thrown += 1
            else:
                last = red[turn]
                cord += last
        if turn < len(blue):
            if blue[turn] == last:
                thrown += 1
            else:
                last = blue[turn]
                cord += last
    return cord + "/" + str(thrown)


def generate(rng, size: int) -> dict:
    count = (4, 6, 10, 15, 20)[size - 1]
    return {
        "red": "".join(rng.choice("pqrs") for _ in range(count)),
        "blue": "".join(rng.choice("pqrs") for _ in range(count + rng.randint(-1, 1))),
    }
