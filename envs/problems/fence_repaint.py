"""A fence has slats painted in shades that are given as numbers, from left to right. Slats of one shade that stand
side by side are repainted as one patch. A patch costs its shade number times its width in slats, plus a fixed fee
for opening the pot; the fee falls away when the patch is wider than three slats. Report the cost of the dearest
patch and the cost of the whole fence, as two numbers.
"""


def patch_cost(shade: int, width: int, fee: int) -> int:
    """Cost of repainting one patch."""
    if width > 3:
        return shade * width
    return shade * width + fee


def fence_repaint(shades: list[int], fee: int) -> list[int]:
    dearest = 0
    total = 0
    width = 1
    for place in range(1, len(shades) + 1):
        if place < len(shades) and shades[place] == shades[place - 1]:
            width += 1
            continue
        cost = patch_cost(shades[place - 1], width, fee)
        dearest = max(dearest, cost)
        total += cost
        width = 1
    return [dearest, total]


def generate(rng, size: int) -> dict:
    count = (7, 12, 18, 26, 34)[size - 1]
    shades = [rng.randint(2, 9)]
    while len(shades) < count:
        shades.append(shades[-1] if rng.random() < 0.55 else rng.randint(2, 9))
    return {"shades": shades, "fee": rng.randint(5, 20)}
