"""Verification: whether an environment keeps its contract, is solvable by its tools, and is right. It trusts nobody.

Expected answers come from the original solution of the problem, never from the environment: Done(that) has to earn 1,
a near miss 0, and get_ref_answer() has to say the same. solve() runs on a view that has `step` and nothing else. Then,
in other processes and under another hash seed, its actions go to the environment without it, and their replies to it
where there is no environment: if both do as before, the one is deterministic, and the other knew nothing but
observations, whatever its source looks like. (The published pipeline, arXiv 2509.17325, takes expected answers from the
environment, so that reference and oracle can share one bug.) Everything runs in the sandbox through pool.map, many
requests a process; here nothing of an environment is executed, its source is only read with `ast`.

Every configuration is solved once, and its reference compared. What says more about the code than about a
configuration, the second runs and the near misses, is done on TWICE of them, drawn at random where there are more: what
is wrong on one in a hundred is found on one of these with a chance of 92 %.

What requests share is a process, never a module; on those TWICE, near misses, solve() and the reference each have one
where nothing ran before, elsewhere the reference comes after solve(). What one leaves in the standard library is of no
help to it elsewhere: Done comes before the reference in one process and after it in the other.

What breaks a task is a finding. What published environments do and a task survives is a note: no original to compare
with, a second Done that earns, reset() that loses the configuration, messages in hash order.
"""

from __future__ import annotations

import ast
import asyncio
import contextlib
import dataclasses
import functools
import hashlib
import itertools
import json
import random
import re
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from codegym_jax.environments import EnvironmentFormatError, parse_environment
from codegym_jax.problems import Problem
from codegym_jax.sandbox import Outcome, SandboxError, SandboxPool
from codegym_jax.synthesis.mutants import extent, mutants, oracle, reached
from codegym_jax.synthesis.original import CANONICAL, answers, same
from codegym_jax.types import Environment, StopReason

HARNESS = CANONICAL.replace("canonical", "_cg_canonical") + Path(__file__).with_name("harness.py").read_text("utf-8")
MUTANTS, MUTANT_CONFIGS, MUTANT_CPU_S = 16, 6, 0.3  # honest oracles take 6 ms at the 90th percentile
GROUP = 16  # requests a call: a call costs as much as six observations
PART = 4096  # requests that are asked for and read by themselves, so that reading does not wait for the last
TWICE = 256  # configurations that are run again; sets drawn for training have fewer
KILLED = 0.5  # of the mutants, below which a set of configurations says too little
SHOWN = 3  # findings of one kind
SLUGS = {StopReason.ENV_TIMEOUT: "timeout", StopReason.ENV_MEMORY: "memory", StopReason.PROTOCOL: "protocol"}
PUBLISHED = {"second_done", "reset", "hash_seed", "docs", "mutants", "malformed", "missing", "ill_typed"}
PUBLISHED |= {"config_ignored", "lenient_done", "config_literal"}
RUN = ("error", "calls", "reward", "asked", "early", "last")
REPLIES = {  # what each part of a request gives, and lines of a transcript
    "scripts": (("scripts",), 0),
    "solve": (RUN, 2),
    "earn": (RUN, 0),  # solve() without its transcript
    "reference": (("reference",), 0),
    "replay": (("error", "reward"), 1),
    "echo": (("asked",), 1),
    "cases": (("rows", "cpu_s", "lines"), 0),
}
DONE = '{"name": "Done", "parameters": {"answer": %s}}'
UNREADABLE = ("", "no JSON", "[]", "null", "{}", '"Done"', '{"name": 1, "parameters": {}}', "[" * 5000)
WRONG = {"integer": "x", "number": "x", "boolean": "x", "string": [None], "array": 3, "object": 3}
ERROR_WORDS = ("error", "invalid", "expected", "must", "unknown", "missing")


@dataclasses.dataclass(frozen=True, slots=True)
class Finding:
    """One reason against an environment. `check` is a slug, `config` the configuration that shows it, if any."""

    check: str
    detail: str
    config: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Verification:
    """What was found. `calls`: oracle calls of each configuration that it solves. `mutation_score`: share of the
    mutants caught, those that behave alike left out; 0 where none was made since there are findings."""

    findings: tuple[Finding, ...] = ()
    notes: tuple[Finding, ...] = ()
    calls: dict[str, int] = dataclasses.field(default_factory=dict)
    checked: int = 0
    mutation_score: float = 0.0
    mutants: int = 0  # that the score counts

    @property
    def ok(self) -> bool:
        return not self.findings


def call(name: str, /, **parameters: Any) -> str:
    """The action of one call."""
    return json.dumps({"name": name, "parameters": parameters})


def near_misses(answer: Any) -> list[Any]:
    """Wrong answers of the same type that a lenient Done might take for the right one."""
    match answer:
        case bool():
            return [not answer]
        case int():
            return [answer + 1, answer - 1]
        case float():
            return [answer + 0.01 * max(1.0, abs(answer)), answer - max(1.0, abs(answer))]
        case str():
            return [answer + "a", answer[:-1] if answer else " "]
        case list():
            inner = [[*answer[:-1], miss] for miss in near_misses(answer[-1])[:1]] if answer else []
            return [*inner, [*answer, answer[-1] if answer else 0]]
        case dict():
            entry = [{**answer, key: miss} for key, value in answer.items() for miss in near_misses(value)[:1]][:1]
            return [*entry, {**answer, "another": 0}]
    return [0, ""]  # null


# Checks


def _harnessed(environment: Environment, helpers: Sequence[str]) -> str:
    """The source with the harness, in which the source alone can be executed again: by a mark it cannot know."""
    source = environment.source
    mark = f"_cg_{hashlib.sha256(source.encode(errors='surrogateescape')).hexdigest()[:16]}"
    said = {
        "_cg_class": environment.class_name,
        "_cg_helpers": list(helpers),
        "_cg_evals": bool(re.search(r"\beval\b", source)),  # and not literal_eval
        "_cg_draws": "random" in source,
    }
    about = "".join(f"{name} = {value!r}\n" for name, value in said.items())
    harness = textwrap.indent(about + HARNESS.replace("_cg_mark", mark), "    ")
    return f"{source}\n\ntry:\n    {mark}\nexcept NameError:\n{harness}"


class _Checks:
    """The checks of one environment, with what they found so far."""

    def __init__(self, pool: SandboxPool, environment: Environment, strict: bool) -> None:
        self.pool, self.environment, self.strict, self.source = pool, environment, strict, ""
        self.findings: list[Finding] = []
        self.notes: list[Finding] = []

    def silent(self) -> _Checks:
        """The same, for what is no finding whatever becomes of it."""
        other = _Checks(self.pool, self.environment, self.strict)
        other.source = self.source
        return other

    def add(self, check: str, detail: str, config: str = "") -> None:
        found = self.notes if check in PUBLISHED and not self.strict else self.findings
        if sum(finding.check == check for finding in found) < SHOWN:
            found.append(Finding(check, detail, config))

    async def ask(
        self,
        requests: Sequence[dict[str, Any]],
        what: str,
        pool: SandboxPool | None = None,
        lines: Sequence[str] = (),
    ) -> list[Any]:
        """A reply a request; None, and a finding, where the process died of it. After time-outs the rest is left.
        `lines`: a transcript for each. Those of the replies are in "steps", unread: actions, observations."""
        replies: list[Any] = []
        pool, group = pool or self.pool, 1 if what == "mutant" else GROUP
        while len(replies) < len(requests):  # 16, 160, all
            start = len(replies)
            end = len(requests) if start > 100 else min(len(requests), max(GROUP, 10 * start))
            parts = [slice(i, min(i + PART, end)) for i in range(start, end, PART)]
            answered = await asyncio.gather(
                *(_each(pool, self.source, requests[part], lines[part], group) for part in parts)
            )
            stops = set()
            for request, (reply, outcome) in zip(requests[start:end], itertools.chain(*answered)):
                replies.append(reply)
                if outcome.stop is None:
                    continue
                stops.add(outcome.stop)
                if outcome.stop is StopReason.INFRASTRUCTURE:
                    raise SandboxError(f"{self.environment.name}: {what}: {outcome.detail}")
                config, part = request.get("config", ""), what
                both = "reference" in request and request.keys() & {"solve", "earn"}
                if outcome.stop is StopReason.ENV_CRASH and both:
                    less = {"config": config, "reference": True}
                    ((_, died),) = await _each(pool, self.source, [less], (), 1)
                    part = what if died.stop is None else "reference"
                self.add(SLUGS.get(outcome.stop, part.split()[0]), f"{part}: {outcome.detail}", config)
            if what != "mutant" and StopReason.ENV_TIMEOUT in stops:
                replies += [None] * (len(requests) - len(replies))
        return replies

    async def contract(self, configs: Sequence[str]) -> None:
        """Conformance on some configurations: what no agent may break, whatever it sends."""
        scripts = [("malformed", list(UNREADABLE)), ("malformed", [call("NoSuchTool")])]
        for tool in self.environment.tools:
            properties = tool.parameters["properties"]
            wrong = {name: WRONG.get(schema.get("type", ""), {"a": [None]}) for name, schema in properties.items()}
            scripts.append(("missing", [call(tool.name)] if tool.parameters.get("required") else []))
            kind = "ill_typed" if properties else "well_formed"
            scripts.append((kind, [call(tool.name, **wrong), call(tool.name, **dict.fromkeys(properties))]))
            scripts.append(("ill_typed", [call(tool.name, **dict.fromkeys([*properties, "surplus"], 0))]))
        sent = [actions for _, actions in scripts]
        replies = await self.ask([{"config": config, "scripts": sent} for config in configs], "contract")
        answered = [(config, reply["scripts"]) for config, reply in zip(configs, replies) if reply]
        for config, (kind, actions), rows in (
            (c, *both) for c, all_rows in answered for both in zip(scripts, all_rows)
        ):
            for action, row in zip(actions, rows):
                done = kind == "ill_typed" and '"Done"' in action
                if len(row) == 2:
                    self.add(
                        kind if kind in PUBLISHED - {"malformed"} else "contract", f"{action[:100]!r}: {row[1]}", config
                    )
                elif row[2] >= 1 and not done:
                    self.add("reward_without_done", f"{action[:100]!r} earns {row[2]:g}", config)
                elif row[1] and not done:
                    self.add("contract", f"{action[:100]!r} finishes the episode", config)
                elif kind in ("malformed", "missing") and not any(word in row[0].lower() for word in ERROR_WORDS):
                    self.add(kind, f"{action[:100]!r} is answered {row[0]!r:.100}, which names no error", config)

    def done(self, config: str, expected: Any, rows: Sequence[Any]) -> bool:
        """What Done gives: for the right answer; for near misses, then the right one. Whether that is right."""
        *misses, (right, *_) = rows
        if len(right) == 2:
            self.add("contract", f"Done({json.dumps(expected)[:80]}): {right[1]}", config)
        elif not right[1]:
            self.add("contract", f"Done({json.dumps(expected)[:80]}) does not finish the episode", config)
        elif right[2] < 1:
            self.add("wrong_reference", f"Done earns {right[2]:g} for the answer {json.dumps(expected)[:80]}", config)
        else:
            for miss, (first, *again) in zip(_misses(expected), misses):
                slug = "wrong_answer_accepted" if type(miss) is type(expected) else "lenient_done"
                if len(first) == 2:
                    self.add("contract", f"Done({json.dumps(miss)[:80]}): {first[1]}", config)
                elif first[2] >= 1:
                    detail = (
                        f"Done({json.dumps(miss)[:80]}) earns {first[2]:g}; the answer is {json.dumps(expected)[:80]}"
                    )
                    self.add(slug, detail, config)
                elif again and len(again[0]) == 3 and first[1] and again[0][2] >= 1:
                    self.add("second_done", "a second Done earns the reward that the first did not", config)
            return True
        return False

    def solved(self, config: str, said: str, run: dict[str, Any]) -> bool:
        """Whether the oracle earned its reward by step alone, with the answer of the original, `said`."""
        if run["asked"]:
            self.add("oracle_cheats", f"solve() asks for {', '.join(dict.fromkeys(run['asked']))}", config)
        elif run["error"]:
            check, detail = run["error"]
            check = "contract" if check == "contract" and detail.startswith(("step ", "finished ")) else "oracle_fails"
            self.add(check, f"solve(), after {run['calls']} calls: {detail}", config)
        elif run["early"]:
            self.add("reward_without_done", f"{run['early'][0][:100]!r} earns or finishes", config)
        elif run["reward"] is None:
            self.add("oracle_fails", f"solve() returns after {run['calls']} calls without a Done", config)
        elif run["reward"] < 1:
            self.add("oracle_fails", f"solve() earns {run['reward']:g}: {run['last'][:100]}", config)
        else:
            if self.strict and run["last"] != DONE % said:
                with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError):
                    answer = json.loads(run["last"])["parameters"]["answer"]
                    if not same(answer, json.loads(said)):
                        detail = f"Done({json.dumps(answer)[:80]}) earns 1; the original says {said[:80]}"
                        self.add("wrong_answer_accepted", detail, config)
            return True
        return False


async def _each(
    pool: SandboxPool, source: str, requests: Sequence[dict[str, Any]], lines: Sequence[str], group: int
) -> list[tuple[dict[str, Any] | None, Outcome]]:
    """The reply to each request, `group` of them a call; what that does not answer is asked alone."""
    texts = [json.dumps(request) for request in requests]
    if lines:
        texts = [f"{text}\n{line}" for text, line in zip(texts, lines)]
    found, size = dict[int, Outcome](), 2 * len(pool.zygotes)
    calls = [range(i, min(i + group, len(texts))) for i in range(0, len(texts), group)] if group > 1 else []
    together = ["\n\n".join(texts[each.start : each.stop]) for each in calls]
    batch = max(1, -(-len(calls) // size))
    for each, outcome in zip(calls, await pool.map(source, "codegym_check", together, batch)):
        if outcome.stop is None:
            found |= zip(each, (Outcome(None, text) for text in outcome.value.split("\n\n")))
    alone = [i for i in range(len(texts)) if i not in found]
    batch = max(8, -(-len(alone) // size))  # a process costs as much as several requests
    found |= zip(alone, await pool.map(source, "codegym_check", [texts[i] for i in alone], batch))
    return [_read(found[i], request) for i, request in enumerate(requests)]


@functools.cache
def _parts(parts: tuple[str, ...]) -> tuple[frozenset[str], int]:
    """What a reply to a request of those parts has: fields, and lines of transcripts."""
    known = [REPLIES[part] for part in parts if part in REPLIES]
    return frozenset(field for fields, _ in known for field in fields), sum(lines for _, lines in known)


def _read(outcome: Outcome, request: dict[str, Any]) -> tuple[dict[str, Any] | None, Outcome]:
    """A reply, whose transcript stays text, or None and why there is none, or not what the harness says."""
    if outcome.stop is not None:
        return None, outcome
    head, *steps = outcome.value.split("\n")
    fields, lines = _parts(tuple(request))
    with contextlib.suppress(ValueError, RecursionError):
        reply = json.loads(head)
        if type(reply) is dict and fields <= reply.keys() and len(steps) == lines:
            reply["steps"] = tuple(steps)
            return reply, outcome
    return None, Outcome(StopReason.PROTOCOL, "", f"no reply: {outcome.value:.80}")


def _misses(answer: Any) -> list[Any]:
    """Near misses, and the same text or number in another type."""
    other = [str(answer)] if isinstance(answer, (int, float)) else [json.dumps(answer)]
    return near_misses(answer)[:2] + other + ([bool(answer)] if type(answer) is int and answer in (0, 1) else [])


async def verify(
    pool: SandboxPool,
    environment: Environment,
    configs: Sequence[str],
    problem: Problem | None = None,
    fuzz: Sequence[str] = (),
    other: SandboxPool | None = None,
) -> Verification:
    """Check one environment on its configurations, and on `fuzz`, which are no tasks but have to come out right too.
    Where the original itself fails, a configuration is a finding, since it was to be a task; one of `fuzz` is no input
    of the problem, says nothing, and is left out of `checked` with a note of how many.

    `other` is a pool of another hash seed; without one, one is started (60 ms). Without a problem the environment's own
    reference stands in for the original, which is noted. Raises SandboxError for a machine that cannot isolate.
    """
    if other is None:
        async with SandboxPool(pool.limits, len(pool.zygotes), hash_seed=1) as other:
            return await verify(pool, environment, configs, problem, fuzz, other)
    checks = _Checks(pool, environment, problem is not None)
    add, cases = checks.add, list(dict.fromkeys((*configs, *fuzz)))

    def result(**fields: Any) -> Verification:
        return Verification(tuple(checks.findings), tuple(checks.notes), **fields)

    # What its source says.
    if not configs:
        add("no_configs", "there is no configuration to verify it on")
        return result()
    try:
        parsed = parse_environment(environment.source, environment.name, environment.name)
    except EnvironmentFormatError as error:
        add("load", str(error))
        return result()
    for tool in parsed.tools:
        if not tool.description:
            add("docs", f"{tool.name} is not documented")
        for name, schema in tool.parameters["properties"].items():
            if not schema.get("description"):
                add("docs", f"{tool.name}: parameter {name} is not documented")
    if problem and not environment.statement:
        add("docs", "there is no statement")
    faults, helpers = oracle(environment.source, environment.class_name)
    checks.source = _harnessed(environment, helpers)
    if faults:
        add("oracle_cheats", "; ".join(faults[:5]))

    # What it does on the first and the last configuration: all of it, or else up to the first that hangs or dies.
    probes = list(dict.fromkeys((*configs[:1], *configs[-1:])))
    parts: dict[str, dict[str, Any]] = {"load": {}, "constructor": {"scripts": [[]]}, "reference": {"reference": True}}
    parts |= {"oracle": {"earn": True}}
    whole = parts["constructor"] | parts["reference"] | parts["oracle"]
    for what, request in {"all": whole, **parts}.items():
        judge = checks if what != "all" else checks.silent()
        replies = await judge.ask([request | {"config": config} for config in probes], what)
        if what == "all" and None not in replies and not any(reply["scripts"][0] for reply in replies):
            break
        if what != "all" and None in replies:
            return result()
        for config, reply in zip(probes, replies):
            if what == "constructor" and reply["scripts"][0]:
                add("contract", f"constructor: {reply['scripts'][0][0][1]}", config)
    if not checks.findings:
        await checks.contract(probes)
    if checks.findings:
        return result()
    return result(**await _runs(checks, list(configs), cases, problem, other))


async def _runs(
    checks: _Checks, given: list[str], cases: list[str], problem: Problem | None, other: SandboxPool
) -> dict[str, Any]:
    """All configurations: answers, oracle, other processes and hash seeds, mutants. Returns fields of Verification."""
    add, ask, said, tasks = checks.add, checks.ask, dict[str, str](), {*given}
    if problem is None:
        checks.notes.append(Finding("no_original", "answers are checked against the environment's own reference"))
        references = await ask([{"config": config, "reference": True} for config in cases], "reference")
        for config, reply in zip(cases, references):
            if isinstance(reference := (reply or {}).get("reference"), str):
                try:
                    said[config] = json.dumps(json.loads(reference))
                except (ValueError, RecursionError):
                    add("protocol", f"get_ref_answer: no JSON: {reference:.80}", config)
            elif reference:
                add("contract", f"get_ref_answer: {reference[1]}", config)
    else:
        lost = []
        for config, outcome in zip(cases, await answers(checks.pool, problem, cases)):
            if outcome.stop is StopReason.INFRASTRUCTURE:
                raise SandboxError(f"{problem.id}: the original solution: {outcome.detail}")
            if outcome.stop is None:
                said[config] = outcome.value
            elif config in tasks:
                add("original_fails", f"the original solution: {outcome.stop}: {outcome.detail}", config)
            else:
                lost.append(outcome.detail)
        if lost:
            detail = f"{len(lost)} of {len({*cases} - tasks)} left out, where the original fails: {lost[0]}"
            checks.notes.append(Finding("fuzz", detail))

    def agrees(config: str, reference: str | list[str]) -> bool:
        if reference == said[config]:
            return True
        with contextlib.suppress(ValueError, TypeError, RecursionError):  # a list, or no JSON
            return same(json.loads(reference), json.loads(said[config]))  # type: ignore[arg-type]
        return False

    # Done, the oracle and the reference.
    twice = {*random.Random(checks.source).sample(list(said), min(TWICE, len(said)))}
    twice |= said.keys() & {given[0], given[-1]}
    requests: dict[str, dict[str, Any]] = {
        config: {"config": config, "earn": True, "reference": True} for config in said
    }
    for config in twice:
        right = DONE % said[config]
        scripts = [*([call("Done", answer=miss), right] for miss in _misses(json.loads(said[config]))), [right]]
        requests[config] = {"config": config, "scripts": scripts, "solve": True, "reference": True}
    replies = dict(zip(requests, await ask(list(requests.values()), "oracle")))
    solved: dict[str, dict[str, Any]] = {}
    for config, reply in replies.items():
        if reply is None:
            continue
        if not agrees(config, reference := reply["reference"]):
            if isinstance(reference, list):
                add("contract", f"get_ref_answer: {reference[1]}", config)
            else:
                detail = f"get_ref_answer() is {reference[:80]}; the original says {said[config][:80]}"
                add("wrong_reference", detail, config)
        elif config in twice and not checks.done(config, json.loads(said[config]), reply["scripts"]):
            continue
        elif checks.solved(config, said[config], reply):
            solved[config] = reply

    # Again in other processes, under another hash seed, with other random numbers, on another day: the environment by
    # the actions of solve(), and solve() by its replies. If both do as before, they do so together.
    runs = {config: run for config, run in solved.items() if config in twice and "long" not in run}
    if long := [config for config, run in solved.items() if config in twice and "long" in run]:
        detail = f"{len(long)} runs are not repeated: a transcript of {solved[long[0]]['calls']} calls is too long"
        (checks.notes if runs else checks.findings).append(Finding("long", detail, long[0]))
    actions, observations = zip(*(run["steps"] for run in runs.values())) if runs else ((), ())
    # Beside them, reset() without options, the configuration written anew, and the mutants.
    plays = [{"config": config, "seed": 1, "reference": True, "replay": True} for config in runs]
    probes, anew = [config for config in dict.fromkeys((given[0], given[-1])) if config in solved], dict[str, str]()
    for config in probes:
        try:
            anew[config] = repr(ast.literal_eval(config))
        except (ValueError, SyntaxError):
            add("config_literal", "the configuration is no Python literal", config)
    played, echoes, resets, rewritten, (mutation, weak) = await asyncio.gather(
        ask(plays, "oracle", other, actions),
        ask([{"seed": 1, "echo": True}] * len(runs), "oracle", other, observations),
        ask([{"config": config, "reset": True, "solve": True} for config in probes], "reset"),
        ask([{"config": text, "solve": True} for text in anew.values()], "config"),
        _mutation(checks, {c: solved[c]["calls"] for c in given if c in solved}, said),
    )

    def alike(config: str, reply: dict[str, Any] | None, steps: Sequence[str]) -> bool:
        """None is a finding already."""
        return not reply or (
            (reply["reward"] or 0) >= 1 and reply["steps"] == steps and agrees(config, reply["reference"])
        )

    def silent(config: str, reply: dict[str, Any] | None) -> bool:
        return not reply or reply["steps"] == runs[config]["steps"][:1]

    replayed = {config: alike(config, reply, (line,)) for config, line, reply in zip(runs, observations, played)}
    suspects = [config for config, reply in zip(runs, echoes) if not silent(config, reply)]
    differ = [config for config in runs if not replayed[config] or config in suspects][:SHOWN]
    again = [requests[config] | {"seed": 1} for config in differ]
    here, there = await ask(again, "oracle"), await ask(again, "oracle", other)
    second = await ask([{"echo": True}] * len(suspects), "oracle", None, [runs[c]["steps"][1] for c in suspects])
    cheats = {c: ", ".join(reply["asked"]) for c, reply in zip(suspects, second) if not silent(c, reply)}
    for config, *both in zip(differ, here, there):
        steps, replay = runs[config]["steps"], played[list(runs).index(config)]
        well = [alike(config, reply, steps) for reply in both]
        if not all(well):
            check, reply = ("hash_seed", both[1]) if well[0] else ("nondeterminism", both[0])
            add(check, _difference(steps, reply["steps"]), config)
        elif replay and not agrees(config, replay["reference"]):
            add("wrong_reference", f"get_ref_answer() is {replay['reference']!s:.80} where nothing ran before", config)
        elif config not in cheats:
            add("nondeterminism", "where solve() does not run, its actions have other replies", config)
    for config, asked in cheats.items() if "nondeterminism" not in {f.check for f in checks.findings} else ():
        detail = "solve() acts otherwise in a process that has the replies of its calls, but no environment"
        add("oracle_cheats", detail + f"; asks for {asked}" * bool(asked), config)

    for config, reply in zip(probes, resets if not differ else ()):
        if reply and reply["steps"] != solved[config]["steps"]:
            add("reset", "after reset() without options it is another task", config)
    for config, reply in zip(anew, rewritten if not differ else ()):
        if reply and reply["steps"] != solved[config]["steps"]:
            add("config_literal", f"the same configuration, written {anew[config][:80]}, is another task", config)
    if not checks.findings and len(runs) >= 4 and len({run["steps"] for run in runs.values()}) == 1:
        add("config_ignored", f"{len(runs)} configurations have one and the same solution")
    calls = {config: solved[config]["calls"] for config in given if config in solved}
    fields: dict[str, Any] = {"calls": calls, "checked": len(said)}
    if not checks.findings:
        fields |= mutation
        if weak:
            add("mutants", weak)
    return fields


def _difference(one: Sequence[str], two: Sequence[str]) -> str:
    """The first call in which two transcripts (lines of actions and of observations) differ."""
    first, second = (list(zip(*map(json.loads, steps))) for steps in (one, two))
    for i, pair in enumerate(zip(first, second)):
        if pair[0] != pair[1]:
            return f"call {i + 1} of the oracle: {str(pair[0])[:120]}, then {str(pair[1])[:120]}"
    return f"{len(first)} calls of the oracle, then {len(second)}, or another end"


async def _mutation(checks: _Checks, calls: dict[str, int], said: dict[str, str]) -> tuple[dict[str, Any], str]:
    """The mutation score: caught / (all - equivalent), on a few of the configurations in `calls`. Mutants are made of
    what is executed on these and on as many others (fuzzed, or else given); equivalent are those that give the same
    answers, rewards and transcripts on all of them. Returns fields of Verification, and what survives where that is
    too much."""
    if checks.findings:
        return {}, ""
    given = list(calls)
    shown = sorted(given[:: max(1, len(given) // MUTANT_CONFIGS)][:MUTANT_CONFIGS], key=lambda config: calls[config])
    rest = [config for config in said if config not in shown][-MUTANT_CONFIGS:]
    quiet, functions = checks.silent(), reached(checks.environment)
    cases = [[config, DONE % said[config], None] for config in shown + rest]
    request = {"cases": cases, "cpu_s": MUTANT_CPU_S}
    base = (await quiet.ask([request | {"lines": sorted(extent(functions))}], "mutant"))[0]
    if base is None or len(base["rows"]) < len(cases):
        checks.notes.append(Finding("mutants", f"none tried: the oracle takes more than {MUTANT_CPU_S} s"))
        return {}, ""
    request["cpu_s"] = min(MUTANT_CPU_S, 0.02 + 5 * base["cpu_s"])
    request["cases"] = [[*case[:2], row[0]] for case, row in zip(cases, base["rows"])]
    made = mutants(functions, MUTANTS, {*base["lines"]})
    replies = await quiet.ask([request | {"patch": [[path, code]]} for path, code, _ in made], "mutant")
    caught, survivors = 0, []
    for (_, _, what), reply in zip(made, replies):
        rows = reply["rows"] if reply else []
        fine = [row[:3] == like[:3] for row, like in zip(rows, base["rows"])]
        if len(fine) < len(shown) or not all(fine[: len(shown)]):
            caught += 1
        elif rows != base["rows"]:
            survivors.append(what)
    total = caught + len(survivors)
    score = caught / total if total else 1.0
    weak = f"{total - caught} of {total} mutants survive: {'; '.join(survivors[:5])}" if score < KILLED else ""
    return {"mutation_score": score, "mutants": total}, weak
