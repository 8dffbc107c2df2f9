"""100,000 episodes, most of them with something wrong: no orphan, no leaked descriptor, no lost episode.

    SOAK_EPISODES=2000 python -m pytest -m soak tests/test_sandbox_soak.py

What each episode does is drawn from its number, so that a run can be repeated; when zygotes are killed is not.
"""

import asyncio
import collections
import contextlib
import gc
import json
import os
import random
import signal
import sys
import time
from pathlib import Path

import pytest
from hostile import HONEST, HOSTILE, below, call, children, descriptors

from codegym_jax.sandbox import Limits, SandboxPool, Session
from codegym_jax.types import StopReason

pytestmark = [
    pytest.mark.soak,
    pytest.mark.timeout(4 * 3600),
    pytest.mark.skipif(sys.platform != "linux", reason="elsewhere rlimits alone hold, and there is no /proc"),
]

EPISODES = int(os.environ.get("SOAK_EPISODES", "100000"))
AT_ONCE, STORM = 96, 100
KILLS = min(24, EPISODES // 500)
LIMITS = Limits(step_cpu_s=0.2, step_wall_s=60, spawn_wall_s=60, solve_wall_s=60, memory_mb=160)
LOST_S = 600  # an episode that takes longer is lost
GROWTH_MB = 64  # of the learner, from a tenth of the episodes to their end

FRAME = "import msgpack, os, time\nbody = msgpack.packb({})\ndata = len(body).to_bytes(4, 'big') + body\n"
FAULTS = {  # what one step does, how that ends, and its weight
    "exit": ("import os; os._exit(7)", StopReason.ENV_CRASH, 40),
    "segfault": ("import ctypes; ctypes.string_at(0)", StopReason.ENV_CRASH, 40),
    "raise": ("1 / 0", StopReason.ENV_CRASH, 30),
    "loop": ("while True: pass", StopReason.ENV_TIMEOUT, 2),
    "allocation": ("out = 'x' * (1 << 40)", StopReason.ENV_MEMORY, 20),
    "allocations": ("x = []\nwhile True: x.append(bytes(1 << 22))", StopReason.ENV_MEMORY, 5),
    "forged": (FRAME.format([9, "ok", "", False]) + "os.write(3, data); time.sleep(9)", StopReason.PROTOCOL, 40),
    "junk": ("import os, time; os.write(3, b'junk' * 9); time.sleep(9)", StopReason.PROTOCOL, 30),
    "truncated": (
        FRAME.format([1, "ok", "", False]) + "os.write(3, data[:-1]); os._exit(0)",
        StopReason.PROTOCOL,
        20,
    ),
    "flood": ("import os\nwhile True: os.write(3, b'x' * 65536)", StopReason.PROTOCOL, 20),
    "closed channel": ("import os; os.close(3)", StopReason.ENV_CRASH, 30),
    "lying reward": ("env.finished, env.reward = True, float('nan')", StopReason.PROTOCOL, 20),
}
WEIGHTS = {"honest": 450, "wrong": 40, "oracle": 50, "closed": 80, "cancelled step": 20, "cancelled spawn": 20}
WEIGHTS |= {name: weight for name, (_, _, weight) in FAULTS.items()}


def dead(pid):
    """Whether it has ended, reaped or not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return True


def resident_mb():
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE") >> 20


class Soak:
    """The run of all episodes, and what it has seen."""

    def __init__(self, pool):
        self.pool, self.next, self.done, self.started = pool, 0, 0, time.monotonic()
        self.killing, self.kills = 0, 0  # of zygotes: now, and so far
        self.outcomes = collections.Counter()  # as the callers saw them
        self.unseen = 0  # episodes whose spawn was cancelled: what became of them only the pool knows
        self.hit = 0  # episodes during which a zygote was killed: they may have lost processes, and gone on in others
        self.wrong = []  # what did not end as it had to

    def saw(self, number, kind, stop, expected, excused):
        """One episode is over. Excused: a zygote was killed meanwhile, so that our own failure is a right outcome."""
        self.outcomes[str(stop or "closed")] += 1
        self.hit += excused
        if stop != expected and not (excused and stop is StopReason.INFRASTRUCTURE):
            self.wrong.append(f"episode {number}, {kind}: {stop}, not {expected}")

    async def episode(self, number, kind):
        rng, kills, killing = random.Random(number), self.kills, self.killing

        def excused():
            return bool(killing or self.killing or self.kills > kills)

        numbers = [rng.randrange(100) for _ in range(rng.randrange(1, 9))]
        config = json.dumps({"numbers": numbers})
        if kind == "oracle":
            trajectory = await self.pool.solve(HONEST, "SumEnv", config)
            return self.saw(number, kind, trajectory.stop, StopReason.ANSWERED, excused())
        if kind == "cancelled spawn":
            spawn = asyncio.create_task(self.pool.spawn(HONEST, "SumEnv", config))
            await asyncio.sleep(rng.random() / 50)
            spawn.cancel()
            try:
                session = await spawn
            except asyncio.CancelledError:
                self.unseen += 1
                return None
            await session.close()
            return self.saw(number, kind, session.failure, None, excused())
        honest = kind in ("honest", "wrong", "closed", "storm")
        session = await self.pool.spawn(*((HONEST, "SumEnv", config) if honest else (HOSTILE, "HostileEnv", "")))
        stop, expected = session.failure, None
        if kind == "cancelled step" and stop is None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(session.step("import time; time.sleep(600)"), rng.random() / 20)
            stop = expected = StopReason.INFRASTRUCTURE
        elif kind in ("honest", "wrong", "closed"):
            for _ in range(rng.randrange(6)):
                seen = await session.step(call("Observe"))
                if seen.stop is None and seen.observation != config.split(": ")[1][:-1]:
                    self.wrong.append(f"episode {number}, {kind}: saw {seen.observation!r}")
            if kind != "closed":
                expected = StopReason.ANSWERED if kind == "honest" else StopReason.WRONG
                reply = await session.step(call("Done", answer=sum(numbers) + (kind == "wrong")))
                stop = reply.stop
                if reply.reward != float(stop is StopReason.ANSWERED):
                    self.wrong.append(f"episode {number}, {kind}: {stop} with reward {reply.reward}")
        elif kind in FAULTS:
            code, expected, _ = FAULTS[kind]
            stop = (await session.step(code)).stop
        await session.close()
        self.saw(number, kind, stop or session.failure, expected, excused())

    async def watched(self, kind=None):
        number, self.next = self.next, self.next + 1
        kind = kind or random.Random(-1 - number).choices([*WEIGHTS], [*WEIGHTS.values()])[0]
        try:
            async with asyncio.timeout(LOST_S):
                await self.episode(number, kind)
        except TimeoutError:
            self.wrong.append(f"episode {number}, {kind}: lost")
        self.done += 1

    async def worker(self):
        while self.next < EPISODES:
            if random.Random(self.next).random() < 0.0002:
                await asyncio.gather(*(self.watched("storm") for _ in range(STORM)))
            else:
                await self.watched()

    async def killer(self, ours):
        """SIGKILL a process of a zygote now and then: the one outside the namespace or its PID 1."""
        rng = random.Random(0)
        while True:
            if self.done < EPISODES * (self.kills + 1) / (KILLS + 1):
                await asyncio.sleep(0.02)
                continue
            outer = rng.choice([pid for pid in children() if pid not in ours and not dead(pid)])
            processes = [outer, *children(outer)[:1]]
            self.killing += 1
            with contextlib.suppress(ProcessLookupError):
                os.kill(rng.choice(processes), signal.SIGKILL)
            while not all(map(dead, processes)):
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.2)  # until the pool has met it
            self.killing, self.kills = self.killing - 1, self.kills + 1

    async def progress(self, capsys):
        while True:
            rate = self.done / (time.monotonic() - self.started)
            with capsys.disabled():
                counts = " ".join(f"{stop} {count}" for stop, count in sorted(self.outcomes.items()))
                print(
                    f"\rsoak: {self.done} of {EPISODES}, {rate:.0f}/s, {self.kills} zygotes killed, {counts}", end=" "
                )
                print(f"WRONG {len(self.wrong)}" if self.wrong else "", end="", flush=True)
            await asyncio.sleep(2)


async def test_a_hundred_thousand_episodes_with_faults(capsys):
    gc.collect()
    ours, open_before, resident = children(), descriptors(), 0
    async with SandboxPool(LIMITS) as pool:
        open_inside, soak = descriptors(), Soak(pool)
        helpers = [asyncio.create_task(soak.killer(ours)), asyncio.create_task(soak.progress(capsys))]
        workers = [asyncio.create_task(soak.worker()) for _ in range(AT_ONCE)]
        while soak.done < EPISODES / 10:
            await asyncio.sleep(0.1)
        resident = resident_mb()
        await asyncio.gather(*workers)
        for helper in helpers:
            helper.cancel()
        while pool.counters["live"]:  # of cancelled spawns
            await asyncio.sleep(0.05)

        assert soak.wrong == []
        assert soak.kills >= KILLS - 1
        counters = pool.counters
        assert counters.pop("spawned") == sum(counters.values())
        del counters["live"]
        extra = collections.Counter(counters) - soak.outcomes  # spawns cancelled under way, processes lost
        assert soak.outcomes - collections.Counter(counters) == {}
        assert set(extra) <= {"infrastructure"}
        assert extra.total() <= soak.unseen + 4 * soak.hit
        assert soak.outcomes.total() + soak.unseen == soak.done >= EPISODES

        assert descriptors() <= open_inside + soak.kills  # a dead zygote keeps the pipe of its report
        del workers, helpers
        gc.collect()
        assert sum(isinstance(thing, Session) for thing in gc.get_objects()) <= STORM
        assert resident_mb() - resident <= GROWTH_MB
    assert [pid for pid in below() if pid not in ours] == []
    assert descriptors() == open_before
