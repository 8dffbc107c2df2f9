"""The main job as a user runs it: `python launch/train.py`, killed, resumed, exported, and fed bad input."""

import json
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[1]
SMALL = (
    "--config quickstart --train.updates 4 --rollout.tasks-per-update 6 --rollout.group-size 4 --rollout.live 24 "
    "--checkpoint-every 2 --eval-every 0 --tasks.eval-tasks 6 --tasks.max-difficulty 1"
).split()


def launch(script: str, *flags: str, **options) -> subprocess.CompletedProcess:
    command = [sys.executable, str(ROOT / "launch" / script), *flags]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=500, **options)


def lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    """An uninterrupted run."""
    out = tmp_path_factory.mktemp("runs")
    done = launch("train.py", *SMALL, "--out", str(out), "--name", "whole")
    assert done.returncode == 0, done.stderr[-3000:]
    assert "everything is in" in done.stdout
    return out / "whole"


def curve(folder: Path) -> list[tuple]:
    """What must not depend on when a run was interrupted: everything but the time it took."""
    timed = "seconds rollout_s tokens_per_s env_steps_per_s compilations learner_idle engine_idle environments_idle"
    return [
        tuple(sorted((k, v) for k, v in line.items() if k not in timed.split()))
        for line in lines(folder / "metrics.jsonl")
    ]


def test_a_run_leaves_everything_behind(whole):
    summary = json.loads((whole / "summary.json").read_text())
    keys = "warm_start_success final_success unseen_env_success train_seconds max_rss_gb max_logprob_gap updates seed"
    assert set(keys.split()) <= set(summary)
    assert summary["updates"] == 4
    assert summary["max_logprob_gap"] < 1e-4  # behaviour logprobs are the learner's to rounding
    assert summary["max_rss_gb"] < 6
    trained = [line for line in lines(whole / "metrics.jsonl") if "loss" in line]
    assert len(trained) >= 1
    assert (whole / "curve.png").read_bytes().startswith(b"\x89PNG")
    assert list((whole / "transcripts").iterdir())
    assert list(whole.glob("events*"))
    assert (whole / "config.toml").exists()


def test_episodes_on_record_replay_to_the_same_observations(whole):
    import asyncio

    from codegym_jax import environments
    from codegym_jax.sandbox.pool import SandboxPool
    from codegym_jax.types import StopReason

    tasks = environments.load(ROOT / "envs" / "starter")
    records = [r for r in lines(whole / "episodes.jsonl") if r["stop"] in (StopReason.ANSWERED, StopReason.WRONG)][:12]
    assert records

    async def replay(record: dict) -> None:
        _, stem, config = record["task"].split("@", 2)
        environment = tasks.environments[stem]
        session = await pool.spawn(environment.source, environment.class_name, config)
        for action, observation in zip(record["actions"], record["observations"], strict=True):
            if action.startswith('{"name"') and action.endswith("}"):  # the rest are malformed turns
                reply = await session.step(action)
                assert reply.observation == observation
        assert (reply.stop, reply.reward) == (record["stop"], record["reward"])
        await session.close()

    async def every() -> None:
        nonlocal pool
        async with SandboxPool() as pool:
            for record in records:
                await replay(record)

    pool = None
    asyncio.run(every())


def test_kill_at_any_moment_then_resume_gives_the_same_curve(whole, tmp_path):
    flags = [*SMALL, "--out", str(tmp_path), "--name", "killed"]
    process = subprocess.Popen([sys.executable, str(ROOT / "launch" / "train.py"), *flags], stderr=subprocess.DEVNULL)
    metrics = tmp_path / "killed" / "metrics.jsonl"
    deadline = time.monotonic() + 400
    while time.monotonic() < deadline and process.poll() is None:
        if metrics.exists() and any('"update": 2' in line for line in metrics.read_text().splitlines()):
            break
        time.sleep(0.02)
    time.sleep(0.3)  # into update 3
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not (tmp_path / "killed" / "summary.json").exists()
    done = launch("train.py", *flags, "--resume")
    assert done.returncode == 0, done.stderr[-3000:]
    assert curve(tmp_path / "killed") == curve(whole)
    mine, theirs = lines(tmp_path / "killed" / "episodes.jsonl"), lines(whole / "episodes.jsonl")
    assert mine == theirs  # no task skipped, repeated or played differently


def test_the_export_loads_in_transformers_with_equal_logits(whole):
    torch = pytest.importorskip("torch")
    from flax import nnx
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from codegym_jax import weights

    folder = whole / "export" / "final"
    ids = np.array([AutoTokenizer.from_pretrained(folder).encode("Call one tool per turn")])
    with torch.no_grad():
        theirs = AutoModelForCausalLM.from_pretrained(folder)(torch.tensor(ids)).logits.numpy()
    policy = weights.load(folder)
    assert isinstance(policy, nnx.Module)
    hidden, _ = policy(ids, np.arange(ids.shape[1])[None])
    np.testing.assert_allclose(policy.logits(hidden), theirs, atol=1e-4)


def test_a_second_run_of_the_same_name_does_not_overwrite_the_first(whole):
    before = (whole / "metrics.jsonl").read_bytes()
    done = launch("train.py", *SMALL, "--out", str(whole.parent), "--name", "whole")
    assert done.returncode == 2
    assert "--resume" in done.stderr
    assert (whole / "metrics.jsonl").read_bytes() == before


def test_evaluate_prints_intervals_and_json(whole):
    flags = ["--config", "quickstart", "--model.path", str(whole / "export" / "final"), "--tasks.eval-tasks", "6"]
    done = launch("evaluate.py", *flags, "--tasks.max-difficulty", "1", "--eval.samples", "2")
    assert done.returncode == 0, done.stderr[-3000:]
    result = json.loads(done.stdout.splitlines()[-1])
    for split in ("unseen_config", "unseen_env"):
        low, high = result[split]["interval"]
        assert low <= result[split]["pass_rate"] <= high
        assert result[split]["pass_at"]["2"] >= result[split]["pass_at"]["1"]
        assert sum(result[split]["stops"].values()) == 12


def test_a_checkpoint_is_evaluated_like_an_export(whole):
    checkpoint = whole / "checkpoints" / "4"
    assert checkpoint.is_dir()
    flags = ["--config", "quickstart", "--model.path", str(checkpoint), "--tasks.eval-tasks", "2"]
    done = launch("evaluate.py", *flags, "--tasks.max-difficulty", "1")
    assert done.returncode == 0, done.stderr[-3000:]
    for file in ("model.safetensors", "config.json", "tokenizer.json"):
        made, final = (whole / "export" / name / file for name in ("update-4", "final"))
        assert made.read_bytes() == final.read_bytes()


def test_from_scratch_makes_tokenizer_and_warm_start_and_trains_them(tmp_path):
    tiny = "--model.scratch.d 32 --model.scratch.layers 1 --model.scratch.ff 32 --model.scratch.vocab 400"
    sft = "--sft.trajectories 32 --sft.fresh 0 --sft.steps 2 --rollout.max-tokens 1024"  # a small vocabulary: long rows
    flags = [*SMALL, *tiny.split(), *sft.split(), "--from-scratch", "--train.updates", "1", "--out", str(tmp_path)]
    done = launch("train.py", *flags, "--name", "new")
    assert done.returncode == 0, done.stderr[-3000:]
    for folder in (tmp_path / "new" / "warm_start" / "export", tmp_path / "new" / "export" / "final"):
        config = json.loads((folder / "config.json").read_text())
        assert (config["hidden_size"], config["num_hidden_layers"], config["vocab_size"]) == (32, 1, 400)
        assert (folder / "tokenizer.json").exists()
    assert json.loads((tmp_path / "new" / "summary.json").read_text())["updates"] == 1


def broken_set(tmp_path: Path) -> Path:
    folder = tmp_path / "set"
    shutil.copytree(ROOT / "envs" / "starter", folder, ignore=shutil.ignore_patterns("warm_start"))
    return folder


def one_line(done: subprocess.CompletedProcess, *words: str) -> None:
    assert done.returncode == 2, (done.returncode, done.stderr[-2000:])
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in done.stderr


def test_missing_config():
    one_line(launch("train.py", "--config", "nosuch"), "nosuch", "quickstart")


def test_malformed_tasks(tmp_path):
    folder = broken_set(tmp_path)
    text = (folder / "tasks.jsonl").read_text().splitlines()
    text[4] = text[4][:50]
    (folder / "tasks.jsonl").write_text("\n".join(text))
    one_line(launch("train.py", *SMALL, "--out", str(tmp_path), "--tasks.envs", str(folder)), "tasks.jsonl:5")


def test_environment_with_a_syntax_error(tmp_path):
    folder = broken_set(tmp_path)
    source = next(iter(sorted(folder.glob("*Env.py"))))
    source.write_text(source.read_text().replace("def step", "def step(", 1))
    one_line(launch("train.py", *SMALL, "--out", str(tmp_path), "--tasks.envs", str(folder)), source.name)


def test_checkpoint_of_another_architecture(tmp_path):
    folder = tmp_path / "model"
    shutil.copytree(ROOT / "envs" / "starter" / "warm_start", folder)
    config = json.loads((folder / "config.json").read_text())
    config["hidden_size"] *= 2
    (folder / "config.json").write_text(json.dumps(config))
    done = launch("train.py", *SMALL, "--out", str(tmp_path), "--model.path", str(folder))
    one_line(done, "embed_tokens", "model.safetensors")


def test_a_full_disk_ends_in_one_message_and_keeps_what_was_written(tmp_path):
    def full() -> None:  # no file may grow past 3 MB: the checkpoint's arrays do, the logs do not
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, 3_000_000))

    flags = [*SMALL, "--out", str(tmp_path), "--name", "full"]
    done = launch("train.py", *flags, preexec_fn=full)
    one_line(done, "checkpoint")
    assert len(lines(tmp_path / "full" / "metrics.jsonl")) >= 3
