"""Configs: where a value comes from, what a wrong one is told, and that what is saved reads back."""

import ast
import dataclasses
import re
import tomllib
from pathlib import Path
from typing import Annotated

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codegym_jax import config as configs
from codegym_jax.config import CONFIGS, ROOT, Config, ConfigError, Range, flat, located, parse, to_toml

SHIPPED = sorted(path.stem for path in CONFIGS.glob("*.toml"))


@pytest.fixture
def file(tmp_path):
    """Writes TOML and returns its path."""

    def write(text: str, name: str = "mine.toml") -> str:
        path = tmp_path / name
        path.write_text(("" if "[model]" in text else 'model.path = "some/model"\n') + text, "utf-8")
        return str(path)

    return write


def refusal(capsys, *argv: str) -> str:
    """The message of a refused command line, as one line of words, whatever box it was drawn in."""
    with pytest.raises(SystemExit) as stopped:
        parse(argv, Config)
    assert stopped.value.code == 2
    printed = capsys.readouterr()
    assert "Traceback" not in printed.err
    assert printed.out == ""
    return re.sub(r"[\s│╭╮╰╯─]+", " ", printed.err)


def test_flags_win_over_the_file_and_the_file_over_defaults(file):
    path = file("seed = 7\n[rollout]\nmax_turns = 11\ntop_p = 1\n[train]\nupdates = 3")
    config = parse(["--rollout.max-turns", "12", "--config", path, "--train.updates=4", "--model.no-remat"], Config)
    assert (config.seed, config.rollout.max_turns, config.train.updates, config.model.remat) == (7, 12, 4, False)
    assert config.rollout.group_size == Config().rollout.group_size
    assert type(config.rollout.top_p) is float  # 1 in the file, or a resumed run would differ from its own config


@pytest.mark.parametrize("flags", ["--enable-metrics", "--device cpu --enable-metrics", "-x"])
def test_flags_for_servers_need_no_equals_sign(file, flags):
    config = parse(["--config", file(""), "--sglang.flags", flags, "--resume"], Config)
    assert (config.sglang.flags, config.resume) == (flags, True)


def test_a_flag_of_ours_is_no_value_of_the_one_before(capsys, file):
    assert "Missing argument" in refusal(capsys, "--config", file(""), "--sglang.flags", "--no-resume")


def test_an_empty_table_changes_nothing(file):
    assert parse(["--config", file("[rollout]\n[tasks.envs]")], Config).tasks == Config().tasks


def test_the_run_is_named_after_the_config_unless_it_has_a_name(file):
    assert parse(["--config", file("")], Config).folder == Path("runs/mine")
    assert parse(["--config", file('name = "saved"', "config.toml")], Config).folder == Path("runs/saved")
    assert parse(["--config", file(""), "--name", "other", "--out", "/big"], Config).folder == Path("/big/other")


@pytest.mark.parametrize(
    ("text", "key", "value", "hint"),
    [
        ("[rollout]\nmax_turn = 12", "rollout.max_turn", "12", "did you mean rollout.max_turns"),
        ("max_turns = 12", "max_turns", "12", "did you mean rollout.max_turns?"),
        ("[train]\nmax_tokens = 5", "train.max_tokens", "5", "did you mean rollout.max_tokens?"),
        ("[eval]\nzzz = true", "eval.zzz", "True", "allowed: eval.temperature, eval.top_p, eval.samples"),
        ("[model.scratch]\nd.x = 1", "model.scratch.d.x", "1", "no such key"),
        ("rollout = 3", "rollout", "3", "must be a table, [rollout]"),
    ],
)
def test_unknown_key_in_a_file(capsys, file, text, key, value, hint):
    path = file(text)
    message = refusal(capsys, "--config", path)
    assert f"{path}: {key} = {value}:" in message
    assert hint in message


@pytest.mark.parametrize(
    ("text", "key", "value", "allowed"),
    [
        ('[rollout]\nmax_turns = "12"', "rollout.max_turns", "'12'", "an integer"),
        ("[rollout]\nmax_turns = 12.0", "rollout.max_turns", "12.0", "an integer"),
        ("seed = true", "seed", "True", "an integer"),
        ("resume = 1", "resume", "1", "true or false"),
        ("name = 5", "name", "5", "a string"),
        ("out = 5", "out", "5", "a path"),
        ('[train]\nkl = "0"', "train.kl", "'0'", "a number"),
        ("[train]\nkl = [0.1]", "train.kl", "[0.1]", "a number"),
        ('[model]\ndtype = "float16"', "model.dtype", "'float16'", "one of float32, bfloat16"),
        ("[rollout]\ngroup_size = 1", "rollout.group_size", "1", "at least 2"),
        ("[rollout]\ntop_p = 1.5", "rollout.top_p", "1.5", "at most 1"),
        ("[train]\nlearning_rate = nan", "train.learning_rate", "nan", "at least 1e-09"),
        ("[train]\nlearning_rate = inf", "train.learning_rate", "inf", "at least 1e-09"),
        ("[rollout]\nturn_tokens = 29696", "rollout.turn_tokens", "29696", "less than rollout.max_tokens = 29696"),
        ("[train]\nminibatches = 513", "train.minibatches", "513", "at most rollout.tasks_per_update = 512"),
        ("[tasks]\nmin_difficulty=3\nmax_difficulty=2", "tasks.max_difficulty", "2", "at least min_difficulty = 3"),
        ("[model.scratch]\nkv_heads = 2", "model.scratch.kv_heads", "2", "divide heads = 5"),
        ("[model]\npath = 'm'\nfsdp = 0", "model.fsdp", "0", "-1 (all devices) or at least 1"),
        ("[sft]\nbatch_tokens = 100", "sft.batch_tokens", "100", "rollout.max_tokens = 29696"),
        ('name = "a/b"', "name", "'a/b'", "one folder name"),
    ],
)
def test_bad_value_in_a_file(capsys, file, text, key, value, allowed):
    path = file(text)
    message = refusal(capsys, "--config", path)
    assert f"{path}: {key} = {value}:" in message
    assert allowed in message


@pytest.mark.parametrize(
    ("flags", "key", "value", "allowed"),
    [
        ("--rollout.max-turn 12", "--rollout.max-turn", "12", "did you mean rollout.max_turns"),
        ("--max_turns=12", "--max_turns", "12", "did you mean rollout.max_turns"),
        ("--zzz 1", "--zzz", "1", "allowed: name, out, seed"),
        ("--seed x", "--seed", "'x'", "INT"),
        ("--model.dtype float16", "--model.dtype", "float16", "bfloat16"),
        ("--rollout.group-size 1", "rollout.group_size", "1", "at least 2"),
        ("--train.row-length 29697", "train.row_length", "29697", "at most rollout.max_tokens = 29696"),
        ("--model.scratch.head-dim 7", "model.scratch.head_dim", "7", "even"),
    ],
)
def test_bad_flag(capsys, file, flags, key, value, allowed):
    path = file("")
    message = refusal(capsys, "--config", path, *flags.split())
    assert key in message
    assert value in message
    assert allowed in message
    assert f"{path}: " not in message  # the file is not to blame


@pytest.mark.parametrize(
    ("content", "problem"), [(b"seed = 1\nseed = 2\n", "line 2"), (b"[train\n", "line 1"), (b'name = "\xff"', "utf-8")]
)
def test_a_file_that_is_not_toml(capsys, tmp_path, content, problem):
    (tmp_path / "broken.toml").write_bytes(content)
    message = refusal(capsys, "--config", str(tmp_path / "broken.toml"))
    assert "broken.toml" in message
    assert problem in message


@pytest.mark.parametrize("missing", ["quickstat", "somewhere/else.toml"])
def test_a_config_that_does_not_exist_lists_the_shipped_ones(capsys, missing):
    message = refusal(capsys, "--config", missing)
    assert repr(missing) in message
    assert all(name in message for name in SHIPPED)


def test_no_config_and_no_model_lists_the_shipped_ones(capsys):
    message = refusal(capsys)
    assert "model.path = ''" in message
    assert all(name in message for name in SHIPPED)


def test_shipped_configs_are_the_promised_ones():
    assert SHIPPED == ["quickstart", "qwen2.5-32b", "qwen2.5-7b", "qwq-32b", "smollm2-135m"]


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_config_is_valid_says_its_hardware(name):
    text = (CONFIGS / f"{name}.toml").read_text("utf-8")
    config = parse(["--config", name], Config)
    assert config.name == name
    head = re.match(r"(#.*\n)+", text)
    assert head is not None
    assert re.search(r"\d+ (CPU cores|accelerators)|one accelerator", head[0])
    assert "to be measured" not in text.lower()


def test_defaults_are_the_papers():
    """arXiv 2509.17325, training details."""
    c = Config()
    assert (c.rollout.tasks_per_update, c.rollout.group_size, c.rollout.episodes) == (512, 8, 4096)
    assert c.rollout.episodes // c.train.minibatches == 512
    assert (c.train.learning_rate, c.train.warmup, c.train.updates) == (1e-6, 5, 100)
    assert (c.train.beta1, c.train.beta2, c.train.weight_decay, c.train.clip_grad) == (0.9, 0.95, 0.1, 1.0)
    assert (c.train.clip_low, c.train.clip_high, c.train.kl) == (0.2, 0.2, 0.0)
    assert c.rollout.max_tokens == 5120 + 24576
    assert (c.rollout.max_turns, c.rollout.temperature, c.eval.temperature, c.eval.top_p) == (256, 1.0, 1.0, 0.7)
    assert (c.sft.trajectories, c.sft.steps, c.sft.learning_rate, c.sft.warmup_fraction) == (10_000, 625, 1e-4, 0.1)


words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    envs=words,
    path=words,
    rate=st.floats(1e-9, 1e300),
    seed=st.integers(0, 2**62),
    remat=st.booleans(),
    dtype=st.sampled_from(["float32", "bfloat16"]),
)
def test_saved_config_reads_back(tmp_path, envs, path, rate, seed, remat, dtype):
    c = Config(name="run", out=tmp_path / "größe", seed=seed)
    config = dataclasses.replace(
        c,
        model=dataclasses.replace(c.model, path=path, remat=remat, dtype=dtype),
        tasks=dataclasses.replace(c.tasks, envs=envs),
        train=dataclasses.replace(c.train, learning_rate=rate),
    )
    text = to_toml(config)
    assert tomllib.loads(text)["tasks"]["envs"] == envs
    (tmp_path / "saved.toml").write_text(text, "utf-8")
    assert parse(["--config", str(tmp_path / "saved.toml")], Config) == config


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_config_saved_reads_back(tmp_path, name):
    config = parse(["--config", name, "--seed", "3"], Config)
    (tmp_path / "config.toml").write_text(to_toml(config), "utf-8")
    assert parse(["--config", str(tmp_path / "config.toml")], Config) == config


def test_help_documents_every_field(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    with pytest.raises(SystemExit) as stopped:
        parse(["--help"], Config, description="What it does.")
    assert stopped.value.code == 0
    text = re.sub(r"[\s│╭╮╰╯─]+", " ", capsys.readouterr().out)
    assert "What it does." in text
    assert "quickstart" in text
    for key in flat(Config()):
        about = text.partition(f" --{key.replace('_', '-')} ")[2] or text.partition(f" --{key.replace('_', '-')}, ")[2]
        about = re.sub(r"--\S+|\{\S+\}|\b(INT|FLOAT|STR|PATH)\b", "", about.partition("(default: ")[0])
        assert len(about.strip()) > 10, key


def test_help_shows_the_values_of_the_config(capsys, file):
    with pytest.raises(SystemExit):
        parse(["--config", file("[rollout]\nmax_turns = 3141"), "--help"], Config)
    assert "(default: 3141)" in re.sub(r"[\s│]+", " ", capsys.readouterr().out)


def test_every_field_is_read_by_something():
    files = [path for folder in ("codegym_jax", "launch") for path in (ROOT / folder).rglob("*.py")]
    trees = [ast.parse(path.read_text("utf-8")) for path in files if path.name != "config.py"]
    read = {node.attr for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    own = ast.parse(Path(configs.__file__).read_text("utf-8"))
    used = {node.attr for node in ast.walk(own) if isinstance(node, ast.Attribute)}  # folder, cache_slots, source
    derived = {"name", "out", "path", "envs", "slots"} & used
    assert {key.rpartition(".")[2] for key in flat(Config())} - read - derived == set()


def test_paths_are_found_from_anywhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert Path(located("codegym_jax/config.py")) == Path(configs.__file__)
    assert located("Qwen/Qwen2.5-7B-Instruct") == "Qwen/Qwen2.5-7B-Instruct"
    (tmp_path / "codegym_jax").mkdir()
    assert located("codegym_jax") == "codegym_jax"  # what is here comes first


def test_any_dataclass_can_be_parsed(capsys):
    @dataclasses.dataclass(frozen=True)
    class Other:
        port: Annotated[int, Range(1, 65535)] = 80  # Where it listens.
        host: str = "localhost"  # Who it is.

        def validate(self) -> None:
            if self.host == "nobody":
                raise ConfigError("host", self.host, "must be somebody")

    assert parse(["--port", "81"], Other) == Other(81)
    for flags, message in (
        (["--port", "65536"], "serve: error: port = 65536: must be at least 1 and at most 65535"),
        (["--host", "nobody"], "serve: error: host = 'nobody': must be somebody"),
    ):
        with pytest.raises(SystemExit):
            parse(flags, Other, "serve")
        assert capsys.readouterr().err.strip() == message
