"""Serve environments to trainers that are not ours: one sandbox pool over HTTP, see codegym_jax/sandbox/server.py.

    python launch/serve.py --envs                  # the starter set
    python launch/serve.py --envs PATH --host 0.0.0.0 --require-isolation full

It speaks the protocol of CodeGym's own environment server and OpenEnv's. Ctrl-C and SIGTERM end every session first.
There is no authentication: on anything but localhost, keep the port inside a network that you trust.
"""

import asyncio
import dataclasses
import gc
import signal
import sys
from typing import Annotated

from codegym_jax import environments
from codegym_jax.cli import clear_errors
from codegym_jax.config import Count, Positive, Range, SandboxSection, located, parse
from codegym_jax.sandbox import Limits, SandboxPool, describe
from codegym_jax.sandbox.server import EnvironmentServer, serving

Port = Annotated[int, Range(0, 65535)]


@dataclasses.dataclass(frozen=True)
class Serve(SandboxSection):
    envs: str = "envs/starter"  # Environments: a folder of sources and task JSONL, or Parquet of the published set.
    host: str = "127.0.0.1"  # Address to listen on; 0.0.0.0 is every interface, :: every one of IPv6.
    port: Port = 8000  # Port to listen on; 0 takes a free one.
    advertise_port: Port = 0  # Port that /get_instance names, where a load balancer has another; 0 is the real one.
    live: Count = 1024  # Sessions at once; further ones are told to try again later (HTTP 503).
    evict_s: Positive = 600.0  # Seconds without a request after which a session's process ends; a later one replays it.
    idle_s: Positive = 1800.0  # Seconds without a request after which a session is released.
    request_kb: Count = 1024  # Largest request, KiB.


async def serve_environments(config: Serve) -> None:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    tasks = environments.load(located(config.envs))
    sizes = {"memory_mb": config.memory_mb, "observation_bytes": config.observation_bytes}
    limits = Limits(config.step_cpu_s, config.step_wall_s, **sizes)
    times = {"evict_s": config.evict_s, "idle_s": config.idle_s}
    options = {"request_bytes": config.request_kb << 10, "advertise_port": config.advertise_port, **times}
    async with SandboxPool(limits, config.zygotes, config.require_isolation) as pool:
        print(describe(pool.isolation))
        gc.collect()
        gc.freeze()  # sources and tasks live as long as this process: no collection need walk them
        server = EnvironmentServer(pool, tasks, live=config.live, **options)
        async with serving(server, config.host, config.port) as url:
            print(f"{len(tasks.environments)} environments, {len(tasks.tasks)} tasks: {url}", flush=True)
            await stop.wait()


def main() -> None:
    flags = sys.argv[1:]
    if flags == ["--envs"] or (flags[:1] == ["--envs"] and flags[1].startswith("-")):
        flags = flags[1:]  # without a path: the starter set
    config = parse(flags, Serve, "serve.py", __doc__ or "")
    with clear_errors("serve.py"):
        asyncio.run(serve_environments(config))


if __name__ == "__main__":
    main()
