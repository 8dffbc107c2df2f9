"""The sandbox as the rest of the system sees it: spawn an episode, step it, replay it, verify thousands.

One clean zygote process a core (zygote.py) forks one confined child an episode (confine.py); process.py holds the
outside ends of both. Every way of ending is a StopReason. SandboxError is left for a machine that cannot isolate and
for `generate`. A pool belongs to one event loop, in a thread that outlives it: the kernel kills the zygotes when their
thread dies.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import resource
import time
from collections.abc import Sequence
from typing import Any

from codegym_jax.sandbox.process import LINUX, TICK_S, Child, Code, Hub, Limits, Outcome, Verdict, Zygote
from codegym_jax.types import StepReply, StopReason, Trajectory

COMPILED_SOURCES = 4096  # kept, about 10 kB each, for all pools of this process
RESTORES = 3  # processes that an episode may lose in a row through no fault of its own
LEVELS: dict[str, tuple[str, ...]] = {"rlimits": ("rlimits",)}
LEVELS["seccomp"] = (*LEVELS["rlimits"], "memory_limit", "cpu_clock", "no_new_privileges", "seccomp")
LEVELS["full"] = (*LEVELS["seccomp"], "network_namespace", "ipc_namespace", "pid_namespace", "landlock")
WITHOUT = {
    "rlimits": "no limit on CPU, descriptors, file sizes or processes",
    "memory_limit": "no limit on memory",
    "cpu_clock": "CPU budgets of a step are not seen, only wall time and the episode's CPU in all",
    "no_new_privileges": "set-user-id programs and the capabilities of this user",
    "seccomp": "all system calls: processes, threads, sockets, exec, writing files, signals",
    "network_namespace": "the network, but for seccomp",
    "ipc_namespace": "shared memory and message queues, but for seccomp",
    "pid_namespace": "other processes are seen; orphans are killed one by one",
    "landlock": "files can be read as this user can",
}
FIX = (
    "Fixes: for seccomp, Linux on x86_64 or aarch64; for landlock, Linux 5.13 with landlock among the lsm= boot "
    "parameters; for namespaces, kernel.apparmor_restrict_unprivileged_userns=0 and, in a container, --security-opt "
    "seccomp=unconfined. A zygote that failed has said why on stderr"
)


codes, numbers = dict[str, Code](), itertools.count(1)


class SandboxError(RuntimeError):
    """The machine cannot isolate as asked, or `generate` failed."""


def describe(isolation: dict[str, Any]) -> str:
    """Which walls stand on this machine, and what those that do not stand leave open."""
    level = next((name for name in reversed(LEVELS) if all(isolation.get(wall) for wall in LEVELS[name])), "none")
    missing = [f"no {wall} (open: {WITHOUT[wall]})" for wall in LEVELS["full"] if not isolation.get(wall)]
    stands = ", ".join(wall for wall in LEVELS["full"] if isolation.get(wall))
    return f"sandbox: isolation {level}: {stands}" + "".join(f"; {text}" for text in missing)


class Session:
    """One episode. It survives the loss of its process: what it did so far is done again in another.

    `failure` and `detail` say why it ended other than by an answer.
    """

    _child: Child

    def __init__(self, pool: SandboxPool, source: str, class_name: str, config: str) -> None:
        self._pool, self._arguments, self._busy = pool, (source, class_name, config), False
        self._log: list[tuple[str, str]] = []

    @property
    def failure(self) -> StopReason | None:
        return self._child.failure

    @property
    def detail(self) -> str:
        return self._child.detail

    async def step(self, action: str) -> StepReply:
        """Send one action (a JSON call), wait for its reply. Raises nothing for the environment's fault or ours: `stop`
        of the reply says how the episode ended, and every later step gives that reply again. One step at a time."""
        if self._busy:
            raise RuntimeError("a step of this session is in flight: await it before the next")
        self._busy = True
        try:
            reply = await self._pool._step(self._child, action)
            for _ in range(RESTORES):
                if not self._child.lost or self._pool.closed:
                    break
                if (reply := await self._open()).stop is None:
                    reply = await self._pool._step(self._child, action)
        except (SandboxError, OSError) as error:  # the pool was closed meanwhile, or is out of descriptors
            reply = self._child.overrule(StopReason.INFRASTRUCTURE, str(error))
        finally:
            self._busy = False
        if reply.stop is None:
            self._log.append((action, reply.observation))
        return reply

    async def evict(self) -> None:
        """Give up the process, for its memory; the next step brings the episode back by replay."""
        if not self._busy and self._child.final is None:
            self._child.lost = True
            await self._child.close()

    async def close(self) -> None:
        """Kill the process, whatever it is doing, and wait until it is reaped. Later steps give the last reply."""
        self._child.lost = False
        await self._child.close()

    async def _open(self) -> StepReply:
        """Construct the episode in a process of its own, and do what it did so far again."""
        for _ in range(RESTORES):
            self._child, reply = await self._pool._start("episode", *self._arguments)
            for i, (action, observation) in enumerate(self._log):
                reply = await self._pool._step(self._child, action)
                if self._child.lost:
                    break
                answered = reply.stop in (StopReason.ANSWERED, StopReason.WRONG) and i + 1 == len(self._log)
                if reply.observation != observation or (reply.stop and not answered):
                    got = f"ended in {reply.stop}" if reply.stop else f"gave {reply.observation!r:.200}"
                    detail = f"step {i + 1} of {len(self._log)}, replayed, {got}; it had given {observation!r:.200}"
                    return self._child.overrule(StopReason.NONDETERMINISM, detail)
            if not self._child.lost or self._pool.closed:
                break
        return reply


class SandboxPool:
    """`async with SandboxPool() as pool`. zygotes=0: one a core. Entering raises SandboxError where the machine cannot
    do what `require_isolation` names: "rlimits", "seccomp" or "full" (LEVELS). `isolation` says what it can.
    Episodes run under hash seed 0; a pool of another `hash_seed` (to 4294967295) shows what depends on it."""

    def __init__(
        self, limits: Limits | None = None, zygotes: int = 0, require_isolation: str = "rlimits", hash_seed: int = 0
    ) -> None:
        if require_isolation not in LEVELS:
            raise ValueError(f"require_isolation={require_isolation!r}: must be one of {', '.join(LEVELS)}")
        self.limits, self._level, self._count = limits or Limits(), require_isolation, zygotes or os.cpu_count() or 1
        self.isolation: dict[str, bool | int | str] = {}
        self._hash_seed = hash_seed
        self._spawned, self.closed = 0, True

    async def __aenter__(self) -> SandboxPool:
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]  # an episode takes one descriptor, the usual limit is 1024
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard if 0 <= hard < 65536 else 65536, hard))
        self._hub, self.closed = Hub(self.limits, self._hash_seed), False
        self.zygotes = [Zygote(self._hub) for _ in range(self._count)]  # dead ones until they are reaped
        self._admission = asyncio.Semaphore(8 * self._count)  # more would wait for a core within their budgets
        self._timer = self._hub.loop.call_later(TICK_S, self._tick)
        try:
            lines = await asyncio.gather(*(asyncio.to_thread(z.report.readline) for z in self.zygotes))
            self.isolation = json.loads(min(lines) or "{}")
            self.isolation["cpu_clock"] = LINUX and time.clock_gettime(~self.zygotes[0].process.pid << 3 | 2) >= 0
            if missing := [name for name in LEVELS[self._level] if not self.isolation.get(name)]:
                raise SandboxError(f"require_isolation={self._level!r}: this machine lacks {', '.join(missing)}. {FIX}")
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *exception: object) -> None:
        self.closed = True
        self._timer.cancel()
        await asyncio.gather(*(zygote.close() for zygote in self.zygotes))
        self._hub.close()

    @property
    def counters(self) -> dict[str, int]:
        """spawned, live, and how many processes ended by each StopReason or were closed."""
        return {"spawned": self._spawned, "live": sum(len(z.children) for z in self.zygotes), **self._hub.ended}

    async def spawn(self, source: str, class_name: str, config: str) -> Session:
        """Construct one episode. What goes wrong is Session.failure. OSError: out of descriptors (ulimit -n)."""
        return await self.replay(source, class_name, config, ())

    async def replay(self, source: str, class_name: str, config: str, steps: Sequence[tuple[str, str]]) -> Session:
        """Bring an episode to where it was after these (action, observation), a final Done included. Session.failure is
        NONDETERMINISM, and its detail the first observation that differs, if it does not come out the same."""
        session = Session(self, source, class_name, config)
        session._log += steps
        await session._open()
        return session

    async def solve(self, source: str, class_name: str, config: str) -> Trajectory:
        """Run solve(), the environment's own oracle, with every step recorded, up to its first Done."""
        child, reply = await self._run("solve", source, class_name, config)
        return Trajectory(tuple(child.steps), reply.reward, reply.stop or StopReason.PROTOCOL, child.detail)

    async def verify(self, source: str, class_name: str, configs: Sequence[str], batch: int = 64) -> list[Verdict]:
        """How solve() ends on each configuration, `batch` of them a process; the first Done of each counts. One that
        does not earn its reward there runs again alone, and that run counts: nothing fails for what others left. All
        do whose process forged a frame."""
        verdicts: list[Verdict | None] = [None] * len(configs)

        async def together(start: int, end: int) -> None:
            while start < end:
                child, reply = await self._run("verify", source, class_name, list(configs[start:end]), end - start)
                if reply.stop is StopReason.PROTOCOL:
                    return
                for i, verdict in enumerate(child.verdicts, start):
                    verdicts[i] = verdict if verdict.stop is StopReason.ANSWERED else None
                start += len(child.verdicts) + 1  # the next one ended this process

        async def alone(i: int) -> None:
            run = await self.solve(source, class_name, configs[i])
            verdicts[i] = Verdict(run.stop, len(run.steps), run.reward, run.detail)

        batches = range(0, len(configs), batch) if batch > 1 else ()
        await asyncio.gather(*(together(i, min(i + batch, len(configs))) for i in batches))
        await asyncio.gather(*(alone(i) for i, verdict in enumerate(verdicts) if verdict is None))
        return [verdict for verdict in verdicts if verdict is not None]

    async def map(self, source: str, function: str, arguments: Sequence[str], batch: int = 0) -> list[Outcome]:
        """What a module-level function of any source, from str to str, returns for each argument; `batch` of them a
        process (0: some two processes a zygote), each with the module executed anew. What fails in a batch runs again
        alone, and that run counts."""
        outcomes: list[Outcome | None] = [None] * len(arguments)
        # A process costs what 50 short calls do: of 64 calls each, half of the time went into processes.
        batch = batch or max(16, min(512, -(-len(arguments) // (2 * self._count))))

        async def together(start: int, end: int) -> None:
            while start < end:
                child, _ = await self._run("map", source, function, list(arguments[start:end]), end - start)
                for i, outcome in enumerate(child.outcomes, start):
                    outcomes[i] = outcome if outcome.stop is None else None
                start += len(child.outcomes) + 1  # the next one ended this process

        async def alone(i: int) -> None:
            child, reply = await self._run("map", source, function, [arguments[i]], 1)
            ended = reply.stop if child.failure else None
            if child.outcomes and ended is None:
                outcomes[i] = child.outcomes[0]
            else:
                outcomes[i] = Outcome(ended or StopReason.PROTOCOL, "", child.detail)

        batches = range(0, len(arguments), batch) if batch > 1 else ()
        await asyncio.gather(*(together(i, min(i + batch, len(arguments))) for i in batches))
        await asyncio.gather(*(alone(i) for i, outcome in enumerate(outcomes) if outcome is None))
        return [outcome for outcome in outcomes if outcome is not None]

    async def generate(self, source: str, class_name: str, seed: int, difficulty: int) -> str:
        """The configuration that the class's static method generate(seed, difficulty) returns, as JSON."""
        child, reply = await self._run("generate", source, class_name, (seed, difficulty))
        if reply.stop is not None:
            raise SandboxError(f"{class_name}.generate({seed}, {difficulty}): {reply.stop}: {child.detail}")
        return reply.observation

    async def _run(self, *arguments: Any) -> tuple[Child, StepReply]:
        """What ends with its first reply, again where its process was lost."""
        for _ in range(RESTORES):
            child, reply = await self._start(*arguments)
            await child.close()
            if not child.lost or self.closed:
                break
        return child, reply

    async def _start(
        self, mode: str, source: str, class_name: str, argument: object, expected: int = 0
    ) -> tuple[Child, StepReply]:
        """One child, and its reply to the first request."""
        limits, cpu_s, wall_s = self.limits, self.limits.step_cpu_s, self.limits.spawn_wall_s
        if mode != "episode":
            cpu_s, wall_s = limits.solve_cpu_s, limits.solve_wall_s
        async with self._admission:
            if self.closed:
                raise SandboxError("the pool is closed")
            living = [zygote for zygote in self.zygotes if zygote.alive]
            if len(living) < self._count:
                self.zygotes += (living := [Zygote(self._hub)])
            zygote = min(living, key=lambda zygote: len(zygote.children))
            loaded = zygote.load(code := codes.get(source))
            child = Child(self._hub, zygote, self._spawned + 1, loaded, mode, code is None, expected)
            self._spawned += 1
            frame = (mode, None if loaded or not code else code.data, None if code else source, class_name, argument)
            reply = await child.ask(frame, cpu_s, wall_s)
        if child.code and not code:  # sent before the source ran: the compiler's work, not the environment's
            codes[source] = Code(next(numbers), child.code)
            if len(codes) > COMPILED_SOURCES:
                codes.pop(next(iter(codes)), None)
        return child, reply

    async def _step(self, child: Child, action: str) -> StepReply:
        data, limits = action.encode("utf-8", "replace"), self.limits
        if len(data) > limits.action_bytes and child.final is None:
            return StepReply(f"Error: the call has {len(data)} bytes, {limits.action_bytes} are allowed")
        return await child.ask((data,), limits.step_cpu_s, limits.step_wall_s)

    def _tick(self) -> None:
        self._timer = self._hub.loop.call_later(TICK_S, self._tick)
        for zygote in [zygote for zygote in self.zygotes if not zygote.alive and zygote.process.poll() is not None]:
            zygote.report.close()
            self.zygotes.remove(zygote)
        for child in list(self._hub.busy):
            child.check()
