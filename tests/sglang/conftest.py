"""The real SGLang server on a CPU, for tests marked `sglang`."""

import asyncio
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flax import nnx

from codegym_jax import weights
from codegym_jax.inference import launch
from codegym_jax.model import Decoder, ModelConfig

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CONFIG = ModelConfig(family="qwen3", vocab=330, d=64, layers=2, heads=4, kv_heads=2, head_dim=16, ff=128, qk_norm=True)
CONTEXT = 512


@pytest.fixture(scope="session")
def python() -> str:
    """The interpreter of SGLang's own virtual environment."""
    found = Path(os.environ.get("SGLANG_PYTHON") or ROOT / ".venv-sglang" / "bin" / "python")
    if not found.exists():
        pytest.fail(f"{found}: not there; run `bash tests/sglang/install.sh .venv-sglang`, or set SGLANG_PYTHON")
    return str(found)


@pytest.fixture(scope="session")
def command(python) -> str:
    """Starts a server, without its flags."""
    environment = "OMP_NUM_THREADS=1 SGLANG_USE_CPU_ENGINE=1 HF_HUB_OFFLINE=1 CUDA_VISIBLE_DEVICES="
    return f"env {environment} {python} {HERE / 'serve_cpu.py'}"


@pytest.fixture(scope="session")
def flags() -> str:
    """What a server needs on a CPU."""
    return (
        "--device cpu --attention-backend torch_native --sampling-backend pytorch --mem-fraction-static 0.1 "
        "--max-total-tokens 20000 --disable-overlap-schedule"
    )


@pytest.fixture(scope="session")
def model(tmp_path_factory) -> tuple[Path, Any, Any]:
    """A small model of random weights: its folder, graphdef and parameters."""
    policy = Decoder(CONFIG, rngs=nnx.Rngs(0))
    folder = tmp_path_factory.mktemp("model") / "tiny"
    weights.save(policy, folder, tokenizer_from=ROOT / "envs" / "starter" / "warm_start")
    return folder, *nnx.split(policy)


@pytest.fixture(scope="module")
def urls(command, flags, model, tmp_path_factory) -> Iterator[list[str]]:
    """Two servers, started again when they die, for all tests of a module."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    shape = {"count": 2, "tp": 1, "gpus": -1, "dtype": "float32", "max_len": CONTEXT, "running": 16}
    started = launch.servers(command, model[0], tmp_path_factory.mktemp("servers"), flags=flags, **shape)
    try:
        yield asyncio.run_coroutine_threadsafe(started.__aenter__(), loop).result()
        asyncio.run_coroutine_threadsafe(started.__aexit__(None, None, None), loop).result()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
