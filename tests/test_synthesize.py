"""launch/synthesize.py on problems written for these tests: what it writes, reruns, shards, kill -9, Ctrl-C,
workers that die or hang, and a Ray cluster."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from codegym_jax.environments import load
from codegym_jax.problems import Problem
from codegym_jax.sandbox import SandboxError, SandboxPool
from codegym_jax.synthesis import executors
from codegym_jax.synthesis.stages import Settings

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
    return [sys.executable, *paths, "--fuzz", "4", "--each", "2", *flags]


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


def test_what_took_too_long_is_tried_again_when_more_time_is_given(made):
    folder, line = made
    file = folder / "out" / "progress" / "sacks_1.json"
    late = {
        "key": json.loads(file.read_text())["key"],
        "stages": [],
        "reason": "timeout: more than 20 s",
        "seconds": 20,
    }
    file.write_text(json.dumps(late))
    assert run(folder, "--problem-s", "20")["rejected"]["timeout"] == 1
    assert run(folder, "--problem-s", "60") == line


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--shard", "4/4"], "expected i/n with 0 <= i < n"),
        (["--each", "-1"], "expected numbers >= 0"),
        (["--synthesizer", "llm"], "--llm.model"),
    ],
)
def test_bad_flags_are_one_clear_line(made, flags, said):
    assert said in run(made[0], *flags, code=2)


def test_a_missing_file_is_named(tmp_path):
    assert str(tmp_path / "problems") in run(tmp_path, code=2)


# ---- workers that die, hang or are killed ----------------------------------------------------------------------------

FAST = Settings(each=1, fuzz=0)


async def acted(pool, other, problem, settings, completer, seconds) -> dict:
    """What stages.make is to a worker; problems here say what becomes of theirs."""
    await asyncio.sleep(0.2)
    match problem.statement:
        case "dies":
            os.kill(os.getpid(), signal.SIGKILL)
        case "never ends":
            while True:
                pass
        case "dies once":
            with contextlib.suppress(FileExistsError):
                Path(problem.solution).touch(exist_ok=False)
                os.kill(os.getpid(), signal.SIGKILL)
        case "waits":
            async with asyncio.timeout(seconds):
                await asyncio.sleep(100)
        case "has no disk":
            raise OSError(28, "no space left")
    return {"stages": ["synthesized"]}


def problem(id: str, statement: str = "", solution: str = "") -> Problem:
    return Problem(id, statement, solution, id, ())


def ran(todo: list[Problem], seconds: float = 30.0, make=acted, workers: int = 2) -> dict[str, str]:
    """What was rejected and why, once for each problem."""
    with executors.Processes() as machine:
        events = list(executors.run(todo, executors.Job(FAST, seconds, make=make), machine, workers))
    ended = [(id, result.get("reason", "").partition(":")[0]) for what, id, result in events if what == "done"]
    assert sorted(id for id, _ in ended) == sorted(problem.id for problem in todo)
    return {id: reason for id, reason in ended if reason}


def test_a_problem_that_kills_its_worker_is_rejected_and_costs_no_other():
    others = [problem(f"p{i}") for i in range(6)]
    assert ran([*others[:3], problem("bad", "dies"), *others[3:]]) == {"bad": "worker_died"}


def test_a_worker_that_died_once_costs_nothing(tmp_path):
    assert ran([problem("a"), problem("b", "dies once", str(tmp_path / "died")), problem("c")]) == {}
    assert (tmp_path / "died").exists()


def test_a_problem_that_never_ends_is_a_timeout_and_holds_up_no_other():
    others = [problem(f"p{i}") for i in range(4)]
    todo = [problem("loops", "never ends"), problem("waits", "waits"), *others]
    assert ran(todo, 3.0) == {"loops": "timeout", "waits": "timeout"}


def test_a_full_disk_ends_the_run_with_what_it_says():
    with pytest.raises(SandboxError, match=r"p1: .*no space left"):
        ran([problem("p1", "has no disk"), problem("p2")])


def test_a_machine_on_which_every_worker_dies_is_said(monkeypatch):
    monkeypatch.setattr(executors, "DEATHS", 0)
    with pytest.raises(SandboxError, match=r"3 workers in a row came to nothing; .*SIGKILL"):
        ran([problem(f"p{i}", "dies") for i in range(9)], workers=1)


def test_ctrl_c_ends_it_in_a_moment_and_the_same_command_goes_on(made, tmp_path):
    folder, line = made
    (tmp_path / "problems").symlink_to(folder / "problems")
    process = subprocess.Popen(
        command(tmp_path, "--workers", "1"), stderr=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    )
    while process.poll() is None and not results(tmp_path):
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"the same command goes on" in said
    assert b"Traceback" not in said
    kept = results(tmp_path)
    assert run(tmp_path) == line
    assert kept.items() <= results(tmp_path).items()


def test_what_killed_runs_were_writing_goes_and_what_others_are_writing_stays(made):
    out = made[0] / "out"
    left = [
        out / "progress" / ".a.json.77",
        out / "cards" / ".b.json.0123456789abcdef",
        out / ".assembling-77",
        out / "progress" / "llm" / "ab" / "abc.part",
    ]
    fresh = [out / "progress" / ".c.json.78", out / ".assembling-0123456789abcdef"]
    foreign = out / ".gitignore"
    left[-1].parent.mkdir(parents=True)
    for path in (*left, *fresh, foreign):
        path.mkdir() if "assembling" in path.name else path.write_text("{")
    for path in (*left, foreign):
        os.utime(path, (time.time() - 7200,) * 2)
    run(made[0])
    assert not any(path.exists() for path in left)
    assert all(path.exists() for path in (*fresh, foreign))


def test_a_cluster_whose_actor_is_killed_makes_the_same_set(made, tmp_path):
    pytest.importorskip("ray")
    folder, line = made
    (tmp_path / "problems").symlink_to(folder / "problems")
    process = subprocess.Popen(command(tmp_path, "--executor", "ray"), stderr=subprocess.PIPE, stdout=subprocess.PIPE)
    killed = False
    while process.poll() is None and not killed:
        time.sleep(0.05)
        for child in psutil.Process(process.pid).children(recursive=True):
            with contextlib.suppress(psutil.Error):
                # an actor that has its sandbox is at work
                if child.name().startswith("ray::Actor") and child.children() and not killed:
                    time.sleep(0.5)
                    child.kill()
                    killed = True
    out, error = process.communicate(timeout=300)
    assert killed
    assert process.returncode == 0, error.decode()
    assert json.loads(out.splitlines()[-1]) == line
    for name in ("tasks.jsonl", "cards", "progress"):
        ours, theirs = tmp_path / "out" / name, folder / "out" / name
        for file in theirs.rglob("[!.]*.json*"):
            assert (ours / file.relative_to(theirs)).read_bytes() == file.read_bytes()


def test_without_ray_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(SandboxError, match=r"codegym-jax\[ray\]"):
        executors.Cluster()


@pytest.mark.parametrize("address", ["127.0.0.1:9", "ray://127.0.0.1:9"])
def test_no_cluster_is_said(address):
    pytest.importorskip("ray")
    with pytest.raises(SandboxError, match=f"--ray-address: {address}: "):
        executors.Cluster(address)
