"""The original solution of a problem as the judge of everything: its answers, its inputs, and new inputs like them.

An answer is compared in its canonical JSON form (`canonical`, `same`); both functions also travel, as source, into
harnesses and compiled environments, hence use nothing but the standard library. A configuration is the repr of a dict
of parameters. Its leaves are what an agent has to find out: scalars, wherever they are, and each character of a
parameter that is a string. Keys and lengths are shape.
"""

from __future__ import annotations

import ast
import inspect
import random
import string
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from codegym_jax.problems import Problem
from codegym_jax.sandbox import Limits, Outcome, SandboxPool
from codegym_jax.types import StopReason

SIZES = {1: 6, 2: 10, 3: 16, 4: 26, 5: 42}  # of containers, by difficulty: about 3 calls an element, 256 at most
# For whatever synthesis runs: 1 s of CPU a call, so that what an input makes slow does not hold up the others.
LIMITS = Limits(step_cpu_s=0.5, solve_wall_s=20.0)
GROUP = 16  # configurations a call
MAX_ANSWER = 2000  # characters of JSON; nobody types more into a Done


def canonical(value):
    """The JSON form of an answer: tuples are lists, sets sorted lists, keys strings. ValueError if it has none."""
    if value is None or type(value) in (bool, int, str):
        return value
    if isinstance(value, float):
        if value - value != 0:
            raise ValueError("an answer that is no finite number")
        return float(value)
    if isinstance(value, (list, tuple, range)):
        return [canonical(item) for item in value]
    if isinstance(value, (set, frozenset)):
        items = [canonical(item) for item in value]
        return sorted(items, key=lambda item: (str(type(item)), item))
    if isinstance(value, dict):
        return {str(key): canonical(item) for key, item in value.items()}
    if isinstance(value, (int, str)):  # an enum, say
        return int(value) if isinstance(value, int) else str(value)
    raise ValueError(f"an answer of type {str(type(value))[8:-2]}")


def same(a, b):
    """Whether two canonical answers are one: numbers within 1e-6 where one is a float, and True is not 1."""
    if isinstance(a, bool) or isinstance(b, bool) or a is None or b is None:
        return a is b
    if isinstance(a, (int, float)) and isinstance(b, (int, float)):
        return a == b or (
            isinstance(a + 0 * b, float) and abs(a - b) <= 1e-6 * max(1, abs(a), abs(b)) and abs(a) < 1e300
        )
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    return isinstance(a, str) and isinstance(b, str) and a == b


CANONICAL = inspect.getsource(canonical)
SAME = inspect.getsource(same)
HARNESS = """

{canonical}

_code = __import__("sys")._getframe().f_code  # of the whole module


def _slow(*_):
    raise KeyboardInterrupt  # no Exception, so that the solution's `except Exception` lets it pass


def _original(_text):
    import ast, json, signal
    _given = ast.literal_eval(_text)
    signal.signal(signal.SIGPROF, _slow)
    signal.setitimer(signal.ITIMER_PROF, {cpu})
    try:
        _answer = json.dumps(canonical(({entry})(**_given)))
    except KeyboardInterrupt:
        return ""
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    if len(_answer) > {limit}:
        raise ValueError("an answer of %d characters" % len(_answer))
    return _answer


def _originals(_texts):
    import random, sys, time
    _answers, _end = [], time.process_time() + 0.1
    for _text in _texts.split(chr(0)):
        _module = sys.modules["environment"] = type(sys)("environment")
        random.seed(0)
        exec(_code, _module.__dict__)
        _answers.append(_module._original(_text))
        if time.process_time() > _end:
            break
    return chr(0).join(_answers)
"""
GENERATE = """
import random as _random

def _generate(text):
    seed, size = text.split()
    return repr(generate(_random.Random(int(seed)), int(size)))
"""


async def answers(pool: SandboxPool, problem: Problem, configs: Sequence[str]) -> list[Outcome]:
    """The original solution on each configuration: the canonical answer as JSON text, or why there is none. One that
    takes too long says so itself: a process killed for it would be run again, and costs seconds."""
    cpu = 0.8 * LIMITS.step_cpu_s
    harness = HARNESS.format(canonical=CANONICAL, entry=problem.entry_point, limit=MAX_ANSWER, cpu=cpu)
    source, found = problem.solution + harness, dict[int, Outcome]()
    # Many a call, each in a module of its own; the others of one that fails, and what it leaves out, alone.
    calls = [range(i, min(i + GROUP, len(configs))) for i in range(0, len(configs), GROUP)]
    batch = max(1, -(-len(calls) // (2 * len(pool.zygotes))))
    together = ["\0".join(configs[each.start : each.stop]) for each in calls]
    for each, text, outcome in zip(calls, together, await pool.map(source, "_originals", together, batch)):
        if outcome.stop is None and text.count("\0") < len(each):  # none has one of its own
            found |= zip(each, (Outcome(None, answer) for answer in outcome.value.split("\0")))
    alone = [i for i in range(len(configs)) if i not in found]
    found |= zip(alone, await pool.map(source, "_original", [configs[i] for i in alone]))
    slow = Outcome(StopReason.ENV_TIMEOUT, "", f"more than {cpu} s of CPU")
    return [slow if found[i].stop is None and not found[i].value else found[i] for i in range(len(configs))]


async def generate(pool: SandboxPool, problem: Problem, size: int, seeds: Sequence[int]) -> list[str]:
    """Configurations of difficulty `size`, 1 to 5, that the original answers: the problem's own, else like its
    examples."""
    drawn = await propose(pool, problem, size, seeds)
    return [config for config, outcome in zip(drawn, await answers(pool, problem, drawn)) if outcome.stop is None]


async def propose(pool: SandboxPool, problem: Problem, size: int, seeds: Sequence[int], reach: int = 0) -> list[str]:
    """The same, whether the original answers them or not. reach: 1 for numbers of more digits than the examples have,
    where these ask for little work; -1 for numbers that are no larger than a container, where they ask for too much."""
    if problem.generator:
        arguments = [f"{seed} {size}" for seed in seeds]
        outcomes = await pool.map(f"{problem.generator}\n{GENERATE}", "_generate", arguments)
        drawn = [outcome.value for outcome in outcomes if outcome.stop is None]
    else:
        draw = infer([ast.literal_eval(text) for text in problem.inputs], _records(problem.solution), reach)
        drawn = [repr(draw(random.Random(f"{problem.id}/{size}/{seed}"), size)) for seed in seeds]
    return list(dict.fromkeys(drawn))


# Leaves


def _walk(value: Any, path: tuple[Any, ...]) -> Iterable[tuple[Any, ...]]:
    if isinstance(value, (list, tuple)) or (isinstance(value, str) and len(path) == 1):
        for i, item in enumerate(value):
            yield from _walk(item, (*path, i))
    elif isinstance(value, (set, frozenset)):
        for i, item in enumerate(_ordered(value)):
            yield from _walk(item, (*path, i))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _walk(item, (*path, key))
    elif path:
        yield path


def _ordered(items: Iterable[Any]) -> list[Any]:
    return sorted(items, key=lambda item: (type(item).__name__, item))


def leaves(config: str) -> list[tuple[Any, ...]]:
    """The paths of all leaves: the parameter's name, then indices and keys."""
    return list(_walk(ast.literal_eval(config), ()))


def at(value: Any, path: Sequence[Any]) -> Any:
    """What is at a path; the places of a set are those in ascending order."""
    for step in path:
        value = (_ordered(value) if isinstance(value, (set, frozenset)) else value)[step]
    return value


def with_leaf(value: Any, path: Sequence[Any], leaf: Any) -> Any:
    """A copy of `value` with another leaf at `path`."""
    if not path:
        return leaf
    first, rest = path[0], path[1:]
    if isinstance(value, dict):
        return {key: with_leaf(item, rest, leaf) if key == first else item for key, item in value.items()}
    items = _ordered(value) if isinstance(value, (set, frozenset)) else list(value)
    items[first] = with_leaf(items[first], rest, leaf)
    return "".join(items) if isinstance(value, str) else type(value)(items)


def mutate(config: str, path: tuple[Any, ...], rng: random.Random) -> str | None:
    """The same configuration with another value of the same type and of a like range in one leaf. None if there is
    no other."""
    given = ast.literal_eval(config)
    old = at(given, path)
    peers = [at(given[path[0]], other[1:]) for other in leaves(config) if other[0] == path[0]]
    peers = [peer for peer in peers if type(peer) is type(old) and peer != old]
    new: Any = old
    if isinstance(old, bool):
        new = not old
    elif isinstance(old, int):
        low, high = min([*peers, old]), max([*peers, old])
        low, high = (low, high + 1) if high - low >= 2 else (max(low - 2, min(low, 1)), high + 2)
        while new == old:
            new = rng.randint(low, high)
    elif isinstance(old, float):
        new = rng.choice(peers) if peers and rng.random() < 0.5 else round(old + rng.choice((-1.5, -0.5, 0.5, 1.5)), 3)
    elif isinstance(old, str) and isinstance(given[path[0]], str):
        new = rng.choice(peers or [c for c in _alphabet([old]) if c != old] or [old])
    elif isinstance(old, str):
        letters = [c for c in _alphabet([*peers, old]) if c not in old] or list(string.ascii_lowercase)
        i = rng.randrange(len(old)) if old else 0
        new = rng.choice(peers) if peers and rng.random() < 0.5 else old[:i] + rng.choice(letters) + old[i + 1 :]
    changed = None if new == old else repr(with_leaf(given, path, new))
    return changed if changed is None or len(leaves(changed)) == len(leaves(config)) else None


# Inputs like the examples


def _alphabet(texts: Iterable[str]) -> str:
    seen = set("".join(texts))
    for letters in (string.ascii_lowercase, string.ascii_uppercase):
        if len(seen & set(letters)) >= 4:
            seen |= set(letters)
    return "".join(sorted(seen))


def _records(solution: str) -> set[str]:
    """Names of what the solution takes apart by place, so that its length means something: a point, a line."""
    found = set()
    for node in ast.walk(ast.parse(solution)):
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and node.slice.value not in (0, -1):
            found.add(ast.unparse(node.value))
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], (ast.Tuple, ast.List)):
            found.add(ast.unparse(node.value))
    return found


def infer(
    examples: Sequence[dict[str, Any]], records: Collection[str] = (), reach: int = 0
) -> Callable[[random.Random, int], dict[str, Any]]:
    """A generator of inputs of the types, ranges, alphabets and relations that all examples share: sorted, distinct,
    rectangular, square, of equal lengths, a number that is a length, a number within a length. The length that a
    tuple, or two lists, have in every example is kept if they are among the records."""
    names = list(examples[0])
    values = {name: [example[name] for example in examples if name in example] for name in names}
    sized = [name for name in names if all(isinstance(v, (list, tuple, str, dict, set)) for v in values[name])]
    first = sized[0] if sized else ""
    equal = [n for n in sized if n != first and [len(v) for v in values[n]] == [len(v) for v in values[first]]]
    equal = equal if len({len(v) for v in values.get(first, ())}) > 1 or len(examples) < 2 else []
    fixed = {n for n in sized if len({len(v) for v in values[n]}) == 1 and len(examples) > 2 and len(values[n][0]) > 0}
    loose = {n for n in fixed if all(isinstance(v, (list, tuple)) for v in values[n]) and n not in records}
    if loose == set(sized) and len({len(values[name][0]) for name in loose}) == 1:
        fixed, equal = set(), [name for name in sized if name != first]
    lengths: dict[str, str] = {}
    within: dict[str, tuple[str, int, int]] = {}
    for name in names:
        if all(type(v) is int for v in values[name]):
            for other in sized:
                pairs = list(zip(values[name], (len(v) for v in values[other])))
                if all(v == n for v, n in pairs):
                    lengths[name] = other
                elif all(0 <= v <= n for v, n in pairs):
                    within.setdefault(
                        name, (other, int(all(v >= 1 for v, _ in pairs)), int(all(v < n for v, n in pairs)))
                    )

    def draw(rng: random.Random, size: int) -> dict[str, Any]:
        target = max(2, SIZES[size] + rng.randint(-1, 1))
        drawn: dict[str, Any] = {}
        for name in sorted(names, key=lambda name: name not in sized):
            if name in lengths:
                drawn[name] = len(drawn[lengths[name]])
            elif name in within:
                other, low, below = within[name]
                high = len(drawn[other]) - below
                drawn[name] = rng.randint(min(low, high), min(high, max(max(values[name]), high // 2)))
            else:
                n = len(drawn[first]) if name in equal else target
                if name in sized and name != first and name not in equal and rng.random() < 0.5:
                    n = max(1, n + rng.randint(-2, 2))
                kept = name in fixed and (len(sized) > 1 or isinstance(values[name][0], tuple))
                n = len(values[name][0]) if kept else n
                drawn[name] = _draw(values[name], rng, n, size, top=True, reach=reach)
        return {name: drawn[name] for name in names}

    return draw


def _shared(peers: Sequence[Any], holds: Callable[[Any], bool]) -> bool:
    told = [peer for peer in peers if len(peer) >= 3]
    return bool(told) and all(holds(peer) for peer in told)


def _draw(peers: Sequence[Any], rng: random.Random, n: int, size: int, top: bool = False, reach: int = 0) -> Any:
    """One value like the peers; `n` elements at the top level."""
    kind = type(rng.choice(peers))
    peers = [peer for peer in peers if type(peer) is kind]
    if kind is bool:
        return rng.random() < 0.5
    if kind is int:
        low, high = min(peers), max(peers)
        if top:  # alone it is what difficulty is about
            high = max(high, low + 2)
            high += (high - low) * (0, 0, 0, 1, 3, 7)[size] if reach < 1 else 30**size
            if reach < 0:
                low = min(low, SIZES[size] // 2)
                high = min(high, low + SIZES[size])
        elif high - low > 0 and high > 1:
            high += max(2, (high - low) // 2)
        return rng.randint(low, high)
    if kind is float:
        low, high = min(peers), max(peers)
        high = 1.0 if low >= 0 and high <= 1 else max(high, low + 1)  # a share stays one
        return round(rng.uniform(low, high), max(len(repr(peer).partition(".")[2]) for peer in peers) % 7)
    if kind is str:
        if not top and rng.random() < 0.5:
            return rng.choice(peers)
        words = [word for peer in peers for word in peer.split(" ")]
        if top and len(words) > 2 * len(peers):
            text = " ".join(rng.choice(words) for _ in range(n))
            return text[: max(4 * n, 4)].strip() if any(words) else text
        letters = _alphabet(peers) or "abc"
        counts = [len(peer) for peer in peers]
        return "".join(rng.choice(letters) for _ in range(n if top else rng.randint(min(counts), max(counts))))
    if kind in (list, tuple, set, frozenset):
        counts = [len(peer) for peer in peers]
        if not top:
            n = rng.randint(min(counts), max(counts))
        items = [item for peer in peers for item in (peer if kind in (list, tuple) else _ordered(peer))]
        if not items:
            return kind()
        rows = top and all(isinstance(item, (list, tuple)) for item in items)
        if rows and max(len(item) for item in items) > 0:
            widths = {len(item) for item in items}
            if len(widths) > 1 or _shared(peers, lambda peer: all(len(row) == len(peer) for row in peer)):
                n = max(2, round((2 * n) ** 0.5))  # as many leaves as a list of that length would have, roughly
            else:
                n = max(2, n // max(1, min(widths)) + 1)
        drawn = [_draw(items, rng, n, size) for _ in range(n)]
        if rows and len({len(item) for item in items}) > 1 and all(len({len(r) for r in p}) <= 1 for p in peers):
            square = all(len(row) == len(peer) for peer in peers for row in peer)
            width = n if square else max(1, min(n + rng.randint(-1, 1), n + 1))
            inner = [item for row in items for item in row]
            drawn = [type(items[0])(_draw(inner, rng, 0, size) for _ in range(width)) for _ in range(n)]
        if kind in (list, tuple) and not rows:
            if _shared(peers, lambda peer: len(set(map(repr, peer))) == len(peer)):
                drawn = list({repr(item): item for item in drawn}.values())
            if len({type(item) for item in drawn}) == 1 and not isinstance(drawn[0], (dict, set)):
                if _shared(peers, lambda peer: list(peer) == _ordered(peer)):
                    drawn.sort()
                elif _shared(peers, lambda peer: list(peer) == _ordered(peer)[::-1]):
                    drawn.sort(reverse=True)
        return kind(drawn)
    if kind is dict:
        keys = [key for peer in peers for key in peer]
        items = [item for peer in peers for item in peer.values()]
        if not keys:
            return {}
        if not top or (all(peer.keys() == peers[0].keys() for peer in peers) and len(peers) > 1):
            return {key: _draw([peer[key] for peer in peers if key in peer], rng, n, size) for key in rng.choice(peers)}
        drawn = [_draw(keys, rng, n, size) for _ in range(n)]
        if all(isinstance(key, str) and key.isalpha() and len(key) == 1 for key in keys):  # few, were it for peers
            letters = string.ascii_lowercase if max(keys) >= "a" else string.ascii_uppercase
            drawn = rng.sample(letters, min(n, len(letters)))
        return {key: _draw(items, rng, n, size) for key in drawn}
    return rng.choice(peers)
