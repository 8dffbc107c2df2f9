"""The weights of a version as SGLang servers take them: where they lie, what carries them, their checksums.

No state, no requests sent: sglang.py does that.
"""

from __future__ import annotations

import contextlib
import dataclasses
import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jax
import numpy as np
import orjson
import psutil
from jax.experimental import multihost_utils

from codegym_jax import weights
from codegym_jax.inference import tensors
from codegym_jax.inference.client import InferenceError
from codegym_jax.model import Decoder, ModelConfig

BUCKET_BYTES = 128 << 20  # of one /update_weights_from_tensor; base64 makes it 4/3 of that, and servers hold it 5 times
FILE = "model.safetensors"
PATH_BYTES = 4096
ROWS = 64  # SGLang pads a vocabulary to a multiple of this many rows, with zeros
TABLES = ("model.embed_tokens.weight", "lm_head.weight")
FUSED = {"q": "qkv", "k": "qkv", "v": "qkv", "gate": "gate_up", "up": "gate_up"}  # projections that SGLang keeps as one


@dataclasses.dataclass(frozen=True, slots=True)
class Published:
    """The weights of a version in the form in which servers take them; kept for servers that come back."""

    version: int
    size: int  # bytes
    folder: Path
    before: int  # bytes of the file that precede the safetensors

    def tensors(self) -> dict[str, np.ndarray]:
        """Views of the file."""
        return weights.read_tensors(self.folder / FILE, self.before)


def server_names(config: ModelConfig) -> dict[str, list[str]]:
    """SGLang's parameter -> the Hugging Face tensors it consists of, in their order along its first axis."""
    names: dict[str, list[str]] = {}
    for name in weights.hf_tensors(config):
        head, dot, tail = name.rpartition("_proj")
        stem, _, last = head.rpartition(".")
        names.setdefault(f"{stem}.{FUSED[last]}_proj{tail}" if dot and last in FUSED else name, []).append(name)
    return names


def publish(model: Decoder, mine: Path, name: str, dtype: str, version: int, *, lend: bool) -> Published:
    """Write a version where servers find it, in the folder `name` of `mine` or of the run's first process. `lend`: in a
    form in which it can also be lent as shared memory. Every process of a run calls this. OSError where it cannot."""
    common = common_folder(mine)
    folder, before = (common or mine) / name, tensors.COUNTER if lend else b""
    size = weights.publish(model, folder / FILE, dtype, before, together=common is not None)
    (folder / "config.json").write_text(json.dumps(model.config.to_hf() | {"dtype": dtype}))
    return Published(version, size, folder, len(before))


def body(bucket: str, tag: str) -> bytes:
    """The request of one bucket. Only the last, which has the version, flushes the cache."""
    text = {"load_format": "flattened_bucket", "flush_cache": bool(tag), "weight_version": tag or None}
    return orjson.dumps(text | {"serialized_named_tensors": [bucket]})


def bodies(published: Published, tag: str) -> list[bytes]:
    """The requests that carry the weights. `tag`: their version as the server is to call it."""
    parts, size = [dict[str, np.ndarray]()], 0
    for name, array in published.tensors().items():
        if parts[-1] and size + array.nbytes > BUCKET_BYTES:
            parts.append({})
            size = 0
        parts[-1][name], size = array, size + array.nbytes
    tags = [*[""] * (len(parts) - 1), tag]
    return [body(tensors.bucket(part), tag) for part, tag in zip(parts, tags)]


def each_rank(request: bytes, info: dict[str, Any]) -> bytes:
    """The same bucket for each of a server's ranks."""
    if (tp := info.get("tp_size", 1)) == 1:
        return request
    text = orjson.loads(request)
    return orjson.dumps(text | {"serialized_named_tensors": text["serialized_named_tensors"] * tp})


def shares_memory(url: str, info: dict[str, Any], folder: Path) -> bool:
    """Whether a server runs on this machine, with the memory that `folder` is in as its /dev/shm, and may write there.

    Told from the process that listens at its address, which could be a tunnel: SGLang's has children of that name. The
    embedded server, which has none, may be asked in any case.
    """
    where = urlsplit(url)
    if where.hostname not in ("127.0.0.1", "localhost", "::1") or info.get("nnodes", 1) != 1:
        return False
    try:
        sockets = [found for found in psutil.net_connections("tcp") if found.status == psutil.CONN_LISTEN]
        pids = {socket.pid for socket in sockets if socket.laddr.port == where.port}
        if not pids or None in pids:  # nobody, or somebody else's
            return False
        return all(
            process.uids().effective in (0, os.geteuid())
            and Path(f"/proc/{process.pid}/root{tensors.SHARED}").stat().st_dev == folder.stat().st_dev
            and (info.get("embedded") or any("sglang" in child.name() for child in process.children()))
            for process in map(psutil.Process, pids)
        )
    except (OSError, psutil.Error):
        return False


def digest(arrays: Sequence[np.ndarray]) -> str:
    """SGLang's checksum of a parameter that lies in host memory (of servers on CPUs)."""
    sha = hashlib.sha256()
    for array in arrays:
        sha.update(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data)
    return sha.hexdigest()[:16]


def checksums(published: Published, config: ModelConfig, gpu: bool) -> dict[str, set[str]]:
    """SGLang's parameter -> what its checksum may be, with and without padding of the vocabulary."""
    hashed, have, result = tensors.gpu_hash if gpu else digest, published.tensors(), dict[str, set[str]]()
    for name, parts in server_names(config).items():
        arrays = [have[part] for part in parts]
        result[name] = {hashed(arrays)}
        if name in TABLES and (missing := -len(arrays[0]) % ROWS):
            result[name].add(hashed([*arrays, np.zeros((missing, arrays[0].shape[1]), arrays[0].dtype)]))
    return result


def remove(folder: Path) -> None:
    """With what was lent of it."""
    shutil.rmtree(folder, ignore_errors=True)
    for memory in tensors.SHARED.glob(f"{folder.name}.*"):
        memory.unlink(missing_ok=True)


def common_folder(mine: Path) -> Path | None:
    """That of the run's first process, if all processes see it. All call this."""
    if jax.process_count() == 1:
        return mine
    name = multihost_utils.broadcast_one_to_all(np.frombuffer(os.fsencode(mine).ljust(PATH_BYTES, b"\0"), np.uint8))
    folder = Path(os.fsdecode(np.asarray(name).tobytes().rstrip(b"\0")))
    seen = multihost_utils.process_allgather(np.array((folder / "lock").exists()))
    return folder if seen.all() else None


def claim(parent: Path) -> tuple[Path, int]:
    """A folder for weights, and the file descriptor whose lock says that its owner lives. Removes those whose owner was
    killed: a model is too big to be left in shared memory."""
    if not parent.is_dir():
        if parent != Path("/dev/shm"):
            raise InferenceError(f"{parent}: no such folder; see sglang.folder")
        parent = Path(tempfile.gettempdir())
    for lock in parent.glob("codegym-weights-*/lock"):
        with contextlib.suppress(OSError):  # of another user, or gone
            with open(lock) as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                remove(lock.parent)
    folder = Path(tempfile.mkdtemp(prefix="codegym-weights-", dir=parent))
    descriptor = os.open(folder / ".lock", os.O_CREAT | os.O_RDWR)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    (folder / ".lock").rename(folder / "lock")  # locked before anybody sees it
    return folder, descriptor
