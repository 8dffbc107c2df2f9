"""Checkpoints against transformers: the same logits and gradients, the same bytes back, and clear refusals."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
import transformers
from flax import nnx
from safetensors.numpy import load_file, save_file

from codegym_jax import weights
from codegym_jax.inference.launch import free_port
from codegym_jax.model import Decoder, token_logprobs
from codegym_jax.weights import WeightsError

SIZES = {
    "vocab_size": 61, "hidden_size": 24, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
    "intermediate_size": 40, "max_position_embeddings": 128,
}  # fmt: skip
LLAMA3 = {
    "rope_type": "llama3", "rope_theta": 500.0, "factor": 4.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
    "original_max_position_embeddings": 32,
}  # fmt: skip
YARN = {"rope_type": "yarn", "rope_theta": 10_000.0, "factor": 4.0, "original_max_position_embeddings": 32}
VARIANTS = {
    "qwen2 tied": ("Qwen2", {"tie_word_embeddings": True}),
    "qwen2 yarn": ("Qwen2", {"rope_parameters": YARN}),
    "qwen3 tied": ("Qwen3", {"tie_word_embeddings": True, "head_dim": 16}),
    "qwen3 bias, yarn by mscale": (
        "Qwen3",
        {"head_dim": 16, "attention_bias": True}
        | {"rope_parameters": YARN | {"mscale": 1.0, "mscale_all_dim": 0.5, "truncate": False, "beta_fast": 16}},
    ),
    "llama2": ("Llama", {"num_key_value_heads": 4}),
    "llama3": ("Llama", {"rope_parameters": LLAMA3}),
    "llama bias, linear": (
        "Llama",
        {"attention_bias": True, "rope_parameters": {"rope_type": "linear", "rope_theta": 1e4, "factor": 2.0}},
    ),
}
TOKENS = np.random.default_rng(0).integers(0, 61, (2, 50))


def build(variant: str):
    """A random model of transformers; norms and biases are random too, so that none can be left out unnoticed."""
    name, change = VARIANTS[variant]
    torch.manual_seed(0)
    config = getattr(transformers, f"{name}Config")(**(SIZES | change))
    model = getattr(transformers, f"{name}ForCausalLM")(config).eval()
    for parameter in model.parameters():
        parameter.data.normal_(float(parameter.ndim == 1), 0.2)
    return model


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("checkpoints")
    for variant in VARIANTS:
        build(variant).save_pretrained(root / variant)
    return root


@pytest.fixture
def folder(checkpoints: Path, tmp_path: Path) -> Path:
    """A checkpoint of Llama to damage."""
    return Path(shutil.copytree(checkpoints / "llama3", tmp_path / "model"))


def logits(model: Decoder, tokens: np.ndarray = TOKENS) -> np.ndarray:
    positions = jnp.broadcast_to(jnp.arange(tokens.shape[1]), tokens.shape)

    @nnx.jit
    def run(model: Decoder) -> jax.Array:
        return model.logits(model(jnp.asarray(tokens), positions)[0])

    return np.asarray(run(model))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def edit_config(folder: Path, **change) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))


# ----------------------------------------------------------------------------------------------------- parity


@pytest.mark.parametrize("variant", VARIANTS)
def test_logits_equal_those_of_transformers(checkpoints: Path, variant: str):
    with torch.no_grad():
        expected = build(variant)(torch.tensor(TOKENS)).logits.numpy()
    assert np.abs(expected).max() > 1
    np.testing.assert_allclose(logits(weights.load(checkpoints / variant)), expected, rtol=0, atol=5e-5)


def test_gradients_equal_those_of_transformers(checkpoints: Path):
    reference = build("qwen3 tied")
    reference(torch.tensor(TOKENS), labels=torch.tensor(TOKENS)).loss.backward()
    policy = weights.load(checkpoints / "qwen3 tied")
    graphdef, params = nnx.split(policy, nnx.Param)

    def loss(params: nnx.State) -> jax.Array:
        model = nnx.merge(graphdef, params)
        hidden, _ = model(jnp.asarray(TOKENS), jnp.arange(50)[None].repeat(2, 0))
        return -token_logprobs(model, hidden[:, :-1], jnp.asarray(TOKENS[:, 1:]))[0].mean()

    grads = {str(path[-1]): g[...] for path, g in nnx.to_flat_state(jax.jit(jax.grad(loss))(params))}
    expected = {name: parameter.grad.numpy() for name, parameter in reference.named_parameters()}
    for name, (ours, layer, shape) in weights.hf_tensors(policy.config).items():
        found = grads[ours] if layer is None else grads[ours][layer]
        scale = np.abs(expected[name]).max()
        np.testing.assert_allclose(found.reshape(shape), expected[name], rtol=0, atol=1e-4 * scale, err_msg=name)


def test_a_bfloat16_checkpoint_reads_exactly_and_fp16_too(checkpoints: Path, tmp_path: Path):
    for dtype in (torch.bfloat16, torch.float16):
        build("llama3").to(dtype).save_pretrained(tmp_path / str(dtype))
        model = weights.load(tmp_path / str(dtype))
        expected = build("llama3").to(dtype).model.layers[1].mlp.up_proj.weight.float().detach().numpy()
        np.testing.assert_array_equal(model.layers["up"][1], expected)


# ----------------------------------------------------------------------------------------------------- export


@pytest.mark.parametrize("variant", VARIANTS)
def test_export_gives_the_same_bytes_and_transformers_loads_it(checkpoints: Path, tmp_path: Path, variant: str):
    weights.save(weights.load(checkpoints / variant), tmp_path / "out")
    before, after = (load_file(path / "model.safetensors") for path in (checkpoints / variant, tmp_path / "out"))
    assert before.keys() == after.keys()
    assert all(before[name].tobytes() == after[name].tobytes() for name in before)
    with torch.no_grad():
        again = transformers.AutoModelForCausalLM.from_pretrained(tmp_path / "out")(torch.tensor(TOKENS)).logits
        assert torch.equal(again, build(variant)(torch.tensor(TOKENS)).logits)


def test_export_of_bfloat16_parameters_is_bitwise(tmp_path: Path):
    build("qwen3 tied").to(torch.bfloat16).save_pretrained(tmp_path / "in")
    model = weights.load(tmp_path / "in", param_dtype=jnp.bfloat16)
    weights.save(model, tmp_path / "out")
    before, after = (load_file(tmp_path / name / "model.safetensors") for name in ("in", "out"))
    assert {k: (v.dtype, v.tobytes()) for k, v in before.items()} == {
        k: (v.dtype, v.tobytes()) for k, v in after.items()
    }
    assert transformers.AutoModelForCausalLM.from_pretrained(tmp_path / "out").dtype == torch.bfloat16


def test_fp32_parameters_of_a_bfloat16_checkpoint_export_to_the_same_bytes(tmp_path: Path):
    build("llama3").to(torch.bfloat16).save_pretrained(tmp_path / "in")
    weights.save(weights.load(tmp_path / "in"), tmp_path / "out", dtype=jnp.bfloat16)
    before, after = (load_file(tmp_path / name / "model.safetensors") for name in ("in", "out"))
    assert {k: v.tobytes() for k, v in before.items()} == {k: v.tobytes() for k, v in after.items()}


def test_several_files_with_an_index_are_written_and_read(checkpoints: Path, tmp_path: Path):
    model = weights.load(checkpoints / "llama3")
    weights.save(model, tmp_path / "out", file_bytes=10_000)
    assert len(list((tmp_path / "out").glob("*.safetensors"))) > 2
    jax.tree.map(np.testing.assert_array_equal, nnx.state(weights.load(tmp_path / "out")), nnx.state(model))
    with torch.no_grad():
        again = transformers.AutoModelForCausalLM.from_pretrained(tmp_path / "out")(torch.tensor(TOKENS)).logits
        assert torch.equal(again, build("llama3")(torch.tensor(TOKENS)).logits)


def test_several_files_written_by_transformers_are_read(checkpoints: Path, tmp_path: Path):
    build("qwen2 tied").save_pretrained(tmp_path / "in", max_shard_size="10KB")
    assert len(list((tmp_path / "in").glob("*.safetensors"))) > 2
    expected = nnx.state(weights.load(checkpoints / "qwen2 tied"))
    jax.tree.map(np.testing.assert_array_equal, nnx.state(weights.load(tmp_path / "in")), expected)


def test_a_second_export_replaces_the_first_and_keeps_other_files(checkpoints: Path, tmp_path: Path):
    model = weights.load(checkpoints / "llama3")
    weights.save(model, tmp_path / "out", file_bytes=10_000)
    (tmp_path / "out" / "tokenizer.json").write_text("{}")
    weights.save(model, tmp_path / "out")
    assert names(tmp_path / "out") == ["config.json", "model.safetensors", "tokenizer.json"]
    assert names(tmp_path) == ["out"]


def test_tokenizer_files_and_special_token_ids_go_along(checkpoints: Path, tmp_path: Path):
    origin = Path(shutil.copytree(checkpoints / "llama3", tmp_path / "origin"))
    for name in ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja", "generation_config.json"):
        (origin / name).write_text(name)
    edit_config(origin, eos_token_id=[7, 9])
    out = weights.save(weights.load(origin), tmp_path / "out", tokenizer_from=origin)
    assert (out / "chat_template.jinja").read_text() == "chat_template.jinja"
    assert (out / "tokenizer_config.json").exists()
    assert json.loads((out / "config.json").read_text())["eos_token_id"] == [7, 9]


def test_a_failed_write_leaves_the_earlier_export_and_nothing_else(checkpoints: Path, tmp_path: Path, monkeypatch):
    model = weights.load(checkpoints / "llama3")
    weights.save(model, tmp_path / "out")
    before = (tmp_path / "out" / "model.safetensors").read_bytes()

    def full(tensors, path, metadata):
        Path(path).write_bytes(b"half a file")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(weights, "save_file", full)
    with pytest.raises(WeightsError, match=r"not saved, what was there is unchanged.*No space left on device"):
        weights.save(model, tmp_path / "out")
    assert (tmp_path / "out" / "model.safetensors").read_bytes() == before
    assert names(tmp_path) == ["out"]


def test_a_file_too_large_for_the_disk_is_reported_and_cleaned_up(tmp_path: Path):
    # A real write error of the kernel: the limit on file size stands in for the size of the disk.
    script = f"""
import resource, signal
from flax import nnx
from codegym_jax.model import Decoder, ModelConfig
from codegym_jax.weights import WeightsError, save
model = Decoder(ModelConfig("llama", 61, 24, 2, 4, 2, 6, 40), rngs=nnx.Rngs(0))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
try:
    save(model, {str(tmp_path / "out")!r})
except WeightsError as error:
    print(error)
"""
    environment = os.environ | {"JAX_PLATFORMS": "cpu"}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True)
    assert "not saved" in done.stdout, done.stderr
    assert "File too large" in done.stdout
    assert names(tmp_path) == []


def test_a_folder_of_folders_is_not_replaced(checkpoints: Path, tmp_path: Path):
    (tmp_path / "run" / "checkpoints").mkdir(parents=True)
    with pytest.raises(WeightsError, match="run: holds folders"):
        weights.save(weights.load(checkpoints / "llama3"), tmp_path / "run")
    assert (tmp_path / "run" / "checkpoints").is_dir()


# ------------------------------------------------------------------------------------------------------- mesh


def test_shards_hold_the_same_numbers_and_export_to_the_same_bytes(checkpoints: Path, tmp_path: Path):
    script = f"""
import jax
from jax.sharding import AxisType
from codegym_jax import weights
mesh = jax.make_mesh((4, 2), ("fsdp", "tensor"), axis_types=(AxisType.Auto,) * 2)
model = weights.load({str(checkpoints / "qwen3 tied")!r}, mesh=mesh)
print(model.layers["q"][...].sharding.spec, model.layers["q"][...].addressable_shards[0].data.shape)
weights.save(model, {str(tmp_path / "out")!r})
"""
    environment = os.environ | {"XLA_FLAGS": "--xla_force_host_platform_device_count=8", "JAX_PLATFORMS": "cpu"}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "(2, 2, 16, 6)" in done.stdout  # [layer, heads / 2, head_dim, d / 4]
    before, after = (load_file(x / "model.safetensors") for x in (checkpoints / "qwen3 tied", tmp_path / "out"))
    assert {k: v.tobytes() for k, v in before.items()} == {k: v.tobytes() for k, v in after.items()}


PUBLISH = """
import errno, os, sys
import jax
import numpy as np
from pathlib import Path
from jax.sharding import AxisType
jax.distributed.initialize(sys.argv[1], 2, int(sys.argv[2]))
from codegym_jax import weights
mesh = jax.make_mesh((2, 4), ("fsdp", "tensor"), axis_types=(AxisType.Auto,) * 2)
model, out = weights.load(sys.argv[3], mesh=mesh), Path(sys.argv[4])
assert not model.layers["q"][...].is_fully_addressable
print(weights.publish(model, out / "together" / "model.safetensors", "float32"))
weights.publish(model, out / sys.argv[2] / "model.safetensors", "float32", together=False)
def full(*_):
    raise OSError(errno.ENOSPC, "as asked for")
if sys.argv[2] == "1":
    os.pwrite = os.posix_fallocate = full
for together, folder in ((True, "full"), (False, f"full-{sys.argv[2]}")):
    try:
        weights.publish(model, out / folder / "model.safetensors", "float32", together=together)
    except OSError as error:
        print("OSError", error)
"""


@pytest.fixture(scope="module")
def published(checkpoints: Path, tmp_path_factory) -> tuple[Path, list[str]]:
    """What two processes wrote, and said, that have half of a model each."""
    out, environment = tmp_path_factory.mktemp("published"), os.environ | {"JAX_PLATFORMS": "cpu"}
    environment["XLA_FLAGS"] = "--xla_force_host_platform_device_count=4"
    command = [sys.executable, "-c", PUBLISH, f"127.0.0.1:{free_port()}"]
    arguments = [str(checkpoints / "qwen3 tied"), str(out)]
    both = [
        subprocess.Popen([*command, str(i), *arguments], env=environment, stdout=subprocess.PIPE, text=True)
        for i in range(2)
    ]
    try:
        return out, [process.communicate(timeout=120)[0] for process in both]
    finally:
        for process in both:
            process.kill()


@pytest.mark.parametrize("folder", ["together", "0", "1"])
def test_processes_publish_one_file_of_their_shards_or_each_a_whole_one(checkpoints: Path, published, folder: str):
    before = load_file(checkpoints / "qwen3 tied" / "model.safetensors")
    after = load_file(published[0] / folder / "model.safetensors")
    assert {k: v.tobytes() for k, v in before.items()} == {k: v.tobytes() for k, v in after.items()}


def test_where_one_process_cannot_write_all_say_so_and_none_waits(published):
    assert [said.count("OSError") for said in published[1]] == [2, 2]
    assert "process 1 could not write" in published[1][0]
    assert "as asked for" in published[1][1]


# ----------------------------------------------------------------------------------------------- refused input


def test_a_tied_head_may_be_stored_twice_but_not_differ(checkpoints: Path, tmp_path: Path):
    folder = Path(shutil.copytree(checkpoints / "qwen3 tied", tmp_path / "model"))
    tensors = load_file(folder / "model.safetensors")
    head = tensors["model.embed_tokens.weight"].copy()
    save_file(tensors | {"lm_head.weight": head}, folder / "model.safetensors")
    expected = nnx.state(weights.load(checkpoints / "qwen3 tied"))
    jax.tree.map(np.testing.assert_array_equal, nnx.state(weights.load(folder)), expected)
    save_file(tensors | {"lm_head.weight": head + 1}, folder / "model.safetensors")
    with pytest.raises(WeightsError, match=r"model\.safetensors: lm_head\.weight is not the embedding.*tie_word_emb"):
        weights.load(folder)


def test_rotary_buffers_of_old_llama_files_are_ignored(checkpoints: Path, folder: Path):
    tensors = load_file(folder / "model.safetensors")
    extra = {"model.layers.0.self_attn.rotary_emb.inv_freq": np.ones(3, np.float32)}
    save_file(tensors | extra, folder / "model.safetensors")
    expected = nnx.state(weights.load(checkpoints / "llama3"))
    jax.tree.map(np.testing.assert_array_equal, nnx.state(weights.load(folder)), expected)


Q = "model.layers.1.self_attn.q_proj.weight"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda t: t.pop(Q), ["1 tensors missing", "llama with 2 layers", Q]),
        (lambda t: t.update({"model.layers.1.self_attn.q_norm.weight": t["model.norm.weight"]}), ["unexpected", "q_n"]),
        (lambda t: t.update({Q: t[Q][:12]}), ["model.safetensors", Q, "(12, 24)", "(24, 24)", "llama"]),
        (lambda t: t.update({Q: t[Q].astype(np.int64)}), ["model.safetensors", Q, "I64", "BF16"]),
    ],
    ids=["missing", "unexpected", "shape", "dtype"],
)
def test_a_checkpoint_that_does_not_fit_is_refused_by_tensor(folder: Path, change, expected: list[str]):
    tensors = load_file(folder / "model.safetensors")
    change(tensors)
    save_file(tensors, folder / "model.safetensors")
    with pytest.raises(WeightsError) as error:
        weights.load(folder)
    for part in expected:
        assert part in str(error.value)


def test_a_checkpoint_of_more_layers_than_its_config_is_refused(folder: Path):
    edit_config(folder, num_hidden_layers=1)
    with pytest.raises(WeightsError, match=r"9 tensors unexpected for llama with 1 layers.*model\.layers\.1\."):
        weights.load(folder)


def test_another_architecture_is_refused_by_name(folder: Path):
    edit_config(folder, model_type="gemma3")
    with pytest.raises(
        WeightsError, match=r"config\.json: model_type = 'gemma3' is not supported.*qwen2, qwen3, llama"
    ):
        weights.load(folder)


def test_a_file_that_goes_on_after_its_last_tensor_is_refused(folder: Path):
    with (folder / "model.safetensors").open("ab") as file:
        file.write(bytes(8))
    with pytest.raises(WeightsError, match=r"model\.safetensors: not a complete safetensors file"):
        weights.load(folder)


@pytest.mark.parametrize("keep", [0, 5, 100, -1], ids=["empty", "no header", "half a header", "one byte short"])
def test_a_file_cut_short_is_refused(folder: Path, keep: int):
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(WeightsError, match=r"model\.safetensors: not a complete safetensors file"):
        weights.load(folder)


def test_a_file_of_noise_is_refused(folder: Path):
    (folder / "model.safetensors").write_bytes(bytes(range(256)) * 10)
    with pytest.raises(WeightsError, match=r"model\.safetensors: not a complete safetensors file"):
        weights.load(folder)


@pytest.mark.parametrize("missing", ["config.json", "model.safetensors"])
def test_a_folder_without_a_file_is_refused(folder: Path, missing: str):
    (folder / missing).unlink()
    with pytest.raises(WeightsError, match=missing):
        weights.load(folder)


def test_a_name_that_is_neither_folder_nor_hub_id_is_refused(tmp_path: Path):
    with pytest.raises(WeightsError, match="nowhere: no such folder"):
        weights.load(tmp_path / "nowhere")


def test_a_hub_id_that_is_not_cached_is_refused_when_offline(tmp_path: Path):
    script = "from codegym_jax import weights; weights.load('nobody/nothing')"
    environment = os.environ | {"HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path), "JAX_PLATFORMS": "cpu"}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True)
    assert "WeightsError: nobody/nothing: no such folder, and the hub did not give it" in done.stderr
