"""What becomes of one problem: synthesized, verified, audited, an oracle's transcript. No files, no processes."""

from __future__ import annotations

import ast
import asyncio
import dataclasses
import functools
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from codegym_jax.problems import Problem
from codegym_jax.sandbox import SandboxPool
from codegym_jax.synthesis import llm, original, static
from codegym_jax.synthesis.audit import audit
from codegym_jax.synthesis.static import Compiled, Refused
from codegym_jax.synthesis.verify import Verification, verify
from codegym_jax.types import Environment

FEWEST, MOST = 10, 256  # oracle calls of a task (arXiv:2509.17325)
FUZZ_SIZES = (1, 2, 3, 4)
SHOWN_STEPS = 40  # of an example transcript
FOLDER = Path(__file__).parent
APART = {  # code here that results do not depend on
    "executors.py", "filters.py", "folder.py", "harden.py", "measure.py", "passes.py", "report.py",
}  # fmt: skip
TRANSPORT = {"endpoint", "api_key_env", "cache", "concurrency", "timeout_s", "retries", "backoff_s"}
TRANSPORT |= {"prompt_price", "completion_price"}  # settings of an LLM that completions do not depend on


@dataclasses.dataclass(frozen=True)
class Settings:
    """What results depend on, besides the problem and the code. `both`: the LLM gets what static leaves."""

    each: int
    fuzz: int
    synthesizer: Literal["static", "llm", "both"] = "static"
    llm: llm.LLMConfig | None = None


@functools.cache
def code(with_llm: bool) -> str:
    """A hash of synthesizers, verifier and audit: a constant would have to be remembered at every change."""
    files = [file for file in sorted(FOLDER.glob("*.py")) if file.name not in APART]
    files = [*files, *sorted(FOLDER.glob("prompts/*.md"))] if with_llm else [f for f in files if f.name != "llm.py"]
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()[:16]


def key(problem: Problem, settings: Settings) -> str:
    """What has the same key has the same result."""
    chosen = dataclasses.asdict(settings)
    if settings.llm:
        chosen["llm"] = {name: value for name, value in chosen["llm"].items() if name not in TRANSPORT}
    said = [code(settings.llm is not None), chosen, dataclasses.asdict(problem)]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode(errors="surrogateescape")).hexdigest()[:32]


async def fuzzed(pool: SandboxPool, problem: Problem, configs: Sequence[str], count: int, alike: bool) -> list[str]:
    """Up to `count` further inputs; `alike`: only of the shapes that the environment was compiled for."""
    drawn: list[str] = []
    like = problem if problem.inputs else dataclasses.replace(problem, inputs=tuple(configs))
    for size in FUZZ_SIZES if count else ():
        seeds = range(size * 10**6, size * 10**6 + -(-count // len(FUZZ_SIZES)))  # not those of the tasks
        drawn += await original.generate(pool, like, size, seeds)
    drawn = [text for text in dict.fromkeys(drawn) if text not in configs]
    if not alike:
        return drawn
    given = [ast.literal_eval(text) for text in configs]
    shapes = {name: static.shape([each[name] for each in given]) for name in given[0]}
    return [text for text in drawn if static.fits(text, shapes)]


async def make(
    pool: SandboxPool,
    other: SandboxPool,
    problem: Problem,
    settings: Settings,
    completer: llm.Completer | None = None,
    seconds: float | None = None,
) -> dict[str, Any]:
    """The result of one problem: {"reason"} of a problem rejected, and how far it came in {"stages"}.

    `other` is a pool of another hash seed. TimeoutError after `seconds`, in which waiting for an LLM does not count:
    its requests have a limit of their own.
    """
    result: dict[str, Any] = {"stages": []}
    if settings.synthesizer != "llm":
        async with asyncio.timeout(seconds):
            compiled = await static.synthesize(pool, problem, settings.each)
            if isinstance(compiled, Refused):
                result["reason"] = f"compile/{compiled.reason}"
            else:
                fuzz = await fuzzed(pool, problem, _texts(compiled), settings.fuzz, True)
                checked = await verify(pool, compiled.environment, _texts(compiled), problem, fuzz, other)
                result = await _checked(pool, problem, compiled, checked, len(fuzz), "static")
        if "reason" not in result or settings.synthesizer == "static":
            return result
    assert completer
    assert settings.llm
    passed, count = Verification(), 0

    async def check(pool: SandboxPool, environment: Environment, configs: Sequence[str], problem: Problem) -> Any:
        nonlocal passed, count
        fuzz = await fuzzed(pool, problem, configs, settings.fuzz, False)
        passed, count = await verify(pool, environment, configs, problem, fuzz, other), len(fuzz)
        return passed

    try:
        made = await llm.synthesize(pool, completer, problem, settings.llm, check)
    except llm.RequestRefused as error:
        made = Refused(str(error))
    if isinstance(made, Refused):
        second: dict[str, Any] = {"stages": [], "reason": f"llm/{made.reason}"}
    else:
        async with asyncio.timeout(seconds):
            second = await _checked(pool, problem, made, passed, count, "llm")
    if "reason" in second and "reason" in result:  # the last word, and how far either came
        second |= {"stages": max(result["stages"], second["stages"], key=len), "static": result["reason"]}
    return second


def _texts(compiled: Compiled) -> list[str]:
    return [text for text, _ in compiled.configs]


async def _checked(
    pool: SandboxPool, problem: Problem, compiled: Compiled, verification: Verification, fuzzed: int, synthesizer: str
) -> dict[str, Any]:
    """The result of an environment and what verification found."""
    environment = compiled.environment
    result: dict[str, Any] = {"stages": ["synthesized"], "environment": environment.name, "source": environment.source}
    result["findings"] = findings = [dataclasses.asdict(finding) for finding in verification.findings]
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
        "synthesizer": synthesizer,
        "tools": [tool.name for tool in environment.tools],
        "oracle_calls": sorted(calls for _, _, calls in tasks),
        "configurations": len(tasks),
        "kept": len(kept),
        "verification": {
            "checked": verification.checked,
            "fuzzed": fuzzed,
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
