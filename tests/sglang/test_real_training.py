"""The quickstart task, sampled by SGLang's own server."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

pytestmark = [pytest.mark.sglang, pytest.mark.timeout(600)]
SMALL = (
    "--config quickstart --rollout.no-lockstep --rollout.servers launch --sglang.first-gpu -1 --rollout.live 16 "
    "--rollout.tasks-per-update 4 --rollout.group-size 4 --train.updates 3 --train.cooldown 0 --eval-every 0 "
    "--tasks.eval-tasks 2 --tasks.max-difficulty 1"
).split()


@pytest.mark.parametrize("sync", ["disk", "tensor"])
def test_it_trains_with_no_gap_in_logprobs(sync, command, flags, tmp_path):
    options = {"sglang.command": command, "sglang.flags": flags, "rollout.sync": sync, "out": tmp_path, "name": "run"}
    arguments = [*SMALL, *(f"--{key}={value}" for key, value in options.items())]
    start = [sys.executable, str(ROOT / "launch" / "train.py"), *arguments]
    done = subprocess.run(start, capture_output=True, text=True, check=False, timeout=550)
    assert done.returncode == 0, done.stderr[-3000:]
    summary = json.loads((tmp_path / "run" / "summary.json").read_text())
    assert summary["updates"] == 3
    lines = [json.loads(line) for line in (tmp_path / "run" / "metrics.jsonl").read_text().splitlines()]
    trained = [line for line in lines if "rollout_s" in line]
    assert len(trained) == 3
    assert [line["max_staleness"] for line in trained] == [0, 0, 0]  # versions advance with the learner
    assert all(line["stop/infrastructure"] == 0 for line in trained)
    assert 0 < max(line.get("max_logprob_gap", 0) for line in trained) <= 1e-4
