"""What a run leaves in its folder: whole after a kill, without gaps or doubles after a resume, readable by others."""

import io
import json
import re
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tensorboardX.proto.event_pb2 import Event

from codegym_jax import grpo
from codegym_jax.config import Config
from codegym_jax.metrics import RunError, RunLog, curve, progress, records, wilson, write_summary
from codegym_jax.types import Episode, Row, StopReason, Task


def episode(group: int = 0, reward: float = 1.0, stop: StopReason = StopReason.ANSWERED) -> Episode:
    row = Row()
    row.append([1, 2])
    row.append([3], [-0.5], [0])
    task = Task("7__MazeEnv", '{"n": 3}', "train", oracle_calls=4, difficulty=2)
    actions, replies = ['{"name": "Look", "parameters": {}}', '{"name": "Done", "parameters": {}}'], ["a wall"]
    return Episode(task, group, 1, [row], actions, replies, calls=2, malformed=1, reward=reward, stop=stop)


def play(folder: Path, first: int, last: int, tag: str = "") -> None:
    """Updates first..last of a run, as the learner logs them."""
    with RunLog(folder, 10) as log:
        for update in range(first, last + 1):
            log.episodes(update, [[episode(update), episode(update)]])
            log.transcript(update, episode(update), f"text {update}{tag}")
            log.log(update, {"reward": update / 10, "max_logprob_gap": 1e-6})


def scalars(folder: Path) -> list[tuple[str, int, float]]:
    """TensorBoard scalars, read from the TFRecord framing (length, its CRC, bytes, their CRC) as TensorBoard would."""
    found: list[tuple[str, int, float]] = []
    for path in sorted(folder.glob("events.out.tfevents.*")):
        data, at = path.read_bytes(), 0
        while at < len(data):
            (size,) = struct.unpack_from("<Q", data, at)
            event = Event.FromString(data[at + 12 : at + 12 + size])
            at += size + 16
            if event.HasField("session_log"):  # START: what comes at or after this step in older files is void
                found = [scalar for scalar in found if scalar[1] < event.step]
            found += [(value.tag, event.step, value.simple_value) for value in event.summary.value]
    return found


def test_a_resumed_run_has_every_line_once(tmp_path):
    play(tmp_path, 1, 5)
    with RunLog(tmp_path, 10) as log:
        log.resume(3)
        assert [log.has(update, "reward") for update in (3, 4)] == [True, False]
        log.log(4, {"reward": 0.4})
    assert [line["update"] for line in records(tmp_path)] == [1, 2, 3, 4]
    episodes = [json.loads(line) for line in (tmp_path / "episodes.jsonl").read_text().splitlines()]
    assert [line["update"] for line in episodes] == [1, 1, 2, 2, 3, 3]
    assert sorted(path.name for path in (tmp_path / "transcripts").iterdir()) == ["00001.txt", "00002.txt", "00003.txt"]


def test_tensorboard_shows_the_resumed_run_only(tmp_path):
    play(tmp_path, 1, 5)
    with RunLog(tmp_path, 10) as log:
        log.resume(3)
        log.log(4, {"reward": 0.25, "note": "text is no scalar"})
    rewards = [(step, value) for tag, step, value in scalars(tmp_path) if tag == "reward"]
    assert [step for step, _ in rewards] == [1, 2, 3, 4]
    assert [value for _, value in rewards] == pytest.approx([0.1, 0.2, 0.3, 0.25])


def test_resuming_from_the_start_keeps_the_evaluation_of_the_warm_start(tmp_path):
    with RunLog(tmp_path, 10) as log:
        log.log(0, {"eval/unseen_config": 0.25})
        log.log(1, {"reward": 0.5})
    with RunLog(tmp_path, 10) as log:
        log.resume(0)
        assert log.has(0, "eval/unseen_config")
    assert len(records(tmp_path)) == 1


@pytest.mark.parametrize("cut", [1, 10, 30])
def test_a_torn_last_line_is_dropped(tmp_path, cut):
    play(tmp_path, 1, 3)
    path = tmp_path / "metrics.jsonl"
    path.write_bytes(path.read_bytes()[:-cut])
    with RunLog(tmp_path, 10) as log:
        log.resume(3)
        log.log(3, {"reward": 0.3})
    assert [json.loads(line)["update"] for line in path.read_text().splitlines()] == [1, 2, 3]


def test_killed_while_logging_every_finished_line_is_there(tmp_path):
    program = (
        "import os, signal, sys; from pathlib import Path; from codegym_jax.metrics import RunLog\n"
        "log = RunLog(Path(sys.argv[1]), 9).__enter__()\n"
        "for update in range(1, 4): log.log(update, {'reward': 0.5})\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False, cwd=Path(__file__).parents[1])
    assert [line["update"] for line in records(tmp_path)] == [1, 2, 3]
    assert len(scalars(tmp_path)) == 3


def test_a_spoilt_line_is_named(tmp_path):
    play(tmp_path, 1, 2)
    path = tmp_path / "metrics.jsonl"
    for spoilt in ("{oops}", "[1]", '{"reward": 1}', '{"update": "x"}'):
        path.write_text(f'{{"update": 1}}\n{spoilt}\n{{"update": 2}}\n')
        with pytest.raises(RunError, match=re.escape(f"{path}:2: not a record")):
            records(tmp_path)


def test_lines_are_strict_json_whatever_the_number(tmp_path):
    with RunLog(tmp_path, 1) as log:
        log.log(1, {"loss": float("nan"), "gap": np.float32("inf"), "half": np.float32(0.5), "n": np.int64(3)})

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    line = json.loads((tmp_path / "metrics.jsonl").read_text(), parse_constant=refuse)
    assert line == {"update": 1, "loss": None, "gap": None, "half": 0.5, "n": 3}
    assert np.isnan(records(tmp_path)[0]["loss"])


def test_a_full_disk_ends_in_one_message_and_loses_nothing(tmp_path):
    if not Path("/dev/full").exists():
        pytest.skip("/dev/full is Linux's")
    play(tmp_path, 1, 3)
    before = (tmp_path / "metrics.jsonl").read_bytes()
    for name in ("episodes.jsonl", "metrics.jsonl.part"):
        (tmp_path / name).unlink(missing_ok=True)
        (tmp_path / name).symlink_to("/dev/full")
    with RunLog(tmp_path, 10) as log:
        with pytest.raises(RunError, match=r"episodes\.jsonl: cannot write: No space left on device; .*--resume"):
            log.episodes(4, [[episode()]])
        with pytest.raises(RunError, match=r"metrics\.jsonl: cannot write: No space left on device"):
            log.resume(2)
    assert (tmp_path / "metrics.jsonl").read_bytes() == before


def test_a_full_disk_under_tensorboard_is_an_error_not_a_hang(tmp_path, monkeypatch):
    if not Path("/dev/full").exists():
        pytest.skip("/dev/full is Linux's")
    monkeypatch.setattr("tensorboardX.record_writer.open_file", lambda path: open("/dev/full", "wb"))  # noqa: SIM115
    with pytest.raises(RunError, match="cannot write: No space left on device"), RunLog(tmp_path, 10) as log:
        log.log(1, {"reward": 0.5})
    assert [line["update"] for line in records(tmp_path)] == [1]


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "runs").write_text("a file where the folder should go")
    with pytest.raises(RunError, match=re.escape(f"{tmp_path / 'runs' / 'mine'}: cannot write: Not a directory")):
        RunLog(tmp_path / "runs" / "mine", 10)


def test_summary_has_every_promised_key(tmp_path):
    with RunLog(tmp_path / "mine", 2, tensorboard=False) as log:
        log.log(0, {"eval/unseen_config": 0.25, "eval/unseen_config_tasks": 8, "seconds": 1.5})
        log.log(1, {"reward": 0.5, "max_logprob_gap": np.float32(0.5), "seconds": 2.0})
        log.log(2, {"reward": 0.5, "max_logprob_gap": 0.25, "seconds": 3.0})
        log.log(2, {"eval/unseen_config": 0.75, "eval/unseen_config_tasks": 8})
    summary = grpo.summarize(Config("mine", tmp_path, seed=5))
    assert json.loads((tmp_path / "mine" / "summary.json").read_text()) == summary
    assert summary.pop("max_rss_gb") > 0
    assert summary == {
        "warm_start_success": 0.25,
        "final_success": 0.75,
        "unseen_env_success": None,
        "train_seconds": 6.5,
        "max_logprob_gap": 0.5,
        "updates": 2,
        "seed": 5,
    }


def test_a_summary_that_cannot_be_written_leaves_the_old_one(tmp_path):
    write_summary(tmp_path, {"updates": 1})
    (tmp_path / "summary.json.part").mkdir()
    with pytest.raises(RunError, match=r"summary\.json"):
        write_summary(tmp_path, {"updates": 2})
    assert json.loads((tmp_path / "summary.json").read_text())["updates"] == 1


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_interval_equals_published_values(successes, n, low, high):
    """Newcombe, Statistics in Medicine 17 (1998), table I, method 3."""
    assert wilson(successes, n) == pytest.approx((low, high), abs=5e-5)


def test_wilson_interval_is_symmetric_and_never_leaves_the_unit_interval():
    for n in (1, 3, 50):
        for k in range(n + 1):
            low, high = wilson(k, n)
            assert 0 <= low <= k / n <= high <= 1
            assert wilson(n - k, n) == pytest.approx((1 - high, 1 - low))
    assert wilson(0, 0) == (0.0, 1.0)


def image(folder: Path) -> np.ndarray:
    with Image.open(io.BytesIO(curve(folder).read_bytes())) as png:
        assert png.format == "PNG"
        return np.asarray(png.convert("RGB"))


def test_curve_is_an_image_that_shows_each_series(tmp_path):
    pictures = []
    for i, change in enumerate(
        ({}, {"reward": 0.9}, {"eval/unseen_config": 0.9}, {"eval/unseen_env": 0.9}, {"max_logprob_gap": 1e-2})
    ):
        folder = tmp_path / str(i) / "run"  # the same name, for it is the title
        with RunLog(folder, 4, tensorboard=False) as log:
            evaluation = {"eval/unseen_config": 0.3, "eval/unseen_env": 0.1}
            sizes = {"eval/unseen_config_tasks": 50, "eval/unseen_env_tasks": 40}
            log.log(0, evaluation | sizes)
            for update in range(1, 5):
                training = {"reward": update / 10, "max_logprob_gap": 1e-6 * update}
                log.log(update, training | {k: v for k, v in change.items() if k in training})
            log.log(4, evaluation | sizes | {k: v for k, v in change.items() if k in evaluation})
        pictures.append(image(folder))
    assert {picture.shape for picture in pictures} == {(720, 1080, 3)}
    for i, picture in enumerate(pictures):
        for other in pictures[:i]:
            assert (picture != other).any()


def test_curve_keeps_the_warm_start_in_sight(tmp_path):
    with RunLog(tmp_path, 4, tensorboard=False) as log:
        for update, success in ((0, 0.3), (2, 0.8), (4, 0.8)):
            log.log(update, {"eval/unseen_config": success, "eval/unseen_config_tasks": 50})
    right = image(tmp_path)[:, 650:950].astype(int)
    colour = right[..., 2] - right[..., 0] > 60  # blue lines; the band around them is paler
    rows = np.flatnonzero(colour.any(axis=1))
    lines = np.split(rows, np.flatnonzero(np.diff(rows) > 5) + 1)
    assert len(lines) == 2  # success at 0.8, and far below it the dashed line at 0.3
    assert colour[lines[1]].any(axis=0).mean() < 0.9 < colour[lines[0]].any(axis=0).mean()


def test_curve_shows_how_sure_it_is(tmp_path):
    pictures = []
    for tasks in (20, 2000):
        with RunLog(tmp_path / str(tasks) / "run", 4, tensorboard=False) as log:
            for update in (0, 4):
                log.log(update, {"eval/unseen_env": 0.5, "eval/unseen_env_tasks": tasks})
        pictures.append(image(tmp_path / str(tasks) / "run"))
    blank = [(picture == 255).all(axis=2).sum() for picture in pictures]
    assert blank[0] < blank[1] - 10_000  # the band of 20 tasks is 0.4 wide, that of 2,000 is 0.04


def test_curve_of_a_run_without_an_evaluation_is_still_drawn(tmp_path):
    with RunLog(tmp_path, 4, tensorboard=False) as log:
        log.log(1, {"loss": 2.0})
    assert image(tmp_path).shape == (720, 1080, 3)


def test_transcript_can_be_read_by_a_person(tmp_path):
    with RunLog(tmp_path, 4) as log:
        log.transcript(3, episode(), "<|im_start|>system\nRules <ünïcode>")
        log.transcript(3, episode(1, 0.0, StopReason.ENV_CRASH), "second")
    text = (tmp_path / "transcripts" / "00003.txt").read_text("utf-8")
    first, second = text.split("=" * 100)[1:]
    order = [
        "codegym_v1@7__MazeEnv@",
        "train",
        "difficulty 2",
        "answered",
        "reward 1",
        "calls   2 (oracle 4)",
        "malformed 1",
    ]
    order += ["1 tokens sampled", "[1]", "Look", "a wall", "[2]", "Done", "(answered)", "Rules <ünïcode>"]
    at = [first.index(word) for word in order]
    assert at == sorted(at)
    assert "env_crash" in second
    assert "reward 0" in second


def test_episodes_hold_what_a_replay_needs(tmp_path):
    with RunLog(tmp_path, 4) as log:
        log.episodes(2, [[episode(5)], [episode(6, 0.0, StopReason.WRONG)]])
    lines = [json.loads(line) for line in (tmp_path / "episodes.jsonl").read_text().splitlines()]
    assert [(line["update"], line["group"], line["sample"], line["stop"]) for line in lines] == [
        (2, 5, 1, "answered"),
        (2, 6, 1, "wrong"),
    ]
    assert lines[0]["task"] == 'codegym_v1@7__MazeEnv@{"n": 3}'
    assert lines[0]["actions"] == episode().actions
    assert [line["reward"] for line in lines] == [1.0, 0.0]


def test_without_a_terminal_there_is_one_plain_line_an_update(tmp_path, capsys):
    with RunLog(tmp_path, 3) as log:
        log.resume(0)
        log.log(0, {"eval/unseen_config": 0.25, "eval/unseen_env": 0.125, "seconds": 999.0})
        log.phase("rollout", 8)(None)
        metrics = {"reward": 0.5, "tokens_per_s": 1234.5, "env_steps_per_s": 210.0, "max_logprob_gap": 2.1e-6}
        log.log(1, metrics | {"seconds": 75.4})
        log.log(2, metrics | {"reward": 0.75})
    first, second, third = capsys.readouterr().out.splitlines()
    assert first == "update 0/3 · unseen configs 25.0% · unseen envs 12.5%"
    shown = "reward 0.500 · unseen configs 25.0% · unseen envs 12.5% · tokens/s 1,234 · env steps/s 210"
    shown += " · logprob gap 2.1e-06"
    assert second == f"update 1/3 · {shown} · ETA 0:02:31"
    assert third.startswith("update 2/3 · reward 0.750")


def test_time_left_is_that_of_typical_recent_updates_after_a_resume_too(tmp_path, capsys):
    """Update 1 compiles, updates 2 to 4 are of a slower past, evaluations are no updates."""
    with RunLog(tmp_path, 100, tensorboard=False) as log:
        for update in range(1, 25):
            log.log(update, {"seconds": 500.0 if update == 1 else 60.0 if update < 5 else 10.0})
            log.log(update, {"eval/unseen_config": 0.5, "seconds": 3000.0})
    with RunLog(tmp_path, 100, tensorboard=False) as log:
        log.resume(24)
        log.log(25, {"seconds": 40.0})
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith("ETA 13:45:00")
    assert lines[-1].endswith("ETA 0:12:30")


def test_on_a_terminal_the_line_is_live_and_shows_the_phase(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "200")
    with RunLog(tmp_path, 3) as log:
        log.log(1, {"reward": 0.5})
        advance = log.phase("rollout", 8)
        for _ in range(5):
            advance(episode())
    out = capsys.readouterr().out
    assert "\x1b[" in out  # drawn in place
    assert "rollout 5/8" in out
    assert "update 1/3 · reward 0.500" in out


def test_progress_counts_on_stderr_only(capsys):
    with progress("unseen_env") as advance:
        for _ in range(3):
            advance(episode())
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "unseen_env 3" in printed.err


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="elsewhere only this process is measured")
def test_max_rss_covers_this_process_and_its_children_once(tmp_path):
    program = """
import subprocess, sys
from pathlib import Path
from codegym_jax.metrics import RunLog, max_rss_gb
def child(size):
    command = f"x = b'x' * {size}; print(flush=True); input()"
    process = subprocess.Popen([sys.executable, "-c", command], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    process.stdout.readline()
    return process
hog = b"x" * 300_000_000
print(max_rss_gb())
child(1).communicate(b"\\n")
print(max_rss_gb())
big = child(300_000_000)
with RunLog(Path(sys.argv[1]), 1) as log:
    log.log(1, {})
    big.communicate(b"\\n")
print(max_rss_gb())
"""
    root = Path(__file__).parents[1]
    command = [sys.executable, "-c", program, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=root)
    alone, small, large = (float(line) for line in done.stdout.splitlines() if line[0].isdigit())
    assert 0.3 < alone < 0.6  # the interpreter and its imports take about 0.1
    assert small < alone + 0.1  # not the 300 MB of its parent once more
    assert alone + 0.3 < large < alone + 0.4  # seen while it lived, though it is gone now
