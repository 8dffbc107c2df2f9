"""Hugging Face safetensors <-> the decoder's stacked, sharded arrays: one table of names, everything checked.

Reading maps the files into memory and builds one parameter at a time, each device's shard straight from the pages
it needs, so a 32B model never lies in host memory twice. A missing or unexpected tensor is a wrong architecture, not
a default. Writing goes to a temporary folder, renamed at the end: an interrupted save leaves what was there before.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from huggingface_hub import snapshot_download, split_state_dict_into_shards_factory
from jax.experimental import multihost_utils
from jax.sharding import Mesh, NamedSharding, PartitionSpec, SingleDeviceSharding
from safetensors import SafetensorError
from safetensors.numpy import save_file

from codegym_jax.model import LOGICAL_AXES, Decoder, ModelConfig, WeightsError, parameter_shapes, shardings

_LAYER, _ATTENTION = "model.layers.{}.", "model.layers.{}.self_attn."
NAMES = {  # our parameter -> Hugging Face's tensor, {} the layer
    "embed": "model.embed_tokens.weight", "head": "lm_head.weight", "norm": "model.norm.weight",
    "attention_norm": _LAYER + "input_layernorm.weight", "mlp_norm": _LAYER + "post_attention_layernorm.weight",
    **{f"{x}_norm": f"{_ATTENTION}{x}_norm.weight" for x in "qk"},
    **{x: f"{_ATTENTION}{x}_proj.weight" for x in "qkvo"},
    **{f"{x}_bias": f"{_ATTENTION}{x}_proj.bias" for x in "qkvo"},
    **{x: f"{_LAYER}mlp.{x}_proj.weight" for x in ("gate", "up", "down")},
}  # fmt: skip
DTYPES = {"F32": np.dtype(np.float32), "F16": np.dtype(np.float16), "BF16": np.dtype(jnp.bfloat16)}
INDEX = "model.safetensors.index.json"
COMPANIONS = ["tokenizer*", "vocab.json", "merges.txt", "*_tokens*.json", "chat_template*", "generation_config.json"]


def resolve(source: str | Path) -> Path:
    """The folder itself, one converted from `gguf:...`, or the local copy of a hub id `owner/name`, made if need be."""
    if str(source).startswith("gguf:"):
        from codegym_jax import gguf

        return gguf.cached(str(source))
    if (folder := Path(source).expanduser()).is_dir():
        return folder
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", str(source)):
        raise WeightsError(f"{source}: no such folder (and not a hub id of the form owner/name)")
    try:
        return Path(snapshot_download(str(source), allow_patterns=["*.json", "*.safetensors", *COMPANIONS]))
    except (OSError, ValueError) as error:
        raise WeightsError(f"{source}: no such folder, and the hub did not give it: {error}") from error


def read_json(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text()))
    except (OSError, ValueError, TypeError) as error:
        raise WeightsError(f"{path}: {error}: a model folder has config.json and *.safetensors") from error


def read_tensors(path: Path, before: int = 0) -> dict[str, np.ndarray]:
    """Views of the tensors of one safetensors file, which begins after `before` bytes, mapped into memory and not read.

    Format (https://github.com/huggingface/safetensors): 8 bytes little-endian n, n bytes of JSON, the data.
    """
    try:
        raw = np.memmap(path, np.uint8, "r", before)
        start = 8 + int(raw[:8].view("<u8")[0])
        tensors, whole = {}, start
        for name, entry in json.loads(raw[8:start].tobytes()).items():
            if name != "__metadata__":
                if entry["dtype"] not in DTYPES:
                    raise ValueError(f"tensor {name} is {entry['dtype']}, not one of {', '.join(DTYPES)}")
                first, end = entry["data_offsets"]
                data = raw[start:][first:end]
                tensors[name] = data.view(DTYPES[entry["dtype"]]).reshape(entry["shape"])  # ValueError if cut short
                whole = max(whole, start + end)
        if whole != len(raw):
            raise ValueError(f"{len(raw)} bytes, but its header describes {whole}")
        return tensors
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise WeightsError(f"{path}: not a complete safetensors file of floats: {error}") from error


def hf_tensors(config: ModelConfig) -> dict[str, tuple[str, int | None, tuple[int, ...]]]:
    """Hugging Face name -> our parameter, its layer, and the shape in the file, where heads and head_dim are one."""
    tensors = {}
    for name, shape in parameter_shapes(config).items():
        axes, sizes = LOGICAL_AXES[name], list(shape)
        if {"heads", "kv_heads"} & {*axes}:
            sizes[axes.index("head_dim") - 1] *= sizes.pop(axes.index("head_dim"))
        for layer in range(config.layers) if axes[0] == "layer" else [None]:
            tensors[NAMES[name].format(layer)] = (name, layer, tuple(sizes if layer is None else sizes[1:]))
    return tensors


def load(source: str | Path, *, mesh: Mesh | None = None, param_dtype: Any = jnp.float32, **options: Any) -> Decoder:
    """A Decoder from a folder (or hub id): config.json and model.safetensors, or several files and their index.

    Parameters are converted to `param_dtype` and, with a mesh, placed by model.shardings; `options` are the Decoder's.
    WeightsError for another architecture, a damaged file, and a tensor missing, unexpected or of the wrong shape.
    """
    folder = resolve(source)
    config = ModelConfig.from_hf(read_json(folder / "config.json"), str(folder / "config.json"))
    index = read_json(folder / INDEX).get("weight_map", {}) if (folder / INDEX).exists() else {"": "model.safetensors"}
    paths = [folder / file for file in sorted(set(index.values()))]
    found = {name: (tensor, path) for path in paths for name, tensor in read_tensors(path).items()}
    if config.tie and "lm_head.weight" in found:
        head, path = found.pop("lm_head.weight")
        if not np.array_equal(head, found.get(NAMES["embed"], (head,))[0]):
            raise WeightsError(f"{path}: lm_head.weight is not the embedding: tie_word_embeddings should be false")
    wanted = hf_tensors(config)
    unexpected = {name for name in found.keys() - wanted.keys() if not name.endswith("rotary_emb.inv_freq")}
    for problem, names in (("missing", wanted.keys() - found.keys()), ("unexpected", unexpected)):
        if names:
            what = f"{config.family} with {config.layers} layers as config.json describes it"
            raise WeightsError(f"{folder}: {len(names)} tensors {problem} for {what}, the first {min(names)}")
    for name, (_, _, shape) in wanted.items():
        if (tensor := found[name][0]).shape != shape:
            raise WeightsError(f"{found[name][1]}: {name} has shape {tensor.shape}, {config.family} needs {shape}")

    def build(path: tuple[Any, ...], abstract: jax.ShapeDtypeStruct, sharding: jax.sharding.Sharding) -> jax.Array:
        name = next(str(key.key) for key in reversed(path) if getattr(key, "key", None) in LOGICAL_AXES)

        def shard(index: Any) -> np.ndarray:
            if LOGICAL_AXES[name][0] != "layer":
                return found[NAMES[name]][0][index].astype(abstract.dtype)
            layers = range(config.layers)[index[0]]
            views = [found[NAMES[name].format(i)][0].reshape(abstract.shape[1:])[index[1:]] for i in layers]
            return np.stack(views, dtype=abstract.dtype, casting="unsafe")

        return jax.make_array_from_callback(abstract.shape, sharding, shard)

    model = nnx.eval_shape(lambda: Decoder(config, rngs=nnx.Rngs(0), param_dtype=param_dtype, **options))
    state = nnx.state(model, nnx.Param)
    one = SingleDeviceSharding(jax.local_devices()[0])
    places = shardings(state, mesh) if mesh is not None else jax.tree.map(lambda _: one, state)
    nnx.update(model, jax.tree_util.tree_map_with_path(build, state, places))
    return model


def parameters(model: Decoder) -> dict[str, jax.Array]:
    """Our name -> array."""
    return {str(path[-1]): param[...] for path, param in nnx.to_flat_state(nnx.state(model, nnx.Param))}


def gathered(model: Decoder, names: Iterable[str], dtype: Any) -> Iterator[tuple[str, np.ndarray]]:
    """(Hugging Face name, whole tensor) one by one, across hosts too: every process of a run iterates."""
    params, plan = parameters(model), hf_tensors(model.config)
    for hf_name in names:
        name, layer, shape = plan[hf_name]
        x = params[name] if layer is None else jax.lax.dynamic_index_in_dim(params[name], layer, 0, False)
        if isinstance(x.sharding, NamedSharding):
            x = jax.device_put(x, NamedSharding(x.sharding.mesh, PartitionSpec()))
        yield hf_name, np.asarray(x, dtype, order="C").reshape(shape)


def publish(model: Decoder, file: Path, dtype: Any, before: bytes = b"", together: bool = True) -> int:
    """Write model.safetensors without its companions, fast; `before` goes first. Best on a disk in memory.

    Every process of a run calls this. They write one file together, each its own shards to their places, and nothing is
    gathered; or, if they do not share a disk, each a file of its own, of what it gathers. Returns the file's bytes. It
    is whole once this returns, and not before: readers are told its name afterwards. OSError in every process if one
    cannot write.
    """
    plan, itemsize, start = hf_tensors(model.config), jnp.dtype(dtype).itemsize, 0
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    kind = next(text for text, known in DTYPES.items() if known == jnp.dtype(dtype))
    for hf_name, (_, _, shape) in plan.items():
        header[hf_name] = {"dtype": kind, "shape": shape, "data_offsets": [start, start + math.prod(shape) * itemsize]}
        start += math.prod(shape) * itemsize
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    first, errors, raw, descriptor = len(before) + 8 + len(text), list[OSError](), np.empty(0, np.uint8), -1

    def write(view: np.ndarray, data: np.ndarray) -> None:
        low, high = np.lib.array_utils.byte_bounds(view)
        at = low - raw.ctypes.data
        try:
            if not view.flags.c_contiguous:
                if hasattr(os, "posix_fallocate"):  # a full disk is an error here, and a SIGBUS below
                    os.posix_fallocate(descriptor, at, high - low)
                view[...] = data
                return
            # Half the work of a page fault for every 4 KB, each page filled with zeros first.
            left = np.ascontiguousarray(data, view.dtype).reshape(-1).view(np.uint8).data
            while left:
                done = os.pwrite(descriptor, left, at)
                left, at = left[done:], at + done
        except OSError as error:
            errors.append(error)

    with contextlib.ExitStack() as stack:
        try:
            if jax.process_index() == 0 or not together:
                file.parent.mkdir(exist_ok=True)
                with open(file, "wb") as out:
                    out.write(before + len(text).to_bytes(8, "little") + text)
                    out.truncate(first + start)
        except OSError as error:
            errors.append(error)
        _agree(errors)  # the file is there
        try:
            descriptor = os.open(file, os.O_WRONLY)
            stack.callback(os.close, descriptor)
            raw = np.memmap(file, np.uint8, "r+")
        except OSError as error:
            errors.append(error)
        _agree(errors)
        places = {name: raw[first:][slice(*header[name]["data_offsets"])].view(jnp.dtype(dtype)) for name in plan}
        if together:
            threads = stack.enter_context(ThreadPoolExecutor())
            writing = []
            for name, array in parameters(model).items():
                for shard in array.addressable_shards:
                    if shard.replica_id:
                        continue
                    data, (at, *rest) = np.asarray(shard.data), shard.index
                    if LOGICAL_AXES[name][0] != "layer":
                        view = places[NAMES[name]].reshape(array.shape)[shard.index]
                        writing.append(threads.submit(write, view, data))
                        continue
                    for layer, piece in zip(range(array.shape[0])[at], data):
                        view = places[NAMES[name].format(layer)].reshape(array.shape[1:])[tuple(rest)]
                        writing.append(threads.submit(write, view, piece))
            for job in writing:
                job.result()
        else:
            for hf_name, whole in gathered(model, plan, dtype):
                write(places[hf_name], whole.reshape(-1))
        _agree(errors)
    return first + start


def _agree(errors: Sequence[OSError]) -> None:
    """Raise the first; and in all processes of a run, so that none waits for one that failed."""
    if jax.process_count() > 1:
        failed = multihost_utils.process_allgather(np.array(bool(errors)))
        if failed.any() and not errors:
            raise OSError(f"process {failed.argmax()} could not write")
    if errors:
        raise errors[0]


def save(
    model: Decoder, folder: str | Path, tokenizer_from: str | Path | None = None, *, dtype: Any = None,
    file_bytes: int = 5_000_000_000,
) -> Path:  # fmt: skip
    """Write a folder that transformers loads: config.json, safetensors (a file per `file_bytes`), tokenizer files.

    Tensors are written in `dtype`, or bitwise as they are. `tokenizer_from` is the folder or hub id whose tokenizer,
    chat template and special token ids go along. An earlier export at `folder` is replaced as a whole, its other
    files kept. Where writing fails the temporary folder is removed, what was there stays, and WeightsError says why.
    """
    folder = Path(folder).expanduser().absolute()
    if folder.exists() and any(path.is_dir() for path in folder.iterdir()):
        raise WeightsError(f"{folder}: holds folders, so it is not a model's: an export replaces its whole folder")
    dtype = jnp.dtype(dtype or parameters(model)["embed"].dtype)
    config = model.config.to_hf() | {"dtype": dtype.name, "torch_dtype": dtype.name}
    plan = hf_tensors(model.config)
    files = split_state_dict_into_shards_factory(
        plan, get_storage_size=lambda planned: math.prod(planned[2]) * dtype.itemsize, max_shard_size=file_bytes,
        filename_pattern="model{suffix}.safetensors",
    )  # fmt: skip
    writer = jax.process_index() == 0  # every process of a run calls this, for the gathers; one writes
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{folder.name}.", dir=folder.parent if writer else None) as scratch:
            (new := Path(scratch, "new")).mkdir()
            for file, hf_names in files.filename_to_tensors.items():
                tensors = dict(gathered(model, hf_names, dtype))
                if writer:
                    save_file(tensors, new / file, metadata={"format": "pt"})
            if not writer:
                return folder
            if files.is_sharded:
                index = {"metadata": files.metadata, "weight_map": files.tensor_to_filename}
                (new / INDEX).write_text(json.dumps(index, indent=2))
            copies = [path for path in folder.glob("*") if not path.match("model*.safetensors*")]
            if tokenizer_from is not None:
                origin = resolve(tokenizer_from)
                companions = [path for pattern in COMPANIONS for path in origin.glob(pattern)]
                if not companions:
                    raise WeightsError(f"{origin}: no tokenizer files to copy")
                copies += companions
                known = read_json(origin / "config.json") if (origin / "config.json").exists() else {}
                config |= {key: known[key] for key in ("bos_token_id", "eos_token_id", "pad_token_id") if key in known}
            for path in copies:
                shutil.copy2(path, new)
            (new / "config.json").write_text(json.dumps(config, indent=2) + "\n")
            old = Path(f"{scratch}.old")
            if folder.exists():
                folder.rename(old)
            new.rename(folder)
            shutil.rmtree(old, ignore_errors=True)
            return folder
    except (OSError, SafetensorError) as error:
        raise WeightsError(f"{folder}: not saved, what was there is unchanged: {error}") from error
