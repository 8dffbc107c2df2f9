"""The body of SGLang's /update_weights_from_tensor, written without torch.

The server unpickles {"flattened_tensor": one uint8 tensor, "metadata": where each tensor lies in it}, load format
"flattened_bucket" (sglang.srt.weight_sync.tensor_bucket of SGLang 0.5.21 and later; its unpickler admits these classes
and no others). A learner in JAX has no torch, so the pickle names torch's classes without importing them. The bytes of
the weights go once through memory: into the storage archive, from there into the pickle, from there into base64.
"""

from __future__ import annotations

import base64
import collections
import io
import pickle
import zipfile
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

DTYPES = ("float32", "bfloat16", "float16")


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


class _Pickler(pickle._Pickler):  # type: ignore[name-defined]  # the one in Python: C's imports what it names
    persistent: tuple[Any, Any] = (None, None)

    def persistent_id(self, value: Any) -> Any:
        return self.persistent[1] if value is not None and value is self.persistent[0] else None

    def save(self, value: Any, save_persistent_id: bool = True) -> None:
        if type(value) is _Global:
            self.write(pickle.GLOBAL + f"{value.module}\n{value.name}\n".encode())
        elif type(value) is _Made:
            self.save_reduce(value.function, value.arguments)
        else:
            super().save(value, save_persistent_id)


def _dumps(value: Any, protocol: int = 4, persistent: tuple[Any, Any] = (None, None)) -> bytes:
    buffer = io.BytesIO()
    pickler = _Pickler(buffer, protocol)
    pickler.persistent = persistent
    pickler.dump(value)
    return buffer.getvalue()


def _archive(raw: bytes | bytearray) -> bytes:
    """torch.save's file of a uint8 storage, as torch.load(weights_only=True) reads it."""
    storage = object()
    key = ("storage", _Global("torch", "ByteStorage"), "0", "cpu", len(raw))
    index = _dumps(storage, 2, (storage, key))  # the only protocol that weights_only reads
    parts = {"data.pkl": index, "byteorder": b"little", "data/0": raw, "version": b"3\n"}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, data in parts.items():
            archive.writestr(f"archive/{name}", data)
    return buffer.getvalue()


def bucket(tensors: Mapping[str, np.ndarray]) -> str:
    """One bucket of named tensors, as the base64 text of one entry of `serialized_named_tensors`.

    ValueError for a dtype that is none of DTYPES.
    """
    metadata, start, parts = [], 0, []
    for name, x in tensors.items():
        if x.dtype.name not in DTYPES:
            raise ValueError(f"{name}: dtype {x.dtype}: must be one of {', '.join(DTYPES)}")
        size = _Made(_Global("torch", "Size"), (x.shape,))
        place = (start, start + x.nbytes, x.nbytes)
        record = (name, size, _Global("torch", x.dtype.name), *place)
        metadata.append(_Made(_Global("sglang.srt.weight_sync.tensor_bucket", "FlattenedTensorMetadata"), record))
        parts.append(np.ascontiguousarray(x).reshape(-1).view(np.uint8))
        start += x.nbytes
    raw = np.concatenate(parts).data
    storage = _Made(_Global("torch.storage", "_load_from_bytes"), (_archive(raw),))
    arguments = (storage, 0, (start,), (1,), False, collections.OrderedDict())
    tensor = _Made(_Global("torch._utils", "_rebuild_tensor_v2"), arguments)
    return base64.b64encode(_dumps({"flattened_tensor": tensor, "metadata": metadata})).decode("ascii")
