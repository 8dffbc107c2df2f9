"""Every starter environment against the published contract, and against the ways to get the reward without the work.

Environment code is imported here in-process, with the real gymnasium as the base class; the sandbox has its own tests.
"""

import ast
import collections
import importlib.util
import inspect
import json
import os
import random
import statistics
import subprocess
import sys
from pathlib import Path

import draw_tasks
import gymnasium
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codegym_jax import environments

FOLDER = Path(__file__).parents[1] / "envs" / "starter"
SET = environments.load(FOLDER)
STEMS = sorted(SET.environments)


def load_class(stem):
    spec = importlib.util.spec_from_file_location(stem, FOLDER / f"{stem}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return getattr(module, SET.environments[stem].class_name)


CLASSES = {stem: load_class(stem) for stem in STEMS}
each = pytest.mark.parametrize("cls", CLASSES.values(), ids=STEMS)


def make(cls, seed=0, difficulty=2):
    return cls.from_env_str(f"{cls.__name__}@{json.dumps(cls.generate(seed, difficulty))}")


def act(env, name, **parameters):
    return env.step(json.dumps({"name": name, "parameters": parameters}))[1]


def tools(cls):
    return next(e.tools for e in SET.environments.values() if e.class_name == cls.__name__)


def malformed(cls):
    """Actions that are wrong in one thing each, and no legitimate one."""
    yield from ("", "Observe", "null", "[]", "7", '"Observe"', "{", "{}", '{"name": "Observe"}', "[" * 9999, "\ud800")
    yield from ('{"parameters": {}}', '{"name": ["Observe"], "parameters": {}}', '{"name": null, "parameters": {}}')
    yield from ('{"name": "step", "parameters": {}}', '{"name": "__init__", "parameters": {}}', '{"name": "Observe"')
    yield from (None, 5, b"\xff", ["Observe"], {"name": "Observe", "parameters": {}})
    for tool in tools(cls):
        names = list(tool.parameters["properties"])
        for parameters in (None, [], "x", 3, {"self": 1}, dict.fromkeys([*names, "more"], 0)):
            yield json.dumps({"name": tool.name, "parameters": parameters})
        for wrong in (-1, 10**30, 1.0, True, None, "", "a", "A" * 200, [], {}, float("nan")) if names else ():
            yield json.dumps({"name": tool.name, "parameters": dict.fromkeys(names, wrong)})


@each
def test_published_contract(cls):
    assert issubclass(cls, gymnasium.Env)
    assert cls.from_env_str("OtherEnv@{}") is None
    assert isinstance(cls.finished, property)
    assert isinstance(cls.reward, property)
    env = cls()
    assert {"Observe", "Done"} < set(env.func_mapping)
    assert len(env.func_mapping) >= 6, "at least four tools besides Observe and Done"
    for name in env.func_mapping:
        assert name[0].isupper()
        assert inspect.getdoc(getattr(cls, name)).count("Args:\n") == 1
        assert "Returns:\n" in inspect.getdoc(getattr(cls, name))
        assert "Example Output:\n" in inspect.getdoc(getattr(cls, name))


@each
def test_tools_read_from_the_source_are_the_class_s_own(cls):
    """Against inspect.signature of the imported class, which the reader never sees."""
    json_types = {int: "integer", str: "string"}
    for tool in tools(cls):
        own = list(inspect.signature(getattr(cls, tool.name)).parameters.values())[1:]
        assert [json_types[p.annotation] for p in own] == [p["type"] for p in tool.parameters["properties"].values()]
        assert [p.name for p in own] == tool.parameters["required"] == list(tool.parameters["properties"])
        assert all(p["description"] for p in tool.parameters["properties"].values())
        assert tool.description
        assert tool.returns


@each
def test_solves_its_default_and_its_json_and_literal_configs(cls):
    config = cls.generate(3, 2)
    for env in (cls(), cls(f"{cls.__name__}@{json.dumps(config)}"), cls(f"{cls.__name__}@{config!r}")):
        env.solve()
        assert (env.finished, env.reward) == (True, 1.0)


@each
def test_reset_starts_the_same_task_again(cls):
    env = make(cls)
    env.solve()
    calls = env.step_count
    env.reset()
    assert (env.finished, env.reward, env.step_count) == (False, 0.0, 0)
    env.solve()
    assert (env.reward, env.step_count) == (1.0, calls)
    other = cls.generate(1, 3)
    env.reset(options=other)
    assert env.get_ref_answer() == cls(f"{cls.__name__}@{other}").get_ref_answer()


@each
def test_solve_uses_step_and_nothing_else_of_the_environment(cls):
    source = next(e.source for e in SET.environments.values() if e.class_name == cls.__name__)
    solve = next(n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.FunctionDef) and n.name == "solve")
    names = [node for node in ast.walk(solve) if isinstance(node, ast.Name) and node.id == "self"]
    attributes = [node for node in ast.walk(solve) if isinstance(node, ast.Attribute) and node.value in names]
    assert [node.attr for node in attributes] == ["step"] * len(names)


@each
def test_observe_does_not_give_the_answer_away(cls):
    """Among configurations that Observe cannot tell apart, no answer is common."""
    answers = collections.defaultdict(collections.Counter)
    for seed in range(400):
        env = make(cls, seed, 2)
        answers[act(env, "Observe")][env.get_ref_answer()] += 1
    assert len(answers) <= 12, "Observe tells more than sizes"
    for counts in answers.values():
        assert counts.total() < 20 or counts.most_common(1)[0][1] <= 0.25 * counts.total()


@each
def test_no_tool_gives_the_answer_away_at_once(cls):
    """Each tool without arguments as the first call: what it says is the answer at most as often as a lucky pick."""
    for tool in tools(cls):
        if tool.name != "Done" and not tool.parameters["properties"]:
            envs = [make(cls, seed, 2) for seed in range(60)]
            hits = sum(act(env, tool.name).split()[-1] == str(env.get_ref_answer()) for env in envs)
            assert hits <= 0.35 * len(envs), tool.name


@each
def test_wrong_done_ends_with_reward_0_and_without_the_reference(cls):
    env = make(cls)
    right = env.get_ref_answer()
    said = act(env, "Done", answer=right + "A" if isinstance(right, str) else right + 1)
    assert (env.finished, env.reward, said) == (True, 0.0, "wrong")


@each
def test_only_the_first_done_counts(cls):
    for first, second, reward in ((0, 1, 0.0), (1, 0, 1.0)):
        env = make(cls)
        right = env.get_ref_answer()
        answers = ("A" if isinstance(right, str) else right + 1, right)
        act(env, "Done", answer=answers[first])
        said = act(env, "Done", answer=answers[second])
        assert (env.finished, env.reward, said) == (True, reward, "finished")


@each
def test_malformed_actions_are_explained_and_change_nothing(cls):
    env = make(cls)
    for action in malformed(cls):
        ok, said = env.step(action)
        assert ok is True
        assert said.startswith("error: "), action
        assert len(said) < 250
    assert (env.finished, env.reward) == (False, 0.0)
    assert env.solve() == "correct"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@each
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(data=st.data())
def test_step_never_raises_and_says_little(cls, data):
    env = make(cls)
    schemas = {tool.name: list(tool.parameters["properties"]) for tool in tools(cls)}
    for _ in range(6):
        name = data.draw(st.sampled_from([*schemas, "x"]))
        keys = st.sampled_from([*schemas.get(name, []), "i", "value"])
        parameters = data.draw(st.dictionaries(keys, st.integers(0, 3) | JSON, max_size=3) | JSON)
        ok, said = env.step(json.dumps({"name": name, "parameters": parameters}))
        assert ok is True
        assert isinstance(said, str)
        assert len(said.encode()) < 250


def play(cls, seed):
    """Observations of 400 well-formed calls drawn at random, without Done."""
    env, rng = make(cls, seed, 3), random.Random(seed)
    said = []
    for _ in range(400):
        tool = rng.choice([tool for tool in tools(cls) if tool.name != "Done"])
        kinds = {name: schema["type"] for name, schema in tool.parameters["properties"].items()}
        drawn = {name: rng.randrange(8) if kind == "integer" else rng.choice("ABC") for name, kind in kinds.items()}
        said.append(act(env, tool.name, **drawn))
    return said


@each
def test_random_play_is_deterministic_and_short(cls):
    said = play(cls, 5)
    assert said == play(cls, 5)
    assert max(len(text) for text in said) < 120


@each
def test_calls_grow_with_difficulty_within_the_ranges(cls):
    means = []
    for difficulty in range(1, 6):
        calls = []
        for seed in range(40):
            env = make(cls, seed, difficulty)
            env.solve()
            calls.append(env.step_count)
        means.append(statistics.mean(calls))
    assert means == sorted(set(means))
    assert 4 <= means[0] <= 12
    assert 6 <= means[1] <= 14
    assert 10 <= means[2] <= 25
    assert 30 <= means[4] <= 100


def test_generate_depends_on_its_arguments_alone():
    """Against another process with another hash seed."""
    program = (
        "import importlib.util, sys\n"
        "for path in sys.argv[1:]:\n"
        "    spec = importlib.util.spec_from_file_location('m', path)\n"
        "    module = importlib.util.module_from_spec(spec); spec.loader.exec_module(module)\n"
        "    cls = getattr(module, path.rsplit('__', 1)[1][:-3])\n"
        "    print([cls.generate(7, d) for d in (1, 2, 3, 4, 5)])\n"
    )
    command = [sys.executable, "-c", program, *(str(FOLDER / f"{stem}.py") for stem in STEMS)]
    env = os.environ | {"PYTHONHASHSEED": "1234"}
    lines = subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout.splitlines()
    here = [str([cls.generate(7, d) for d in (1, 2, 3, 4, 5)]) for cls in CLASSES.values()]
    assert lines == here


@each
def test_every_task_is_solved_with_the_calls_it_says(cls):
    tasks = [task for task in SET.tasks if task.environment.endswith(f"__{cls.__name__}")]
    assert tasks
    for task in tasks:
        env = cls.from_env_str(f"{cls.__name__}@{task.config}")
        env.solve()
        assert (env.reward, env.step_count) == (1.0, task.oracle_calls), task.id
        assert env.step_count <= task.max_turns


def test_oracles_use_at_least_four_tools_on_average():
    used = []
    for cls in CLASSES.values():
        env, names = make(cls), set()
        step = env.step
        env.step = lambda action, step=step, names=names: (names.add(json.loads(action)["name"]), step(action))[1]
        env.solve()
        used.append(len(names))
    assert min(used) >= 4


def test_splits_are_disjoint_and_of_the_documented_sizes():
    seen = collections.Counter((task.environment, task.config) for task in SET.tasks)
    assert set(seen.values()) == {1}
    train = {task.environment for task in SET.split("train")}
    assert {task.environment for task in SET.split("unseen_config")} == train
    assert not train & {task.environment for task in SET.split("unseen_env")}
    assert (len(train), len(STEMS)) == (16, 20)
    sizes = collections.Counter((task.environment in train, task.split, task.difficulty) for task in SET.tasks)
    for difficulty, (many, few) in draw_tasks.COUNTS.items():
        assert sizes[True, "train", difficulty] == 16 * many
        assert sizes[True, "unseen_config", difficulty] == 16 * few
        assert sizes[False, "unseen_env", difficulty] == 4 * few
