"""launch/benchmark.py and benchmark_engine.py: what they print is what they say. How fast is for nobody to assert."""

import asyncio
import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

from codegym_jax import environments
from codegym_jax.sandbox import SandboxPool

SCRIPT, ENGINE = Path("launch/benchmark.py"), Path("launch/benchmark_engine.py")
KEYS = """spawns_per_s spawn_p50_ms spawn_p99_ms rtt_1_p50_us steps_per_s_64 steps_per_s_512 steps_per_s_2048
paced_2048_p99_ms paced_2048_cores pss_per_episode_mb verify_isolated_per_s verify_batched_per_s
verify_per_s verify_oracle_share verify_environments_per_s isolation"""


def loaded(script):
    spec = importlib.util.spec_from_file_location(script.stem, script)
    module = sys.modules[script.stem] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def benchmark():
    return loaded(SCRIPT)


@pytest.fixture(scope="module")
def jobs():
    tasks = environments.load("envs/starter")
    owners = [(tasks.environments[task.environment], task) for task in tasks.tasks[::100]]
    return [(environment.source, environment.class_name, task.config) for environment, task in owners]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("what", "keys"),
    [
        (
            "rollout",
            "client_ms_per_turn engine_idle_fraction async_speedup episodes_per_s sampled_tokens_per_s cache_hits",
        ),
        ("sync", "sync_seconds sync_gb_per_s sync_beyond_load_over_copy copy_seconds load_seconds"),
    ],
)
def test_quick_figures_of_rollouts_and_weights_end_in_one_json_line(what, keys):
    done = subprocess.run([sys.executable, SCRIPT, what, "--quick"], capture_output=True, text=True, check=True)
    result = json.loads(done.stdout.splitlines()[-1])
    assert list(result) == keys.split()
    if what == "rollout":
        assert all(value > 0 for value in result.values())
    else:
        assert {*result["sync_seconds"]} == {*result["sync_gb_per_s"]} == {"disk", "tensor"}


async def test_a_perfect_engine_says_what_was_prepared_and_counts_its_empty_places(benchmark, monkeypatch):
    monkeypatch.setattr(benchmark, "LATENCY_S", (0.05,))
    plan = {"turns": [[[5, 2], [6, 7, 2]], [[8, 2]]], "wrong": [9, 2], "slots": 2, "scale": 1.0, "names": []}
    engine = benchmark.Perfect(plan)

    async def say(session, limit=8):
        body = {"rid": f"run-{session}-1", "sampling_params": {"max_new_tokens": limit}}
        return (await engine.generate(body))["output_ids"]

    engine.count(0)
    began, before = engine.since, engine.busy_s
    assert await asyncio.gather(say("train-0.0"), say("train-0.1"), say("train-3.0")) == [[5, 2], [5, 2], [8, 2]]
    engine.count(0)
    assert engine.busy_s - before >= 0.15  # of three turns
    assert engine.since - began >= 0.1  # on two places
    assert engine.busy_s - before < 2 * (engine.since - began)
    assert await asyncio.gather(say("train-0.0"), say("train-0.1")) == [[6, 7, 2], [9, 2]]  # an odd sample goes wrong
    assert await say("eval/unseen_config-4.0") == [9, 2]
    assert await say("train-0.0", 1) == [5]  # from its start again, and cut


@pytest.mark.slow
def test_quick_ends_in_one_json_line_with_every_figure():
    done = subprocess.run([sys.executable, SCRIPT, "envs", "--quick"], capture_output=True, text=True, check=True)
    result = json.loads(done.stdout.splitlines()[-1])
    assert list(result) == KEYS.split()
    isolation = result.pop("isolation")
    assert isolation["rlimits"] is True
    assert all(value > 0 for value in result.values())


async def test_a_closed_loop_counts_each_call_once(benchmark):
    calls = []

    async def call():
        calls.append(1)
        await asyncio.sleep(0.001)

    rate, times = await benchmark.closed_loop([call] * 3, 0.1)
    assert len(times) == len(calls)
    assert rate * 0.1 <= len(times)  # it took at least so long
    assert min(times) >= 0.001


async def test_paced_calls_are_made_once_a_second_each(benchmark):
    made = []

    async def call():
        made.append(asyncio.get_running_loop().time())

    cores, times = await benchmark.paced([call] * 4, 2)
    assert len(times) == len(made) == 8
    assert made[4] - made[0] >= 0.9
    assert 0 <= cores < 8


async def test_cpu_seconds_include_processes_below(benchmark):
    before = benchmark.cpu_s()
    child = subprocess.Popen(
        [sys.executable, "-c", "import time\nwhile time.process_time() < 0.3: pass\nprint(flush=True); time.sleep(60)"],
        stdout=subprocess.PIPE,
    )
    child.stdout.readline()
    assert benchmark.cpu_s() - before >= 0.3
    child.kill()
    child.wait()
    child.stdout.close()


async def test_an_idle_episode_costs_its_own_pages_only(benchmark, jobs):
    async with SandboxPool(zygotes=1) as pool:
        sessions = [await benchmark.start(pool, iter(jobs)) for _ in range(8)]
        assert 0.2 < benchmark.idle_pss_mb() < 16
        assert pool.counters["live"] == len(sessions)


async def test_figures_of_a_broken_environment_are_refused(benchmark, jobs):
    source, class_name, config = jobs[0]
    async with SandboxPool(zygotes=1) as pool:
        with pytest.raises(benchmark.Broken, match="did not start"):
            await benchmark.spawning(pool, iter([("1 / 0", class_name, config)]), 0.1)
        wrong = source.replace("def solve(", "def solve(self):\n        return\n\n    def real(")
        with pytest.raises(benchmark.Broken, match="1 of 2 oracles"):
            await benchmark.verifying(pool, [(source, class_name, config), (wrong, class_name, config)], 0.1)


@pytest.mark.parametrize(("argv", "code", "says"), [(["--help"], 0, "--quick"), (["nothing"], 2, "envs")])
def test_it_says_what_it_can_measure(argv, code, says):
    done = subprocess.run([sys.executable, SCRIPT, *argv], capture_output=True, text=True)
    assert done.returncode == code
    assert says in done.stdout + done.stderr


def test_llama_cpp_gets_the_weights_that_the_engine_has(tmp_path):
    gguf, theirs = pytest.importorskip("gguf"), pytest.importorskip("test_gguf")
    model = theirs.build(64, tie=True)
    model.save_pretrained(tmp_path)
    loaded(ENGINE).write_gguf(tmp_path, tmp_path / "ours.gguf")
    reader = gguf.GGUFReader(tmp_path / "ours.gguf")
    tensors = {tensor.name: tensor.data for tensor in reader.tensors}
    heads = {"q_proj": theirs.HEADS, "k_proj": theirs.KV_HEADS}
    for name, parameter in model.named_parameters():
        expected = parameter.detach().numpy()
        for part, count in heads.items():
            expected = theirs.permute(expected, count) if part in name else expected
        for hf, llama in theirs.NAMES.items():
            name = name.replace(hf, llama)
        assert (tensors.pop(name) == expected).all(), name
    assert not tensors
    about = {key: reader.fields[f"llama.{key}"].contents() for key in ("attention.key_length", "rope.freq_base")}
    assert about == {"attention.key_length": theirs.HEAD_DIM, "rope.freq_base": 500.0}
