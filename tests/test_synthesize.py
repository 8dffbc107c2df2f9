"""launch/synthesize.py on problems written for these tests: what it writes, reruns, shards, kill -9."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from codegym_jax.environments import load
from codegym_jax.sandbox import SandboxPool

SCRIPT = Path(__file__).parent.parent / "launch" / "synthesize.py"
PROBLEM = '''"""A porter weighs sacks. Find how many sacks are {more} than {limit}, and what these weigh together."""


def {name}(weights: list[int], limit: int) -> list[int]:
    count = 0
    together = 0
    for weight in weights:
        if weight {sign} limit + {limit}:
            count += 1
            together += weight
    return [count, together]


def generate(rng, size):
    return {{"weights": [rng.randint(1, 30) for _ in range(5 * size)], "limit": rng.randint(1, 12)}}
'''


def command(folder: Path, *flags: str) -> list[str]:
    paths = (str(SCRIPT), str(folder / "problems"), "--out", str(folder / "out"))
    return [sys.executable, *paths, "--fuzz", "4", "--each", "3", *flags]


def run(folder: Path, *flags: str, code: int = 0) -> dict | str:
    done = subprocess.run(command(folder, *flags), capture_output=True, text=True, timeout=120)
    assert done.returncode == code, done.stderr
    return json.loads(done.stdout.splitlines()[-1]) if code == 0 else done.stderr


def files(folder: Path) -> dict[str, tuple[bytes, int]]:
    found = [file for file in (folder / "out").rglob("*") if file.is_file()]
    return {str(file.relative_to(folder)): (file.read_bytes(), file.stat().st_mtime_ns) for file in found}


def results(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {name: value for name, value in files(folder).items() if "/progress/" in name and "/." not in name}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict]:
    folder = tmp_path_factory.mktemp("synthesize")
    (folder / "problems").mkdir()
    for i, sign in enumerate(("<", ">", "<=")):
        text = PROBLEM.format(name=f"sacks_{i}", sign=sign, more="lighter" if "<" in sign else "heavier", limit=i)
        (folder / "problems" / f"sacks_{i}.py").write_text(text)
    (folder / "problems" / "broken.py").write_text('"""Nothing here defines it."""\n\n\nx = 1\n')
    return folder, run(folder)


def test_what_the_json_line_counts_is_what_is_written(made):
    folder, line = made
    written = load(folder / "out")
    assert (line["problems"], line["usable"], line["verified"]) == (4, 3, 3)
    assert line["kept"] == len(written.tasks) > 20
    assert line["environments"] == len(written.environments) == 3
    assert sum(line["rejected"].values()) == 1
    mean = sum(task.oracle_calls for task in written.tasks) / len(written.tasks)
    assert line["mean_oracle_calls"] == pytest.approx(mean, abs=0.01)


async def test_tasks_are_solved_in_as_many_calls_as_they_say(made):
    written = load(made[0] / "out")
    async with SandboxPool() as pool:
        for task in written.tasks[::9]:
            environment = written.environments[task.environment]
            oracle = await pool.solve(environment.source, environment.class_name, task.config)
            assert (oracle.reward, len(oracle.steps)) == (1.0, task.oracle_calls)
            assert 10 <= task.oracle_calls <= task.max_turns <= 256


def test_turns_do_not_tell_tasks_of_a_difficulty_apart(made):
    tasks = load(made[0] / "out").tasks
    assert all(
        len({t.max_turns for t in tasks if (t.environment, t.difficulty) == kind}) == 1
        for kind in {(t.environment, t.difficulty) for t in tasks}
    )


def test_every_environment_has_a_report_card_and_the_report_its_transcript(made):
    out = made[0] / "out"
    report = (out / "report.html").read_text()
    for name in load(out).environments:
        card = json.loads((out / "cards" / f"{name}.json").read_text())
        assert card["verification"]["checked"] >= card["configurations"] >= card["kept"] > 0
        assert card["audit"]["leak_fraction"] <= 0.2
        assert name in report
    assert "src=" not in report


def test_a_rerun_does_nothing_again_and_assembles_the_same(made):
    folder, line = made
    before = files(folder)
    assert run(folder) == line
    after = files(folder)
    assert {name: value[1] for name, value in before.items() if "/progress/" in name}.items() <= {
        name: value[1] for name, value in after.items()
    }.items()
    assert {name: value[0] for name, value in before.items()} == {name: value[0] for name, value in after.items()}


def test_shards_and_a_kill_in_between_give_the_same_set(made, tmp_path):
    folder, line = made
    (tmp_path / "problems").symlink_to(folder / "problems")
    partial = run(tmp_path, "--shard", "1/2")
    assert partial["synthesized"] == 1
    assert not (tmp_path / "out" / "tasks.jsonl").exists()
    kept = results(tmp_path)
    process = subprocess.Popen(command(tmp_path), stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    while process.poll() is None and len(results(tmp_path)) == 1:
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert all(json.loads(content)["key"] for content, _ in results(tmp_path).values())
    assert run(tmp_path, "--shard", "0/2") == line
    assert kept.items() <= results(tmp_path).items()
    assert (tmp_path / "out" / "tasks.jsonl").read_bytes() == (folder / "out" / "tasks.jsonl").read_bytes()


def test_a_changed_problem_is_made_anew_and_the_old_one_goes(made, tmp_path):
    problems = tmp_path / "problems"
    problems.mkdir()
    for file in (made[0] / "problems").glob("sacks*.py"):
        (problems / file.name).write_text(file.read_text())
    (tmp_path / "out").symlink_to(made[0] / "out")
    (problems / "sacks_2.py").unlink()
    assert run(tmp_path)["environments"] == 2
    assert [name for name in load(made[0] / "out").environments if name.startswith("sacks_2")] == []


@pytest.mark.parametrize(
    ("flags", "said"),
    [(["--shard", "4/4"], "expected i/n with 0 <= i < n"), (["--each", "-1"], "expected numbers >= 0")],
)
def test_bad_flags_are_one_clear_line(made, flags, said):
    assert said in run(made[0], *flags, code=2)


def test_a_missing_file_is_named(tmp_path):
    assert str(tmp_path / "problems") in run(tmp_path, code=2)
