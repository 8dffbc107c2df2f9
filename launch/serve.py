"""Serve environments, or a policy, to programs that are not ours. Ctrl-C and SIGTERM end all that was started.

    python launch/serve.py --envs                       # environments: the starter set
    python launch/serve.py --envs PATH --host 0.0.0.0 --require-isolation full
    python launch/serve.py --embedded --config quickstart            # a policy, by the embedded engine
    python launch/serve.py --embedded --model.path runs/quickstart/export/final --port 30000
    python launch/serve.py --sglang --model.path FOLDER --sglang.count 2 --sglang.tp 4   # a policy, by SGLang
    python launch/serve.py --embedded --help            # all flags of one of the three

--envs: one sandbox pool over HTTP, in the protocol of CodeGym's own environment server and OpenEnv's; see
codegym_jax/sandbox/server.py.
--embedded: the engine of this project behind SGLang's routes, and /v1/chat/completions with tools; see
codegym_jax/inference/server.py. `--rollout.max-tokens` is the longest conversation, `--rollout.live` how many run.
--sglang: SGLang servers as child processes, started again where they die, with the flags that [sglang] and [rollout]
ask for; their output is in runs/NAME/servers. Give the URLs printed to `--rollout.servers` of a run.

There is no authentication: on anything but localhost, keep the port inside a network that you trust.
"""

import asyncio
import contextlib
import dataclasses
import gc
import signal
import sys
from collections.abc import Coroutine
from typing import Annotated, Any

from codegym_jax.cli import clear_errors
from codegym_jax.config import (
    Config,
    ConfigError,
    Count,
    Positive,
    Range,
    RolloutSection,
    SandboxSection,
    located,
    parse,
    shipped,
)

Port = Annotated[int, Range(0, 65535)]
SERVED = RolloutSection(live=16, max_tokens=8192)


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


@dataclasses.dataclass(frozen=True)
class ServePolicy(Config):
    host: str = "127.0.0.1"  # Address to listen on; 0.0.0.0 is every interface, :: every one of IPv6.
    port: Port = 30000  # Port to listen on, of several servers the first; 0 takes free ones.
    rollout: RolloutSection = SERVED

    def validate(self) -> None:
        """What ties the fields of a training run together does not matter here."""
        if not self.model.path:
            raise ConfigError("model.path", "", f"must name a model; or --config {shipped()}")


async def serve_environments(config: Serve) -> None:
    from codegym_jax import environments  # each mode imports its own: JAX would cost this one 4 s and 400 MB
    from codegym_jax.sandbox import Limits, SandboxPool, describe
    from codegym_jax.sandbox.server import EnvironmentServer, serving

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
            await asyncio.Event().wait()


async def serve_embedded(config: ServePolicy) -> None:
    from flax import nnx

    from codegym_jax.chat import load_chat
    from codegym_jax.grpo import exported, load_policy
    from codegym_jax.inference.engine import Engine
    from codegym_jax.inference.server import EngineServer, serving

    r = config.rollout
    config = dataclasses.replace(config, model=dataclasses.replace(config.model, path=exported(config.model.path)))
    chat = load_chat(config.model.source, config.chat.call_format)
    graphdef, params = nnx.split(load_policy(config))
    engine = Engine(graphdef, params, slots=r.cache_slots, max_len=r.max_tokens, decode_chunk=r.decode_chunk)
    try:
        server = EngineServer(engine, graphdef, params, config.model.source, chat)
        async with serving(server, config.host, config.port) as url:
            print(f"{config.model.path} in {config.model.dtype}, {url}/v1 for OpenAI's clients: {url}", flush=True)
            await asyncio.Event().wait()
    finally:
        await engine.close()


async def serve_sglang(config: ServePolicy) -> None:
    from codegym_jax import weights
    from codegym_jax.grpo import exported
    from codegym_jax.inference import launch

    g, r = config.sglang, config.rollout
    model = weights.resolve(located(exported(config.model.path)))
    shape = {"dtype": config.model.dtype, "max_len": r.max_tokens, "running": -(-r.live // g.count)}
    place = {"count": g.count, "tp": g.tp, "gpus": g.first_gpu, "flags": g.flags}
    where = {"host": config.host, "port": config.port}
    print(f"starting {g.count} SGLang servers; their output is in {config.folder / 'servers'}", flush=True)
    async with launch.servers(g.command, model, config.folder / "servers", **shape, **place, **where) as urls:
        print(f"{config.model.path} in {config.model.dtype}: {','.join(urls)}", flush=True)
        await asyncio.Event().wait()


async def until_stopped(serve: Coroutine[Any, Any, None]) -> None:
    task, loop = asyncio.ensure_future(serve), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await task


def main() -> None:
    flags, about = sys.argv[1:], __doc__ or ""
    modes = [mode for mode in ("--envs", "--embedded", "--sglang") if mode in flags]
    if len(modes) > 1 or (not modes and {"-h", "--help"} & {*flags}):
        print(about)
        raise SystemExit(2 if modes else 0)
    if modes in (["--embedded"], ["--sglang"]):
        flags.remove(modes[0])
        policy = parse(flags, ServePolicy, f"serve.py {modes[0]}", about)
        serve = serve_embedded(policy) if modes == ["--embedded"] else serve_sglang(policy)
    else:
        if flags == ["--envs"] or (flags[:1] == ["--envs"] and flags[1].startswith("-")):
            flags = flags[1:]  # without a path: the starter set
        serve = serve_environments(parse(flags, Serve, "serve.py", about))
    with clear_errors("serve.py"):
        asyncio.run(until_stopped(serve))


if __name__ == "__main__":
    main()
