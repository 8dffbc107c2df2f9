"""Two conveyor belts bring boxes to one packer, who looks at the front box of each belt and takes the lighter one;
when both weigh the same he takes the one from the east belt. When one belt is empty he takes the boxes of the other
as they come. He stamps the boxes 1, 2, 3 and so on as he takes them. Report the sum, over the boxes of the east
belt, of stamp times weight, minus the same sum over the boxes of the west belt.
"""


def two_conveyors(east: list[int], west: list[int]) -> int:
    east_next = 0
    west_next = 0
    difference = 0
    for stamp in range(1, len(east) + len(west) + 1):
        if west_next == len(west):
            take_east = True
        elif east_next == len(east):
            take_east = False
        else:
            take_east = east[east_next] <= west[west_next]
        if take_east:
            difference += stamp * east[east_next]
            east_next += 1
        else:
            difference -= stamp * west[west_next]
            west_next += 1
    return difference


def generate(rng, size: int) -> dict:
    count = (3, 5, 8, 11, 14)[size - 1]
    return {
        "east": [rng.randint(1, 50) for _ in range(count)],
        "west": [rng.randint(1, 50) for _ in range(count - rng.randint(0, 1))],
    }
