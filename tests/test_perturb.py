"""Perturbations: what the policy sees changes, what it means does not, and everything replays."""

import asyncio
import dataclasses
import json
import re

import pytest
from test_rollout import BUDGET, CHAT, STARTER, Scripted

from codegym_jax import environments, sft
from codegym_jax.config import Config, SFTSection, parse, to_toml
from codegym_jax.inference.client import Sampling
from codegym_jax.metrics import RunLog
from codegym_jax.perturb import DISTRACTORS, NONE, TRY_AGAIN, Perturbations, played, read, say, spawn, view
from codegym_jax.rollout import Actors, Budget, Draw, collect
from codegym_jax.sandbox import SandboxPool
from codegym_jax.types import Call, Environment, StopReason, Task

ALL = Perturbations(True, True, 3, 0.3, 2, True, 1)
RENAME = Perturbations(rename=True)
FIRST = {task.environment: task for task in reversed(STARTER.tasks)}  # one task an environment
TASK = STARTER.split("train")[0]
CRATES = STARTER.environments[TASK.environment]


@pytest.fixture
async def pool():
    async with SandboxPool(zygotes=1) as pool:
        yield pool


async def oracle(pool, task=TASK):
    environment = STARTER.environments[task.environment]
    return await pool.solve(environment.source, environment.class_name, task.config)


@pytest.mark.parametrize(
    "p",
    [
        *(dataclasses.replace(NONE, **{key: getattr(ALL, key)}) for key in ("rename", "paraphrase", "distractors")),
        *(dataclasses.replace(NONE, **{key: getattr(ALL, key)}) for key in ("failure_rate", "noise")),
        Perturbations(failure_rate=1.0, failures_in_a_row=3),
        *(dataclasses.replace(ALL, seed=seed) for seed in range(4)),
    ],
    ids=str,
)
async def test_an_oracle_that_retries_solves_every_starter_environment(pool, p):
    async def solved(task):
        run = await oracle(pool, task)
        perturbed = await played(pool, p, STARTER.environments[task.environment], task, run)
        replies = [said for _, observation in perturbed.steps if (said := read(observation)) != TRY_AGAIN]
        return perturbed.reward, perturbed.stop, replies == [observation for _, observation in run.steps]

    results = await asyncio.gather(*map(solved, FIRST.values()))
    assert len(results) == 20
    assert set(results) == {(1.0, StopReason.ANSWERED, True)}


async def rollout(pool, p, turns, tasks=(TASK,), samples=1, budget=BUDGET):
    draws = [Draw(i, task, STARTER.environments[task.environment]) for i, task in enumerate(tasks)]
    client = Scripted({f"t-{i}.{k}": turns[i] for i in range(len(draws)) for k in range(samples)})
    sampling = Sampling(max_new_tokens=4000, stop_token_ids=CHAT.stop_token_ids)
    actors = Actors(client, CHAT, pool, p)
    return await collect(draws, samples, actors, sampling, budget, seed=0, live=8, label="t")


def spoken(actions):
    calls = [json.loads(action) for action in actions]
    return [CHAT.turn(Call(call["name"], call["parameters"])) for call in calls]


async def test_without_perturbations_an_episode_is_what_it_was(pool):
    run = await oracle(pool)
    ((episode,),) = await rollout(pool, NONE, [spoken(action for action, _ in run.steps)])
    assert list(zip(episode.actions, episode.observations)) == list(run.steps)
    head = CHAT.prompt(CRATES.statement, CRATES.tools, TASK.max_turns)
    expected = list(head)
    for turn, (_, observation) in zip(spoken(action for action, _ in run.steps), run.steps):
        expected += [*turn, *CHAT.observation(observation)]
    assert episode.rows[0].tokens == expected[: len(episode.rows[0])]
    assert len(episode.rows[0]) == len(expected) - len(CHAT.observation(run.steps[-1][1]))
    assert (view(NONE, CRATES, TASK).tools, Config().perturb) == (CRATES.tools, NONE)


async def test_samples_of_a_group_see_the_same_and_what_they_said_replays(pool):
    run = await oracle(pool)
    actions = [action for action, _ in (await played(pool, ALL, CRATES, TASK, run)).steps]
    turns = [CHAT.turn(Call("Nothing", {})), "no call at all", *spoken(actions)]  # the first call goes through
    groups = await rollout(pool, ALL, [turns], samples=3)
    first = groups[0][0]
    assert any(read(observation) == TRY_AGAIN for observation in first.observations)
    for episode in groups[0]:
        assert (episode.rows[0].tokens, episode.observations) == (first.rows[0].tokens, first.observations)
    well_formed = [i for i, action in enumerate(first.actions) if action != first.actions[1]]
    async with spawn(pool, ALL, CRATES, TASK) as session:
        again = [(await session.step(first.actions[i])).observation for i in well_formed]
    assert again == [first.observations[i] for i in well_formed]


async def test_a_call_that_fails_has_no_effect_and_costs_no_call(pool):
    p = Perturbations(failure_rate=1.0, failures_in_a_row=2)  # twice busy, then through
    done = CHAT.call_text(Call("Done", {"answer": 999_999}))
    hold = CHAT.call_text(Call("Observe", {}))
    ((episode,),) = await rollout(pool, p, [[hold] * 9], budget=Budget(3, 20_000))
    assert (episode.stop, episode.calls, len(episode.actions)) == (StopReason.TURN_BUDGET, 3, 9)
    assert [observation == TRY_AGAIN for observation in episode.observations] == [True, True, False] * 3
    ((episode,),) = await rollout(pool, p, [[done] * 3])
    assert (episode.stop, episode.calls) == (StopReason.WRONG, 1)
    assert episode.observations[:2] == [TRY_AGAIN] * 2


async def test_which_calls_fail_depends_on_seed_and_task_alone(pool):
    async def pattern(p, task, name="Observe"):
        environment = STARTER.environments[task.environment]
        async with spawn(pool, p, environment, task) as session:
            replies = [await session.step(Call(name, {}).action) for _ in range(40)]
        return "".join("x" if reply.observation == TRY_AGAIN else "." for reply in replies)

    p = Perturbations(failure_rate=0.5, failures_in_a_row=2)
    first = await pattern(p, TASK)
    assert first == await pattern(p, TASK, "Held")
    assert 8 < first.count("x") < 27  # at most 26 of 40 with two in a row
    assert "xxx" not in first
    assert first != await pattern(dataclasses.replace(p, seed=1), TASK)
    assert first != await pattern(p, STARTER.tasks[1])
    assert "xxxxx" in await pattern(dataclasses.replace(p, failures_in_a_row=40, failure_rate=0.9), TASK)


@pytest.mark.parametrize("task", FIRST.values(), ids=lambda task: task.environment)
def test_renamed_tools_have_new_names_everywhere_and_keep_their_types(task):
    environment = STARTER.environments[task.environment]
    seen = view(RENAME, environment, task)
    old, new = {tool.name for tool in environment.tools}, {tool.name for tool in seen.tools}
    assert len(new) == len(seen.tools) == len(environment.tools)
    assert old & new == {"Done"}
    for before, after in zip(environment.tools, seen.tools):
        assert seen.names[after.name] == before.name
        was, now = before.parameters["properties"], after.parameters["properties"]
        assert [schema["type"] for schema in was.values()] == [schema["type"] for schema in now.values()]
        assert len(now) == len(was)
        assert not was.keys() & now.keys()
        assert list(after.parameters["required"]) == list(now)
        assert re.findall('"[^"]*"', before.returns) == re.findall('"[^"]*"', after.returns)
        for text in (after.description, *(schema["description"] for schema in now.values())):
            assert not set(re.findall(r"\w+", text)) & {key for key in was if len(key) == 1}
    mentioned = {name for name in old - {"Done"} if re.search(rf"\b{name}\b", environment.statement)}
    assert not set(re.findall(r"\w+", seen.statement)) & mentioned


async def test_an_old_name_is_no_tool_and_errors_speak_of_the_new_names(pool):
    seen = view(RENAME, CRATES, TASK)
    hold = say(seen, Call("Hold", {"i": 10**9}).action)
    name, (key,) = json.loads(hold)["name"], json.loads(hold)["parameters"]
    async with spawn(pool, RENAME, CRATES, TASK) as session:
        old = (await session.step(Call("Hold", {"i": 1}).action)).observation
        mixed = (await session.step(Call(name, {"i": 1}).action)).observation
        range_error = (await session.step(hold)).observation
        held = (await session.step(say(seen, Call("Held", {}).action))).observation
    assert "no tool Hold" in old
    assert name in old
    assert mixed == f"error: {name} takes {key}"
    assert range_error.startswith(f"error: {key} must be an integer from 0")
    assert held == "0"


def test_words_that_are_also_english_stay_and_names_are_replaced_at_once():
    parameters = {"type": "object", "properties": {"a": {"type": "integer"}, "value": {}, "max_len": {}, "s": {}}}
    tools = (
        environments.Tool("Check", "A box's value; s and max_len bound it. See Find.", parameters, '"Find"'),
        environments.Tool("Find", "Like Check.", {"type": "object", "properties": {}}),
    )
    seen = view(RENAME, Environment("x__E", "", "Find out, then Check.", tools), Task("x__E", "{}"))
    check, find = seen.tools
    keys = list(check.parameters["properties"])
    assert keys[0] == "a"
    assert check.description == f"A box's value; {keys[3]} and {keys[2]} bound it. See {find.name}."
    assert (check.returns, find.description) == ('"Find"', f"Like {check.name}.")
    assert seen.statement == f"{find.name} out, then {check.name}."
    assert "required" not in check.parameters


@pytest.mark.parametrize("seed", range(3))
def test_a_paraphrase_keeps_numbers_quotes_names_and_types(seed):
    changed = 0
    for task in FIRST.values():
        environment, p = STARTER.environments[task.environment], Perturbations(paraphrase=True, seed=seed)
        seen = view(p, environment, task)
        changed += seen.statement != environment.statement
        names = "|".join(sorted({tool.name for tool in environment.tools}))
        literal = rf"\"[^\"]*\"|[1-9]\d*|\b(?:{names})\b"
        texts = [(environment.statement, seen.statement)]
        for before, after in zip(environment.tools, seen.tools):
            assert before.description != after.description
            assert before.parameters["properties"].keys() == after.parameters["properties"].keys()
            texts += [(before.description, after.description), (before.returns, after.returns)]
        for before, after in texts:
            after = after.replace("0, 1, 2 and so on", "from 0")
            assert re.findall(literal, before) == re.findall(literal, after)
    assert changed == 20


async def test_distractors_are_documented_answer_and_change_nothing(pool):
    p = Perturbations(distractors=8, rename=True)
    seen = view(p, CRATES, TASK)
    assert len(seen.distractors) == 8
    run = [say(seen, action) for action, _ in (await oracle(pool)).steps]
    tools = {tool.name: tool for tool in seen.tools}
    async with spawn(pool, p, CRATES, TASK) as session:
        for name in seen.distractors:
            keys = dict.fromkeys(tools[name].parameters["properties"], "crates")
            wrong = (await session.step(Call(name, keys | {"x": 1}).action)).observation
            assert wrong.startswith(f"error: {name} takes")
            reply = (await session.step(Call(name, keys).action)).observation
            assert reply
            assert not reply.startswith("error")
        for action in run:
            reply = await session.step(action)
    assert reply.reward == 1.0
    assert {seen.names[name] for name in tools.keys() - seen.distractors.keys()} == {t.name for t in CRATES.tools}


def test_a_distractor_named_like_a_tool_gets_another_name():
    tools = tuple(tool for tool, _ in DISTRACTORS)
    seen = view(Perturbations(distractors=8), Environment("x__E", "", "Go.", tools), Task("x__E", "{}"))
    assert len({tool.name for tool in seen.tools}) == 16
    bare, odd = Environment("x__E", "", "Go.", ()), Task("x__E", "\ud83d")  # no tools; a config that is not UTF-8
    assert len(view(Perturbations(distractors=2), bare, odd).tools) == 2


async def test_noise_surrounds_what_is_between_the_marks(pool):
    p = Perturbations(noise=True)
    async with spawn(pool, p, CRATES, TASK) as session:
        replies = [(await session.step(Call("Observe", {}).action)).observation for _ in range(20)]
    assert {read(reply) for reply in replies} == {"4"}
    assert len(set(replies)) > 10
    assert all(reply.count("<reply>") == reply.count("</reply>") == 1 for reply in replies)
    assert read("x <reply>a </reply> <reply> b</reply> y") == "a </reply> <reply> b"
    assert read("plain") == "plain"


def test_the_statement_says_what_can_happen():
    plain = view(Perturbations(rename=True, distractors=1), CRATES, TASK).statement
    loud = view(Perturbations(failure_rate=0.1, failures_in_a_row=5, noise=True), CRATES, TASK).statement
    assert loud.startswith(CRATES.statement)
    assert f'"{TRY_AGAIN}"' in loud
    assert "at most 5 in a row" in loud
    assert "between <reply> and </reply>" in loud
    assert TRY_AGAIN not in plain
    assert "<reply>" not in plain


def test_seed_and_task_choose_the_view():
    views = {str(view(dataclasses.replace(ALL, seed=seed), CRATES, TASK)) for seed in range(8)}
    assert len(views) == 8
    assert str(view(ALL, CRATES, TASK)) == str(view(ALL, CRATES, TASK._replace(split="other", max_turns=3)))
    assert str(view(ALL, CRATES, TASK)) != str(view(ALL, CRATES, STARTER.tasks[1]))


def test_the_config_chooses_and_refuses(tmp_path, capsys):
    file = tmp_path / "p.toml"
    file.write_text('model.path = "m"\n[perturb]\nrename = true\ndistractors = 3\nfailure_rate = 0.25\nseed = 7\n')
    config = parse(["--config", str(file), "--perturb.noise"], Config)
    assert config.perturb == Perturbations(True, False, 3, 0.25, 2, True, 7)
    (tmp_path / "again.toml").write_text(to_toml(config))
    assert parse(["--config", str(tmp_path / "again.toml")], Config) == config
    for line, said in (
        ("distractors = 9", "perturb.distractors = 9: must be at least 0 and at most 8"),
        ("failure_rate = 1.5", "perturb.failure_rate = 1.5: must be at least 0 and at most 1"),
        ("failures_in_a_row = 0", "perturb.failures_in_a_row = 0: must be at least 1"),
        ("renames = true", "did you mean perturb.rename"),
    ):
        file.write_text(f'model.path = "m"\n[perturb]\n{line}\n')
        with pytest.raises(SystemExit):
            parse(["--config", str(file)], Config)
        assert said in capsys.readouterr().err


async def test_sft_imitates_the_perturbed_oracle(tmp_path):
    """What it trains on is what a rollout of the same words would be, failed calls and their repetition included."""
    chosen = environments.EnvironmentSet(STARTER.environments, (TASK, STARTER.tasks[1]))
    with RunLog(tmp_path, 0) as log:
        solved = await sft.oracle_trajectories(Config(perturb=ALL, sft=SFTSection(trajectories=0)), chosen, log)
    async with SandboxPool(zygotes=1) as pool:
        turns = [spoken(action for action, _ in run.steps) for _, _, run in solved]
        groups = await rollout(pool, ALL, turns, tasks=chosen.tasks)
    for (episode,), each in zip(groups, solved, strict=True):
        assert episode.reward == 1.0
        row = sft.conversation(CHAT, each, BUDGET.turns)
        assert (row.tokens, row.trained) == (episode.rows[0].tokens, episode.rows[0].trained)
    assert any(TRY_AGAIN in observation for _, _, run in solved for _, observation in run.steps)
