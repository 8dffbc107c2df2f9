"""What the sandbox tests share: an honest environment, one that runs whatever it is told, and a look from outside."""

import contextlib
import json
from pathlib import Path

from codegym_jax.sandbox import Limits, SandboxPool, Session
from codegym_jax.types import StepReply

# A small honest environment in the published format: guess the sum. The second Done of it could still earn a reward.
HONEST = """
import ast, json, random
import gymnasium

class SumEnv(gymnasium.Env):
    def __init__(self, env_str=None):
        super().__init__()
        options = ast.literal_eval(env_str.split("@")[1])
        self.numbers = options["numbers"]
        self._reward, self._done = 0, False

    @property
    def finished(self):
        return self._done

    @property
    def reward(self):
        return float(self._reward)

    @staticmethod
    def from_env_str(env_str):
        return SumEnv(env_str) if env_str.startswith("SumEnv@") else None

    @staticmethod
    def generate(seed, difficulty):
        rng = random.Random(seed)
        return {"numbers": [rng.randrange(100) for _ in range(difficulty)]}

    def step(self, action):
        try:
            call = json.loads(action)
            msg = getattr(self, call["name"])(**call["parameters"])
        except Exception as e:
            msg = f"Error: {e}"
        return True, msg

    def Observe(self):
        return json.dumps(self.numbers)

    def Echo(self, text, times):
        return text * times

    def Draw(self):
        return str((random.random(), list({"alpha", "beta", "gamma", "delta"})))

    def Done(self, answer):
        self._done, self._reward = True, int(answer == sum(self.numbers))
        return f"Reference answer: {sum(self.numbers)}"

    def solve(self):
        numbers = json.loads(self.step(json.dumps({"name": "Observe", "parameters": {}}))[1])
        self.step(json.dumps({"name": "Done", "parameters": {"answer": sum(numbers)}}))
        return self.step(json.dumps({"name": "Done", "parameters": {"answer": -1}}))[1]
"""
CONFIG = '{"numbers": [1, 2, 3]}'

# Its configuration runs in the constructor, its actions run in a step; `out` is the observation.
HOSTILE = """
import gymnasium, os, sys, json

class HostileEnv(gymnasium.Env):
    finished = False
    reward = 0

    @staticmethod
    def from_env_str(env_str):
        env = HostileEnv()
        exec(env_str.split("@", 1)[1], {"env": env})
        return env

    def step(self, action):
        scope = {"env": self, "out": ""}
        exec(action, scope)
        return True, scope["out"]
"""
TIGHT = Limits(step_cpu_s=0.3, step_wall_s=1.5, spawn_wall_s=3.0, solve_wall_s=5.0, memory_mb=160)


def call(name: str, **parameters: object) -> str:
    return json.dumps({"name": name, "parameters": parameters})


async def attack(pool: SandboxPool, code: str) -> tuple[StepReply, Session]:
    """What one step that runs `code` gives."""
    session = await pool.spawn(HOSTILE, "HostileEnv", "")
    assert session.failure is None, session.detail
    reply = await session.step(code)
    await session.close()
    return reply, session


async def well(pool: SandboxPool) -> bool:
    """Whether an honest episode still runs as it should, from the spawn to a reward of 1."""
    session = await pool.spawn(HONEST, "SumEnv", CONFIG)
    seen = await session.step(call("Observe"))
    reply = await session.step(call("Done", answer=6))
    await session.close()
    return session.failure is None and seen.observation == "[1, 2, 3]" and reply.reward == 1.0


def children(pid: int | str = "self") -> list[int]:
    """The child processes of `pid`, as the kernel lists them."""
    found: list[int] = []
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # gone meanwhile
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += [int(word) for word in (task / "children").read_text().split()]
    return sorted(found)


def below(pid: int | str = "self") -> list[int]:
    """Its children, and all processes below those."""
    return children(pid) + [p for child in children(pid) for p in below(child)]


async def pid_of(session: Session) -> int:
    """Of the child that runs a hostile episode, as seen from here: /proc is not of its pid namespace."""
    return int((await session.step("import os; out = os.readlink('/proc/self')")).observation)


def exists(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))
