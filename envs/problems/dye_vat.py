"""Cloths of red (r), yellow (y), blue (b) or white (w) go one after another through one vat, whose water is clear
at first. A cloth comes out in a mixture of its own colour and that of the water: red with yellow gives orange (o),
yellow with blue green (g), red with blue purple (p), a white cloth takes the colour of the water, and in clear
water or water of its own colour a cloth stays as it is. Afterwards the water has the colour the cloth had before,
but a white cloth does not change the water. When a cloth other than white comes directly after a cloth of its own
colour, the water is changed after it and is clear. Report the letters of the colours in which the cloths come out,
in order.
"""


def mixture(cloth: str, water: str) -> str:
    """Colour in which a cloth comes out of the water; clear water is w."""
    if water in ("w", cloth):
        return cloth
    if cloth == "w":
        return water
    if "r" not in (cloth, water):
        return "g"
    if "y" not in (cloth, water):
        return "p"
    return "o"


def dye_vat(cloths: str) -> str:
    water = "w"
    before = "w"
    colours = ""
    for cloth in cloths:
        colours += mixture(cloth, water)
        if cloth != "w":
            water = cloth
            if cloth == before:
                water = "w"
        before = cloth
    return colours


def generate(rng, size: int) -> dict:
    count = (8, 13, 22, 40, 62)[size - 1]
    return {"cloths": "".join(rng.choice("rrybbwy") for _ in range(count))}
