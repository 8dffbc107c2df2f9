"""Turn coding problems into verified, audited environments: sources, tasks, report cards, one report.

    python launch/synthesize.py envs/problems --out envs/compiled
    python launch/synthesize.py humaneval.jsonl.gz mbpp.jsonl --out OUT --shard 0/4

Every problem ends in one file, OUT/progress/<problem id>.json, which is whole or not there, and carries a hash of the
problem, the settings and the code that made it. What agrees with its hash is not done again: after kill -9, Ctrl-C or
a change of some problems, the same command does only what is missing. Shards share OUT; the one that finishes last
assembles the set (all may, it gives the same), and so does any later run. Compiling is Python in one process, so there
is one process a core, each with a sandbox of its own. The last line is JSON.
"""

import ast
import asyncio
import collections
import dataclasses
import functools
import hashlib
import json
import math
import multiprocessing
import os
import shutil
import signal
import sys
import traceback
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

import tyro
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from codegym_jax import problems, synthesis
from codegym_jax.cli import clear_errors
from codegym_jax.environments import EnvironmentFormatError, EnvironmentSet, parse_environment, save
from codegym_jax.problems import Problem, ProblemFormatError
from codegym_jax.sandbox import SandboxError, SandboxPool, describe
from codegym_jax.synthesis import filters, original, report, static
from codegym_jax.synthesis.audit import audit
from codegym_jax.synthesis.verify import verify
from codegym_jax.types import Task

FEWEST, MOST = 10, 256  # oracle calls of a task (arXiv:2509.17325)
IN_FLIGHT = 2  # problems a process: one waits for the sandbox while the other compiles
PROBLEM_S = 300.0  # the slowest of HumanEval, MBPP and LeetCodeDataset take a tenth of it
FUZZ_SIZES = (1, 2, 3, 4)
SHOWN_STEPS = 40  # of an example transcript
APART = {"filters.py", "report.py", "llm.py", "harden.py"}  # code of synthesis/ that results do not depend on


@dataclasses.dataclass(frozen=True)
class Settings:
    """What results depend on, besides the problem and the code."""

    each: int
    fuzz: int


@functools.cache
def code() -> str:
    """A hash of the synthesizer, verifier and audit: a constant would have to be remembered at every change."""
    folder = Path(synthesis.__path__[0])
    makers = [file for file in sorted(folder.glob("*.py")) if file.name not in APART]
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in makers)).hexdigest()[:16]


def key(problem: Problem, settings: Settings) -> str:
    said = [code(), dataclasses.asdict(settings), dataclasses.asdict(problem)]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode(errors="surrogateescape")).hexdigest()[:32]


def write(path: Path, text: str) -> None:
    """All of it or nothing, whatever happens meanwhile."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(text, encoding="utf-8", errors="surrogateescape")
    temporary.replace(path)


# ---- one problem -----------------------------------------------------------------------------------------------------


async def fuzzed(pool: SandboxPool, problem: Problem, configs: Sequence[str], count: int) -> list[str]:
    """Up to `count` further inputs, of the parameters and shapes that the environment was compiled for."""
    given = [ast.literal_eval(text) for text in configs]
    shapes = {name: static.shape([each[name] for each in given]) for name in given[0]}
    drawn: list[str] = []
    for size in FUZZ_SIZES if count else ():
        seeds = range(size * 10**6, size * 10**6 + -(-count // len(FUZZ_SIZES)))  # not those of the tasks
        drawn += await original.generate(pool, problem, size, seeds)
    return [text for text in dict.fromkeys(drawn) if text not in configs and static.fits(text, shapes)]


async def make(pool: SandboxPool, other: SandboxPool, problem: Problem, settings: Settings) -> dict[str, Any]:
    """The result of one problem: {"reason"} of a problem rejected, and how far it came in {"stages"}."""
    result: dict[str, Any] = {"stages": []}
    compiled = await static.synthesize(pool, problem, settings.each)
    if isinstance(compiled, static.Refused):
        return result | {"reason": f"compile/{compiled.reason}"}
    result["stages"].append("synthesized")
    environment, configs = compiled.environment, [text for text, _ in compiled.configs]
    fuzz = await fuzzed(pool, problem, configs, settings.fuzz)
    verification = await verify(pool, environment, configs, problem, fuzz, other)
    findings = [dataclasses.asdict(finding) for finding in verification.findings]
    result |= {"environment": environment.name, "source": environment.source, "findings": findings}
    if not verification.ok:
        return result | {"reason": f"verify/{findings[0]['check']}: {findings[0]['detail']}"}
    result["stages"].append("verified")
    tasks = [(text, level, verification.calls[text]) for text, level in compiled.configs if text in verification.calls]
    kept = [task for task in tasks if FEWEST <= task[2] <= MOST]
    card = {
        "environment": environment.name,
        "problem": problem.id,
        "origin": problem.origin,
        "licence": problem.licence,
        "tools": [tool.name for tool in environment.tools],
        "oracle_calls": sorted(calls for _, _, calls in tasks),
        "configurations": len(tasks),
        "kept": len(kept),
        "verification": {
            "checked": verification.checked,
            "fuzzed": len(fuzz),
            "notes": [dataclasses.asdict(note) for note in verification.notes],
            "mutants": verification.mutants,
            "mutation_score": verification.mutation_score,
        },
    }
    result |= {"tasks": kept, "verified_tasks": len(tasks), "card": card}
    if not kept:
        return result | {"reason": f"tasks/oracle_calls: none within {FEWEST}-{MOST}"}
    found = await audit(pool, environment, [text for text, _, _ in kept], problem)
    twins = next(({config: pairs} for config, pairs in found.twins.items() if pairs), {})
    card["audit"] = dataclasses.asdict(found) | {"twins": twins}  # the evidence of one: the others come out again
    middle = sorted(kept, key=lambda task: task[2])[len(kept) // 4]
    oracle = await pool.solve(environment.source, environment.class_name, middle[0])
    steps = [*oracle.steps[: SHOWN_STEPS - 1], *oracle.steps[max(SHOWN_STEPS - 1, len(oracle.steps) - 1) :]]
    return result | {"example": {"config": middle[0], "calls": middle[2], "steps": steps}}


# ---- processes -------------------------------------------------------------------------------------------------------


def work(connection: Connection, folder: Path, settings: Settings, zygotes: int) -> None:
    """A process of its own: takes problems from the connection until that is closed, which also the parent's end by
    kill -9 does, and writes their files."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the whole group; the parent closes the connection
    asyncio.run(_work(connection, folder, settings, zygotes))


def _receive(connection: Connection) -> Problem | None:
    try:
        return connection.recv()
    except (EOFError, OSError):
        return None


async def _work(connection: Connection, folder: Path, settings: Settings, zygotes: int) -> None:
    async def one(problem: Problem) -> None:
        try:
            result = await asyncio.wait_for(make(pool, other, problem, settings), PROBLEM_S)
        except TimeoutError:
            result = {"stages": [], "reason": f"timeout: more than {PROBLEM_S:.0f} s"}
        except (SandboxError, OSError) as error:  # of this machine: no result of the problem's
            return connection.send(("failed", f"{problem.id}: {error}"))
        except Exception as error:  # a bug of ours costs one problem, is counted as such, and is told with its place
            place = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{Path(place.filename).name}:{place.lineno}"
            result = {"stages": [], "reason": f"bug: {type(error).__name__}: {error} ({where})"}
        try:
            write(folder / f"{problem.id}.json", json.dumps({"key": key(problem, settings), **result}))
        except OSError as error:
            return connection.send(("failed", f"{folder}: {error}"))
        connection.send(("done", result.get("reason", "")))

    try:
        async with SandboxPool(original.LIMITS, zygotes) as pool, SandboxPool(original.LIMITS, 1, hash_seed=1) as other:
            connection.send(("ready", describe(pool.isolation)))
            running: set[asyncio.Task[None]] = set()
            while (problem := await asyncio.to_thread(_receive, connection)) is not None:
                running.add(task := asyncio.create_task(one(problem)))
                task.add_done_callback(running.discard)
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
    except SandboxError as error:
        connection.send(("failed", str(error)))


def dispatch(todo: Sequence[Problem], folder: Path, settings: Settings, workers: int) -> Iterator[tuple[str, str]]:
    """Run the problems on `workers` processes; yields ("ready", isolation) and ("done", reason) of each.

    Raises SandboxError for whatever is this machine's fault: the files that are there stay good.
    """
    context, queue = multiprocessing.get_context("spawn"), iter(todo)
    processes = {}
    zygotes = max(1, (os.cpu_count() or 1) // workers)
    try:
        for _ in range(min(workers, len(todo))):
            ours, theirs = context.Pipe()
            process = context.Process(target=work, args=(theirs, folder, settings, zygotes), daemon=True)
            process.start()
            theirs.close()
            processes[ours] = process
        left = len(todo)
        while left:
            wait(list(processes))
            for connection in list(processes):
                if not connection.poll():
                    continue
                try:
                    what, text = connection.recv()
                except EOFError:
                    raise SandboxError("a worker process died (out of memory?); use fewer --workers") from None
                if what == "failed":
                    raise SandboxError(text)
                left -= what == "done"
                for _ in range(IN_FLIGHT if what == "ready" else 1):
                    if (problem := next(queue, None)) is not None:
                        connection.send(problem)
                yield what, text
    finally:
        for connection in processes:
            connection.close()
        for process in processes.values():
            process.join(10)
            process.kill()


# ---- the set ---------------------------------------------------------------------------------------------------------


def stored(path: Path, wanted: str) -> dict[str, Any] | None:
    """The result of a file if it is of this key."""
    try:
        result = json.loads(path.read_bytes())
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    return result if isinstance(result, dict) and result.get("key") == wanted else None


def turns(calls: int) -> int:
    """Turns that tasks of one environment and difficulty allow, whose longest oracle takes so many calls: twice that,
    as a power of two, which says next to nothing about any one of them."""
    return min(MOST, max(32, 2 ** math.ceil(math.log2(2 * calls))))


def assemble(out: Path, results: dict[str, dict[str, Any]]) -> tuple[list[Task], list[dict[str, Any]]]:
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
    for old in (out / "cards").glob("*.json"):
        if old.stem not in environments:
            (out / f"{old.stem}.py").unlink(missing_ok=True)
            old.unlink(missing_ok=True)
    building = out / f".assembling-{os.getpid()}"
    save(EnvironmentSet(environments, tuple(tasks)), building)
    for file in building.iterdir():
        file.replace(out / file.name)
    shutil.rmtree(building)
    for card in cards:
        write(out / "cards" / f"{card['environment']}.json", json.dumps(card, indent=1) + "\n")
    return tasks, cards


def summary(rows: int, usable: int, unread: Sequence[str], results: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The JSON line. `tasks` are verified configurations, `kept` those within the bounds of oracle calls."""
    good = [result for result in results.values() if "reason" not in result]
    calls = [task[2] for result in good for task in result["tasks"]]
    tools = [len(result["card"]["tools"]) for result in good]
    reasons = [f"read/{slug}" for slug in unread]
    reasons += [result["reason"].partition(":")[0] for result in results.values() if "reason" in result]
    return {
        "problems": rows,
        "usable": usable,
        "synthesized": sum("synthesized" in result["stages"] for result in results.values()),
        "verified": sum("verified" in result["stages"] for result in results.values()),
        "tasks": sum(result.get("verified_tasks", 0) for result in results.values()),
        "kept": len(calls),
        "environments": len(good),
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
) -> None:
    """Compile, verify and audit the problems of PATHS (files of the public formats, folders of problem files) into OUT.

    Args:
        paths: Problems: HumanEval, MBPP, LeetCodeDataset, KodCode, APPS, TACO or CodeGym files, or folders.
        out: Folder of the set: <stem>.py, tasks.jsonl, cards/, report.html, and progress/, which makes a rerun cheap.
        each: Configurations to draw of every difficulty, 1 to 5, besides the problem's own examples.
        shard: i/n: only every n-th problem, from the i-th (0 is the first).
        workers: Processes; 0 is one a core.
        fuzz: Further inputs that an environment is verified on.
    """
    (index, count), settings = part(shard), Settings(each, fuzz)
    if not paths:
        raise ProblemFormatError("no problems given; name at least one file or folder of them")
    if min(each, workers, fuzz) < 0:
        raise ProblemFormatError("--each, --workers, --fuzz: expected numbers >= 0")
    usable: dict[str, Problem] = {}
    unread: list[str] = []
    for path in paths:
        found, rejected = problems.read(path)
        unread += [row.slug for row in rejected] + ["duplicate_id" for problem in found if problem.id in usable]
        usable |= {problem.id: problem for problem in found if problem.id not in usable}
    keys = {id: key(problem, settings) for id, problem in usable.items()}
    files = {id: out / "progress" / f"{id}.json" for id in usable}
    mine = list(usable.values())[index::count]
    todo = [problem for problem in mine if stored(files[problem.id], keys[problem.id]) is None]
    (out / "progress").mkdir(parents=True, exist_ok=True)
    console, kept = Console(stderr=True), 0
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task("problems", total=len(mine), completed=len(mine) - len(todo))
        told = False
        for what, text in dispatch(todo, out / "progress", settings, workers or os.cpu_count() or 1) if todo else ():
            if what == "ready" and not told:
                told = True
                console.print(text, highlight=False, markup=False)
            elif what == "done":
                kept += not text
                progress.update(bar, advance=1, description=f"problems ({kept} kept)")
                if text.startswith("bug"):
                    console.print(text, highlight=False, markup=False)
    results = {id: result for id in usable if (result := stored(files[id], keys[id])) is not None}
    line = summary(len(usable) + len(unread), len(usable), unread, results)
    if len(results) == len(usable):
        tasks, cards = assemble(out, results)
        examples = [(card["environment"], results[card["problem"]]["example"]) for card in cards]
        write(out / "report.html", report.render(str(out), line, cards, tasks, examples[:: max(1, len(examples) // 3)]))
    else:
        missing = len(usable) - len(results)
        console.print(f"{missing} problems of other shards are not done; the last shard assembles {out}", markup=False)
    print(json.dumps(line))


def main() -> None:
    with clear_errors("synthesize.py"):
        try:
            tyro.cli(synthesize, args=sys.argv[1:])
        except (ProblemFormatError, EnvironmentFormatError) as error:
            print(f"synthesize.py: error: {error}", file=sys.stderr)
            raise SystemExit(2) from None
        except KeyboardInterrupt:
            print("synthesize.py: interrupted; what is finished is kept, the same command goes on", file=sys.stderr)
            raise SystemExit(130) from None


if __name__ == "__main__":
    main()
