"""What an environment gives away: shortcuts around its tools, found by perturbing the hidden input.

Three questions, none of which needs to know how the environment is written. (a) Which leaves of the input can be read
without asking for them? A leaf leaks if argument-free calls and errors pin it down. (b) How far do policies come that
skip the work? (c) How many calls does any correct policy need? That is sensitivity in the sense of query complexity
(Nisan 1991, https://doi.org/10.1137/0220062; Buhrman & de Wolf 2002, https://doi.org/10.1016/S0304-3975(01)00144-X):
a leaf is pivotal if another value of it alone changes the answer. With s such twins of a configuration, of which one
call tells at most r from it, a policy of fewer than s/r calls takes the configuration and one of its twins for the
same, and is wrong on one of them. The twins are the evidence and are kept.

Everything runs in the sandbox: a harness after the environment's source plays lists of actions on a configuration.
"""

from __future__ import annotations

import ast
import asyncio
import collections
import dataclasses
import itertools
import json
import math
import random
import re
from collections.abc import Sequence
from typing import Any

from codegym_jax.problems import Problem
from codegym_jax.sandbox.pool import SandboxPool
from codegym_jax.synthesis import original
from codegym_jax.synthesis.original import at, mutate, same, with_leaf
from codegym_jax.types import Call, Environment, StopReason, Trajectory

CONFIGS, LEAVES = 4, 40  # audited an environment, sampled a configuration, both evenly; counts are scaled up
REPEATS = 3  # rounds of argument-free calls: a cursor (Next) leaks as many leaves, which is what it tells unasked
TWIN_TRIES = 4  # other values of a leaf tried against the original solution
STEPS, FRESH = 256, 64  # of the oracle's trajectory that are replayed; its distinct calls made in a fresh episode
Request = tuple[str, list[list[str]]]  # a configuration, and the actions of each episode to play on it
PROBED = "get_ref_answer solve reset finished reward config __dict__ __init__ _reward"  # names no tool has
CPU_S = 0.1  # of an answer, five times that of a request with episodes: some perturbed inputs send code into a loop
FIELD = re.compile(r"[\s,{]*[\"']?\b([A-Za-z_]\w*)[\"']?\s*[=:]\s*")  # name=value, name: value, "name": value
LEAK = 0.1  # a tool that shows more than this fraction of the leaves leaks

HARNESS = '''

def codegym_probe(text):
    """Play episodes on a configuration. The environment is used raw: nothing stops it after its first Done."""
    import json, signal
    request, result = json.loads(text), {"replies": [], "earned": [], "ended": [], "solved": []}
    cls, clip = globals()[request["class"]], request["clip"]

    class TooLong(BaseException):
        pass

    def stop(*_):
        raise TooLong("CPU time")

    def make():
        return cls.from_env_str(request["class"] + "@" + request["config"])

    signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, request["cpu_s"])
    try:
        for actions in request["episodes"]:
            env, replies, ended, earned = make(), [], [], []
            for action in actions:
                try:
                    replies.append(str(env.step(action)[1])[:clip])
                except Exception as error:
                    replies.append(f"raised {type(error).__name__}: {error}"[:clip])
                ended.append(bool(env.finished))
                earned.append(bool(env.finished and env.reward >= 1))
            result["replies"].append(replies)
            result["ended"].append(ended)
            result["earned"].append(earned)
        if request["answer"]:
            result["answer"] = json.dumps(canonical(make().get_ref_answer()))
        for name in request["without"]:
            env, left = make(), [request["budget"]]
            def step(action, run=env.step, left=left):
                left[0] -= 1
                if left[0] < 0:
                    raise TooLong
                return (True, f"Error: no tool {name}") if json.loads(action)["name"] == name else run(action)
            env.step = step
            try:
                env.solve()
            except (Exception, TooLong):
                pass
            result["solved"].append(bool(env.finished and env.reward >= 1))
    except (Exception, TooLong) as error:
        result["error"] = f"{type(error).__name__}: {error}"
    signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return json.dumps(result)
'''


@dataclasses.dataclass(frozen=True)
class Audit:
    """What an audit found. Counts are scaled up from `sampled` to `leaf_count` where not all leaves were looked at."""

    environment: str
    leaf_count: int  # of all audited configurations together
    sampled: int
    leaked: int
    leak_fraction: float
    tool_leaks: dict[str, float]  # leak fraction of each argument-free call alone, errors as "(errors)"
    leaks: dict[str, float]  # by configuration
    pivotal: dict[str, int]  # s, by configuration
    shown: int  # r, the most leaves that one call showed
    bound: dict[str, float]  # calls that any correct policy needs, rounded up
    ratio: dict[str, float]  # bound / the oracle's calls
    twins: dict[str, list[tuple[tuple[Any, ...], str]]]
    shortcuts: dict[str, float]  # policy -> how often it earned the reward
    double_done: bool  # a second Done after a wrong one earned the reward
    answer_in_errors: bool  # the reply to a wrong Done depends on the answer
    hidden_access: bool  # names that are no tools reached the hidden state
    reference: str = "original"  # or "environment": whose answers made the twins


@dataclasses.dataclass(slots=True)
class Subject:
    """One configuration under audit."""

    config: str
    leaves: list[tuple[Any, ...]]
    paths: list[tuple[Any, ...]]  # the sampled ones
    values: list[list[str]]  # by path: configurations with another value there
    oracle: Trajectory
    answer: Any = None
    twins: dict[int, tuple[str, Any]] = dataclasses.field(default_factory=dict)  # by path: configuration, its answer

    @property
    def scale(self) -> float:
        return len(self.leaves) / len(self.paths) if self.paths else 1.0


def evenly(items: Sequence[Any], count: int) -> list[Any]:
    """At most `count` of the items, evenly spaced, the first one included."""
    return [items[i * len(items) // count] for i in range(count)] if len(items) > count else list(items)


def literal(config: str) -> Any:
    """The value of a configuration, a Python literal or JSON."""
    try:
        return ast.literal_eval(config)
    except (ValueError, SyntaxError):
        return json.loads(config)


def other_values(config: str, path: tuple[Any, ...], rng: random.Random) -> list[str]:
    """Two configurations that differ from this one in that leaf alone, if it has two other values. Integers move in
    steps of one, so that what only tells a sum, a difference or a maximum of leaves gives the same for several."""
    value = literal(config)
    leaf = at(value, path)
    if type(leaf) is int:
        siblings = at(value, path[:-1])
        high = max((x for x in siblings if type(x) is int), default=leaf) if isinstance(siblings, list) else leaf
        sign = -1 if leaf >= 2 and leaf + 2 > high else 1
        return [repr(with_leaf(value, path, leaf + sign * k)) for k in (1, 2)]
    tried = [mutate(config, path, rng) for _ in range(8)]
    if isinstance(leaf, str) and leaf:  # a text of one letter has no other in it
        tried += [repr(with_leaf(value, path, chr(ord(leaf[0]) + k) + leaf[1:])) for k in (1, 2)]
    return [text for text in dict.fromkeys(tried) if text is not None and text != config][:2]


def wrong(*answers: Any) -> Any:
    """An answer that is none of these, of their kind where there is one."""
    match answers[0]:
        case bool():
            return "neither"
        case int() | float():
            return max(x for x in answers if isinstance(x, (int, float))) + 1
        case str():
            return max((str(x) for x in answers), key=len) + "?"
    return [*answers[0], 0] if isinstance(answers[0], list) else "none of these"


class Harness:
    """Runs the environment's source with the harness behind it; the many configurations of a phase in one batch."""

    def __init__(self, pool: SandboxPool, environment: Environment) -> None:
        self.pool, self.environment = pool, environment
        self.source = f"{environment.source}\n\n{original.CANONICAL}{HARNESS}"

    async def play(
        self, requests: Sequence[Request], answer: bool = False, without: Sequence[str] = (), budget: int = 0
    ) -> list[dict[str, Any] | None]:
        """What each (configuration, episodes) gave; None where it could not be run at all."""
        base = {"class": self.environment.class_name, "clip": self.pool.limits.observation_bytes, "answer": answer}
        base |= {"without": list(without), "budget": budget, "cpu_s": CPU_S if answer else 5 * CPU_S}
        texts = [json.dumps({**base, "config": config, "episodes": episodes}) for config, episodes in requests]
        outcomes = await self.pool.map(self.source, "codegym_probe", texts)
        results = [json.loads(outcome.value) if outcome.stop is None else None for outcome in outcomes]
        return [None if result is None or "error" in result else result for result in results]

    async def answers(self, configs: Sequence[str], problem: Problem | None) -> list[Any]:
        """The original solution's answers, without one the environment's own. None where there is none."""
        if problem is not None:
            outcomes = await original.answers(self.pool, problem, configs)
            return [None if outcome.stop else json.loads(outcome.value) for outcome in outcomes]
        results = await self.play([(config, []) for config in configs], answer=True)
        return [None if result is None else json.loads(result["answer"]) for result in results]


def probes(environment: Environment) -> tuple[list[str], list[str]]:
    """The episode that asks for nothing in particular, and for each of its actions the tool it is blamed on. The docs
    are no part of it: they are read from the source, so they are the same for every configuration."""
    free = [tool.name for tool in environment.tools if not tool.parameters.get("required") and tool.name != "Done"]
    actions = [Call(name, {}).action for _ in range(REPEATS) for name in free]
    blamed = free * REPEATS
    asking = [tool for tool in environment.tools if tool.name not in ("Done", *free)]
    bad = [Call(tool.name, {"no_such_parameter": 0}).action for tool in asking]
    bad += [Call(tool.name, {key: [] for key in tool.parameters["properties"]}).action for tool in asking]
    bad += ["", "{", "[]", "null", '{"name": 1}', Call("NoSuchTool", {}).action]
    return actions + bad, blamed + ["(errors)"] * len(bad)


def pinned(cells: dict[tuple[int, int], Any]) -> bool:
    """Whether replies tell the first leaf's value whatever the second one's is: no two cells of the grid of their
    values that differ in the first may look alike. A sum, a length or a count does not pass. Sorted values do, and two
    independent sums, since no more than two leaves vary at once: the error is on the strict side."""
    values = {a for a, _ in cells}
    pairs = itertools.combinations(cells.items(), 2)
    return len(values) > 1 and all(x != y for ((a, _), x), ((b, _), y) in pairs if a != b)


async def leak(harness: Harness, subjects: Sequence[Subject]) -> tuple[list[set[int]], dict[str, float], bool]:
    """By configuration the sampled leaves that leak, the leak fraction of each tool alone, and hidden access.
    A configuration on which the probes cannot be played counts as leaking whole: nothing speaks for it."""
    actions, blamed = probes(harness.environment)
    names = PROBED.split() + [key for key in literal(subjects[0].config) if key not in blamed]
    episodes = [actions, [Call(name, {}).action for name in names]]
    requests: dict[tuple[Any, ...], str] = {}
    partners: list[dict[int, int]] = []
    for n, subject in enumerate(subjects):
        requests[n,] = subject.config
        kinds: dict[type, list[int]] = collections.defaultdict(list)
        value = literal(subject.config)
        for i, path in enumerate(subject.paths):
            if not isinstance(at(value, path[:-1]), (set, frozenset)):  # where a change moves the others
                kinds[type(at(value, path))].append(i)
            requests |= {(n, i, a): text for a, text in enumerate(subject.values[i], start=1)}
        partners.append({i: j for kind in kinds.values() for i, j in zip(kind, kind[1:] + kind[:1]) if i != j})
        for i, j in partners[n].items():
            for (a, x), (b, y) in itertools.product(*(enumerate(subject.values[k], start=1) for k in (i, j))):
                leaves = [(subject.paths[k], at(literal(text), subject.paths[k])) for k, text in ((i, x), (j, y))]
                requests[n, i, a, j, b] = repr(with_leaf(with_leaf(value, *leaves[0]), *leaves[1]))
    results = dict(zip(requests, await harness.play([(text, episodes) for text in requests.values()])))

    def leaking(n: int, tool: str | None) -> set[int]:
        """The sampled leaves that the replies of one tool, or of all, pin down."""

        def transcript(*key: int) -> tuple[str, ...] | None:
            result = results.get((n, *key))
            if result is None:
                return None
            return tuple(x for x, name in zip(result["replies"][0], blamed) if tool in (None, name))

        if results[n,] is None:
            return set(range(len(subjects[n].paths)))
        found = set()
        for i in range(len(subjects[n].paths)):
            count, pins = len(subjects[n].values[i]), []
            grid = {(a, 0): transcript(i, a) if a else transcript() for a in range(count + 1)}
            pins.append(grid)
            if (j := partners[n].get(i)) is not None:
                others = range(1, len(subjects[n].values[j]) + 1)
                pins.append(grid | {(0, b): transcript(j, b) for b in others})
                pins[-1] |= {(a, b): transcript(i, a, j, b) for a in range(1, count + 1) for b in others}
            if all(pinned({cell: x for cell, x in cells.items() if x is not None}) for cells in pins):
                found.add(i)
        return found

    total = sum(len(subject.paths) for subject in subjects) or 1
    alone = {tool: sum(len(leaking(n, tool)) for n in range(len(subjects))) / total for tool in dict.fromkeys(blamed)}
    hidden = False
    for n in range(len(subjects)):
        runs = [result for key, result in results.items() if key[0] == n and len(key) <= 3 and result is not None]
        hidden |= len({tuple(run["replies"][1]) for run in runs}) > 1 or any(any(run["earned"][1]) for run in runs)
    return [leaking(n, None) for n in range(len(subjects))], alone, hidden


async def find_twins(
    harness: Harness, subjects: Sequence[Subject], problem: Problem | None, rng: random.Random
) -> None:
    """Fill in the answers, and the twins of every sampled leaf that has one among a few of its other values."""
    configs: dict[tuple[int, int, int], str] = {}
    for n, subject in enumerate(subjects):
        configs[n, -1, 0] = subject.config
        for i, path in enumerate(subject.paths):
            tried = dict.fromkeys(mutate(subject.config, path, rng) for _ in range(TWIN_TRIES))
            configs |= {(n, i, k): text for k, text in enumerate(tried) if text is not None}
    for ((n, i, _), text), answer in zip(configs.items(), await harness.answers(list(configs.values()), problem)):
        if i < 0:
            subjects[n].answer = answer
        elif None not in (answer, subjects[n].answer) and not same(answer, subjects[n].answer):
            subjects[n].twins.setdefault(i, (text, answer))


async def shown(harness: Harness, subjects: Sequence[Subject]) -> list[float]:
    """By configuration r: how many leaves the most telling call showed, a leaf being shown by a call whose reply its
    other value changes: in the oracle's trajectory replayed, in a fresh episode, or asked for without arguments."""
    requests: dict[tuple[int, int], Request] = {}
    for n, subject in enumerate(subjects):
        actions = [action for action, _ in subject.oracle.steps if not is_done(action)]
        fresh = [[action] for action in evenly(list(dict.fromkeys(actions)), FRESH)]
        episodes = [actions[:STEPS], probes(harness.environment)[0], *fresh]
        requests[n, -1] = (subject.config, episodes)
        for i, values in enumerate(subject.values):
            other = subject.twins[i][0] if i in subject.twins else next(iter(values), None)
            if other is not None:
                requests[n, i] = (other, episodes)
    results = dict(zip(requests, await harness.play(list(requests.values()))))
    most = [0.0] * len(subjects)
    for n, subject in enumerate(subjects):
        base = results[n, -1]
        if base is None:
            continue
        counts: collections.Counter[tuple[int, int]] = collections.Counter()
        for (m, i), run in results.items():
            if m == n and i >= 0 and run is not None:
                pairs = zip(base["replies"], run["replies"])
                counts.update((e, t) for e, (x, y) in enumerate(pairs) for t in range(len(x)) if x[t] != y[t])
        r = max(counts.values(), default=0)
        most[n] = r * subject.scale if r > 1 else float(r)  # one at a time stays one, however many there are
    return most


def done(answer: Any) -> str:
    return Call("Done", {"answer": answer}).action


def is_done(action: str) -> bool:
    return bool(re.match(r'\{"name": *"Done"', action))


async def second_chance(harness: Harness, subjects: Sequence[Subject]) -> tuple[bool, bool]:
    """Whether a second Done after a wrong one that ended the episode earns the reward; whether the reply to a wrong
    Done knows the answer: it is another one on the twin. Other configurations' answers are tried, and one of ours."""
    requests: list[Request] = []
    finals = [subject.oracle.steps[-1][0] for subject in subjects if subject.oracle.stop is StopReason.ANSWERED]
    for subject in subjects:
        twin, answer = next(iter(subject.twins.values()), (subject.config, subject.answer))
        right = next((action for action, _ in subject.oracle.steps if is_done(action)), done(subject.answer))
        bad = [action for action in finals if action not in (right, done(answer))]
        bad.append(done(wrong(subject.answer, answer)))
        requests += [(config, [[action, right] for action in dict.fromkeys(bad)]) for config in (subject.config, twin)]
    results = await harness.play(requests)
    double = told = False
    for a, b in zip(results[::2], results[1::2]):
        if a is None or b is None:
            continue
        for i, (earned, other) in enumerate(zip(a["earned"], b["earned"])):
            double |= a["ended"][i][0] and not earned[0] and earned[1]
            told |= not earned[0] and not other[0] and a["replies"][i][0] != b["replies"][i][0]
    return double, told


def read_config(text: str, config: str) -> str | None:
    """The configuration that a reply spells out, if it does. Only names and types are taken from `config`."""
    wanted, (_, *parts) = literal(config), FIELD.split(text)
    said = {name: value.strip(" ,}\n") for name, value in zip(parts[::2], parts[1::2])}
    if len(wanted) == 1 and not said.keys() & wanted.keys():
        said = dict.fromkeys(wanted, text)
    found = {}
    for key in wanted.keys() & said.keys():
        try:
            found[key] = literal(said[key])
        except (ValueError, SyntaxError, RecursionError):
            found[key] = said[key]
        if isinstance(wanted[key], str) and not isinstance(found[key], str):
            found[key] = said[key]
    sizes = {len(value) for value in found.values() if isinstance(value, (list, str))}
    for key in wanted.keys() - found.keys():  # a length that goes with the one list or string that was shown
        if type(wanted[key]) is int and len(sizes) == 1:
            found[key] = min(sizes)
    fits = found.keys() == wanted.keys() and all(type(found[key]) is type(wanted[key]) for key in wanted)
    return repr({key: found[key] for key in wanted}) if fits else None


async def play_shortcuts(harness: Harness, subjects: Sequence[Subject], problem: Problem | None) -> dict[str, float]:
    """How often each policy that skips work earns the reward, played as an agent through sessions of the pool.

    done: the most common answer of the other configurations. observe: one call of each tool that needs no argument,
    the reference run on what their replies spell out, Done. without <tool>: the oracle, that tool answering errors.
    """
    pool, environment = harness.pool, harness.environment
    solved = [subject for subject in subjects if subject.oracle.stop is StopReason.ANSWERED]

    async def agent(subject: Subject, actions: Sequence[str]) -> tuple[list[str], bool]:
        session = await pool.spawn(environment.source, environment.class_name, subject.config)
        replies = [await session.step(action) for action in actions]
        await session.close()
        return [reply.observation for reply in replies], bool(replies) and replies[-1].stop is StopReason.ANSWERED

    free = list(dict.fromkeys(probes(environment)[1]))[:-1]
    looks = [Call(name, {}).action for name in free]
    rates: dict[str, float] = {}
    if len(solved) > 1:
        finals = [subject.oracle.steps[-1][0] for subject in solved]
        guesses = [collections.Counter(finals[:n] + finals[n + 1 :]).most_common(1)[0][0] for n in range(len(solved))]
        won = await asyncio.gather(*(agent(subject, [guess]) for subject, guess in zip(solved, guesses)))
        rates["done"] = sum(ok for _, ok in won) / len(solved)
    seen = await asyncio.gather(*(agent(subject, looks) for subject in subjects))
    read: list[tuple[Subject, str]] = []
    for subject, (texts, _) in zip(subjects, seen):
        configs = (read_config(text, subject.config) for text in ["\n".join(texts), *texts])
        if (config := next((config for config in configs if config is not None), None)) is not None:
            read.append((subject, config))
    computed = await harness.answers([config for _, config in read], problem)
    won = await asyncio.gather(*(agent(s, [*looks, done(answer)]) for (s, _), answer in zip(read, computed)))
    rates["observe"] = sum(ok for _, ok in won) / max(1, len(subjects))
    calls = (action for subject in solved for action, _ in subject.oracle.steps if not is_done(action))
    used = dict.fromkeys(json.loads(action)["name"] for action in calls)
    for subject in solved[:1]:
        budget = 4 * len(subject.oracle.steps) + 16
        for result in await harness.play([(subject.config, [])], without=list(used), budget=budget):
            for name, ok in zip(used, result["solved"] if result else []):
                rates[f"without {name}"] = float(ok)
    return rates


async def audit(
    pool: SandboxPool, environment: Environment, configs: Sequence[str], problem: Problem | None = None
) -> Audit:
    """Audit an environment on at most CONFIGS of the configurations, evenly chosen. ValueError where there is none.

    Without a problem the environment's own reference stands in for the original solution.
    """
    chosen = evenly(list(dict.fromkeys(configs)), CONFIGS)
    if not chosen:
        raise ValueError(f"{environment.name}: configs: none given; an audit perturbs at least one")
    rng, harness = random.Random(0), Harness(pool, environment)
    runs = await asyncio.gather(*(pool.solve(environment.source, environment.class_name, text) for text in chosen))
    subjects = []
    for config, oracle in zip(chosen, runs):
        plain = repr(literal(config))  # the same as a Python literal
        leaves = original.leaves(plain)
        paths = evenly(leaves, LEAVES)
        values = [other_values(plain, path, rng) for path in paths]
        subjects.append(Subject(plain, leaves, paths, values, oracle))
    await find_twins(harness, subjects, problem, rng)
    (leaked, tools, hidden), most, (double, told), shortcuts = await asyncio.gather(
        leak(harness, subjects),
        shown(harness, subjects),
        second_chance(harness, subjects),
        play_shortcuts(harness, subjects, problem),
    )
    pivotal = [len(subject.twins) * subject.scale for subject in subjects]
    bounds = [math.ceil(s / max(1.0, r) - 1e-9) for s, r in zip(pivotal, most)]
    calls = [sum(not is_done(action) for action, _ in subject.oracle.steps) for subject in subjects]
    sampled = sum(len(subject.paths) for subject in subjects)
    count = sum(len(found) * subject.scale for found, subject in zip(leaked, subjects))
    leaf_count = sum(len(subject.leaves) for subject in subjects)
    return Audit(
        environment=environment.name,
        leaf_count=leaf_count,
        sampled=sampled,
        leaked=round(count),
        leak_fraction=count / max(1, leaf_count),
        tool_leaks=tools,
        leaks={config: len(found) / max(1, len(s.paths)) for config, found, s in zip(chosen, leaked, subjects)},
        pivotal={config: round(s) for config, s in zip(chosen, pivotal)},
        shown=round(max(most)),
        bound={config: float(bound) for config, bound in zip(chosen, bounds)},
        ratio={config: bound / max(1, n) for config, bound, n in zip(chosen, bounds, calls)},
        twins={config: [(s.paths[i], twin) for i, (twin, _) in s.twins.items()] for config, s in zip(chosen, subjects)},
        shortcuts=shortcuts,
        double_done=double,
        answer_in_errors=told,
        hidden_access=hidden,
        reference="environment" if problem is None else "original",
    )
