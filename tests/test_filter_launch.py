"""launch/filter.py on small sets of compiled, leaking and repeated environments: what it writes, keeps and says."""

import collections
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import datasets
import pytest
from test_audit import CONFIGS, LOOSE, TELLS, environment

from codegym_jax.environments import EnvironmentSet, instance, load, save
from codegym_jax.sandbox import SandboxPool
from codegym_jax.types import Task

ROOT = Path(__file__).parent.parent
COMPILED, SCRIPT = ROOT / "envs" / "compiled", ROOT / "launch" / "filter.py"
spec = importlib.util.spec_from_file_location("filter_launch", SCRIPT)
script = sys.modules["filter_launch"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(script)
STEMS = ("alarm_window__AlarmWindowEnv", "canal_toll_totals__CanalTollTotalsEnv", "tram_seats__TramSeatsEnv")
COPY = "copied__TramSeatsEnv"
LEAKY = "leaky__TotalEnv"
HARDEN = ("--harden", "--problems", ROOT / "envs" / "problems", "--fewest-calls", 12, "--most-calls", 200)


def run(*flags: object) -> tuple[dict, str]:
    """The JSON line, and what was said on stderr."""
    command = [sys.executable, str(SCRIPT), *map(str, flags)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1]), done.stderr


def dropped(out: Path) -> dict[str, list[str]]:
    """Task ids by filter."""
    found = collections.defaultdict(list)
    for line in (out / "dropped.ndjson").read_text().splitlines():
        row = json.loads(line)
        assert row["reason"]
        found[row["filter"]].append(row["task"])
    return dict(found)


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three compiled environments, a copy of one, and one without a card whose Observe tells everything."""
    folder = tmp_path_factory.mktemp("filter") / "set"
    whole = load(COMPILED)
    tasks = [task for stem in STEMS for task in [t for t in whole.tasks if t.environment == stem][::4]]
    copies = [task._replace(environment=COPY) for task in tasks if task.environment == STEMS[2]]
    (folder / "cards").mkdir(parents=True)
    for stem, source in (*zip(STEMS, STEMS), (COPY, STEMS[2])):
        shutil.copy(COMPILED / f"{source}.py", folder / f"{stem}.py")
        shutil.copy(COMPILED / "cards" / f"{source}.json", folder / "cards" / f"{stem}.json")
    (folder / f"{LEAKY}.py").write_text(environment(**TELLS | LOOSE).source)
    longer = [repr({"numbers": [7 * i % 23 + n for i in range(12)]}) for n in (1, 2)]
    rows = [*tasks, *copies, *(Task(LEAKY, config) for config in (*CONFIGS, *longer)), Task(LEAKY, "{'numbers': 3}")]
    lines = [json.dumps(instance(task, i)) + "\n" for i, task in enumerate(rows)]
    (folder / "tasks.jsonl").write_text("".join(lines))
    return folder


@pytest.fixture(scope="module")
def hardened(given: Path) -> tuple[Path, dict, str]:
    out = given.parent / "hardened"
    return out, *run(given, "--out", out, *HARDEN, "--export", given.parent / "exported")


def test_what_each_filter_reports_is_what_is_in_the_file_of_dropped_tasks(given, hardened):
    out, line, _ = hardened
    found = dropped(out)
    assert line["rejected"] == {name: len(ids) for name, ids in found.items()}
    kept = [task.id for task in load(out).tasks]
    assert sorted([*kept, *(id for ids in found.values() for id in ids)]) == sorted(t.id for t in load(given).tasks)
    assert line["tasks"] == len(load(given).tasks)
    assert line["kept"] == len(kept) > 20
    assert {"near_duplicate", "oracle_calls", "oracle_fails"} == found.keys()
    assert all(COPY in id for id in found["near_duplicate"])
    assert found["oracle_fails"] == [f"codegym_v1@{LEAKY}@{{'numbers': 3}}"]


def test_the_json_line_counts_what_is_written(hardened):
    out, line, _ = hardened
    written = load(out)
    assert line["environments"] == len(written.environments) == len(list((out / "cards").glob("*.json")))
    assert line["mean_tools"] == pytest.approx(
        sum(len(e.tools) for e in written.environments.values()) / len(written.environments), abs=0.01
    )
    assert line["mean_oracle_calls"] == pytest.approx(
        sum(t.oracle_calls for t in written.tasks) / len(written.tasks), abs=0.01
    )
    assert sum(line["splits"].values()) == line["kept"]
    assert "src=" not in (out / "report.html").read_text()


async def test_a_leaking_environment_is_repaired_and_its_tasks_are_solved_in_the_calls_they_say(given, hardened):
    out, line, _ = hardened
    written = load(out)
    card = json.loads((out / "cards" / f"{LEAKY}.json").read_text())
    assert line["hardened"] == 1
    assert written.environments[LEAKY].source != load(given).environments[LEAKY].source
    assert (card["audit"]["leak_fraction"], card["audit"]["double_done"], card["filter"]["hardened"]) == (
        0,
        False,
        True,
    )
    assert card["tools"] == [tool.name for tool in written.environments[LEAKY].tools]
    mine = [task for task in written.tasks if task.environment == LEAKY]
    assert mine
    async with SandboxPool(zygotes=1) as pool:
        for task in mine:
            oracle = await pool.solve(written.environments[LEAKY].source, "TotalEnv", task.config)
            assert (oracle.reward, len(oracle.steps)) == (1.0, task.oracle_calls)
            assert 12 <= task.oracle_calls <= task.max_turns


def test_cards_are_carried_over_with_what_the_filters_did(given, hardened):
    out, _, _ = hardened
    for stem in STEMS:
        before = json.loads((given / "cards" / f"{stem}.json").read_text())
        card = json.loads((out / "cards" / f"{stem}.json").read_text())
        said = card.pop("filter")
        assert card == before | {"kept": said["kept"]}
        assert said["kept"] == sum(task.environment == stem for task in load(out).tasks)
        assert min(said["bound"].values()) >= said["thresholds"]["lowest_bound"]


def test_a_rerun_measures_nothing_again_and_writes_the_same(given, hardened):
    out, line, _ = hardened
    before = {path.name: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    stamps = {path.name: path.stat().st_mtime_ns for path in (out / "progress").iterdir()}
    again, said = run(given, "--out", out, *HARDEN)
    assert again == {name: value for name, value in line.items() if name != "export"}
    assert "measured" not in said
    assert {path.name: path.stat().st_mtime_ns for path in (out / "progress").iterdir()} == stamps
    assert {path.name: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before


def test_the_export_is_the_set_and_datasets_loads_it(given, hardened, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    out, line, _ = hardened
    exported = given.parent / "exported"
    assert load(exported / "jsonl") == load(out)
    file = str(exported / "parquet" / "tasks.parquet")
    loaded = datasets.load_dataset("parquet", data_files=file, split="train", cache_dir=str(tmp_path / "cache"))
    assert loaded["ability"] == [task.id for task in load(out).tasks]
    assert line["export"]["trajectories"] == {"written": line["splits"].get("train", 0)}


def test_without_repair_a_leaking_environment_is_dropped_and_a_cap_is_spread_over_difficulties(given, tmp_path):
    line, _ = run(given, "--out", tmp_path / "out", "--tasks-per-environment", 3, "--fewest-calls", 0, "--held-out", 1)
    found = dropped(tmp_path / "out")
    assert [id.split("@")[1] for id in found["leak_fraction"]] == 4 * [LEAKY]
    assert line["rejected"]["tasks_per_environment"] == len(found["tasks_per_environment"])
    tasks = load(tmp_path / "out").tasks
    assert collections.Counter(task.environment for task in tasks) == dict.fromkeys(STEMS, 3)
    assert all(len({t.difficulty for t in tasks if t.environment == stem}) > 1 for stem in STEMS)
    assert line["splits"] == {"unseen_env": 9}


def test_problems_of_an_evaluation_set_are_dropped_and_what_earlier_runs_left_of_them(given, tmp_path):
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    shutil.copy(ROOT / "envs" / "problems" / "alarm_window.py", theirs)
    run(given, "--out", tmp_path / "out")
    assert (tmp_path / "out" / f"{STEMS[0]}.py").exists()
    line, _ = run(given, "--out", tmp_path / "out", "--against", theirs)
    assert {id.split("@")[1] for id in dropped(tmp_path / "out")["contaminated"]} == {STEMS[0]}
    assert line["usable"] == line["problems"] - 1
    assert not (tmp_path / "out" / f"{STEMS[0]}.py").exists()
    assert STEMS[0] not in load(tmp_path / "out").environments


# ---- pass rates ------------------------------------------------------------------------------------------------------

SHORT = ("--highest-leak", 1, "--lowest-bound", 0, "--fewest-calls", 0, "--held-out", "None", "--tries", 2)
POLICY = ("--config", "quickstart", "--rollout.live", 32)


@pytest.fixture(scope="module")
def rolled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, dict]:
    """The quickstart's warm start on easy tasks of an environment that it has learned from."""
    folder = tmp_path_factory.mktemp("passes")
    starter = load(ROOT / "envs" / "starter")
    name = "starter_08__PairSumEnv"
    tasks = [task for task in starter.tasks if (task.environment, task.difficulty) == (name, 1)][:16]
    save(EnvironmentSet({name: starter.environments[name]}, tuple(tasks)), folder / "set")
    return folder / "set", folder / "out", run(folder / "set", "--out", folder / "out", *SHORT, *POLICY)[0]


def episodes(out: Path) -> list[dict]:
    return [json.loads(line) for line in (out / "progress" / "passes.ndjson").read_text().splitlines()]


def test_tasks_that_the_policy_solves_are_dropped_with_the_rate_that_its_episodes_say(rolled):
    given, out, line = rolled
    rows = episodes(out)
    passed = {row["task"] for row in rows if row["passed"]}
    assert line["episodes"] == len(rows)
    assert 0 < len(passed) < 16
    assert set(dropped(out)["pass_rate"]) == passed
    assert {task.id for task in load(out).tasks} == {task.id for task in load(given).tasks} - passed
    tries = collections.Counter(row["task"] for row in rows)
    assert all(count == 2 for id, count in tries.items() if id not in passed)
    assert line["kept"] + line["rejected"]["pass_rate"] == 16
    assert all(row["calls"] > 0 for row in rows if row["passed"])
    reasons = [json.loads(text)["reason"] for text in (out / "dropped.ndjson").read_text().splitlines()]
    assert all(reason.endswith("tries; at most 0 of 2 may") for reason in reasons)


def test_a_second_run_plays_no_episode_and_a_torn_line_costs_only_its_own(rolled, tmp_path):
    given, first, line = rolled
    out = tmp_path / "out"
    shutil.copytree(first, out)
    file = out / "progress" / "passes.ndjson"
    whole = file.read_bytes()
    assert run(given, "--out", out, *SHORT, *POLICY)[0] == line | {"episodes": 0}
    assert file.read_bytes() == whole
    kept = {task.id for task in load(out).tasks}
    last = max(i for i, row in enumerate(episodes(out)) if row["task"] in kept)
    lines = whole.split(b"\n")
    torn = b"\n".join([*lines[:last], *lines[last + 1 : -1], lines[last][:-20]])  # the last one, and cut off
    file.write_bytes(torn)
    again, _ = run(given, "--out", out, *SHORT, *POLICY)
    assert (again["episodes"], again["kept"] + again["rejected"]["pass_rate"]) == (1, 16)
    assert file.read_bytes().startswith(torn + b"\n{")


def test_ctrl_c_keeps_the_episodes_that_ended_and_says_how_to_go_on(rolled, tmp_path):
    file = tmp_path / "out" / "progress" / "passes.ndjson"
    flags = [rolled[0], "--out", tmp_path / "out", *SHORT, *POLICY, "--tries", 500]
    process = subprocess.Popen(
        [sys.executable, str(SCRIPT), *map(str, flags)],
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    while process.poll() is None and not (file.exists() and file.stat().st_size):
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    printed, said = process.communicate(timeout=60)
    assert (process.returncode, printed) == (130, "")
    assert "the same command goes on" in said
    assert "Traceback" not in said
    assert len(episodes(tmp_path / "out")) > 0
    assert not (tmp_path / "out" / "tasks.jsonl").exists()


def test_other_sampling_settings_are_other_tries(rolled):
    given = load(rolled[0])
    tasks = {(t.environment, t.config): t for t in given.tasks}

    def keys(*flags: str) -> set[str]:
        return set(
            script.pass_keys(script.parse(["--config", "quickstart", *flags], script.Config), tasks, given).values()
        )

    assert keys() == keys("--rollout.live", "3")
    assert keys().isdisjoint(keys("--rollout.temperature", "0.5"))
    assert keys().isdisjoint(keys("--model.path", str(ROOT)))
    assert {row["key"] for row in episodes(rolled[1])} == keys()


@pytest.mark.parametrize("tries", range(1, 9))
def test_a_task_is_decided_only_when_no_further_try_could_change_the_verdict(tmp_path, tries):
    task = ("a__AEnv", "{}")
    passes = script.Passes(tmp_path / "none", {task: "key"}, tries, 0.25)
    for outcomes in range(2**tries):
        results = [bool(outcomes >> i & 1) for i in range(tries)]
        passes.made[task] = {}
        for i, passed in enumerate(results):
            possible = {(sum(results[:i]) + more) / tries <= 0.25 for more in range(tries - i + 1)}
            assert passes.decided(task) == (len(possible) == 1)
            if passes.decided(task):
                break
            passes.made[task][i] = passed
        assert (passes.rate(task) <= 0.25) == (sum(results) / tries <= 0.25)


# ---- bad input -------------------------------------------------------------------------------------------------------


@pytest.fixture
def refused(monkeypatch, capsys) -> Callable[..., str]:
    """What is said on stderr to flags that end in exit code 2."""

    def run_(*flags: object) -> str:
        monkeypatch.setattr(sys, "argv", ["filter.py", *map(str, flags)])
        with pytest.raises(SystemExit) as ended:
            script.main()
        assert ended.value.code == 2
        return " ".join(capsys.readouterr().err.split())

    return run_


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (("--tries", -1), "--tries = -1: must be at least 0"),
        (("--fewest-calls", 300), "--most-calls = 256: must be from fewest_calls = 300 up"),
        (("--highest-leak", 2), "--highest-leak = 2.0: must be a share, 0 to 1"),
        (("--held-out", "1.5"), "--held-out = 1.5: must be a share, or None"),
        (("--against", "nowhere.jsonl"), "--against = 'nowhere.jsonl': no such file"),
        (("--problems", str(ROOT / "launch" / "configs" / "quickstart.toml")), "quickstart.toml"),
        (("--rollout.temprature", "1"), "did you mean rollout.temperature?"),
        (("--config", "nothing"), "give a .toml file or one of"),
    ],
)
def test_bad_flags_are_one_clear_line(given, tmp_path, refused, flags, said):
    assert said in refused(given, "--out", tmp_path / "out", *flags)
    assert not (tmp_path / "out").exists()


def test_a_missing_set_and_one_that_out_lies_in_are_named(given, tmp_path, refused):
    assert "no such file" in refused(tmp_path / "none", "--out", tmp_path / "out")
    assert "must be neither in SET nor around it" in refused(given, "--out", given / "out")
    assert not (given / "out").exists()


def test_a_broken_card_is_named_with_what_to_do(given, tmp_path, refused):
    shutil.copytree(given, tmp_path / "set")
    path = tmp_path / "set" / "cards" / f"{STEMS[0]}.json"
    path.write_text(path.read_text()[:200])
    text = refused(tmp_path / "set", "--out", tmp_path / "out")
    assert str(path) in text
    assert "without this file the environment is measured anew" in text


def test_problems_of_another_set_are_refused(given, tmp_path, refused):
    shutil.copy(ROOT / "envs" / "problems" / "bakery_steps.py", tmp_path)
    said = refused(given, "--out", tmp_path / "out", "--problems", tmp_path)
    assert "none of these is what the set was made of" in said


def test_no_jax_unless_there_are_rollouts(given, tmp_path):
    (tmp_path / "jax.py").write_text("raise SystemExit('jax was imported')\n")
    command = [sys.executable, str(SCRIPT), str(given), "--out", str(tmp_path / "out")]
    path = f"{tmp_path}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=os.environ | {"PYTHONPATH": path})
    assert done.returncode == 0, done.stderr
