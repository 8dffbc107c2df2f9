"""What a run is made of: `python launch/train.py --config quickstart --train.updates 80 --rollout.top-p 0.95`.

A config is a TOML file: a name shipped in launch/configs, or a path. Its values become the defaults of the flags,
so a flag always wins and `--help` beside `--config` shows the values in force; `max_turns` under `[rollout]` is the
flag `--rollout.max-turns`. What fits nothing ends in one message with the file, the key, the value and what is
allowed, and exit code 2. Nothing derived is stored: properties compute it. Defaults are the paper's
(arXiv 2509.17325) wherever it gives one; they suit a large mesh.
"""

from __future__ import annotations

import dataclasses
import difflib
import json
import sys
import tomllib
import types
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, TypeVar, Union, get_args, get_origin, get_type_hints

import tyro

ROOT = Path(__file__).resolve().parents[1]
CONFIGS = ROOT / "launch" / "configs"
T = TypeVar("T")


class ConfigError(ValueError):
    """`key` holds `value`, which is not what is `allowed`; `where` is the file, or "command line"."""

    def __init__(self, key: str, value: Any, allowed: str, where: str = "") -> None:
        self.key, self.value, self.allowed = key, value, allowed
        super().__init__(f"{where}: {key} = {value!r}: {allowed}" if where else f"{key} = {value!r}: {allowed}")


class Range(NamedTuple):
    low: float
    high: float = float("inf")

    def __str__(self) -> str:
        return f"must be at least {self.low:g}" + (f" and at most {self.high:g}" if self.high < float("inf") else "")


Count = Annotated[int, Range(1)]
Natural = Annotated[int, Range(0)]
NonNegative = Annotated[float, Range(0)]
Positive = Annotated[float, Range(1e-9)]
Share = Annotated[float, Range(0, 1)]
Nucleus = Annotated[float, Range(1e-6, 1)]
section = dataclasses.dataclass(frozen=True)


@section
class ScratchSection:
    vocab: Annotated[int, Range(300)] = 1024  # Entries of the trained tokenizer: 256 bytes, special tokens, merges.
    d: Count = 160  # Width of the residual stream.
    layers: Count = 4  # Decoder layers.
    heads: Count = 5  # Query heads.
    kv_heads: Count = 1  # Key/value heads; divides heads.
    head_dim: Count = 32  # Width of one head; even, for RoPE.
    ff: Count = 768  # Width of the gated feed-forward layer.


@section
class ModelSection:
    path: str = ""  # Hugging Face folder (from here or from the repository's root) or hub id.
    dtype: Literal["float32", "bfloat16"] = "bfloat16"  # Compute type; the head and the loss are always float32.
    param_dtype: Literal["float32", "bfloat16"] = "float32"  # Type of the parameters and of Adam's moments.
    remat: bool = True  # Recompute each layer in the backward pass instead of storing its activations.
    unroll: bool = False  # Unroll the scan over layers: faster on a CPU, slower to compile.
    fsdp: Annotated[int, Range(-1)] = -1  # Devices that share parameters and batch; -1 is all that `tensor` leaves.
    tensor: Count = 1  # Devices that split heads, feed-forward and vocabulary.
    scratch: ScratchSection = ScratchSection()

    @property
    def source(self) -> str:
        return located(self.path)


@section
class TasksSection:
    envs: str = "envs/starter"  # Environments: a folder of sources and task JSONL, or Parquet of the published set.
    min_difficulty: Natural = 0  # Least difficulty of a task, in every split.
    max_difficulty: Natural = 0  # Greatest difficulty of a task, in every split; 0 is no limit.
    eval_tasks: Natural = 500  # Tasks of each held-out split in an evaluation; 0 is all.

    @property
    def source(self) -> str:
        return located(self.envs)


@section
class ChatSection:
    call_format: Literal["tool_call", "codegym"] = "tool_call"  # <tool_call> JSON, or <|FunctionCallBegin|> lists.


@section
class SandboxSection:
    zygotes: Natural = 0  # Clean processes that fork the episodes' children; 0 is one a CPU core.
    step_cpu_s: Positive = 2.0  # CPU seconds one environment step may use.
    step_wall_s: Positive = 10.0  # Wall seconds one environment step may take.
    memory_mb: Annotated[int, Range(16)] = 512  # Memory of one environment process, MiB.
    observation_bytes: Count = 8192  # Longer observations are cut here.
    require_isolation: str = "rlimits"  # Refuse to start where this layer of the confinement does not stand.


@section
class RolloutSection:
    group_size: Annotated[int, Range(2)] = 8  # Episodes of one task, whose rewards are compared.
    tasks_per_update: Count = 512  # Tasks drawn for one update.
    max_turns: Count = 256  # Calls an episode may make; the task's own limit counts too.
    max_tokens: Count = 29_696  # Tokens of a whole episode, prompt included (paper: 5,120 + 24,576).
    turn_tokens: Count = 4096  # Tokens the policy may sample in one turn.
    temperature: NonNegative = 1.0  # Sampling temperature.
    top_p: Nucleus = 1.0  # Nucleus; below 1 the policy that samples is not quite the one that is trained.
    top_k: Natural = 0  # Sample from this many likeliest tokens; 0 is no limit.
    live: Count = 512  # Episodes that run at once.
    slots: Natural = 0  # Conversations the engine's KV cache holds; 0 is one a live episode.
    lockstep: bool = False  # Decode only once every live episode waits for it: reproducible, meant for small runs.
    decode_chunk: Count = 16  # Tokens decoded for each call into the device.

    @property
    def episodes(self) -> int:
        """Episodes of one update."""
        return self.group_size * self.tasks_per_update

    @property
    def cache_slots(self) -> int:
        return self.slots or min(self.live, self.episodes)


@section
class TrainSection:
    updates: Count = 100  # Rollout batches to train on.
    minibatches: Count = 8  # Optimizer steps a rollout batch (paper: 4,096 episodes in mini-batches of 512).
    learning_rate: Positive = 1e-6  # AdamW, constant after the warm-up.
    warmup: Natural = 5  # Updates over which the learning rate rises linearly.
    beta1: Share = 0.9  # Adam's decay of the mean of the gradient.
    beta2: Share = 0.95  # Adam's decay of the mean of its square.
    weight_decay: NonNegative = 0.1  # AdamW's.
    clip_grad: Positive = 1.0  # Greatest global norm of the gradient.
    clip_low: Share = 0.2  # The ratio to the old policy is clipped below 1 - clip_low.
    clip_high: NonNegative = 0.2  # The ratio to the old policy is clipped above 1 + clip_high.
    tis_cap: NonNegative = 2.0  # Cap of the importance weight learner / behaviour (truncated, per token); 0 is off.
    kl: NonNegative = 0.0  # Weight of the KL term towards the starting policy; 0 loads no reference.
    advantage_std: bool = True  # Divide a group's advantages by the standard deviation of its rewards.
    micro_rows: Count = 1  # Rows of one micro-batch on each fsdp shard.
    row_length: Count = 1024  # Shortest padded row; longer ones are bucketed up from it, one compilation each.


@section
class SFTSection:
    trajectories: Natural = 10_000  # Oracle trajectories of the train split; 0 is one a task.
    steps: Count = 625  # Optimizer steps; the trajectories repeat as often as that takes.
    batch_tokens: Count = 475_136  # Packed tokens of one step (paper: 16 trajectories, here 16 of the longest rows).
    learning_rate: Positive = 1e-4  # Peak, with the betas, weight decay and clipping of [train].
    warmup_fraction: Share = 0.1  # Share of the steps with a linear warm-up; a cosine to zero follows.


@section
class EvalSection:
    temperature: NonNegative = 1.0  # Sampling temperature of evaluations; 0 is greedy.
    top_p: Nucleus = 0.7  # Nucleus of evaluations.
    samples: Count = 1  # Episodes of each task: the k of pass@k.


@section
class Config:
    name: str = ""  # Folder of the run under `out`; the config's name by default.
    out: Path = Path("runs")  # Where runs go.
    seed: Natural = 0  # Fixes task order, sampling noise and initial weights.
    resume: bool = False  # Go on from the run's last checkpoint.
    from_scratch: bool = False  # First make the warm start (tokenizer, [model.scratch] and SFT), then GRPO.
    checkpoint_every: Count = 5  # Updates between checkpoints.
    export_every: Natural = 0  # Updates between Hugging Face exports; 0 is only at the end.
    keep: Count = 2  # Checkpoints kept.
    eval_every: Natural = 10  # Updates between evaluations on the held-out splits; 0 is only at both ends.
    log_transcripts: Natural = 4  # Episodes of each update written out for a person to read.
    model: ModelSection = ModelSection()
    tasks: TasksSection = TasksSection()
    chat: ChatSection = ChatSection()
    sandbox: SandboxSection = SandboxSection()
    rollout: RolloutSection = RolloutSection()
    train: TrainSection = TrainSection()
    sft: SFTSection = SFTSection()
    eval: EvalSection = EvalSection()

    @property
    def folder(self) -> Path:
        return self.out / (self.name or "run")

    def validate(self) -> None:
        """What ties fields together; the range of a single field is in its type. Raises ConfigError."""
        t, r, scratch = self.tasks, self.rollout, self.model.scratch
        longest = f"rollout.max_tokens = {r.max_tokens}"
        for key, ok, allowed in (
            ("name", self.name == Path(self.name).name, "must be one folder name; `out` is the path"),
            ("model.path", self.model.path or self.from_scratch, f"must name a model, or take --config {shipped()}"),
            ("model.fsdp", self.model.fsdp != 0, "must be -1 (all devices) or at least 1"),
            ("model.scratch.kv_heads", scratch.heads % scratch.kv_heads == 0, f"must divide heads = {scratch.heads}"),
            ("model.scratch.head_dim", scratch.head_dim % 2 == 0, "must be even"),
            ("tasks.envs", t.envs, "must name a folder or Parquet file of environments"),
            ("tasks.max_difficulty", t.max_difficulty in (0, max(t.min_difficulty, t.max_difficulty)), "must be 0 or at least tasks.min_difficulty"),
            ("rollout.turn_tokens", r.turn_tokens < r.max_tokens, f"must be less than {longest}"),
            ("train.minibatches", self.train.minibatches <= r.tasks_per_update, f"must be at most rollout.tasks_per_update = {r.tasks_per_update}: whole groups share a mini-batch"),
            ("train.row_length", self.train.row_length <= r.max_tokens, f"must be at most {longest}"),
            ("sft.batch_tokens", self.sft.batch_tokens >= r.max_tokens, f"must hold a row of {longest}"),
        ):
            if not ok:
                raise ConfigError(key, flat(self)[key], allowed)


def located(path: str) -> str:
    """`path` where it exists, else under the repository's root if it is there, else unchanged (a hub id)."""
    return str(ROOT / path) if path and not Path(path).exists() and (ROOT / path).exists() else path


def shipped() -> str:
    return "|".join(sorted(path.stem for path in CONFIGS.glob("*.toml"))) or f"(none shipped in {CONFIGS})"


def flat(config: Any, prefix: str = "") -> dict[str, Any]:
    """Every leaf under its dotted key, `rollout.max_turns`, in the order of the fields."""
    leaves: dict[str, Any] = {}
    for field in dataclasses.fields(config):
        value, key = getattr(config, field.name), prefix + field.name
        leaves |= flat(value, key + ".") if dataclasses.is_dataclass(value) else {key: value}
    return leaves


def to_toml(config: Any) -> str:
    """The whole config as TOML that `parse(["--config", file])` reads back to an equal one; None is left out."""
    tables: dict[str, list[str]] = {"": []}
    for key, value in flat(config).items():
        table, _, name = key.rpartition(".")
        value = list(value) if isinstance(value, tuple) else str(value) if isinstance(value, Path) else value
        if value is not None:  # JSON's spelling is TOML's for the types used here, with DEL and inf as exceptions
            text = repr(value) if isinstance(value, float) else json.dumps(value, ensure_ascii=False)
            tables.setdefault(table, []).append(f"{name} = {text}".replace("\x7f", "\\u007f"))
    return "\n\n".join("\n".join([f"[{table}]"] * bool(table) + lines) for table, lines in tables.items()) + "\n"


def parse(argv: Sequence[str], cls: type[T], prog: str = "train.py", description: str = "") -> T:
    """Flags and `--config NAME|file.toml`, in any order, to a checked `cls`; flags win. Bad input exits with 2."""
    try:
        return load(argv, cls, prog, description)
    except ConfigError as error:
        print(f"{prog}: error: {error}", file=sys.stderr)
        raise SystemExit(2) from None


def load(argv: Sequence[str], cls: type[T], prog: str = "train.py", description: str = "") -> T:
    """`parse` that raises ConfigError, except for what the flags' parser itself finds (it exits with 2)."""
    before = argparse.ArgumentParser(add_help=False, allow_abbrev=False, prog=prog)
    before.add_argument("--config")
    known, flags = before.parse_known_args(list(argv))
    base, table, where = _defaults(cls), {}, ""
    if known.config is not None:
        path = Path(known.config) if known.config.endswith(".toml") else CONFIGS / f"{known.config}.toml"
        where = str(path)
        try:
            table = tomllib.loads(path.read_text())
        except FileNotFoundError:
            raise ConfigError("--config", known.config, f"no such file; name a .toml file or one of {shipped()}") from None
        except (OSError, ValueError) as error:  # unreadable; not UTF-8; not TOML, with line and column
            raise ConfigError("--config", known.config, f"cannot be read: {error}") from error
