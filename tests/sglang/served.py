"""The model and the servers of these tests.

SGLang's Python is $SGLANG_PYTHON or .venv-sglang/bin/python; install.sh makes one for a CPU.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import jax
import psutil
import pytest
from flax import nnx

from codegym_jax.inference import launch
from codegym_jax.model import Decoder, ModelConfig

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PYTHON = Path(os.environ.get("SGLANG_PYTHON") or ROOT / ".venv-sglang" / "bin" / "python")
COMMAND = f"env OMP_NUM_THREADS=1 SGLANG_USE_CPU_ENGINE=1 HF_HUB_OFFLINE=1 {PYTHON} {HERE / 'serve_cpu.py'}"
FLAGS = "--device cpu --attention-backend torch_native --sampling-backend pytorch --mem-fraction-static 0.1 "
FLAGS += "--max-total-tokens 20000 --disable-overlap-schedule --sleep-on-idle"  # or each that waits takes a core
MAX_LEN = 512
# Its vocabulary is padded by SGLang, to 384 rows.
CONFIG = ModelConfig("qwen3", 330, 64, 2, 4, 2, 16, 128, qk_norm=True, max_positions=2048)


def installed() -> None:
    if not PYTHON.is_file():
        pytest.fail(f"no SGLang: {PYTHON} is missing; bash tests/sglang/install.sh .venv-sglang, or set SGLANG_PYTHON")


@functools.cache
def policy(seed: int) -> Decoder:
    """Random weights whose next-token distributions are neither flat nor certain."""
    model = Decoder(CONFIG, rngs=nnx.Rngs(seed))
    keys = iter(jax.random.split(jax.random.key(seed), 64))
    noisy = jax.tree.map(lambda x: x + 0.15 * jax.random.normal(next(keys), x.shape, x.dtype), nnx.state(model))
    nnx.update(model, noisy)
    return model


@contextlib.contextmanager
def serve(kind: str, out: Path, *flags: str, port: int = 0) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """`launch/serve.py --KIND`, which has to end all it started on SIGTERM: its process and the URLs."""
    command = [sys.executable, str(ROOT / "launch" / "serve.py"), f"--{kind}", "--port", str(port), "--out", str(out)]
    if kind == "sglang":
        installed()
        command += ["--sglang.command", COMMAND, "--sglang.first-gpu", "-1", "--sglang.flags", FLAGS]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}
    process = subprocess.Popen([*command, *flags], cwd=out, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        found = next((line.split()[-1] for line in process.stdout if "http://" in line), None)
        assert found, f"{command} ended without a URL"
        urls = found.split(",")
        yield process, urls
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) in (0, -signal.SIGKILL)  # -9: a test killed it
        for url in urls:
            with pytest.raises(urllib.error.URLError):
                urllib.request.urlopen(f"{url}/model_info", timeout=5)
    finally:
        process.kill()
        process.wait()


async def reset(url: str, folder: str) -> None:
    """Going, and with the weights of this folder as version "a"."""
    body = {"model_path": folder, "weight_version": "a", "flush_cache": True}
    async with aiohttp.ClientSession(url) as http:
        await http.post("/abort_request", json={"abort_all": True})
        await http.post("/continue_generation", json={})
        await http.post("/end_weight_update", json={})
        async with http.post("/update_weights_from_disk", json=body) as reply:
            assert reply.status == 200, await reply.text()


@contextlib.asynccontextmanager
async def router(urls: list[str], port: int) -> AsyncIterator[subprocess.Popen]:
    arguments = [str(PYTHON), "-m", "sglang_router.launch_router", "--host", "127.0.0.1", "--port", str(port)]
    arguments += ["--prometheus-port", str(launch.free_port()), "--worker-urls", *urls]
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        async with asyncio.timeout(60), aiohttp.ClientSession() as http:
            while len(await listed(http, port)) < len(urls):
                await asyncio.sleep(0.2)
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


async def listed(http: aiohttp.ClientSession, port: int) -> set[str]:
    try:
        async with http.get(f"http://127.0.0.1:{port}/workers") as reply:
            return {worker["url"] for worker in (await reply.json())["workers"]}
    except aiohttp.ClientError:
        return set()


def signalled(url: str, number: signal.Signals) -> None:
    """Send a signal to the process that listens there, and to its children."""
    port = int(url.rpartition(":")[2])
    for connection in psutil.net_connections("tcp"):
        if connection.laddr.port == port and connection.status == psutil.CONN_LISTEN:
            os.killpg(os.getpgid(connection.pid), number)
            return
    raise AssertionError(f"nobody listens at {url}")
