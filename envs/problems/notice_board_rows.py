"""The words of a notice are pinned on a board row by row. A row takes words as long as they fit into its width,
with one space between two words; a word that no longer fits begins the next row. A word wider than the board gets a
row of its own. Report, for each row in order, the free places left at its end, counted in letters; a row that is
too wide counts zero.
"""


def free_places(width: int, used: int) -> int:
    """Free places at the end of a row."""
    return max(0, width - used)


def notice_board_rows(words: list[str], width: int) -> list[int]:
    free = []
    used = 0
    for word in words:
        if used == 0:
            used = len(word)
        elif used + 1 + len(word) <= width:
            used += 1 + len(word)
        else:
            free.append(free_places(width, used))
            used = len(word)
    free.append(free_places(width, used))
    return free


def generate(rng, size: int) -> dict:
    count = (7, 12, 20, 38, 60)[size - 1]
    stock = [
        "a",
        "to",
        "lost",
        "cat",
        "found",
        "kitchen",
        "table",
        "sale",
        "sunday",
        "music",
        "lesson",
        "piano",
        "room",
    ]
    stock += ["bicycle", "repair", "greenhouse", "market", "at", "noon", "tomorrow"]
    return {"words": [rng.choice(stock) for _ in range(count)], "width": rng.randint(14, 19)}
