"""Turn coding problems into verified, audited environments: sources, tasks, report cards, one report.

    python launch/synthesize.py envs/problems --out envs/compiled
    python launch/synthesize.py humaneval.jsonl.gz mbpp.jsonl --out OUT --shard 0/4
    python launch/synthesize.py kodcode.parquet --out OUT --executor ray --ray-address auto
    python launch/synthesize.py mbpp.jsonl --out OUT --synthesizer both --llm.endpoint URL --llm.model NAME

Every problem ends in one file, OUT/progress/<problem id>.json, which is whole or not there, and carries a hash of the
problem, the settings and the code that made it. What agrees with its hash is not done again: after kill -9, Ctrl-C or
a change of some problems, the same command does only what is missing. Shards share OUT; the one that finishes last
assembles the set (all may, it gives the same), and so does any later run. The last line is JSON.
"""

import collections
import contextlib
import dataclasses
import json
import math
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Literal

import tyro
from rich.console import Console

from codegym_jax import problems
from codegym_jax.cli import clear_errors
from codegym_jax.environments import EnvironmentFormatError, EnvironmentSet, parse_environment
from codegym_jax.problems import Problem, ProblemFormatError
from codegym_jax.synthesis import executors, filters, report
from codegym_jax.synthesis.folder import bars, store, sweep, write
from codegym_jax.synthesis.llm import LLMConfig, LLMError, Usage
from codegym_jax.synthesis.stages import MOST, Settings, key
from codegym_jax.types import Task

NO_MODEL = LLMConfig("", cache="")


def stored(path: Path, wanted: str, seconds: float) -> dict[str, Any] | None:
    """The result of a file if it is of this key, and no time-out after fewer seconds than these."""
    try:
        result = json.loads(path.read_bytes())
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    same = isinstance(result, dict) and result.get("key") == wanted and result.get("seconds", seconds) >= seconds
    return result if same else None


def turns(calls: int) -> int:
    """Turns that tasks of one environment and difficulty allow, whose longest oracle takes so many calls: twice that,
    as a power of two, which says next to nothing about any one of them."""
    return min(MOST, max(32, 2 ** math.ceil(math.log2(2 * calls))))


def assemble(out: Path, results: dict[str, dict[str, Any]]) -> tuple[EnvironmentSet, list[dict[str, Any]]]:
    """Write sources, tasks.jsonl and cards of the results that have tasks; drop what earlier runs left of others."""
    good = {problem: result for problem, result in sorted(results.items()) if "reason" not in result}
    environments, tasks, cards = {}, list[Task](), list[dict[str, Any]]()
    for problem, result in good.items():
        name = result["environment"]
        environments[name] = parse_environment(result["source"], name, f"{out}/progress/{problem}.json")
        cards.append(result["card"])
        longest: dict[int, int] = collections.defaultdict(int)
        for _, level, calls in result["tasks"]:
            longest[level] = max(longest[level], calls)
        split = filters.split(problem)
        tasks += [Task(name, text, split, "", turns(longest[n]), calls, n) for text, n, calls in result["tasks"]]
    made = EnvironmentSet(environments, tuple(tasks))
    store(out, made, cards)
    return made, cards


def summary(rows: int, usable: int, unread: Sequence[str], results: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The JSON line. `tasks` are verified configurations, `kept` those within the bounds of oracle calls."""
    good = [result for result in results.values() if "reason" not in result]
    calls = [task[2] for result in good for task in result["tasks"]]
    tools = [len(result["card"]["tools"]) for result in good]
    reasons = [f"read/{slug}" for slug in unread]
    cards = [result["card"] for result in results.values() if "card" in result]
    reasons += [result["reason"].partition(":")[0] for result in results.values() if "reason" in result]
    return {
        "problems": rows,
        "usable": usable,
        "synthesized": sum("synthesized" in result["stages"] for result in results.values()),
        "verified": sum("verified" in result["stages"] for result in results.values()),
        "tasks": sum(result.get("verified_tasks", 0) for result in results.values()),
        "kept": len(calls),
        "environments": len(good),
        "by_llm": sum(card["synthesizer"] == "llm" for card in cards if card["kept"]),
        "fuzzed": sum(card["verification"]["fuzzed"] for card in cards),
        "disagreements": sum(reason.endswith("/wrong_reference") for reason in reasons),
        "mean_tools": round(sum(tools) / max(1, len(tools)), 2),
        "mean_oracle_calls": round(sum(calls) / max(1, len(calls)), 2),
        "rejected": dict(collections.Counter(reasons).most_common()),
    }


def part(shard: str) -> tuple[int, int]:
    """The two numbers of i/n."""
    first, _, second = shard.partition("/")
    if not (first.isdecimal() and second.isdecimal() and int(first) < int(second)):
        raise ProblemFormatError(f"--shard: {shard!r}; expected i/n with 0 <= i < n, like 0/4")
    return int(first), int(second)


def synthesize(
    paths: tyro.conf.Positional[tuple[Path, ...]],
    /,
    out: Path,
    each: int = 6,
    shard: str = "0/1",
    workers: int = 0,
    fuzz: int = 20,
    problem_s: float = 300.0,
    executor: Literal["local", "ray"] = "local",
    ray_address: str = "",
    synthesizer: Literal["static", "llm", "both"] = "static",
    llm: LLMConfig = NO_MODEL,
) -> None:
    """Compile, verify and audit the problems of PATHS (files of the public formats, folders of problem files) into OUT.

    Args:
        paths: Problems: HumanEval, MBPP, LeetCodeDataset, KodCode, APPS, TACO or CodeGym files, or folders.
        out: Folder of the set: <stem>.py, tasks.jsonl, cards/, report.html, and progress/, which makes a rerun cheap.
        each: Configurations to draw of every difficulty, 1 to 5, besides the problem's own examples.
        shard: i/n: only every n-th problem, from the i-th (0 is the first).
        workers: Processes or actors; 0 is one a core, of this machine or of the cluster.
        fuzz: Further inputs that an environment is verified on.
        problem_s: Seconds a problem may take, besides waiting for an LLM; the slowest of LeetCodeDataset take 30.
        executor: Where problems are made: local, processes of this machine; ray, actors of a Ray cluster.
        ray_address: Of a cluster, like auto or 10.0.0.1:6379; without one it is local, of this machine's cores.
        synthesizer: static needs no LLM; both hands the LLM what static leaves.
        llm: An OpenAI-compatible endpoint. Its completions are kept under OUT/progress/llm unless llm.cache says else.
    """
    index, count = part(shard)
    if not paths:
        raise ProblemFormatError("no problems given; name at least one file or folder of them")
    if min(each, workers, fuzz) < 0:
        raise ProblemFormatError("--each, --workers, --fuzz: expected numbers >= 0")
    if problem_s < 10:
        raise ProblemFormatError(f"--problem-s: {problem_s:g}; expected 10 or more, a worker may be silent for seconds")
    if (synthesizer == "static") != (llm == NO_MODEL) or (synthesizer != "static" and not llm.model):
        raise ProblemFormatError("--synthesizer llm or both goes with --llm.model (and --llm.endpoint), static without")
    model = None if synthesizer == "static" else dataclasses.replace(llm, cache=llm.cache or str(out / "progress/llm"))
    settings = Settings(each, fuzz, synthesizer, model)
    usable: dict[str, Problem] = {}
    unread: list[str] = []
    for path in paths:
        found, rejected = problems.read(path)
        unread += [row.slug for row in rejected] + ["duplicate_id" for problem in found if problem.id in usable]
        usable |= {problem.id: problem for problem in found if problem.id not in usable}
    keys = {id: key(problem, settings) for id, problem in usable.items()}
    files = {id: out / "progress" / f"{id}.json" for id in usable}
    mine = list(usable.values())[index::count]
    todo = [problem for problem in mine if stored(files[problem.id], keys[problem.id], problem_s) is None]
    (out / "progress").mkdir(parents=True, exist_ok=True)
    sweep(out)
    console, kept, usage, told = Console(stderr=True), 0, Usage(), False
    with contextlib.ExitStack() as stack:
        progress = stack.enter_context(bars(console))
        bar = progress.add_task("problems", total=len(mine), completed=len(mine) - len(todo))
        events: Iterable[tuple[str, Any, Any]] = ()
        if todo:
            machine = stack.enter_context(
                executors.Cluster(ray_address) if executor == "ray" else executors.Processes()
            )
            usage, ask = stack.enter_context(executors.completions(model, progress)) if model else (Usage(), None)
            workers = workers or machine.places
            job = executors.Job(settings, problem_s, max(1, machine.places // workers) if executor == "local" else 1)
            events = stack.enter_context(contextlib.closing(executors.run(todo, job, machine, workers, ask)))
        for what, id, value in events:
            if what == "ready" and not told:
                told = True
                console.print(value, highlight=False, markup=False)
            elif what == "done":
                write(files[id], json.dumps({"key": keys[id], **value}))
                kept += "reason" not in value
                progress.update(bar, advance=1, description=f"problems ({kept} kept)")
                if value.get("reason", "").startswith("bug"):
                    console.print(f"{id}: {value['reason']}", highlight=False, markup=False)
    results = {id: result for id in usable if (result := stored(files[id], keys[id], 0)) is not None}
    line = summary(len(usable) + len(unread), len(usable), unread, results)
    if len(results) == len(usable):
        made, cards = assemble(out, results)
        examples = {card["environment"]: results[card["problem"]]["example"] for card in cards}
        write(out / "report.html", report.render(str(out), line, cards, made, examples))
    else:
        missing = len(usable) - len(results)
        console.print(f"{missing} problems of other shards are not done; the last shard assembles {out}", markup=False)
    print(json.dumps(line | ({"llm": dataclasses.asdict(usage)} if model else {})))


def main() -> None:
    with clear_errors("synthesize.py"):
        try:
            tyro.cli(synthesize, args=sys.argv[1:])
        except (ProblemFormatError, EnvironmentFormatError, LLMError) as error:
            print(f"synthesize.py: error: {error}", file=sys.stderr)
            raise SystemExit(2) from None
        except KeyboardInterrupt:
            print("synthesize.py: interrupted; what is finished is kept, the same command goes on", file=sys.stderr)
            raise SystemExit(130) from None


if __name__ == "__main__":
    main()
