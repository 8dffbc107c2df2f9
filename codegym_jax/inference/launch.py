"""SGLang servers as child processes: started, watched, started again when they die, and gone when we are.

SGLang lives in an environment of its own (its pins of torch and torchvision break transformers' imports elsewhere), so
what starts a server is a command. Each server gets a process group, which is killed whole: SIGTERM drains slowly, and
a server whose scheduler died leaves children. It is killed even where we are killed -9, by a shell in that group which
reads from a pipe that ends with us. The client (sglang.py) sees a server come and go like any other.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import shlex
import shutil
import signal
import socket
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from codegym_jax.inference.client import InferenceError

log = logging.getLogger(__name__)

RESTARTS = 5  # of one server that keeps dying within STEADY_S, before it is given up
STEADY_S = 600.0
POLL_S = 0.5
GUARD = 'exec 3<&0; (cat <&3; kill -KILL 0) >/dev/null 2>&1 & exec "$@" </dev/null 3<&-'


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _healthy(url: str) -> bool:
    try:
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(f"{url}/health", timeout=30) as reply:
            return reply.status == 200
    except (OSError, urllib.error.URLError):
        return False


async def _start(arguments: Sequence[str], gpus: str, out: Path, guard: int) -> asyncio.subprocess.Process:
    """`guard` is the end of a pipe: once nobody holds its other end, the server and its children are killed."""
    if shutil.which(arguments[0]) is None:
        raise InferenceError(f"{arguments[0]}: cannot be started: no such command; see sglang.command")
    environment = os.environ | ({"CUDA_VISIBLE_DEVICES": gpus} if gpus else {})
    with open(out, "ab") as file:
        return await asyncio.create_subprocess_exec(
            "sh", "-c", GUARD, "sh", *arguments, stdin=guard, stdout=file, stderr=file, env=environment,
            start_new_session=True,
        )  # fmt: skip


def _kill(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


async def _ready(url: str, process: asyncio.subprocess.Process, out: Path, seconds: float) -> None:
    deadline = asyncio.get_running_loop().time() + seconds
    while not await asyncio.to_thread(_healthy, url):
        late = asyncio.get_running_loop().time() > deadline
        if late or process.returncode is not None:
            tail = "\n".join(out.read_text(errors="replace").splitlines()[-12:])
            how = f"was not ready in {seconds:.0f} s" if late else f"ended with status {process.returncode}"
            raise InferenceError(f"the SGLang server at {url} {how}; the end of {out}:\n{tail}")
        await asyncio.sleep(POLL_S)


@contextlib.asynccontextmanager
async def servers(
    command: str, model: Path, logs: Path, *, count: int, tp: int, gpus: int, dtype: str, max_len: int, running: int,
    flags: str = "", host: str = "127.0.0.1", port: int = 0, start_s: float = 900.0,
) -> AsyncIterator[list[str]]:  # fmt: skip
    """Start `count` servers of `tp` GPUs each on a model folder and yield their URLs once all are healthy.

    `gpus` is the index of the first GPU they may use, or -1 on a machine that has none. They listen on `host`, from
    `port` on; 0 takes free ones. Output goes to `logs`/sglang-N.log. Raises InferenceError with the end of that file
    where one does not come up.
    """
    logs.mkdir(parents=True, exist_ok=True)
    urls, processes, outs, starts = [], list[asyncio.subprocess.Process](), [], []
    for number in range(count):
        at = port + number if port else free_port()
        urls.append(f"http://{ {'0.0.0.0': '127.0.0.1', '::': '[::1]'}.get(host, host) }:{at}")
        outs.append(logs / f"sglang-{number}.log")
        arguments = [*shlex.split(command), "--model-path", str(model), "--host", host, "--port", str(at)]
        arguments += ["--dtype", dtype, "--tp-size", str(tp), "--context-length", str(max_len)]
        arguments += ["--max-running-requests", str(running), "--skip-server-warmup", *shlex.split(flags)]
        first = gpus + number * tp
        starts.append((arguments, ",".join(map(str, range(first, first + tp))) if gpus >= 0 else ""))

    async def watch(number: int) -> None:
        left = RESTARTS
        while left:
            since = time.monotonic()
            status = await processes[number].wait()
            _kill(processes[number])  # what it left behind
            left = RESTARTS if time.monotonic() - since > STEADY_S else left - 1
            log.warning("the SGLang server at %s ended with status %s; starting it again", urls[number], status)
            processes[number] = await _start(*starts[number], outs[number], guard)
        log.error("the SGLang server at %s keeps ending and is given up; see %s", urls[number], outs[number])

    guard, held = os.pipe()
    watchers: list[asyncio.Task[None]] = []
    try:
        for start, out in zip(starts, outs):
            processes.append(await _start(*start, out, guard))
        await asyncio.gather(*(_ready(*server, start_s) for server in zip(urls, processes, outs)))
        watchers = [asyncio.create_task(watch(number)) for number in range(count)]
        yield urls
    finally:
        for watcher in watchers:
            watcher.cancel()
        os.close(held)
        os.close(guard)
        for process in processes:
            _kill(process)
        await asyncio.gather(*(process.wait() for process in processes))
