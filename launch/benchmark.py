"""Measure what this system claims to be fast at, on this machine.

    python launch/benchmark.py envs --quick        # the sandbox, in under a minute
    python launch/benchmark.py envs --envs PATH    # with environments of your own
    python launch/benchmark.py rollout --quick     # rollouts: our own cost, and what runs at the same time
    python launch/benchmark.py sync --quick        # weights to a server, by disk and by requests

`envs`: how fast episodes spawn and step, what idle ones cost, how fast oracles are verified, and how fast all of
synthesis/verify.py, which also asks the original solution and the reference, runs some a second time, and tries
mutants: on many configurations of one environment, and on the tasks of many. In a closed loop every episode steps
again as soon as it has its reply; paced, it steps once a second. All times are as its caller in the event loop sees
them; cores are CPU seconds of all processes a second.

`rollout`: what an episode's turn costs this process with hundreds at once, how much of a perfect engine's room stands
empty, and how much faster updates come one version ahead (`max_staleness` 1) than in turns where generation and update
take equal time. These three measure our own side and nobody's model, hence against a double: a server in a process of
its own that speaks /generate, says what oracles said, and takes the time that SGLang took (see LATENCY_S). Last comes
the embedded engine on the quickstart's policy.

`sync`: from the call of update_weights to a server that serves them, on random weights of some sizes, beside a plain
copy of the same file within shared memory and what the server itself takes to read it. `--command` and `--flags` start
a real SGLang server (as in [sglang]); without, it is the embedded engine behind SGLang's routes.

The last line is JSON.
"""

import asyncio
import contextlib
import dataclasses
import functools
import gc
import itertools
import json
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any
from unittest import mock

import aiohttp
import psutil
from aiohttp import web

from codegym_jax import environments, problems
from codegym_jax.cli import clear_errors
from codegym_jax.config import Config, Count, SandboxSection, located, parse
from codegym_jax.environments import EnvironmentSet
from codegym_jax.sandbox import Limits, SandboxPool, Session, describe
from codegym_jax.synthesis import original
from codegym_jax.synthesis.verify import verify
from codegym_jax.types import Call, StopReason

LIVE = (1, 64, 512, 2048)
OBSERVE = Call("Observe", {}).action
VERIFIED, SIZES, CONFIGURATIONS = "badge_minutes__BadgeMinutesEnv", (1, 2, 3), 20_000  # verify() is measured on these
Job = tuple[str, str, str]  # source, class name, configuration

# Seconds that SGLang 0.5.23 took for turns of 24 tokens, 16 conversations at once on 2 CPU cores: 5 % to 95 % of them.
LATENCY_S = (0.36, 0.39, 0.41, 0.46, 0.46, 0.46, 0.46, 0.47, 0.48, 0.50, 0.51, 0.52, 0.52, 0.54, 0.54, 0.55, 0.56, 0.56)
MODEL = {"vocab": 1024, "d": 768, "heads": 12, "kv_heads": 4, "head_dim": 64, "ff": 2048, "qk_norm": True, "tie": True}
LAYER_MB = 25.2  # of a layer of that in float32


@dataclasses.dataclass(frozen=True)
class Envs(SandboxSection):
    envs: str = "envs/starter"  # Environments: a folder of sources and task JSONL, or Parquet of the published set.
    quick: bool = False  # A quarter of the time for each figure.


@dataclasses.dataclass(frozen=True)
class Rollouts:
    live: Count = 512  # Episodes at once where the cost of a turn is measured.
    quick: bool = False  # A quarter of the time for each figure.


@dataclasses.dataclass(frozen=True)
class Sync:
    command: str = ""  # What starts an SGLang server; empty is the embedded engine behind its routes.
    flags: str = ""  # Further flags for it.
    megabytes: str = "50,250,1000"  # Sizes of the models, in float32.
    paths: str = "disk,tensor"  # Ways that weights take; "requests" is tensor to a server on another machine.
    folder: Path = Path("/dev/shm")  # Shared memory (or disk) that both see.
    quick: bool = False  # The smallest of them only.


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


async def synthesis(pool: SandboxPool, count: int, every: int) -> dict[str, float]:
    """verify() on many configurations of a shipped environment, between two rounds of pool.verify on the same; and on
    the tasks of every so many of the shipped environments."""
    shipped = environments.load(located("envs/compiled"))
    names = sorted(shipped.environments)[::every]
    folder = Path(located("envs/problems"))
    judges = {name: problems.read(folder / f"{name.partition('__')[0]}.py")[0][0] for name in [VERIFIED, *names]}
    environment, problem = shipped.environments[VERIFIED], judges[VERIFIED]
    drawn = [text for size in SIZES for text in await original.generate(pool, problem, size, range(count // 2))]
    configs = random.Random(0).sample(drawn := list(dict.fromkeys(drawn)), min(count, len(drawn)))
    key = environment.source, environment.class_name
    tasks = {name: [task.config for task in shipped.tasks if task.environment == name] for name in names}
    together = asyncio.Semaphore(2 * len(pool.zygotes))

    async def check(name: str) -> None:
        async with together:
            found = await verify(pool, shipped.environments[name], tasks[name], judges[name], (), other)
        if not found.ok:
            raise Broken(f"{name} is not verified: {found.findings[0]}")

    async with SandboxPool(pool.limits, len(pool.zygotes), hash_seed=1) as other:
        marks = [time.perf_counter()]
        await pool.verify(*key, configs)
        marks.append(time.perf_counter())
        verified = await verify(pool, environment, configs, problem, (), other)
        marks.append(time.perf_counter())
        await pool.verify(*key, configs)
        marks.append(time.perf_counter())
        await asyncio.gather(*map(check, names))
        marks.append(time.perf_counter())
    if not verified.ok:
        raise Broken(f"{VERIFIED} is not verified: {verified.findings[0]}")
    before, took, after, rest = (end - start for start, end in itertools.pairwise(marks))
    rate, oracles = len(configs) / took, 2 * len(configs) / (before + after)
    calls, several = statistics.mean(verified.calls.values()), sum(map(len, tasks.values()))
    print(f"verify(): {rate:,.0f} configurations/s of {calls:.1f} calls each; oracles alone {oracles:,.0f}/s")
    print(f"verify() of {len(names)} environments, {several:,} configurations: {len(names) / rest:.1f} environments/s")
    return {"verify_per_s": rate, "verify_oracle_share": rate / oracles, "verify_environments_per_s": len(names) / rest}


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
        result |= await synthesis(pool, *((CONFIGURATIONS // 40, 16) if config.quick else (CONFIGURATIONS, 2)))
        return result | {"isolation": {name: value for name, value in pool.isolation.items() if name != "platform"}}


# ------------------------------------------------------------------------------------------------------- rollouts


class Perfect:
    """An engine that says prepared turns after recorded latencies, `slots` at once, and knows how long they were empty.

    Group g of a run plays `turns[g]`; every second sample hands in a wrong answer instead of its last turn. It speaks
    as much of SGLang's protocol as the client needs.
    """

    def __init__(self, plan: dict[str, Any]) -> None:
        self.plan, self.rng = plan, random.Random(0)
        self.slots = asyncio.Semaphore(plan["slots"])
        self.turn: Counter[str] = Counter()  # by session
        self.version, self.running, self.busy_s, self.since = "", 0, 0.0, time.monotonic()
        self.sums: dict[str, str] = dict.fromkeys(plan["names"], "")

    def checksums(self, folder: Path) -> dict[str, str]:
        from codegym_jax import weights
        from codegym_jax.inference.sync import digest

        have = weights.read_tensors(folder / "model.safetensors")
        return {name: digest([have[part] for part in parts]) for name, parts in self.plan["names"].items()}

    def count(self, change: int) -> None:
        now = time.monotonic()
        self.busy_s, self.since = self.busy_s + self.running * (now - self.since), now
        self.running += change

    async def generate(self, body: dict[str, Any]) -> dict[str, Any]:
        _, label, number, _ = f"{body['rid']}--".replace(".", "-").split("-", 3)
        sample = int(body["rid"].partition(".")[2].partition("-")[0] or 0) if label == "train" else 1
        session, turns = body["rid"].rpartition("-")[0], self.plan["turns"]
        said = turns[int(number) % len(turns)] if label == "train" else [[]]
        tokens = said[self.turn[session]]
        self.turn[session] += 1
        if self.turn[session] == len(said):
            del self.turn[session]
            tokens = self.plan["wrong"] if sample % 2 else tokens
        tokens, stop = tokens[: body["sampling_params"]["max_new_tokens"]], tokens[-1]
        async with self.slots:
            self.count(1)
            await asyncio.sleep(self.rng.choice(LATENCY_S) * self.plan["scale"])
            self.count(-1)
        span = {"version": self.version, "start": 0, "end": len(tokens)}
        ended = {"type": "stop", "matched": stop} if tokens[-1] == stop else {"type": "length", "length": len(tokens)}
        meta = {"finish_reason": ended, "weight_version": self.version, "weight_versions": [span], "cached_tokens": 0}
        return {"output_ids": tokens, "meta_info": meta | {"output_token_logprobs": [[-0.5, t, None] for t in tokens]}}

    async def answer(self, request: web.Request) -> web.Response:
        body = json.loads(await request.read() or "{}")
        match request.path:
            case "/generate":
                return web.json_response(await self.generate(body))
            case "/update_weights_from_disk":
                self.version = body["weight_version"]
                self.sums = await asyncio.to_thread(self.checksums, Path(body["model_path"]))
            case "/busy":
                self.count(0)
                return web.json_response({"slot_s": self.busy_s, "at": self.since})
            case "/workers":
                return web.Response(status=404)
        about = {"dtype": "float32", "quantization": None, "model_path": "prepared", "weight_version": self.version}
        about |= {"data": [{"max_model_len": 1 << 20}], "device": "cpu", "ranks": [{"checksums": self.sums}]}
        return web.json_response(about)


async def listen(handler: Callable[[web.Request], Awaitable[web.Response]]) -> None:
    """Serve on a free port, print its URL, and end with standard input, hence with whoever started this process."""
    app = web.Application(client_max_size=1 << 30)
    app.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(f"http://127.0.0.1:{runner.addresses[0][1]}", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


async def perfect(file: str) -> None:
    gc.freeze()
    await listen(Perfect(json.loads(Path(file).read_text())).answer)


@contextlib.asynccontextmanager
async def started(*arguments: str) -> AsyncIterator[str]:
    """This script once more, as a server; yields its URL."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, __file__, *arguments, stdin=pipe, stdout=pipe)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        if not (url := (await process.stdout.readline()).decode().strip()):
            raise Broken(f"{arguments[0]} did not start")
        yield url
    finally:
        process.stdin.close()
        await process.wait()


def quickstart(folder: Path, name: str, **changes: Any) -> Config:
    """The quickstart without its lockstep, on easy tasks, four samples each."""
    flags = ["--config", "quickstart", "--name", name, "--out", str(folder), "--rollout.no-lockstep"]
    fixed = {"tasks.max_difficulty": 1, "tasks.eval_tasks": 1, "rollout.group_size": 4, "train.cooldown": 0}
    fixed |= {"eval_every": 0, "checkpoint_every": 1000, "log_transcripts": 0, "sglang.folder": folder}
    fixed |= {"rollout.tasks_per_update": changes.get("rollout__live", 64) // 4}  # a batch fills the places once
    pairs = (fixed | {key.replace("__", "."): value for key, value in changes.items()}).items()
    flags += [text for key, value in pairs for text in (f"--{key.replace('_', '-')}", str(value))]
    return parse(flags, Config, "benchmark.py rollout")


async def prepare(folder: Path, config: Config, tasks: EnvironmentSet, groups: int) -> dict[str, Any]:
    """What a Perfect engine needs: the oracles' turns for the first groups of a run."""
    from codegym_jax import grpo, model, weights
    from codegym_jax.chat import load_chat
    from codegym_jax.evaluation.in_domain import select_tasks
    from codegym_jax.inference.sync import server_names

    chat, training = load_chat(config.model.source), select_tasks(tasks, "train", config.tasks, limit=0)
    draws = grpo.draw_tasks(training, tasks.environments, 0, groups, config.seed)
    async with SandboxPool() as pool:
        solved = await asyncio.gather(
            *(pool.solve(draw.environment.source, draw.environment.class_name, draw.task.config) for draw in draws)
        )
    says = lambda action: chat.turn(Call(action["name"], action["parameters"]))  # noqa: E731
    turns = [[says(json.loads(action)) for action, _ in trajectory.steps] for trajectory in solved]
    source = Path(config.model.source)
    shape = model.ModelConfig.from_hf(weights.read_json(source / "config.json"), str(source))
    wrong = chat.turn(Call("Done", {"answer": -1}))
    return {"turns": turns, "wrong": wrong, "names": server_names(shape)}


@contextlib.asynccontextmanager
async def engine(folder: Path, plan: dict[str, Any], slots: int, scale: float) -> AsyncIterator[str]:
    file = folder / f"plan-{slots}-{scale}.json"
    file.write_text(json.dumps(plan | {"slots": slots, "scale": scale}))
    async with started("_perfect", str(file)) as url:
        yield url


@contextlib.asynccontextmanager
async def collecting(config: Config, tasks: EnvironmentSet) -> AsyncIterator[Callable[..., Awaitable[Any]]]:
    """collect() as grpo.train calls it: a function of (first update, updates, on_episode), all of them at once."""
    from flax import nnx

    from codegym_jax import grpo
    from codegym_jax.chat import load_chat
    from codegym_jax.evaluation.in_domain import select_tasks
    from codegym_jax.inference.client import Sampling
    from codegym_jax.rollout import Budget, collect, open_actors

    r, chat = config.rollout, load_chat(config.model.source)
    training = select_tasks(tasks, "train", config.tasks, limit=0)
    graphdef, params = nnx.split(grpo.load_policy(config))
    sampling = Sampling(r.temperature, r.top_p, r.top_k, r.turn_tokens, chat.stop_token_ids)
    async with open_actors(config, graphdef, params, chat) as actors:

        async def run(first: int, updates: int, on_episode: Callable[[Any], None] = lambda _: None) -> list[Any]:
            batches = []
            for number in range(first, first + updates):
                draws = grpo.draw_tasks(training, tasks.environments, number, r.tasks_per_update, config.seed)
                budget = Budget(r.max_turns, r.max_tokens, r.max_malformed)
                options = {"seed": config.seed, "live": r.live, "on_episode": on_episode}
                batches.append(collect(draws, r.group_size, actors, sampling, budget, **options))
            groups = itertools.chain.from_iterable(await asyncio.gather(*batches))
            episodes = list(itertools.chain.from_iterable(groups))
            if lost := [episode for episode in episodes if not episode.stop.trainable]:
                raise Broken(f"{len(lost)} of {len(episodes)} episodes ended in {lost[0].stop}: {lost[0].detail}")
            return episodes

        run.client = actors.client  # type: ignore[attr-defined]
        yield run


async def overhead(folder: Path, plan: dict[str, Any], tasks: EnvironmentSet, live: int, rounds: int) -> float:
    """CPU milliseconds of this process for a turn, `live` episodes at once: client, chat, rollout and its half of the
    sandbox. The environments' own processes are not in it."""
    async with engine(folder, plan, live, 1.0) as url:
        few = max(1, live // 16)  # a quarter of the places, to warm up
        config = quickstart(folder, "cost", rollout__servers=url, rollout__live=live, rollout__tasks_per_update=few)
        async with collecting(config, tasks) as run:
            await run(0, 1)
            gc.collect()
            gc.freeze()
            used, began = time.process_time(), time.perf_counter()
            episodes = await run(1, 4 * rounds)
            used, took = time.process_time() - used, time.perf_counter() - began
    turns = sum(len(episode.actions) for episode in episodes)
    print(f"client, {live} episodes at once: {1e3 * used / turns:.2f} ms of CPU a turn, {turns / took:,.0f} turns/s")
    return 1e3 * used / turns


async def idleness(
    folder: Path, plan: dict[str, Any], tasks: EnvironmentSet, live: int, rounds: int, scale: float
) -> float:
    """Share of the time that a place of a perfect engine of `live` places has no request, once all are taken and as
    long as episodes wait to start. With a scale below 1 turns are shorter than recorded: less to hide in."""
    marks: list[asyncio.Task[dict[str, float]]] = []
    ended = 0
    async with engine(folder, plan, live, scale) as url, aiohttp.ClientSession() as http:

        async def look() -> dict[str, float]:
            async with http.get(f"{url}/busy") as reply:
                return await reply.json()

        def count(_: Any) -> None:
            nonlocal ended
            ended += 1
            if ended in (live, live * rounds - live):
                marks.append(asyncio.create_task(look()))

        config = quickstart(folder, "idle", rollout__servers=url, rollout__live=live)
        async with collecting(config, tasks) as run:
            await run(0, rounds, count)
            first, last = await asyncio.gather(*marks)
    idle = 1 - (last["slot_s"] - first["slot_s"]) / (last["at"] - first["at"]) / live
    print(f"perfect engine of {live} places: {idle:.1%} of their time without a request")
    return idle


async def speedup(folder: Path, plan: dict[str, Any], tasks: EnvironmentSet, live: int, updates: int) -> float:
    """Time of an update in turns, over that of one with rollouts a version ahead: grpo.train itself, whose optimizer
    step sleeps for as long as its batch took to collect, and ahead for as long as those did. The first update, which
    has nothing to overlap with, is out."""
    from codegym_jax import grpo
    from codegym_jax.metrics import records

    real, slept = grpo.collect, [0.0]

    async def collect(*arguments: Any, **options: Any) -> Any:
        began = time.perf_counter()
        groups = await real(*arguments, **options)
        if options.get("label", "train") == "train":
            slept.append(time.perf_counter() - began)
        return groups

    def make_update(*_: Any) -> Callable[[Any, Any], tuple[Any, dict[str, float]]]:
        def update(state: Any, _: Any) -> tuple[Any, dict[str, float]]:
            time.sleep(slept[-1])
            return state._replace(step=state.step + 1), {}

        return update

    async def run(name: str, staleness: int, collect: Callable[..., Any]) -> list[dict[str, Any]]:
        sizes = {"rollout__live": live, "train__updates": updates}
        config = quickstart(folder, name, rollout__servers=url, rollout__max_staleness=staleness, **sizes)
        changed = mock.patch.multiple(grpo, make_update=make_update, collect=collect)
        with contextlib.redirect_stdout(sys.stderr), changed:
            await grpo.train(config)
        return [line for line in records(config.folder) if "rollout_s" in line][1:]

    async with engine(folder, plan, live, 0.3) as url:
        turns = await run("turns", 0, collect)
        slept.append(statistics.mean(slept[2:]))
        ahead = await run("ahead", 1, real)
    if max(line["max_staleness"] for line in ahead) != 1:
        raise Broken("no rollout was ahead of the learner")
    first, second = (statistics.mean(line["seconds"] for line in lines) for lines in (turns, ahead))
    print(f"update {slept[-1]:.2f} s, batch {statistics.mean(line['rollout_s'] for line in turns):.2f} s", end=": ")
    print(f"{first:.2f} s in turns, {second:.2f} s ahead, {first / second:.2f} times")
    return first / second


async def embedded(folder: Path, tasks: EnvironmentSet, live: int, rounds: int) -> dict[str, float]:
    config = quickstart(folder, "embedded", rollout__live=live)
    async with collecting(config, tasks) as run:
        counters = run.client.counters  # type: ignore[attr-defined]
        await run(0, 1)  # compiles
        before, began = dict(counters), time.perf_counter()
        episodes = await run(0, rounds)
        took = time.perf_counter() - began
    made = {key: counters[key] - before[key] for key in ("sampled", "cached", "prefilled")}
    hits = made["cached"] / (made["cached"] + made["prefilled"])
    print(f"embedded engine, quickstart policy, {live} live: {len(episodes) / took:,.1f} episodes/s", end=", ")
    print(f"{made['sampled'] / took:,.0f} sampled tokens/s, {hits:.1%} of prompt tokens cached")
    return {"episodes_per_s": len(episodes) / took, "sampled_tokens_per_s": made["sampled"] / took, "cache_hits": hits}


async def rollouts(config: Rollouts) -> dict[str, Any]:
    rounds = 1 if config.quick else 4
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        base = quickstart(folder, "base")
        tasks = environments.load(base.tasks.source)
        plan = await prepare(folder, base, tasks, 256)
        cost = await overhead(folder, plan, tasks, config.live, 2 * rounds)
        idle = await idleness(folder, plan, tasks, 64, 1 + 2 * rounds, 0.5 if config.quick else 1.0)
        faster = await speedup(folder, plan, tasks, 64, 4 if config.quick else 12)
        figures = {"client_ms_per_turn": cost, "engine_idle_fraction": idle, "async_speedup": faster}
        return figures | await embedded(folder, tasks, 64, rounds)


# ------------------------------------------------------------------------------------------------------- weights


async def serve_model(folder: str) -> None:
    from flax import nnx

    from codegym_jax import weights
    from codegym_jax.inference.engine import Engine
    from codegym_jax.inference.server import EngineServer, serving

    graphdef, params = nnx.split(weights.load(folder))
    server = EngineServer(Engine(graphdef, params, slots=4, max_len=512), graphdef, params, folder)
    del params
    async with serving(server, "127.0.0.1", 0) as url:
        print(url, flush=True)
        await asyncio.to_thread(sys.stdin.read)
    await server.engine.close()


@contextlib.asynccontextmanager
async def server(config: Sync, folder: Path) -> AsyncIterator[str]:
    from codegym_jax.inference import launch

    if config.command:
        place = {"count": 1, "tp": 1, "gpus": -1 if "--device cpu" in config.flags else 0}
        options: dict[str, Any] = place | {"dtype": "float32", "max_len": 512, "running": 4}
        async with launch.servers(config.command, folder, folder, flags=config.flags, **options) as urls:
            yield urls[0]
    else:
        async with started("_serve", str(folder)) as url:
            yield url


async def sync_one(config: Sync, megabytes: int, scratch: Path, repeats: int = 3) -> dict[str, float]:
    """Medians of some repeats; `load` is the server's own part of an update from disk."""
    import jax
    from flax import nnx

    from codegym_jax import weights
    from codegym_jax.inference import sglang
    from codegym_jax.model import Decoder, ModelConfig

    shape = ModelConfig("qwen3", layers=max(1, round(megabytes / LAYER_MB)), **MODEL)  # type: ignore[arg-type]
    decoder = Decoder(shape, rngs=nnx.Rngs(0))
    folder = weights.save(decoder, scratch / f"model-{megabytes}")
    graphdef, params = nnx.split(decoder)
    jax.block_until_ready(params)
    size = sum(x.nbytes for x in jax.tree.leaves(params))

    async def median(what: Callable[[int], Awaitable[Any]]) -> float:
        times = []
        for number in range(repeats):
            began = time.perf_counter()
            await what(number)
            times.append(time.perf_counter() - began)
        return statistics.median(times)

    file = folder / "model.safetensors"
    seconds = {"copy": await median(lambda n: asyncio.to_thread(shutil.copyfile, file, scratch / f"copy-{n}"))}
    async with server(config, folder) as url, aiohttp.ClientSession(raise_for_status=True) as http:
        for path in config.paths.split(","):
            options: dict[str, Any] = {"max_len": 448, "concurrency": 4, "folder": config.folder}
            options["sync"] = "tensor" if path == "requests" else path
            lends = mock.patch.object(sglang, "shares_memory", return_value=False) if path == "requests" else None
            with lends or contextlib.nullcontext():
                client = await sglang.SGLang.connect([url], graphdef, params, **options)
            try:
                await client.update_weights(params, 1)  # compares checksums
                seconds[path] = await median(lambda n: client.update_weights(params, n + 2))  # noqa: B023
            finally:
                await client.close()

        async def load(_: int) -> None:
            await http.post(f"{url}/pause_generation", json={"mode": "retract"})
            body = {"model_path": str(folder), "weight_version": "load", "flush_cache": True}
            await http.post(f"{url}/update_weights_from_disk", json=body)
            await http.post(f"{url}/continue_generation", json={})

        seconds["load"] = await median(load)
    shutil.rmtree(folder)
    for each in scratch.glob("copy-*"):
        each.unlink()
    print(f"{size / 1e6:,.0f} MB: " + ", ".join(f"{name} {s:.2f} s" for name, s in seconds.items()), flush=True)
    return seconds | {"gb": size / 1e9}


async def sync(config: Sync) -> dict[str, Any]:
    sizes = [int(text) for text in config.megabytes.split(",")]
    with tempfile.TemporaryDirectory(dir=config.folder if config.folder.is_dir() else None) as scratch:
        found = {size: await sync_one(config, size, Path(scratch)) for size in (sizes[:1] if config.quick else sizes)}
    paths = config.paths.split(",")
    by_path = lambda value: {path: {f"{size}": value(f, path) for size, f in found.items()} for path in paths}  # noqa: E731
    return {
        "sync_seconds": by_path(lambda f, path: f[path]),
        "sync_gb_per_s": by_path(lambda f, path: f["gb"] / f[path]),
        "sync_beyond_load_over_copy": by_path(lambda f, path: (f[path] - f["load"]) / f["copy"]),
        "copy_seconds": {f"{size}": f["copy"] for size, f in found.items()},
        "load_seconds": {f"{size}": f["load"] for size, f in found.items()},
    }


def main() -> None:
    what, *flags = sys.argv[1:] or ["--help"]
    if what in ("--help", "-h"):
        print((__doc__ or "").strip())
    elif what == "_perfect":
        asyncio.run(perfect(*flags))
    elif what == "_serve":
        asyncio.run(serve_model(*flags))
    elif what in ("envs", "rollout", "sync"):
        kind: Any = {"envs": Envs, "rollout": Rollouts, "sync": Sync}[what]
        config = parse(flags, kind, f"benchmark.py {what}", __doc__ or "")
        with clear_errors(f"benchmark.py {what}"):
            if what == "envs":
                result = asyncio.run(envs(config, environments.load(located(config.envs))))
            else:
                result = asyncio.run({"rollout": rollouts, "sync": sync}[what](config))
            print(json.dumps(result))
    else:
        print(f"benchmark.py: error: {what!r}: say what to measure: envs, rollout, sync", file=sys.stderr)
        raise SystemExit(2)


if __name__ == "__main__":
    main()
