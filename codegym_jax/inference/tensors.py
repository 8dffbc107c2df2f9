"""The body of SGLang's /update_weights_from_tensor, written without torch.

The server unpickles {"flattened_tensor": one uint8 tensor, "metadata": where each tensor lies in it}, load format
"flattened_bucket" (sglang.srt.weight_sync.tensor_bucket of SGLang 0.5.21 and later; its unpickler admits these classes
and no others). A learner in JAX has no torch, so the pickle names torch's classes without importing them.

The bytes of that tensor are in the request (`bucket`), or in shared memory that the request names (`shared`), which is
how torch's own processes pass tensors on. In the request they are base64 in JSON: that takes 40 times the CPU of a
copy, two thirds of it in the server. `unpack` reads both.
"""

from __future__ import annotations

import base64
import collections
import io
import pickle
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

DTYPES = ("float32", "bfloat16", "float16")
SHARED = Path("/dev/shm")  # where shm_open finds what has a name
# Begins a file of shared memory: torch counts its users there, and the last to leave removes its name. None ever is.
COUNTER = (1 << 30).to_bytes(64, "little")
TILE = 8192  # words of 32 bits that SGLang hashes together
TILES = 512  # of one call into the device
SEED = 0x243F6A88


class _Global(NamedTuple):
    """A module's name, pickled as the reference to it. Callable, because pickle insists that what it reduces to is."""

    module: str
    name: str

    def __call__(self, *arguments: Any) -> Any:
        raise TypeError(f"{self.module}.{self.name} is for the server to call")


class _Made(NamedTuple):
    """What a call of a global with these arguments makes."""

    function: _Global
    arguments: tuple[Any, ...]


class _Pickler(pickle._Pickler):  # type: ignore[name-defined,misc]  # the one in Python: C's imports what it names
    write: Any
    save_reduce: Any
    persistent: tuple[Any, Any] = (None, None)

    def persistent_id(self, value: Any) -> Any:
        return self.persistent[1] if value is not None and value is self.persistent[0] else None

    def save(self, value: Any, save_persistent_id: bool = True) -> None:
        if type(value) is _Global:
            self.write(pickle.GLOBAL + f"{value.module}\n{value.name}\n".encode())
        elif type(value) is _Made:
            self.save_reduce(value.function, value.arguments)
        else:
            super().save(value, save_persistent_id)  # type: ignore[misc]


def _dumps(value: Any, protocol: int = 4, persistent: tuple[Any, Any] = (None, None)) -> bytes:
    buffer = io.BytesIO()
    pickler = _Pickler(buffer, protocol)
    pickler.persistent = persistent
    pickler.dump(value)
    return buffer.getvalue()


def _archive(raw: memoryview) -> bytes:
    """torch.save's file of a uint8 storage, as torch.load(weights_only=True) reads it."""
    storage = object()
    key = ("storage", _Global("torch", "ByteStorage"), "0", "cpu", len(raw))
    index = _dumps(storage, 2, (storage, key))  # the only protocol that weights_only reads
    parts: dict[str, Any] = {"data.pkl": index, "byteorder": b"little", "data/0": raw, "version": b"3\n"}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, data in parts.items():
            archive.writestr(f"archive/{name}", data)
    return buffer.getvalue()


def bucket(tensors: Mapping[str, np.ndarray]) -> str:
    """One bucket of named tensors, as the base64 text of one entry of `serialized_named_tensors`.

    ValueError for a dtype that is none of DTYPES.
    """
    raw = np.concatenate([np.ascontiguousarray(x).reshape(-1).view(np.uint8) for x in tensors.values()]).data
    return _bucket(_Made(_Global("torch.storage", "_load_from_bytes"), (_archive(raw),)), 0, tensors)


def shared(memory: str, tensors: Mapping[str, np.ndarray]) -> str:
    """The same of tensors that are the end of the file /dev/shm/`memory`, one after the other; it begins with COUNTER.

    A server that cannot open it for writing dies.
    """
    size = (SHARED / memory).stat().st_size - len(COUNTER)
    arguments = (_Global("torch.storage", "UntypedStorage"), b"", f"/{memory}".encode(), size)
    storage = _Made(_Global("torch.multiprocessing.reductions", "rebuild_storage_filename"), arguments)
    typed = _Made(
        _Global("torch.multiprocessing.reductions", "rebuild_typed_storage"), (storage, _Global("torch", "uint8"))
    )
    return _bucket(typed, size - sum(x.nbytes for x in tensors.values()), tensors)


def _bucket(storage: _Made, first: int, tensors: Mapping[str, np.ndarray]) -> str:
    metadata, start = [], 0
    for name, x in tensors.items():
        if x.dtype.name not in DTYPES:
            raise ValueError(f"{name}: dtype {x.dtype}: must be one of {', '.join(DTYPES)}")
        size = _Made(_Global("torch", "Size"), (x.shape,))
        place = (start, start + x.nbytes, x.nbytes)
        record = (name, size, _Global("torch", x.dtype.name), *place)
        metadata.append(_Made(_Global("sglang.srt.weight_sync.tensor_bucket", "FlattenedTensorMetadata"), record))
        start += x.nbytes
    hooks: Any = collections.OrderedDict()
    arguments = (storage, first, (start,), (1,), False, hooks)
    tensor = _Made(_Global("torch._utils", "_rebuild_tensor_v2"), arguments)
    return base64.b64encode(_dumps({"flattened_tensor": tensor, "metadata": metadata})).decode("ascii")


class _Tensors(pickle.Unpickler):
    """Reads a flattened bucket as NumPy arrays. It knows the few names such a pickle has, and refuses all others."""

    def find_class(self, module: str, name: str) -> Any:
        known: dict[tuple[str, str], Any] = {
            ("collections", "OrderedDict"): dict,
            ("torch", "Size"): tuple,
            ("torch", "uint8"): np.uint8,
            ("torch.storage", "UntypedStorage"): None,
            ("torch.storage", "_load_from_bytes"): _read_archive,
            ("torch.multiprocessing.reductions", "rebuild_storage_filename"): _read_shared,
            ("torch.multiprocessing.reductions", "rebuild_typed_storage"): lambda storage, _: storage,
            ("torch._utils", "_rebuild_tensor_v2"): lambda raw, start, shape, *_: raw[start : start + shape[0]],
            ("sglang.srt.weight_sync.tensor_bucket", "FlattenedTensorMetadata"): lambda *fields: fields,
            **{("torch", name): jnp.dtype(name) for name in DTYPES},
        }
        if (module, name) not in known:
            raise pickle.UnpicklingError(f"{module}.{name} has no place in a bucket of tensors")
        return known[module, name]


def _read_archive(archive: bytes) -> np.ndarray:
    with zipfile.ZipFile(io.BytesIO(archive)) as file:
        return np.frombuffer(file.read("archive/data/0"), np.uint8)


def _read_shared(_: Any, manager: bytes, name: bytes, size: int) -> np.ndarray:
    return np.memmap(SHARED / Path(name.decode()).name, np.uint8, "r", len(COUNTER), (size,))


READING = (
    pickle.UnpicklingError, zipfile.BadZipFile, EOFError, LookupError, ValueError, TypeError, AttributeError, OSError,
)  # fmt: skip


def unpack(text: str) -> dict[str, np.ndarray]:
    """The tensors of a `bucket`, or views of those of one that is `shared`. ValueError if it is none."""
    try:
        bucket = _Tensors(io.BytesIO(base64.b64decode(text))).load()
        flat = bucket["flattened_tensor"]
        return {
            name: flat[start:end].view(dtype).reshape(shape) for name, shape, dtype, start, end, _ in bucket["metadata"]
        }
    except READING as error:
        raise ValueError(f"no bucket of tensors: {type(error).__name__}: {error}") from error


@jax.jit
def _tiles(words_tw: jax.Array, start: jax.Array, n: jax.Array) -> jax.Array:
    """Two hashes of 32 bits of each tile, [2, t]; words from n on do not count."""

    def mix(x: jax.Array) -> jax.Array:  # fmix32 of MurmurHash3
        x = (x ^ (x >> 16)) * jnp.uint32(0x85EBCA6B)
        x = (x ^ (x >> 13)) * jnp.uint32(0xC2B2AE35)
        return x ^ (x >> 16)

    i_tw = start + jnp.arange(words_tw.size, dtype=jnp.uint32).reshape(words_tw.shape)
    hashes = []
    for seed, factor, turn in ((SEED, 0x27D4EB2D, 15), (SEED * 0x9E3779B1 ^ 0xDEADBEEF, 0x165667B1, 13)):
        place_tw = (i_tw * jnp.uint32(factor) + jnp.uint32(seed % 2**32)) ^ (i_tw << turn | i_tw >> (32 - turn))
        sum_t = jnp.where(i_tw < n, mix(words_tw ^ place_tw), 0).sum(-1, dtype=jnp.uint32)
        hashes.append(mix(sum_t ^ (n * 4)))
    return jnp.stack(hashes)


def gpu_hash(arrays: Sequence[np.ndarray]) -> str:
    """SGLang's checksum of a parameter that lies on a GPU, here that of the arrays one after the other.

    Written to agree with its Triton kernel (sglang.kernels.ops.memory.gpu_tensor_hash of 0.5.23).
    """
    raw = np.concatenate([np.ascontiguousarray(array).reshape(-1).view(np.uint8) for array in arrays])
    words = np.concatenate([raw, np.zeros(-len(raw) % 4, np.uint8)]).view("<u4") if len(raw) % 4 else raw.view("<u4")
    total, n = 0, len(words)
    for start in range(0, n, TILE * TILES):
        chunk = words[start : start + TILE * TILES]
        tiles = 1 << (-(-len(chunk) // TILE) - 1).bit_length()  # few shapes to compile
        padded = np.pad(chunk, (0, tiles * TILE - len(chunk))).reshape(tiles, TILE)
        high_t, low_t = np.asarray(_tiles(padded, np.uint32(start), np.uint32(n)), np.uint64)
        count = -(-len(chunk) // TILE)
        total += int((high_t[:count] << np.uint64(32) | low_t[:count]).sum(dtype=np.uint64))
    x, mask = total % 2**64, 2**64 - 1  # the end of splitmix64
    x = ((x ^ x >> 30) * 0xBF58476D1CE4E5B9) & mask
    x = ((x ^ x >> 27) * 0x94D049BB133111EB) & mask
    return f"{x ^ x >> 31:016x}" if n else f"{0:016x}"
