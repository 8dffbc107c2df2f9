"""What filters ask about the environments of a set: oracle calls, audit, twin bounds, and repair where it is wanted.

Report cards say it already for what launch/synthesize.py made; the rest is run here, and kept in OUT/progress.
"""

from __future__ import annotations

import asyncio
import collections
import contextlib
import dataclasses
import functools
import hashlib
import json
import math
import os
import traceback
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from rich.console import Console

from codegym_jax.cli import together
from codegym_jax.environments import EnvironmentFormatError, EnvironmentSet
from codegym_jax.problems import Problem
from codegym_jax.sandbox import SandboxError, SandboxPool
from codegym_jax.synthesis.audit import CONFIGS, audit
from codegym_jax.synthesis.filters import Thresholds
from codegym_jax.synthesis.folder import bars, digest, write
from codegym_jax.synthesis.harden import harden
from codegym_jax.synthesis.verify import verify
from codegym_jax.types import Environment, StopReason

MEASURE_S = 300.0  # of an environment: audits take 1 to 5 s, hardening some of them
APART = {  # code here that does not measure
    "executors.py", "filters.py", "folder.py", "passes.py", "report.py", "stages.py",
    "llm.py", "static.py", "pieces.py", "accessors.py", "wording.py",
}  # fmt: skip


class Measured(NamedTuple):
    """An environment, with what its card says or was found here. `refused`: (filter, reason) against all its tasks."""

    calls: dict[str, int]  # by configuration, those that the oracle solves
    failed: dict[str, str]  # by configuration: why it does not
    audit: dict[str, Any] | None
    source: str = ""  # of the hardened environment that takes its place
    verification: dict[str, Any] | None = None  # of that
    refused: tuple[str, str] | None = None


@functools.cache
def code() -> str:
    """A hash of what measures."""
    files = [file for file in sorted(Path(__file__).parent.glob("*.py")) if file.name not in APART]
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()[:16]


def read_cards(folder: Path, names: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The report cards beside a set, of the environments that have one."""
    cards = {}
    for name in names:
        path = folder / "cards" / f"{name}.json"
        try:
            cards[name] = json.loads(path.read_bytes())
            found = cards[name]["audit"]
            if not (isinstance(found["leak_fraction"], (int, float)) and isinstance(found["bound"], dict)):
                raise TypeError("audit.leak_fraction is no number or audit.bound no object")
        except (FileNotFoundError, NotADirectoryError):
            continue
        except (ValueError, KeyError, TypeError) as error:
            fix = "expected what launch/synthesize.py writes; without this file the environment is measured anew"
            raise EnvironmentFormatError(f"{path}: no report card: {type(error).__name__}: {error}; {fix}") from None
    return cards


def bound(measured: Measured, config: str) -> float:
    """Calls that any correct policy needs. An audit looks at a few configurations: another one takes the bound of that
    with the next fewer oracle calls, or the fewest, since bounds grow with size. No audit is no bound."""
    if measured.audit is None:
        return math.inf
    own = measured.audit["bound"]
    known = sorted((measured.calls[text], value) for text, value in own.items() if text in measured.calls)
    if config in own or not known:
        return own.get(config, 0.0)
    return next((value for calls, value in reversed(known) if calls <= measured.calls[config]), known[0][1])


def defects(found: dict[str, Any], highest_leak: float) -> list[str]:
    """What hardening is for."""
    leaks = ["leak"] if found["leak_fraction"] > highest_leak else []
    return leaks + [name for name in ("double_done", "answer_in_errors", "hidden_access") if found.get(name)]


async def measure(
    pool: SandboxPool, environment: Environment, configs: Sequence[str], known: Measured | None,
    problem: Problem | None, thresholds: Thresholds, repair: bool,
) -> Measured:  # fmt: skip
    """Run the oracle, audit, harden: whatever is asked for and not known yet."""
    t, wanted = thresholds, repair or thresholds.highest_leak < 1 or thresholds.lowest_bound > 0
    if known is None:
        verdicts = await pool.verify(environment.source, environment.class_name, configs)
        if ours := next((v for v in verdicts if v.stop is StopReason.INFRASTRUCTURE), None):
            raise SandboxError(f"{environment.name}: {ours.detail}")
        solved = {config: v for config, v in zip(configs, verdicts) if v.stop is StopReason.ANSWERED}
        failed = {c: f"{v.stop}: {v.detail}"[:300] for c, v in zip(configs, verdicts) if c not in solved}
        known = Measured({config: verdict.calls for config, verdict in solved.items()}, failed, None)
    if not known.calls:
        return known
    if wanted and known.audit is None:
        try:
            found = await audit(pool, environment, list(known.calls), problem)
        except ValueError as error:  # a configuration that is no literal
            return known._replace(refused=("audit", str(error)))
        known = known._replace(audit=dataclasses.asdict(found))
    if repair and known.audit and (wrong := defects(known.audit, t.highest_leak)):
        hardened = await harden(pool, environment, list(known.calls))
        if hardened is None:
            leak = f"leak fraction {known.audit['leak_fraction']:.3g}"
            return known._replace(refused=(f"harden/{wrong[0]}", f"cannot be repaired: {', '.join(wrong)}; {leak}"))
        verification = await verify(pool, hardened, list(known.calls), problem)
        if not verification.ok:
            finding = verification.findings[0]
            return known._replace(refused=(f"harden/{finding.check}", f"hardened: {finding.detail}"))
        lost = dict.fromkeys(known.calls.keys() - verification.calls.keys(), "hardened, its oracle fails")
        found = await audit(pool, hardened, list(verification.calls), problem)
        said = dataclasses.asdict(verification) | {"fuzzed": 0}
        said = {field: said[field] for field in ("checked", "fuzzed", "notes", "mutants", "mutation_score")}
        failed, environment = known.failed | lost, hardened
        known = Measured(verification.calls, failed, dataclasses.asdict(found), hardened.source, said)
    if known.audit and known.audit["leak_fraction"] <= t.highest_leak:  # no task is dropped for another one's bound
        low = [c for c in known.calls if c not in known.audit["bound"] and bound(known, c) < t.lowest_bound]
        for start in range(0, len(low), CONFIGS):
            more = dataclasses.asdict(await audit(pool, environment, low[start : start + CONFIGS], problem))
            merged = {field: known.audit[field] | more[field] for field in ("bound", "pivotal", "ratio", "leaks")}
            known = known._replace(audit=known.audit | merged)
    return known


def slim(found: dict[str, Any]) -> dict[str, Any]:
    """Evidence of one configuration: that of the others comes out again."""
    return found | {"twins": next(({config: pairs} for config, pairs in found["twins"].items() if pairs), {})}


async def measured(
    pool: SandboxPool, out: Path, thresholds: Thresholds, repair: bool, given: EnvironmentSet,
    cards: dict[str, dict[str, Any]], own: dict[str, Problem], console: Console,
) -> dict[str, Measured]:  # fmt: skip
    """Every environment with tasks; what has to be run is read from `out`/progress, or run and written there."""
    t = thresholds
    configs: dict[str, list[str]] = collections.defaultdict(list)
    calls: dict[str, dict[str, int]] = collections.defaultdict(dict)
    for task in given.tasks:
        configs[task.environment].append(task.config)
        calls[task.environment][task.config] = task.oracle_calls
    result: dict[str, Measured] = {}
    todo: list[tuple[str, Measured | None, str]] = []
    for name, texts in configs.items():
        known = None
        if name in cards and all(calls[name].values()):
            known = Measured(calls[name], {}, cards[name]["audit"])
            low = any(bound(known, c) < t.lowest_bound for c in texts if c not in cards[name]["audit"]["bound"])
            if not low and not (repair and defects(cards[name]["audit"], t.highest_leak)):
                result[name] = known
                continue
        problem = own.get(problem_id(name, cards))
        settings = [code(), t.highest_leak, t.lowest_bound, repair]
        said = [given.environments[name].source, texts, known, problem and dataclasses.asdict(problem)]
        key, stored = digest(settings, said), None
        with contextlib.suppress(FileNotFoundError, ValueError):
            stored = json.loads((out / "progress" / f"{name}.json").read_bytes())
        if isinstance(stored, dict) and stored.pop("key", None) == key:
            result[name] = Measured(**stored)
        else:
            todo.append((name, known, key))

    async def one(name: str, known: Measured | None, key: str) -> None:
        async with room:
            problem, texts = own.get(problem_id(name, cards)), list(dict.fromkeys(configs[name]))
            work = measure(pool, given.environments[name], texts, known, problem, t, repair)
            try:
                found = await asyncio.wait_for(work, MEASURE_S)
            except TimeoutError:
                found = Measured({}, {}, None, refused=("timeout", f"not measured within {MEASURE_S:.0f} s"))
            except (SandboxError, OSError):  # of this machine: nothing of the environment's
                raise
            except Exception as error:  # a bug of ours costs one environment, and is told with its place
                place = traceback.extract_tb(error.__traceback__)[-1]
                where = f"{Path(place.filename).name}:{place.lineno}"
                found = Measured({}, {}, None, refused=("bug", f"{type(error).__name__}: {error} ({where})"))
                console.print(f"{name}: {found.refused}", highlight=False, markup=False)
        if found.audit:
            found = found._replace(audit=slim(found.audit))
        if not (found.refused and found.refused[0] in ("timeout", "bug")):  # may come out better another time
            write(out / "progress" / f"{name}.json", json.dumps({"key": key} | found._asdict()))
        result[name] = found
        progress.advance(bar)

    if todo:
        room = asyncio.Semaphore(2 * (os.cpu_count() or 1))  # one waits for the sandbox while another one compares
        with bars(console) as progress:
            bar = progress.add_task("environments measured", total=len(todo))
            async with together() as group:
                for each in todo:
                    group.create_task(one(*each))
    return result


def problem_id(name: str, cards: dict[str, dict[str, Any]]) -> str:
    return str(cards.get(name, {}).get("problem") or name.rsplit("__", 1)[0])
