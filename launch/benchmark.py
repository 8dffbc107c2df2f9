"""Measure what this system claims to be fast at, on this machine.

    python launch/benchmark.py envs --quick        # the sandbox, in under a minute
    python launch/benchmark.py envs --envs PATH    # with environments of your own

`envs`: how fast episodes spawn and step, what idle ones cost, how fast oracles are verified, and how fast all of
synthesis/verify.py, which also asks the original solution and the reference, runs some a second time, and tries
mutants. In a closed loop every episode steps again as soon as it has its reply;
paced, it steps once a second. All times are as its caller in the event loop sees them; cores are CPU seconds of all
processes a second. The last line is JSON.
"""

import asyncio
import dataclasses
import functools
import gc
import itertools
import json
import random
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import psutil

from codegym_jax import environments, problems
from codegym_jax.cli import clear_errors
from codegym_jax.config import SandboxSection, located, parse
from codegym_jax.environments import EnvironmentSet
from codegym_jax.sandbox import Limits, SandboxPool, Session, describe
from codegym_jax.synthesis import original
from codegym_jax.synthesis.verify import verify
from codegym_jax.types import Call, StopReason

LIVE = (1, 64, 512, 2048)
OBSERVE = Call("Observe", {}).action
VERIFIED, SIZES, CONFIGURATIONS = "badge_minutes__BadgeMinutesEnv", (1, 2, 3), 2000  # verify() is measured on these
Job = tuple[str, str, str]  # source, class name, configuration


@dataclasses.dataclass(frozen=True)
class Envs(SandboxSection):
    envs: str = "envs/starter"  # Environments: a folder of sources and task JSONL, or Parquet of the published set.
    quick: bool = False  # A quarter of the time for each figure.


class Broken(RuntimeError):
    """An episode of the benchmark did not do what it should: its figures would mean nothing."""


def quantiles(seconds: list[float], unit: float) -> tuple[float, float]:
    """Median and 99th percentile, in units of so many seconds."""
    return statistics.median(seconds) / unit, statistics.quantiles(seconds, n=100, method="inclusive")[98] / unit


def cpu_s() -> float:
    """CPU seconds so far of this process and of those below it that live, where possible from clocks of their own,
    since what /proc says of thousands of short-running processes are ticks of 10 ms."""
    below = psutil.Process().children(recursive=True)
    if psutil.LINUX:
        return time.process_time() + sum(time.clock_gettime(~process.pid << 3 | 2) for process in below)
    return time.process_time() + sum(sum(process.cpu_times()[:2]) for process in below)


async def closed_loop(calls: Iterable[Callable[[], Awaitable[object]]], seconds: float) -> tuple[float, list[float]]:
    """Calls a second, and the time each took, with one caller for each of `calls`."""
    times: list[float] = []
    start = time.perf_counter()

    async def caller(call: Callable[[], Awaitable[object]]) -> None:
        while (began := time.perf_counter()) < start + seconds:
            await call()
            times.append(time.perf_counter() - began)

    await asyncio.gather(*map(caller, calls))
    return len(times) / (time.perf_counter() - start), times


async def paced(calls: list[Callable[[], Awaitable[object]]], rounds: int) -> tuple[float, list[float]]:
    """Cores in use, and the time each call took, with each of `calls` made once a second, evenly spread."""
    times: list[float] = []
    loop = asyncio.get_running_loop()
    start = loop.time() + 0.5

    async def caller(i: int, call: Callable[[], Awaitable[object]]) -> None:
        for n in range(rounds):
            await asyncio.sleep(start + n + i / len(calls) - loop.time())
            began = time.perf_counter()
            await call()
            times.append(time.perf_counter() - began)

    used, began = cpu_s(), time.perf_counter()
    await asyncio.gather(*itertools.starmap(caller, enumerate(calls)))
    return (cpu_s() - used) / (time.perf_counter() - began), times


BARE = """
import os, time
began = time.perf_counter()
for _ in range(500):
    os.waitpid(os.fork() or os._exit(0), 0)
print(500 / (time.perf_counter() - began))
"""


def bare_forks_per_s() -> float:
    """How often a Python process with nothing imported forks, and its child exits, on one core: a yardstick to compare
    machines by, and hours on a shared one."""
    return float(subprocess.run([sys.executable, "-IS", "-c", BARE], capture_output=True, check=True).stdout)


async def start(pool: SandboxPool, jobs: Iterable[Job]) -> Session:
    session = await pool.spawn(*next(iter(jobs)))
    if session.failure is not None:
        raise Broken(f"an episode did not start: {session.failure}: {session.detail}")
    return session


async def step(session: Session) -> None:
    if (reply := await session.step(OBSERVE)).stop is not None:
        raise Broken(f"a step ended in {reply.stop}: {session.detail}")


def idle_pss_mb() -> float | None:
    """Mean proportional set size of 64 of the processes below this one that have none below them. None where the kernel
    does not tell: on Linux only root may look into processes that are not dumpable."""
    below = psutil.Process().children(recursive=True)
    parents = {process.ppid() for process in below}
    idle = [process for process in below if process.pid not in parents]
    try:
        return statistics.mean(process.memory_full_info().pss / 1e6 for process in idle[:: max(1, len(idle) // 64)])
    except (psutil.AccessDenied, AttributeError):
        return None


async def spawning(pool: SandboxPool, jobs: Iterable[Job], seconds: float) -> dict[str, float]:
    async def spawn() -> None:
        began = time.perf_counter()
        session = await start(pool, jobs)
        times.append(time.perf_counter() - began)
        await session.close()

    times: list[float] = []
    await closed_loop([spawn], seconds / 4)  # compiles the sources
    times.clear()
    at_once = len(pool.zygotes)
    rate, _ = await closed_loop([spawn] * at_once, seconds)
    p50, p99 = quantiles(times, 1e-3)
    print(f"spawn, {at_once} at once: {rate:,.0f}/s, {p50:.2f} ms, p99 {p99:.2f} ms", end="; ")
    print(f"for scale, bare forks one by one: {bare_forks_per_s():,.0f}/s")
    return {"spawns_per_s": rate, "spawn_p50_ms": p50, "spawn_p99_ms": p99}


async def stepping(pool: SandboxPool, jobs: Iterable[Job], seconds: float) -> dict[str, float | None]:
    result: dict[str, float | None] = {}
    sessions: list[Session] = []
    for live in LIVE:
        while len(sessions) < live:
            sessions += await asyncio.gather(*(start(pool, jobs) for _ in range(min(64, live - len(sessions)))))
        gc.collect()
        gc.freeze()  # as serve.py does: passes over what lives on would be most of the longest waits
        calls: list[Callable[[], Awaitable[object]]] = [functools.partial(step, session) for session in sessions]
        rate, times = await closed_loop(calls, seconds)
        p50, p99 = quantiles(times, 1e-6)
        result |= {"rtt_1_p50_us": p50} if live == 1 else {f"steps_per_s_{live}": rate}
        print(f"closed loop, {live:>5,} live: {rate:>7,.0f} steps/s, {p50:,.0f} µs, p99 {p99:,.0f} µs")
        cores, times = await paced(calls, max(2, int(seconds)))
        p50, p99 = quantiles(times, 1e-6)
        print(f"paced,       {live:>5,} live: {live:>7,} steps/s, {p50:,.0f} µs, p99 {p99:,.0f} µs, {cores:.2f} cores")
    result |= {"paced_2048_p99_ms": p99 / 1e3, "paced_2048_cores": cores, "pss_per_episode_mb": (pss := idle_pss_mb())}
    print(f"idle,        {len(sessions):>5,} live: {f'{pss:.2f} MB' if pss else 'unknown'} PSS an episode")
    await asyncio.gather(*(session.close() for session in sessions))
    return result


async def verifying(pool: SandboxPool, jobs: Iterable[Job], seconds: float) -> dict[str, float]:
    result: dict[str, float] = {}
    configs: dict[tuple[str, str], list[str]] = defaultdict(list)
    for source, class_name, config in jobs:
        configs[source, class_name].append(config)
    for name, batch in (("isolated", 1), ("batched", 64)):
        count, began = 0, time.perf_counter()
        while (took := time.perf_counter() - began) < seconds:
            runs = await asyncio.gather(*(pool.verify(*key, texts, batch) for key, texts in configs.items()))
            verdicts = list(itertools.chain.from_iterable(runs))
            if wrong := [verdict for verdict in verdicts if verdict.stop is not StopReason.ANSWERED]:
                raise Broken(f"{len(wrong)} of {len(verdicts)} oracles did not earn their reward: {wrong[0]}")
            count += len(verdicts)
        calls = statistics.mean(verdict.calls for verdict in verdicts)
        result[f"verify_{name}_per_s"] = count / took
        print(f"verify, {name}: {count / took:,.0f} oracles/s of {calls:.1f} calls each")
    return result


async def synthesis(pool: SandboxPool, count: int) -> dict[str, float]:
    """verify() on many configurations of a shipped environment, between two rounds of pool.verify on the same."""
    environment = environments.load(located("envs/compiled")).environments[VERIFIED]
    problem = problems.read(located(f"envs/problems/{VERIFIED.partition('__')[0]}.py"))[0][0]
    drawn = [text for size in SIZES for text in await original.generate(pool, problem, size, range(count // 2))]
    configs = random.Random(0).sample(drawn := list(dict.fromkeys(drawn)), min(count, len(drawn)))
    key = environment.source, environment.class_name
    async with SandboxPool(pool.limits, len(pool.zygotes), hash_seed=1) as other:
        marks = [time.perf_counter()]
        await pool.verify(*key, configs)
        marks.append(time.perf_counter())
        verified = await verify(pool, environment, configs, problem, (), other)
        marks.append(time.perf_counter())
        await pool.verify(*key, configs)
        marks.append(time.perf_counter())
    if not verified.ok:
        raise Broken(f"{VERIFIED} is not verified: {verified.findings[0]}")
    before, took, after = (end - start for start, end in itertools.pairwise(marks))
    rate, oracles = len(configs) / took, 2 * len(configs) / (before + after)
    calls = statistics.mean(verified.calls.values())
    print(f"verify(): {rate:,.0f} configurations/s of {calls:.1f} calls each; oracles alone {oracles:,.0f}/s")
    return {"verify_per_s": rate, "verify_oracle_share": rate / oracles}


async def envs(config: Envs, tasks: EnvironmentSet) -> dict[str, Any]:
    owners = [(tasks.environments[task.environment], task) for task in tasks.tasks]
    jobs = [(environment.source, environment.class_name, task.config) for environment, task in owners]
    sizes = {"memory_mb": config.memory_mb, "observation_bytes": config.observation_bytes}
    limits = Limits(config.step_cpu_s, config.step_wall_s, **sizes)
    seconds, turns = 2.0 if config.quick else 8.0, itertools.cycle(jobs)
    async with SandboxPool(limits, config.zygotes, config.require_isolation) as pool:
        print(describe(pool.isolation))
        result = await spawning(pool, turns, seconds) | await stepping(pool, turns, seconds)
        result |= await verifying(pool, jobs, seconds)
        result |= await synthesis(pool, CONFIGURATIONS // 4 if config.quick else CONFIGURATIONS)
        return result | {"isolation": {name: value for name, value in pool.isolation.items() if name != "platform"}}


def main() -> None:
    what, *flags = sys.argv[1:] or ["--help"]
    if what in ("--help", "-h"):
        print((__doc__ or "").strip())
    elif what == "envs":
        config = parse(flags, Envs, "benchmark.py envs", __doc__ or "")
        with clear_errors("benchmark.py envs"):
            print(json.dumps(asyncio.run(envs(config, environments.load(located(config.envs))))))
    else:
        print(f"benchmark.py: error: {what!r}: say what to measure: envs", file=sys.stderr)
        raise SystemExit(2)


if __name__ == "__main__":
    main()
