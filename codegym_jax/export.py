"""The task set and its oracles' trajectories for other trainers, and for `datasets`.

Three folders, each whole in itself:
- `jsonl`: sources and tasks.jsonl in the published CodeGym format, prompts included;
- `parquet`: environments.parquet (env_code, env_name, source) and tasks.parquet (the same rows; the source of each is
  in extra_info.gym_env), the columns of huggingface.co/datasets/VanishD/CodeGym;
- `sft`: oracle.jsonl, a conversation a task in OpenAI's form (`messages` with tool_calls and tool replies, `tools`).

`environments.load` gives the same set back from either of the first two. Our own SFT (sft.py) makes its conversations
itself, in the tokens of the policy's own template: the third is for trainers that render chats themselves.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from codegym_jax.environments import EnvironmentFormatError, EnvironmentSet, instance, save
from codegym_jax.perturb import NONE, Perturbations, played, view
from codegym_jax.sandbox import SandboxPool
from codegym_jax.types import Environment, Task, Trajectory

BATCH = 256  # rows of Parquet written at once: each repeats its source
RULES = """Answer the question below by calling the functions listed above, step by step.

1. Call exactly **one** function in each step, at most {turns} in all. Write no code of your own.
2. Wait for what a function returns. Never guess it.
3. Where a description leaves something open, try the function and learn from its reply.
4. A call is a JSON list with one object that has two keys, `name` (the function) and `parameters` (its arguments by \
name), between `<|FunctionCallBegin|>` and `<|FunctionCallEnd|>`:
<|FunctionCallBegin|>[{{"name": "SomeFunction", "parameters": {{"first": 1, "second": "two"}}}}]<|FunctionCallEnd|>
5. Hand in the answer with `Done`. Only the first `Done` counts.

Keep your thoughts short. You need not plan every step before the first one.

Question:
{statement}
"""
_MESSAGE = pa.struct([("role", pa.string()), ("content", pa.string()), ("name", pa.string())])
_EXTRA = [("index", pa.string()), ("solve_fc_round", pa.int64()), ("difficulty", pa.int64()), ("gym_env", pa.string())]
TASKS = pa.schema(
    [
        *((name, pa.string()) for name in ("ability", "code_id", "data_source", "split")),
        ("plugin_call_max_round", pa.int64()),
        ("prompt", pa.list_(_MESSAGE)),
        ("extra_info", pa.struct(_EXTRA)),
        ("reward_model", pa.struct([("ground_truth", pa.string()), ("style", pa.string())])),
    ]
)
ENVIRONMENTS = pa.schema([(name, pa.string()) for name in ("env_code", "env_name", "source")])


def prompt(environment: Environment, task: Task) -> list[dict[str, str]]:
    """The published messages: the functions, then the rules with the task."""
    functions = "".join(tool.signature for tool in environment.tools)
    question = RULES.format(turns=task.max_turns, statement=task.statement or environment.statement)
    return [
        {"role": "system", "content": functions, "name": "functions"},
        {"role": "user", "content": question, "name": ""},
    ]


def row(environments: EnvironmentSet, index: int) -> dict[str, Any]:
    """A task as a whole published row, prompt included."""
    task = environments.tasks[index]
    return instance(task, index) | {"prompt": prompt(environments.environments[task.environment], task)}


def to_jsonl(environments: EnvironmentSet, folder: Path) -> None:
    """Sources and tasks.jsonl with prompts."""
    save(environments, folder)
    with open(folder / "tasks.jsonl", "w", encoding="utf-8") as file:
        file.writelines(json.dumps(row(environments, i)) + "\n" for i in range(len(environments.tasks)))


def to_parquet(environments: EnvironmentSet, folder: Path) -> None:
    """environments.parquet and tasks.parquet. Parquet cannot hold what is not UTF-8: EnvironmentFormatError."""
    folder.mkdir(parents=True, exist_ok=True)
    named = {name: environment.source for name, environment in environments.environments.items()}
    for name, text in [*named.items(), *((task.id, task.id + task.statement) for task in environments.tasks)]:
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise EnvironmentFormatError(f"{name!r:.200}: not UTF-8: {error.reason}; export it as JSONL") from None
    published = [
        {"env_code": e.source, "env_name": e.class_name, "source": name.rsplit("__", 1)[0]}
        for name, e in environments.environments.items()
    ]
    pq.write_table(pa.Table.from_pylist(published, ENVIRONMENTS), folder / "environments.parquet")
    with pq.ParquetWriter(folder / "tasks.parquet", TASKS) as writer:
        for start in range(0, len(environments.tasks), BATCH):
            rows = [row(environments, i) for i in range(start, min(start + BATCH, len(environments.tasks)))]
            for each, task in zip(rows, environments.tasks[start:]):
                each["extra_info"]["gym_env"] = named[task.environment]
            writer.write_table(pa.Table.from_pylist(rows, TASKS))


def conversation(
    environment: Environment, task: Task, oracle: Trajectory, perturb: Perturbations = NONE
) -> dict[str, Any]:
    """An oracle's trajectory as chat messages with tool calls, in OpenAI's form: arguments are JSON text."""
    seen = view(perturb, environment, task)
    rules = f"Call one tool per turn, at most {task.max_turns} calls. The first Done is final."
    messages: list[dict[str, Any]] = [{"role": "user", "content": f"{seen.statement}\n\n{rules}"}]
    for i, (action, observation) in enumerate(oracle.steps):
        call = json.loads(action)
        function = {"name": call["name"], "arguments": json.dumps(call["parameters"])}
        calls = [{"id": f"call_{i}", "type": "function", "function": function}]
        messages.append({"role": "assistant", "content": "", "tool_calls": calls})
        messages.append({"role": "tool", "tool_call_id": f"call_{i}", "content": observation})
    return {"task": task.id, "messages": messages, "tools": [tool.schema for tool in seen.tools]}


async def to_sft(
    environments: EnvironmentSet, tasks: Sequence[Task], file: Path, pool: SandboxPool, perturb: Perturbations = NONE,
    advance: Callable[[Task], None] = lambda task: None,
) -> dict[str, int]:  # fmt: skip
    """Solve `tasks` with their oracles and write one conversation a line, in their order.

    Returns how many were `written`, and of the rest how many ended in which StopReason: those are left out.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    counts: dict[str, int] = {"written": 0}

    async def solve(task: Task) -> tuple[Task, Trajectory]:
        environment = environments.environments[task.environment]
        oracle = await pool.solve(environment.source, environment.class_name, task.config)
        if oracle.reward == 1.0 and perturb != NONE:
            oracle = await played(pool, perturb, environment, task, oracle)
        advance(task)
        return task, oracle

    with open(file, "w", encoding="utf-8") as out:
        for start in range(0, len(tasks), BATCH):  # a set's trajectories need not fit into memory
            for task, oracle in await asyncio.gather(*map(solve, tasks[start : start + BATCH])):
                ended = "written" if oracle.reward == 1.0 else str(oracle.stop)
                counts[ended] = counts.get(ended, 0) + 1
                if ended == "written":
                    environment = environments.environments[task.environment]
                    out.write(json.dumps(conversation(environment, task, oracle, perturb)) + "\n")
    return counts


async def export(environments: EnvironmentSet, folder: str | Path, pool: SandboxPool) -> dict[str, Any]:
    """All three under `folder`; trajectories of the train split only. Returns the counts for a summary."""
    for old in (Path(folder) / "jsonl").glob("*__*.py"):  # of an earlier export: `load` would take them for this one's
        if old.stem not in environments.environments:
            old.unlink()
    to_jsonl(environments, Path(folder) / "jsonl")
    to_parquet(environments, Path(folder) / "parquet")
    training = [task for task in environments.tasks if task.split == "train"]
    trajectories = await to_sft(environments, training, Path(folder) / "sft" / "oracle.jsonl", pool)
    sizes = {"environments": len(environments.environments), "tasks": len(environments.tasks)}
    return sizes | {"trajectories": trajectories}
