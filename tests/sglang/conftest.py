"""Models and servers that the tests share; the servers are started once, which is what takes longest."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import aiohttp
import pytest
from safetensors.numpy import load_file, save_file
from served import MAX_LEN, policy, reset, serve

from codegym_jax import weights
from codegym_jax.chat import train_tokenizer


class Folders(NamedTuple):
    """Models with the weights of two seeds, and one that lacks a tensor."""

    a: str
    b: str
    broken: str


@pytest.fixture(scope="session")
def folders(tmp_path_factory) -> Folders:
    root: Path = tmp_path_factory.mktemp("models")
    for name, seed in {"a": 0, "b": 1, "broken": 1}.items():
        weights.save(policy(seed), root / name)
        train_tokenizer((), 259).save_pretrained(root / name)
    file = root / "broken" / "model.safetensors"
    save_file({name: x for name, x in load_file(file).items() if "layers.1.mlp.down" not in name}, file)
    return Folders(*(str(root / name) for name in Folders._fields))


@pytest.fixture(scope="session")
def pair(folders, tmp_path_factory) -> Iterator[list[str]]:
    """Two SGLang servers of `folders.a`, started again when they die."""
    flags = ["--model.path", folders.a, "--model.dtype", "float32", "--rollout.max-tokens", str(MAX_LEN)]
    flags += ["--rollout.live", "32", "--sglang.count", "2"]
    with serve("sglang", tmp_path_factory.mktemp("servers"), *flags) as (_, urls):
        yield urls


@pytest.fixture
async def url(pair, folders) -> str:
    """One of them, as it was in the beginning."""
    await reset(pair[0], folders.a)
    return pair[0]


@pytest.fixture
async def urls(pair, folders) -> list[str]:
    """Both, as they were in the beginning, once they are up again."""
    async with asyncio.timeout(200), aiohttp.ClientSession() as http:
        for url in pair:
            while True:
                try:
                    async with http.get(f"{url}/health") as reply:
                        if reply.status == 200:
                            break
                except aiohttp.ClientError:
                    pass
                await asyncio.sleep(0.5)
            await reset(url, folders.a)
    return pair
