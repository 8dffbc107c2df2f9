"""Which tasks of a set are worth training on: measures what is missing, drops the rest with the reason, writes the set.

    python launch/filter.py envs/compiled --out OUT --problems envs/problems --against humaneval.jsonl.gz mbpp.jsonl
    python launch/filter.py PUBLISHED --out OUT --harden --export OUT-for-others
    python launch/filter.py envs/compiled --out OUT --tries 8 --config qwen2.5-7b --hard

SET is a folder of launch/synthesize.py, whose report cards have what verification and audit found, or any set in the
published format, whose oracles are then run and whose environments are audited here. The cheap filters come first:
contamination, oracle calls, tools, leak fraction, twin bound, near-duplicates, the cap. What they leave is rolled out
`--tries` times by the policy of `--config` ([model], [chat], [rollout] and [perturb] as in launch/train.py; without one
the small policy of the quickstart), and a task's tries stop once it is clear on which side of the pass rate it falls.

OUT is a set like any other, with dropped.ndjson, a line a task dropped, and progress/, which makes a rerun cheap: a
file an environment measured, and a line an episode in passes.ndjson. What agrees with its hash is not done again, so
after kill -9 or Ctrl-C the same command goes on. (Not .jsonl: of a set's folder, every such file is read as tasks.)
The last line is JSON; `rejected` there counts tasks by filter, and with `kept` they add up to `tasks`.
"""

import asyncio
import collections
import dataclasses
import itertools
import json
import math
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import tyro
from rich.console import Console
from rich.table import Table

from codegym_jax import environments, problems
from codegym_jax.cli import clear_errors
from codegym_jax.config import Config, ConfigError, ModelSection, RolloutSection, flat, parse
from codegym_jax.environments import EnvironmentFormatError, EnvironmentSet, parse_environment
from codegym_jax.export import export
from codegym_jax.problems import Problem, ProblemFormatError
from codegym_jax.sandbox import SandboxPool, describe
from codegym_jax.synthesis import filters, original, report
from codegym_jax.synthesis.filters import HARD, Dropped, Record, Thresholds
from codegym_jax.synthesis.folder import store, sweep, write
from codegym_jax.synthesis.measure import Measured, bound, measured, problem_id, read_cards
from codegym_jax.synthesis.passes import Key, Passes, pass_keys, roll_out
from codegym_jax.types import Environment, Task

EXAMPLES = 3  # transcripts of the report
SHOWN_STEPS = 40  # of each
SECTIONS = ("model.", "chat.", "sandbox.", "rollout.", "perturb.")  # of a config, that rollouts depend on
PAPER = Thresholds()
SMALL = ModelSection(path="envs/starter/warm_start", dtype="float32")
ROOM = RolloutSection(max_tokens=4096, turn_tokens=64, max_malformed=1, live=64, lockstep=True, decode_chunk=8)


@dataclasses.dataclass(frozen=True)
class Options:
    """Keep the tasks of SET that are worth training on.

    What rolls them out is set as in launch/train.py: --config NAME|file.toml, --seed, and the flags of [model], [chat],
    [sandbox], [rollout] and [perturb], like --model.path MODEL --rollout.temperature 0.7.
    """

    set: tyro.conf.Positional[Path]  # A folder of sources and tasks, with report cards or without; or Parquet.
    out: Path  # Folder of the filtered set: sources, tasks.jsonl, cards/, report.html, dropped.ndjson, progress/.
    thresholds: Annotated[Thresholds, tyro.conf.arg(name="")] = PAPER
    hard: bool = False  # Other defaults: up to 512 oracle calls, a pass rate of at most 1/8.
    tries: int = 0  # Rollouts of each task to measure its pass rate; 0 does not measure it.
    all_tries: bool = False  # Make every try, for pass rates to compare; else only until a task's verdict is clear.
    problems: tuple[Path, ...] = ()  # What the environments were made of: original solutions and statements.
    against: tuple[Path, ...] = ()  # Evaluation sets; tasks of problems that are in one are dropped.
    held_out: float | None = 0.1  # Share of the problems in the split unseen_env; None keeps the set's own splits.
    tasks_per_environment: int = 0  # At most so many, evenly over difficulties and calls; 0 is no limit.
    harden: bool = False  # Repair environments that leak or give away the answer; drop what cannot be repaired.
    export: Path | None = None  # Also write the set and its oracles' trajectories for other trainers to this folder.

    def validate(self) -> None:
        t = self.thresholds
        ordered = f"must be from fewest_calls = {t.fewest_calls} up"
        folders = [("SET", self.set), ("--out", self.out), *([("--export", self.export)] if self.export else [])]
        for (near, other), (name, path) in itertools.combinations(folders, 2):
            a, b = other.resolve(), path.resolve()
            if a.is_relative_to(b) or b.is_relative_to(a):
                raise ConfigError(name, str(path), f"must be neither in {near} nor around it: all below is one set")
        for key, value, ok, allowed in (
            ("SET", str(self.set), self.set.exists(), "no such file or folder"),
            ("--out", self.out, self.out.is_dir() or not self.out.exists(), "must be a folder"),
            ("--fewest-calls", t.fewest_calls, t.fewest_calls >= 0, "must be at least 0"),
            ("--most-calls", t.most_calls, t.most_calls >= t.fewest_calls, ordered),
            ("--fewest-tools", t.fewest_tools, t.fewest_tools >= 0, "must be at least 0"),
            ("--highest-pass-rate", t.highest_pass_rate, 0 <= t.highest_pass_rate <= 1, "must be a share, 0 to 1"),
            ("--highest-leak", t.highest_leak, 0 <= t.highest_leak <= 1, "must be a share, 0 to 1"),
            ("--lowest-bound", t.lowest_bound, t.lowest_bound >= 0, "must be at least 0"),
            ("--tries", self.tries, self.tries >= 0, "must be at least 0"),
            ("--held-out", self.held_out, self.held_out is None or 0 <= self.held_out <= 1, "must be a share, or None"),
            ("--tasks-per-environment", self.tasks_per_environment, self.tasks_per_environment >= 0, "must be >= 0"),
            *(("--problems", path, path.exists(), "no such file or folder") for path in self.problems),
            *(("--against", path, path.exists(), "no such file or folder") for path in self.against),
        ):
            if not ok:
                raise ConfigError(key, value if isinstance(value, (int, float)) else str(value), allowed)


@dataclasses.dataclass(frozen=True)
class Policy(Config):
    """What rolls out without --config: the quickstart's small policy, with room for the prompts of any set."""

    model: ModelSection = SMALL
    rollout: RolloutSection = ROOM


def capped(records: Sequence[Record], most: int) -> filters.Filtered:
    """At most so many tasks of an environment, evenly over those in the order of difficulty and calls."""
    groups: dict[str, list[Record]] = collections.defaultdict(list)
    for record in records:
        groups[record.environment].append(record)
    chosen: set[Key] = set()
    for group in groups.values():
        group.sort(key=lambda record: (record.difficulty, record.oracle_calls))
        count = min(most or len(group), len(group))
        chosen |= {(r.environment, r.config) for r in (group[i * len(group) // count] for i in range(count))}
    kept = [record for record in records if (record.environment, record.config) in chosen]
    dropped = [record for record in records if (record.environment, record.config) not in chosen]
    return kept, [Dropped(r, "tasks_per_environment", f"{most} others were taken") for r in dropped]


def turns(tasks: Sequence[Task], most: int) -> list[Task]:
    """Tasks of a hardened environment, whose oracle takes more calls than before: at least twice the calls of the
    longest of a difficulty, as a power of two, so that it says next to nothing about any one of them."""
    longest: dict[int, int] = collections.defaultdict(int)
    for task in tasks:
        longest[task.difficulty] = max(longest[task.difficulty], task.oracle_calls)
    allowed = {n: min(max(256, most), 2 ** math.ceil(math.log2(2 * max(1, calls)))) for n, calls in longest.items()}
    return [task._replace(max_turns=max(task.max_turns, allowed[task.difficulty])) for task in tasks]


def read_problems(paths: Sequence[Path]) -> list[Problem]:
    return [problem for path in paths for problem in problems.read(path)[0]]


def card(
    old: dict[str, Any], measured_: Measured, environment: Environment, problem: str, said: dict[str, Any]
) -> dict[str, Any]:
    """The card carried over, or made of what was measured here, with what the filters did as its `filter`."""
    found = measured_.audit and {"audit": measured_.audit}
    plain = {"environment": environment.name, "problem": problem, "origin": "", "licence": ""} | old
    plain |= {"tools": [tool.name for tool in environment.tools], "kept": said["kept"]} | (found or {})
    if not old or measured_.source:
        plain |= {"oracle_calls": sorted(measured_.calls.values()), "configurations": len(measured_.calls)}
    if measured_.verification:
        plain["verification"] = measured_.verification
    return plain | {"filter": said}


async def filtered(options: Options, config: Config, console: Console) -> dict[str, Any]:
    """The whole of it, from SET to OUT; returns the JSON line."""
    t, out = options.thresholds, options.out
    sweep(out)
    given = environments.load(options.set)
    if not given.tasks:
        raise EnvironmentFormatError(
            f"{options.set}: no tasks; expected rows with `ability` in a .jsonl or Parquet file"
        )
    cards = read_cards(options.set if options.set.is_dir() else options.set.parent, given.environments)
    made_of = {name: problem_id(name, cards) for name in dict.fromkeys(task.environment for task in given.tasks)}
    own = {problem.id: problem for problem in read_problems(options.problems)}
    if own and not own.keys() & set(made_of.values()):
        fix = f"none of these is what the set was made of: it has problems like {next(iter(made_of.values()))!r}"
        raise ConfigError("--problems", " ".join(map(str, options.problems)), fix)
    ours = [own.get(id) or Problem(id, given.environments[n].statement, "", "", ()) for n, id in made_of.items()]
    contaminated = filters.contamination(ours, read_problems(options.against)) if options.against else {}
    clean = tuple(task for task in given.tasks if made_of[task.environment] not in contaminated)
    async with SandboxPool(original.LIMITS) as pool:
        if not options.tries:  # else the rollouts say it
            console.print(describe(pool.isolation), highlight=False, markup=False, soft_wrap=True)
        found = await measured(
            pool, out, t, options.harden, EnvironmentSet(given.environments, clean), cards, own, console
        )
        hardened = {n: parse_environment(m.source, n, f"{out}/progress/{n}.json") for n, m in found.items() if m.source}
        whole = EnvironmentSet(given.environments | hardened, given.tasks)
        tasks: dict[Key, Task] = {}
        records, dropped = list[Record](), list[Dropped]()
        for task in given.tasks:
            name, m = task.environment, found.get(task.environment, Measured({}, {}, None))
            record = Record(name, made_of[name], task.config, 0, len(whole.environments[name].tools))
            if record.problem in contaminated:
                dropped.append(Dropped(record, "contaminated", contaminated[record.problem]))
            elif m.refused:
                dropped.append(Dropped(record, *m.refused))
            elif task.config not in m.calls:
                dropped.append(Dropped(record, "oracle_fails", m.failed.get(task.config, "not solved")))
            else:
                calls = m.calls[task.config]
                leak = m.audit["leak_fraction"] if m.audit else 0.0
                record = record._replace(oracle_calls=calls, leak_fraction=leak, bound=bound(m, task.config))
                records.append(record._replace(difficulty=task.difficulty))
                tasks.setdefault((name, task.config), task._replace(oracle_calls=calls))
        for name in hardened:
            mine = [task for task in tasks.values() if task.environment == name]
            tasks |= {(name, task.config): task for task in turns(mine, t.most_calls)}

        kept, more = filters.measured(records, t)
        # As they were before hardening, which gives all of them the same tools.
        kept, repeated = filters.distinct(kept, {name: e.source for name, e in given.environments.items()})
        kept, others = capped(kept, options.tasks_per_environment)
        dropped += more + repeated + others
        stops: dict[str, int] = {}
        passes = None
        if options.tries and kept:
            chosen = {key: tasks[key] for key in ((record.environment, record.config) for record in kept)}
            (out / "progress").mkdir(parents=True, exist_ok=True)
            keys = pass_keys(config, chosen, whole)
            passes = Passes(
                out / "progress" / "passes.ndjson", keys, options.tries, t.highest_pass_rate, options.all_tries
            )
            if not all(map(passes.decided, chosen)):
                stops = await roll_out(config, chosen, whole, passes, console)
            rated = [record._replace(pass_rate=passes.rate((record.environment, record.config))) for record in kept]
            broken = [record for record in rated if not passes.decided((record.environment, record.config))]
            dropped += [Dropped(r, "no_verdict", "its episodes break the protocol or are not replayed") for r in broken]
            kept, easy = filters.measured([record for record in rated if record not in broken], t)
            for drop in easy:
                made = passes.made[drop.record.environment, drop.record.config].values()
                most = int(t.highest_pass_rate * options.tries + 1e-9)
                reason = f"passed {sum(made)} of {len(made)} tries; at most {most} of {options.tries} may"
                dropped.append(drop._replace(reason=reason))
        if options.held_out is not None:
            kept = [record._replace(split=filters.split(record.problem, options.held_out)) for record in kept]
        final = [(record, tasks[record.environment, record.config]) for record in kept]
        final = [(r, task._replace(split=r.split or task.split)) for r, task in final]
        names = dict.fromkeys(record.environment for record in kept)
        result = EnvironmentSet({name: whole.environments[name] for name in names}, tuple(task for _, task in final))

        reasons = collections.Counter(name for _, name, _ in dropped)
        by_environment: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
        for record, name, _ in dropped:
            by_environment[record.environment][name] += 1
        written = {}
        for name in names:
            mine = [record for record in kept if record.environment == name]
            said = {"thresholds": dataclasses.asdict(t), "kept": len(mine), "dropped": by_environment[name]}
            said |= {"hardened": name in hardened, "bound": {r.config: r.bound for r in mine if r.bound < math.inf}}
            if passes:
                made = {r.config: passes.made[name, r.config] for r in mine}
                said["passes"] = {text: [sum(tries.values()), len(tries)] for text, tries in made.items()}
            written[name] = card(cards.get(name, {}), found[name], whole.environments[name], made_of[name], said)
        tries = [made for made in passes.made.values() if made] if passes else []
        line = {
            "problems": len(set(made_of.values())),
            "usable": len(set(made_of.values()) - contaminated.keys()),
            "synthesized": len(made_of),
            "verified": sum(bool(m.calls) and not m.refused for m in found.values()),
            "tasks": len(given.tasks),
            "kept": len(kept),
            "environments": len(names),
            "hardened": sum(name in hardened for name in names),
            "mean_tools": round(statistics.fmean([len(e.tools) for e in result.environments.values()] or [0]), 2),
            "mean_oracle_calls": round(statistics.fmean([record.oracle_calls for record in kept] or [0]), 2),
            "pass_rate": round(statistics.fmean(sum(m.values()) / len(m) for m in tries), 4) if tries else None,
            "episodes": sum(stops.values()),
            "splits": collections.Counter(task.split for task in result.tasks),
            "rejected": dict(reasons.most_common()),
        }
        store(out, result, written.values())
        lines = (
            {"task": f"codegym_v1@{record.environment}@{record.config}", "filter": name, "reason": reason}
            for record, name, reason in dropped
        )
        write(out / "dropped.ndjson", "".join(json.dumps(line) + "\n" for line in lines))
        await tell(pool, options, result, written, line)
        if options.export:
            line["export"] = await export(result, options.export, pool)
    table(console, options, dropped, line)
    return line


async def tell(
    pool: SandboxPool, options: Options, result: EnvironmentSet, cards: dict[str, dict[str, Any]], line: dict[str, Any]
) -> None:
    """report.html, with what the oracles of a few environments do."""
    examples = {}
    for name in list(cards)[:: max(1, len(cards) // EXAMPLES)][:EXAMPLES]:
        mine = sorted((task for task in result.tasks if task.environment == name), key=lambda task: task.oracle_calls)
        task, environment = mine[len(mine) // 4], result.environments[name]
        oracle = await pool.solve(environment.source, environment.class_name, task.config)
        steps = [*oracle.steps[: SHOWN_STEPS - 1], *oracle.steps[max(SHOWN_STEPS - 1, len(oracle.steps) - 1) :]]
        examples[name] = {"config": task.config, "calls": len(oracle.steps), "steps": steps}
    page = report.render(str(options.out), line, list(cards.values()), result, examples)
    write(options.out / "report.html", page)


def table(console: Console, options: Options, dropped: Sequence[Dropped], line: dict[str, Any]) -> None:
    """What each filter dropped, those that had nothing to drop too, with an example of why."""
    ran = ["oracle_calls", "tools", "leak_fraction", "bound", "near_duplicate"]
    ran += [name for name, on in (("contaminated", options.against), ("pass_rate", options.tries)) if on]
    rows = Table("filter", "tasks dropped", "environments", "for example")
    for name in [*line["rejected"], *(name for name in ran if name not in line["rejected"])]:
        mine = [drop for drop in dropped if drop.filter == name]
        examples = [f"{record.environment.rsplit('__', 1)[0]}: {reason}"[:80] for record, _, reason in mine[:1]]
        rows.add_row(name, f"{len(mine):,}", f"{len({drop.record.environment for drop in mine}):,}", *examples)
    rows.add_row("kept", f"{line['kept']:,}", f"{line['environments']:,}", "", style="bold")
    console.print(rows, markup=False)


def policy_flags(argv: Sequence[str]) -> tuple[list[str], list[str]]:
    """The flags of the config's sections with their values, and the rest."""
    kinds, mine, rest = flat(Config), list[str](), list(argv)
    i = 0
    while i < len(rest):
        name = rest[i].removeprefix("--").partition("=")[0]
        if not (rest[i].startswith("--") and (name in ("config", "seed") or name.startswith(SECTIONS))):
            i += 1
            continue
        key = name.replace("-", "_").replace("no_", "", 1) if ".no-" in name else name.replace("-", "_")
        alone = "=" in rest[i] or kinds.get(key) is bool
        mine += rest[i : i + 2 - alone]
        del rest[i : i + 2 - alone]
    return mine, rest


def main() -> None:
    given, argv = policy_flags(sys.argv[1:])
    start = Options(tyro.MISSING, tyro.MISSING, HARD if "--hard" in argv else PAPER)
    options = tyro.cli(Options, args=argv, prog="filter.py", description=Options.__doc__, default=start)
    # A config that is named has its own values for all that the small policy needs otherwise.
    config = parse(given, Config if any(flag.startswith("--config") for flag in given) else Policy, "filter.py")
    console = Console(stderr=True)
    with clear_errors("filter.py"):
        try:
            options.validate()
            print(json.dumps(asyncio.run(filtered(options, config, console))))
        except ProblemFormatError as error:
            print(f"filter.py: error: {error}", file=sys.stderr)
            raise SystemExit(2) from None
        except KeyboardInterrupt:
            print("filter.py: interrupted; what is finished is kept, the same command goes on", file=sys.stderr)
            raise SystemExit(130) from None


if __name__ == "__main__":
    main()
