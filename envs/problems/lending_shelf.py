"""A village lends books from a shelf. Each line of its diary has a day number, a book and the word out or in. A
book goes out only when it is on the shelf, and comes in only when it is out; other lines are mistakes and are
skipped. All books stand on the shelf at first. When a book comes in, the days it was away, from the day it went out
to the day it comes in, are added to its account. Report for every book in the diary, in alphabetical order, its
name, a colon and the days on its account, with an exclamation mark and the day it last went out added when the book
is still out at the end.
"""


def lending_shelf(diary: list[tuple[int, str, str]]) -> list[str]:
    out_since = {}
    days_away = {}
    for day, book, word in diary:
        if book not in days_away:
            days_away[book] = 0
        if word == "out" and book not in out_since:
            out_since[book] = day
        elif word == "in" and book in out_since:
            days_away[book] += day - out_since[book]
            del out_since[book]
    report = []
    for book in sorted(days_away):
        line = book + ":" + str(days_away[book])
        if book in out_since:
            line += "!" + str(out_since[book])
        report.append(line)
    return report


def generate(rng, size: int) -> dict:
    count = (3, 5, 8, 14, 24)[size - 1]
    books = ["atlas", "fables", "herbal", "poems"][: 1 + (size + 1) // 2]
    diary = []
    day = 0
    away = []
    for _ in range(count):
        day += rng.randint(1, 9)
        book = rng.choice(books)
        slip = rng.random() < 0.12
        word = "in" if (book in away) != slip else "out"
        if word == "in" and book in away:
            away.remove(book)
        elif word == "out" and book not in away:
            away.append(book)
        diary.append((day, book, word))
    return {"diary": diary}
