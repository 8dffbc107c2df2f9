"""A typewriter with a movable carriage is given a row of signs. A small letter is put in at the carriage, what
stands to the right of it moves on, and the carriage stands behind the new letter. A < moves the carriage one letter
to the left, a > one letter to the right, and an X takes out the letter directly to the right of the carriage; where
that is not possible the sign does nothing. Report the finished line with a | at the place where the carriage
stands.
"""


def shuttle_text(signs: str) -> str:
    left = ""
    right = ""
    for sign in signs:
        if sign == "<":
            if left:
                right = left[-1] + right
                left = left[:-1]
        elif sign == ">":
            if right:
                left += right[0]
                right = right[1:]
        elif sign == "X":
            right = right[1:]
        else:
            left += sign
    return left + "|" + right


def generate(rng, size: int) -> dict:
    count = (8, 13, 22, 36, 52)[size - 1]
    return {
        "signs": "".join(rng.choice("abcdefghk") if rng.random() < 0.55 else rng.choice("<<<>X") for _ in range(count))
    }
