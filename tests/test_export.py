"""Exports: what others read is the set, and reads back as the same set."""

import json
from pathlib import Path

import datasets
import pytest

from codegym_jax import environments
from codegym_jax.chat import Chat, train_tokenizer
from codegym_jax.environments import EnvironmentFormatError, EnvironmentSet
from codegym_jax.export import conversation, export, prompt, row, to_jsonl, to_parquet, to_sft
from codegym_jax.perturb import Perturbations, read
from codegym_jax.sandbox import SandboxPool
from codegym_jax.types import Call, Task, Trajectory

STARTER = Path(__file__).parents[1] / "envs" / "starter"
WHOLE = environments.load(STARTER)
TASKS = WHOLE.tasks[::97]  # of many environments and every split
OWN = Task(TASKS[0].environment, "{'weights': [1]}", "x", "Question: own\nstatement {of} its own?", 7, 3, 2)
SET = EnvironmentSet(WHOLE.environments, (*TASKS, OWN))
TRAIN = EnvironmentSet(WHOLE.environments, tuple(t for t in WHOLE.split("train") if t.difficulty == 1)[::60])


def test_saving_the_starter_set_writes_the_bytes_it_was_read_from(tmp_path):
    environments.save(WHOLE, tmp_path)
    for path in tmp_path.iterdir():
        assert path.read_bytes() == (STARTER / path.name).read_bytes()
    assert len(list(tmp_path.iterdir())) == 21


@pytest.mark.parametrize("write", [to_jsonl, to_parquet])
def test_an_exported_set_loads_as_the_same_set(tmp_path, write):
    write(SET, tmp_path / "set")
    assert environments.load(tmp_path / "set") == SET


def test_tasks_in_parquet_carry_their_sources(tmp_path):
    to_parquet(SET, tmp_path)
    back = environments.load(tmp_path / "tasks.parquet")
    assert back.tasks == SET.tasks
    assert back.environments == {t.environment: SET.environments[t.environment] for t in sorted(SET.tasks)}


def test_datasets_loads_every_file(tmp_path, monkeypatch):
    """The library that most trainers read with."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    to_jsonl(SET, tmp_path / "jsonl")
    to_parquet(SET, tmp_path / "parquet")
    cache = {"cache_dir": str(tmp_path / "cache"), "split": "train"}
    by_json = datasets.load_dataset("json", data_files=str(tmp_path / "jsonl" / "tasks.jsonl"), **cache)
    by_parquet = datasets.load_dataset("parquet", data_files=str(tmp_path / "parquet" / "tasks.parquet"), **cache)
    sources = datasets.load_dataset("parquet", data_files=str(tmp_path / "parquet" / "environments.parquet"), **cache)
    for loaded in (by_json, by_parquet):
        assert loaded["ability"] == [task.id for task in SET.tasks]
        assert loaded[3]["prompt"] == row(SET, 3)["prompt"]
        assert loaded[3]["plugin_call_max_round"] == SET.tasks[3].max_turns
    assert by_parquet[3]["extra_info"]["gym_env"] == SET.environments[SET.tasks[3].environment].source
    assert set(sources.column_names) == {"env_code", "env_name", "source"}
    assert list(sources["env_code"]) == [e.source for e in SET.environments.values()]


def test_the_prompt_has_functions_rules_and_the_task_in_the_published_layout():
    system, user = prompt(WHOLE.environments[OWN.environment], OWN)
    assert (system["role"], system["name"], user["role"]) == ("system", "functions", "user")
    assert 'def Hold(i: int):\n    r"""\n\n    Put down the crate you hold' in system["content"]
    assert '        i (int): number of a crate\n\n    Returns:\n        str: "ok"' in system["content"]
    assert system["content"].count("Function:\n\ndef ") == 6
    assert "self" not in system["content"]
    assert "Example Output" not in system["content"]
    assert user["content"].endswith(f"\nQuestion:\n{OWN.statement}\n")
    assert "at most 7 in all" in user["content"]


def test_the_example_of_a_call_is_one_that_our_parser_takes():
    chat = Chat(train_tokenizer((), 259), "codegym")
    rules = prompt(WHOLE.environments[OWN.environment], OWN)[1]["content"]
    (line,) = (line for line in rules.split("\n") if "[{" in line)
    assert chat.parse(chat._encode(line)) == Call("SomeFunction", {"first": 1, "second": "two"})


@pytest.mark.parametrize("task", [OWN._replace(config="\ud83d"), OWN._replace(statement="\udc80")])
def test_what_parquet_cannot_hold_is_refused_by_name(tmp_path, task):
    with pytest.raises(EnvironmentFormatError, match=r"HeaviestCrateEnv@.*not UTF-8.*JSONL"):
        to_parquet(EnvironmentSet(SET.environments, (task,)), tmp_path)
    to_jsonl(EnvironmentSet(SET.environments, (task,)), tmp_path / "j")
    assert environments.load(tmp_path / "j").tasks == (task,)


@pytest.mark.parametrize("perturb", [Perturbations(), Perturbations(True, True, 2, 0.3, 2, True)], ids=["plain", "all"])
async def test_trajectories_are_conversations_that_earn_the_reward_again(tmp_path, perturb):
    broken = Task(OWN.environment, "{'weights': 'no'}", "train")
    chosen = [*TRAIN.tasks, broken]
    async with SandboxPool(zygotes=1) as pool:
        counts = await to_sft(TRAIN, chosen, tmp_path / "sft" / "oracle.jsonl", pool, perturb)
        assert counts.pop("written") == len(TRAIN.tasks)
        assert sum(counts.values()) == 1
        lines = (tmp_path / "sft" / "oracle.jsonl").read_text().splitlines()
        for line, task in zip(lines, TRAIN.tasks, strict=True):
            record, environment = json.loads(line), TRAIN.environments[task.environment]
            first, *rest = record["messages"]
            assert (record["task"], first["role"]) == (task.id, "user")
            names = {tool["function"]["name"]: tool["function"]["parameters"] for tool in record["tools"]}
            session = await pool.spawn(environment.source, environment.class_name, task.config)
            for asked, answered in zip(rest[::2], rest[1::2], strict=True):
                (call,) = asked["tool_calls"]
                assert (asked["role"], answered["role"], call["id"]) == ("assistant", "tool", answered["tool_call_id"])
                arguments = json.loads(call["function"]["arguments"])
                assert arguments.keys() <= names[call["function"]["name"]]["properties"].keys()
                if perturb == Perturbations():
                    reply = await session.step(Call(call["function"]["name"], arguments).action)
                    assert reply.observation == answered["content"]
            await session.close()
            assert read(answered["content"]) == "correct"
            assert call["function"]["name"] == "Done"


async def test_datasets_loads_the_conversations(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    async with SandboxPool(zygotes=1) as pool:
        sizes = await export(TRAIN, tmp_path, pool)
    assert sizes == {"environments": 20, "tasks": len(TRAIN.tasks), "trajectories": {"written": len(TRAIN.tasks)}}
    assert environments.load(tmp_path / "jsonl") == environments.load(tmp_path / "parquet") == TRAIN
    file = str(tmp_path / "sft" / "oracle.jsonl")
    loaded = datasets.load_dataset("json", data_files=file, split="train", cache_dir=str(tmp_path / "cache"))
    records = [json.loads(line) for line in Path(file).read_text().splitlines()]
    for got, record in zip(loaded, records, strict=True):
        assert got["messages"] == record["messages"]
        assert got["tools"] == record["tools"]


async def test_an_export_over_an_earlier_one_is_the_later_set(tmp_path):
    name = TRAIN.tasks[0].environment
    smaller = EnvironmentSet({name: TRAIN.environments[name]}, TRAIN.tasks[:1])
    async with SandboxPool(zygotes=1) as pool:
        for each in (TRAIN, smaller):
            await export(each, tmp_path, pool)
    assert environments.load(tmp_path / "jsonl") == environments.load(tmp_path / "parquet") == smaller


def test_a_conversation_without_steps_is_only_the_question():
    environment = WHOLE.environments[OWN.environment]
    record = conversation(environment, OWN, Trajectory((), 0.0, "wrong"))
    assert [message["role"] for message in record["messages"]] == ["user"]
    assert record["messages"][0]["content"].startswith(OWN.statement)
    assert record["tools"] == [tool.schema for tool in environment.tools]
