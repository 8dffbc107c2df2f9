"""A crane moves loads along a wall that is marked in metres; its hook hangs at metre zero. Each job names the metre
where a load lies and the metre where it belongs. Travelling with an empty hook takes one second a metre, with a
load two seconds a metre, and lifting and setting down take five seconds each. A job whose load already lies where
it belongs is skipped without moving. After every four jobs carried out the hook goes to metre zero with an empty
hook to be oiled, which takes thirty seconds more. Report the second at which every job carried out is finished,
oiling not included in its own job, and then the metre where the hook hangs at the end.
"""


def travel(start: int, end: int, seconds_a_metre: int) -> int:
    """Seconds for moving the hook."""
    return abs(end - start) * seconds_a_metre


def crane_hook(jobs: list[tuple[int, int]]) -> list[int]:
    hook = 0
    clock = 0
    done = 0
    finished = []
    for source, target in jobs:
        if source == target:
            continue
        clock += travel(hook, source, 1) + travel(source, target, 2) + 10
        hook = target
        finished.append(clock)
        done += 1
        if done % 4 == 0:
            clock += travel(hook, 0, 1) + 30
            hook = 0
    finished.append(hook)
    return finished


def generate(rng, size: int) -> dict:
    count = (4, 6, 11, 19, 30)[size - 1]
    return {"jobs": [(rng.randint(0, 25), rng.randint(0, 25)) for _ in range(count)]}
