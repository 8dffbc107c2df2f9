"""What a run is made of: `python launch/train.py --config quickstart --train.updates 80 --rollout.top-p 0.95`.

A config is a TOML file: a name shipped in launch/configs, or a path. Its values become the defaults of the flags:
a flag wins, `--help` beside `--config` shows the values in force, and `max_turns` under `[rollout]` is the flag
`--rollout.max-turns`. What fits nothing ends in one message with file, key, value and what is allowed, and exit code 2.
Nothing derived is stored. Defaults are the paper's (arXiv 2509.17325) wherever it gives one; they suit a large mesh.
"""

from __future__ import annotations

import argparse
import dataclasses
import difflib
import json
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, TypeVar, get_args, get_origin, get_type_hints

import tyro

ROOT = Path(__file__).resolve().parents[1]
CONFIGS = ROOT / "launch" / "configs"
T = TypeVar("T")
WORDS = {bool: "true or false", int: "an integer", float: "a number", str: "a string", Path: "a path in quotes"}


class ConfigError(ValueError):
    """`key` holds `value`, which is not what is `allowed`; `where` is the file, or "command line"."""

    def __init__(self, key: str, value: Any, allowed: str, where: str = "") -> None:
        self.key, self.value = key, value
        super().__init__(f"{where}: {key} = {value!r}: {allowed}" if where else f"{key} = {value!r}: {allowed}")


class Range(NamedTuple):
    low: float
    high: float = sys.float_info.max

    def __str__(self) -> str:
        return f"at least {self.low:g}" + f" and at most {self.high:g}" * (self.high < sys.float_info.max)


Count = Annotated[int, Range(1)]
Natural = Annotated[int, Range(0)]
NonNegative = Annotated[float, Range(0)]
Positive = Annotated[float, Range(1e-9)]
Share = Annotated[float, Range(0, 1)]
Nucleus = Annotated[float, Range(1e-6, 1)]


@dataclasses.dataclass(frozen=True)
class ScratchSection:
    vocab: Annotated[int, Range(300)] = 1024  # Entries of the trained tokenizer: 256 bytes, special tokens, merges.
    d: Count = 160  # Width of the residual stream.
    layers: Count = 4  # Decoder layers.
    heads: Count = 5  # Query heads.
    kv_heads: Count = 1  # Key/value heads; divides heads.
    head_dim: Count = 32  # Width of one head; even, for RoPE.
    ff: Count = 768  # Width of the gated feed-forward layer.


@dataclasses.dataclass(frozen=True)
class ModelSection:
    path: str = ""  # Hugging Face folder (from here or from the repository's root), hub id, or gguf:FILE or PACKAGE.
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


@dataclasses.dataclass(frozen=True)
class TasksSection:
    envs: str = "envs/starter"  # Environments: a folder of sources and task JSONL, or Parquet of the published set.
    min_difficulty: Natural = 0  # Least difficulty of a task, in every split.
    max_difficulty: Natural = 0  # Greatest difficulty of a task, in every split; 0 is no limit.
    eval_tasks: Natural = 500  # Tasks of each held-out split in an evaluation; 0 is all.

    @property
    def source(self) -> str:
        return located(self.envs)


@dataclasses.dataclass(frozen=True)
class ChatSection:
    call_format: Literal["tool_call", "codegym"] = "tool_call"  # <tool_call> JSON, or <|FunctionCallBegin|> lists.


@dataclasses.dataclass(frozen=True)
class SandboxSection:
    zygotes: Natural = 0  # Clean processes that fork the episodes' children; 0 is one a CPU core.
    step_cpu_s: Positive = 2.0  # CPU seconds one environment step may use.
    step_wall_s: Positive = 10.0  # Wall seconds one environment step may take.
    memory_mb: Annotated[int, Range(16)] = 512  # Memory of one environment process, MiB.
    observation_bytes: Count = 8192  # Longer observations are cut here.
    require_isolation: Literal["rlimits", "seccomp", "full"] = "rlimits"  # Refuse to run environments behind less.


@dataclasses.dataclass(frozen=True)
class RolloutSection:
    group_size: Annotated[int, Range(2)] = 8  # Episodes of one task, whose rewards are compared.
    tasks_per_update: Count = 512  # Tasks drawn for one update.
    max_turns: Count = 256  # Calls an episode may make; the task's own limit counts too.
    max_tokens: Count = 29_696  # Tokens of a whole episode, prompt included (paper: 5,120 + 24,576).
    max_malformed: Natural = 0  # Malformed calls that end an episode; 0 is no limit. What follows one is mostly noise.
    turn_tokens: Count = 4096  # Tokens the policy may sample in one turn.
    temperature: NonNegative = 1.0  # Sampling temperature.
    top_p: Nucleus = 1.0  # Nucleus; below 1 the policy that samples is not quite the one that is trained.
    top_k: Natural = 0  # Sample from this many likeliest tokens; 0 is no limit.
    live: Count = 512  # Episodes that run at once.
    slots: Natural = 0  # Conversations the engine's KV cache holds; 0 is one a live episode.
    lockstep: bool = False  # Decode only once every live episode waits for it: reproducible, meant for small runs.
    decode_chunk: Count = 16  # Tokens decoded for each call into the device.
    max_staleness: Natural = 0  # Versions a trained token may be older than the learner; 0 is on-policy.
    servers: str = ""  # Empty: sample here; launch: start SGLang servers ([sglang]); else their URLs or a router's.
    sync: Literal["disk", "tensor"] = "disk"  # How weights reach servers: a file in shared memory, or requests.

    @property
    def episodes(self) -> int:
        """Episodes of one update."""
        return self.group_size * self.tasks_per_update

    @property
    def cache_slots(self) -> int:
        return self.slots or min(self.live, self.episodes * (1 + self.max_staleness))


@dataclasses.dataclass(frozen=True)
class SGLangSection:
    command: str = "python -m sglang.launch_server"  # What starts a server: SGLang has a Python environment of its own.
    count: Count = 1  # Servers to start.
    tp: Count = 1  # GPUs of each.
    first_gpu: Annotated[int, Range(-1)] = 0  # Index of the first GPU that servers use; -1 is a machine without.
    flags: str = ""  # Further flags for every server, as one text: "--mem-fraction-static 0.8 --enable-metrics".
    folder: Path = Path("/dev/shm")  # Shared memory (or disk) that learner and servers see, for weights.


@dataclasses.dataclass(frozen=True)
class PerturbSection:
    rename: bool = False  # Tools and parameters get other names, the same for all samples of a task.
    paraphrase: bool = False  # Statement and tool descriptions are put in other words.
    distractors: Annotated[int, Range(0, 8)] = 0  # Documented tools added that do no harm and do not help.
    failure_rate: Share = 0.0  # Chance that a call fails, has no effect and has to be made again.
    failures_in_a_row: Count = 2  # Most calls that fail one after the other.
    noise: bool = False  # Each reply stands between <reply> and </reply>, amid chatter.
    seed: Natural = 0  # Another seed perturbs in another way.


@dataclasses.dataclass(frozen=True)
class TrainSection:
    updates: Count = 100  # Rollout batches to train on.
    minibatches: Count = 8  # Optimizer steps a rollout batch (paper: 4,096 episodes in mini-batches of 512).
    learning_rate: Positive = 1e-6  # AdamW, constant between warm-up and cool-down.
    norm_rate: Positive = 1.0  # The norms' gains learn this many times as fast; see grpo.make_optimizer.
    warmup: Natural = 5  # Updates over which the learning rate rises linearly.
    cooldown: Natural = 0  # Updates at the end over which it falls linearly to 0.
    beta1: Share = 0.9  # Adam's decay of the mean of the gradient.
    beta2: Share = 0.95  # Adam's decay of the mean of its square.
    eps: Positive = 1e-8  # Adam's floor under the root of that mean: gradients well below it hardly move a parameter.
    weight_decay: NonNegative = 0.1  # AdamW's, on matrices and embeddings; norms and biases have none.
    clip_grad: Positive = 1.0  # Greatest global norm of the gradient.
    clip_low: Share = 0.2  # The ratio to the old policy is clipped below 1 - clip_low.
    clip_high: NonNegative = 0.2  # The ratio to the old policy is clipped above 1 + clip_high.
    tis_cap: NonNegative = 2.0  # Cap of the importance weight learner / behaviour (truncated, per token); 0 is off.
    kl: NonNegative = 0.0  # Weight of the KL term towards the starting policy; 0 loads no reference.
    advantage_std: bool = True  # Divide a group's advantages by the standard deviation of its rewards.
    micro_rows: Count = 1  # Rows of one micro-batch on each fsdp shard.
    row_length: Count = 1024  # Shortest padded row; longer ones are bucketed up from it, one compilation each.


@dataclasses.dataclass(frozen=True)
class SFTSection:
    trajectories: Natural = 10_000  # Oracle trajectories of the train split; 0 is one a task.
    max_difficulty: Natural = 0  # Imitate tasks of at most this difficulty; 0 is that of [tasks].
    fresh: Natural = 0  # New configurations an environment's own generator adds, for sets that have one.
    steps: Count = 625  # Optimizer steps; the trajectories repeat as often as that takes.
    batch_tokens: Count = 475_136  # Packed tokens of one step (paper: 16 trajectories, here 16 of the longest rows).
    learning_rate: Positive = 1e-4  # Peak, with the betas, weight decay and clipping of [train].
    entropy: NonNegative = 0.0  # Weight of an entropy bonus, which leaves the policy broad enough for RL to explore.
    warmup_fraction: Share = 0.1  # Share of the steps with a linear warm-up; a cosine to zero follows.


@dataclasses.dataclass(frozen=True)
class EvalSection:
    temperature: NonNegative = 1.0  # Sampling temperature of evaluations; 0 is greedy.
    top_p: Nucleus = 0.7  # Nucleus of evaluations.
    samples: Count = 1  # Episodes of each task: the k of pass@k.


@dataclasses.dataclass(frozen=True)
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
    sglang: SGLangSection = SGLangSection()
    perturb: PerturbSection = PerturbSection()
    train: TrainSection = TrainSection()
    sft: SFTSection = SFTSection()
    eval: EvalSection = EvalSection()

    @property
    def folder(self) -> Path:
        return self.out / (self.name or "run")

    def validate(self) -> None:
        """What ties fields together; the range of a single field is in its type. Raises ConfigError."""
        t, r, scratch = self.tasks, self.rollout, self.model.scratch
        ordered = t.max_difficulty in (0, max(t.min_difficulty, t.max_difficulty))
        groups, longest = f"rollout.tasks_per_update = {r.tasks_per_update}", f"rollout.max_tokens = {r.max_tokens}"
        for key, ok, allowed in (
            ("name", self.name == Path(self.name).name, "must be one folder name; `out` is the path"),
            ("model.path", self.model.path or self.from_scratch, f"must name a model; or --config {shipped()}"),
            ("model.fsdp", self.model.fsdp != 0, "must be -1 (all devices) or at least 1"),
            ("model.scratch.kv_heads", scratch.heads % scratch.kv_heads == 0, f"must divide heads = {scratch.heads}"),
            ("model.scratch.head_dim", scratch.head_dim % 2 == 0, "must be even"),
            ("tasks.max_difficulty", ordered, f"must be 0 or at least min_difficulty = {t.min_difficulty}"),
            ("rollout.turn_tokens", r.turn_tokens < r.max_tokens, f"must be less than {longest}"),
            ("rollout.lockstep", not (r.lockstep and r.servers), "must be false with servers"),
            ("rollout.max_staleness", not (r.lockstep and r.max_staleness), "must be 0 in lockstep"),
            ("train.minibatches", self.train.minibatches <= r.tasks_per_update, f"must be at most {groups}"),
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


def flat(tree: Any, prefix: str = "") -> dict[str, Any]:
    """Under dotted keys, in order: a config's values, a config class's types, or a TOML document's values."""
    if isinstance(tree, type):
        tree = get_type_hints(tree, include_extras=True)
    leaves: dict[str, Any] = {}
    for name, value in (tree if isinstance(tree, dict) else vars(tree)).items():
        nested = isinstance(value, dict) or dataclasses.is_dataclass(value)
        leaves |= flat(value, f"{prefix}{name}.") if nested else {prefix + name: value}
    return leaves


def to_toml(config: Any) -> str:
    """The whole config as TOML, one dotted key a line; `--config file.toml` reads an equal one back."""
    text = lambda v: repr(v) if isinstance(v, float) else json.dumps(v, ensure_ascii=False, default=str)  # noqa: E731
    lines = [f"{key} = {text(value)}\n" for key, value in flat(config).items()]
    return "".join(lines).replace("\x7f", "\\u007f")  # TOML wants DEL escaped, JSON does not


def parse(argv: Sequence[str], cls: type[T], prog: str = "train.py", description: str = "") -> T:
    """Flags and `--config NAME|file.toml`, in any order, to a checked `cls`; flags win. Bad input exits with 2.

    Every field of `cls` needs a default. Its `validate`, if it has one, may raise ConfigError.
    """
    outer = argparse.ArgumentParser(prog=prog, add_help=False, allow_abbrev=False)
    outer.add_argument("--config", default="")
    known, flags = outer.parse_known_args(list(argv))
    path = Path(known.config) if known.config.endswith(".toml") else CONFIGS / f"{known.config}.toml"
    names = f"{shipped()}|" if cls is Config else ""
    about = f"{description}\n\n--config {names}file.toml sets the defaults shown here.".strip()
    hints, given = flat(cls), {}
    flags = _joined(flags, hints)
    try:
        if known.config:
            given = _read(path, known.config)
        for key, value in given.items():
            _check(key, value, hints)
        base = _fill(cls(), {"name": path.stem} | given if known.config else {})
        for flag, value in zip(flags, [*flags[1:], ""]):
            key, _, inline = flag.removeprefix("--").replace("-", "_").partition("=")
            if flag.startswith("--") and {key, key.replace("no_", "", 1)}.isdisjoint([*hints, "help"]):
                raise ConfigError(flag.partition("=")[0], inline or value, _unknown(key, list(hints)))
        config = tyro.cli(cls, args=flags, prog=prog, description=about, default=base)
        for key, value in flat(config).items():
            _check(key, value, hints)
        if hasattr(config, "validate"):
            config.validate()
        return config
    except ConfigError as error:
        blamed = repr(given.get(error.key)) == repr(error.value)  # repr: NaN is not NaN
        print(f"{prog}: error: {f'{path}: ' if blamed else ''}{error}", file=sys.stderr)
        raise SystemExit(2) from None


def _joined(flags: list[str], hints: dict[str, Any]) -> list[str]:
    """`--sglang.flags --disable-radix-cache` as `--sglang.flags=--disable-radix-cache`, unless what follows is ours."""
    joined: list[str] = []
    for flag in flags:
        key = flag.removeprefix("--").replace("-", "_").partition("=")[0]
        ours = not {key, key.replace("no_", "", 1)}.isdisjoint([*hints, "help"])
        if joined and joined[-1] == "--sglang.flags" and flag.startswith("-") and not ours:
            joined[-1] += f"={flag}"
        else:
            joined.append(flag)
    return joined


def _read(path: Path, config: str) -> dict[str, Any]:
    try:
        return flat(tomllib.loads(path.read_text("utf-8")))
    except (OSError, ValueError) as error:  # missing, unreadable, not UTF-8, or not TOML: then with line and column
        fix = f"cannot be read ({error}); give a .toml file or one of {shipped()}"
        raise ConfigError("--config", config, fix) from error


def _check(key: str, value: Any, hints: dict[str, Any]) -> None:
    """Raise ConfigError unless `key` exists and `value` has its type, is one of its choices and in its range."""
    if key not in hints:
        raise ConfigError(key, value, _unknown(key, list(hints)))
    kind, limits = get_args(hints[key]) if get_origin(hints[key]) is Annotated else (hints[key], None)
    types = {float: (float, int), Path: (str, type(Path()))}.get(kind, (kind,))  # of a file's values and of tyro's
    ok, allowed = kind not in WORDS or type(value) in types, WORDS.get(kind)
    if get_origin(kind) is Literal:
        ok, allowed = value in get_args(kind), f"one of {', '.join(get_args(kind))}"
    elif ok and limits:
        ok, allowed = limits.low <= value <= limits.high, str(limits)
    if not ok:
        raise ConfigError(key, value, f"must be {allowed}")


def _unknown(key: str, known: list[str]) -> str:
    """What to write for a key that does not exist: the same name elsewhere, a likely typo, or the section's list."""
    table, _, name = key.rpartition(".")
    if any(k.startswith(key + ".") for k in known):
        return f"must be a table, [{key}]"
    near = [k for k in known if k.rpartition(".")[2] == name] or difflib.get_close_matches(key, known, cutoff=0.75)
    section = [k for k in known if k.rpartition(".")[0] == table] or known
    return "no such key; " + (f"did you mean {' or '.join(near)}?" if near else f"allowed: {', '.join(section)}")


def _fill(config: Any, given: dict[str, Any], prefix: str = "") -> Any:
    """`config` with the values given under dotted keys, each made of the type of the one it replaces."""
    new = {}
    for name, old in vars(config).items():
        key = prefix + name
        new[name] = _fill(old, given, key + ".") if dataclasses.is_dataclass(old) else type(old)(given.get(key, old))
    return type(config)(**new)
