"""The words of a notice are pinned on a board row by row. A row takes words as long as they fit into its width,
with one star between two words; a word that no longer fits begins the next row. A word wider than the board gets a
row of its own. The free places at the end of a row are filled with dots up to the width, and a row that is too wide
gets none. Report the rows in order, stars and dots included.
"""


def filled(row: str, width: int) -> str:
    """A row with its free places filled with dots."""
    return row + "." * max(0, width - len(row))


def notice_board_rows(words: list[str], width: int) -> list[str]:
    rows = []
    row = words[0]
    for word in words[1:]:
        if len(row) + 1 + len(word) <= width:
            row += "*" + word
        else:
            rows.append(filled(row, width))
            row = word
    rows.append(filled(row, width))
    return rows


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
