"""The LLM synthesizer: the paper's pipeline (arXiv 2509.17325) against any OpenAI-compatible /v1/chat/completions.

    async with SandboxPool() as pool, Client(config) as client:
        made = await synthesize(pool, client, problem, config)  # Compiled or Refused

One completion writes the environment, three write inputs to test it with, ten more write solutions from its tool docs
alone; the first that passes every test becomes its solve(). What goes wrong goes back as findings, for a new source.

Deviations from the paper's code: the original solution alone says what is expected, so that a bug which reference and
oracle share is found; a hand-in has to be right by it *and* earn the reward. Every reply is kept in a file named after
its request, and no request depends on the clock or the order of events: to run again is to read those files.
"""

from __future__ import annotations

import ast
import asyncio
import builtins
import dataclasses
import email.utils
import hashlib
import itertools
import json
import os
import random
import re
import string
import symtable
import textwrap
import time
from collections.abc import Awaitable, Callable, Sequence
from importlib import resources
from pathlib import Path
from typing import Any, Protocol

import aiohttp
from rich.progress import Progress

from codegym_jax.environments import parse_environment
from codegym_jax.problems import Problem
from codegym_jax.sandbox import Outcome, SandboxError, SandboxPool
from codegym_jax.synthesis import original
from codegym_jax.synthesis.static import Compiled, Refused
from codegym_jax.synthesis.verify import Finding, Verification, verify
from codegym_jax.types import Environment, StopReason, Trajectory

Message = dict[str, str]
Cases = dict[str, tuple[int, str]]  # configuration → difficulty, and the original's answer as canonical JSON
Verify = Callable[..., Awaitable[Verification]]
REFUSED = {400, 413, 422}  # statuses that may be about one request or about all of them: a small one tells
PROBE = [{"role": "user", "content": "Say yes."}]

LEVELS = {"easy": 1, "medium": 3, "hard": 4}  # of the unit tests, as Task.difficulty has it; the hard set is 5
SHOWN = 8  # findings that go back to the model in one repair
IMPORTS = {"json", "math", "re", "string", "collections", "itertools", "functools", "heapq", "bisect"}
UNSAFE = set("eval exec compile open input globals locals vars dir getattr setattr super breakpoint help".split())
BUILTINS = {name for name in dir(builtins) if name[0] != "_"} - UNSAFE
TESTS = """

def _cg_tests(_):
    import json
    return json.dumps([[level, repr(config)] for level in tests for config in tests[level]])
"""
REFERENCE = """

{canonical}

def _cg_reference(config):
    import json
    return json.dumps(canonical({name}.from_env_str("{name}@" + config).get_ref_answer()))
"""
SOLVE = '''
def solve(self):
    """Play the task by calls of `step` alone, deciding on nothing but what it returned."""
    import json

    def step(name, /, **parameters):
        return self.step(json.dumps({"name": name, "parameters": parameters}))[1]
'''
FIXES = {
    400: "see what it says, and set or remove (null) a field of requests in `extra`",
    401: "set the environment variable that `api_key_env` names to a valid key",
    403: "the key in the variable that `api_key_env` names has no access to this model",
    404: "`endpoint` mostly ends in /v1, and GET ENDPOINT/models lists what `model` can be",
    429: "lower `concurrency`, raise `retries`, or wait for the quota",
}


class LLMError(RuntimeError):
    """The endpoint gives no completion: endpoint, model, what happened, the fix. Never a verdict on a problem."""


class RequestRefused(LLMError):
    """The endpoint gives completions, but refuses this request, for too long a prompt, say: "http_400: ..."."""


@dataclasses.dataclass(frozen=True)
class LLMConfig:
    model: str
    endpoint: str = "http://127.0.0.1:30000/v1"  # what /chat/completions is appended to
    api_key_env: str = ""  # name of the environment variable with the key; "": none is sent
    cache: str = "runs/llm_cache"  # one file a completion
    temperature: float = 1.0
    top_p: float = 1.0
    max_tokens: int = 8192
    extra: str = "{}"  # JSON object of further fields of a request; null removes one of ours
    concurrency: int = 32  # requests in flight
    timeout_s: float = 900.0  # of a request
    retries: int = 6  # after the first attempt
    backoff_s: float = 1.0  # before the first retry; doubles up to 60 s, with jitter
    prompt_price: float = 0.0  # of a million tokens, in your currency
    completion_price: float = 0.0
    unit_samples: int = 2  # completions of 15 unit tests each
    hard_samples: int = 1  # completions of 10 hard tests each; 0: no hard set
    solutions: int = 10
    repairs: int = 3  # rounds after the first environment

    def __post_init__(self) -> None:
        for name, low in {"concurrency": 1, "solutions": 1, "unit_samples": 1, "max_tokens": 1, "retries": 0}.items():
            if getattr(self, name) < low:
                raise ValueError(f"{name}={getattr(self, name)}: must be >= {low}")
        if not self.endpoint.startswith(("http://", "https://")):
            raise ValueError(f"endpoint={self.endpoint!r}: must start with http:// or https://")
        if not self.extra.startswith("{"):
            raise ValueError(f"extra={self.extra!r}: must be a JSON object, such as '{{\"seed\": 1}}'")

    def request(self, messages: Sequence[Message]) -> dict[str, Any]:
        """The body of a request. With the number of the sample it is what a completion is kept under."""
        sampling = {"temperature": self.temperature, "top_p": self.top_p, "max_tokens": self.max_tokens}
        body = {"model": self.model, "messages": list(messages)} | sampling | json.loads(self.extra)
        return {key: value for key, value in body.items() if value is not None}


@dataclasses.dataclass
class Usage:
    """What this run asked for. Tokens and cost are those of its requests; `saved` is what the cached ones had cost."""

    requests: int = 0  # that gave a completion
    cached: int = 0
    retries: int = 0
    truncated: int = 0  # completions that ended at max_tokens
    unmetered: int = 0  # replies without token counts, which cost something all the same
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float = 0.0
    saved: float = 0.0


class Completer(Protocol):
    """Whatever gives completions: a Client, or one that is reached through another process."""

    async def complete(self, messages: Sequence[Message], *, sample: int = 0) -> str: ...


class Client:
    """`async with Client(config) as client`: completions from the cache or the endpoint. `progress`: a bar to join."""

    def __init__(self, config: LLMConfig, progress: Progress | None = None) -> None:
        self.config, self.usage, self._progress = config, Usage(), progress or Progress(disable=True)
        self._slots, self._bar = asyncio.Semaphore(config.concurrency), self._progress.add_task("completions", total=0)
        self._url, self._headers = config.endpoint.rstrip("/") + "/chat/completions", dict[str, str]()
        if name := config.api_key_env:
            if not (key := os.environ.get(name, "").strip()):
                raise LLMError(f"{self._url}: the environment variable {name} (api_key_env) is not set: export it")
            self._headers["Authorization"] = f"Bearer {key}"

    async def __aenter__(self) -> Client:
        limit, timeout = aiohttp.TCPConnector(limit=0), aiohttp.ClientTimeout(self.config.timeout_s)
        self._session = aiohttp.ClientSession(connector=limit, timeout=timeout, headers=self._headers)
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self._session.close()

    async def complete(self, messages: Sequence[Message], *, sample: int = 0) -> str:
        """The text of one completion; `sample` tells equal requests apart. LLMError: there is none to be had."""
        request = self.config.request(messages)
        name = hashlib.sha256(json.dumps([request, sample], sort_keys=True).encode()).hexdigest()
        path = Path(self.config.cache) / name[:2] / f"{name}.json"
        self._progress.update(self._bar, total=(self._progress.tasks[self._bar].total or 0) + 1)
        if cached := path.exists():
            try:
                reply = json.loads(path.read_text(encoding="utf-8"))["reply"]
            except (ValueError, TypeError, KeyError) as error:
                raise LLMError(f"{path}: not a kept completion ({error!r}): delete this file") from error
        else:
            async with self._slots:
                reply = await self._post(request)
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_name(f"{name}.{os.getpid()}.{random.getrandbits(32):08x}.part")
            with part.open("w", encoding="utf-8") as file:  # whole or not at all, also after a power cut
                json.dump({"request": request, "sample": sample, "reply": reply}, file)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        self._count(reply, cached)
        usage = self.usage
        spent = (
            f"{usage.prompt_tokens + usage.completion_tokens:,} tokens, cost {usage.cost:.2f}, {usage.cached} cached"
        )
        self._progress.update(self._bar, advance=1, description=f"completions ({spent})")
        return reply["text"]

    async def _post(self, request: dict[str, Any]) -> dict[str, Any]:
        """One request until it is answered. Its slot is kept while it backs off: that is what slows all down."""
        config, where = self.config, f"{self._url}: model {self.config.model!r}"
        for attempt in itertools.count():
            wait = random.uniform(0.5, 1.0) * min(config.backoff_s * 2.0**attempt, 60.0)
            try:
                async with self._session.post(self._url, json=request) as response:
                    status, text = response.status, await response.text(errors="replace")
                if status == 200:
                    return _reply(text, where)
                problem = f"HTTP {status}: {' '.join(text.split())[:300]}"
                fix = FIXES.get(status, "see the server's log")
                wait = max(wait, _retry_after(response.headers.get("Retry-After", "")))
            except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError, TimeoutError) as error:
                status, problem = 0, f"no reply: {type(error).__name__}: {error}"
                fix = "start the server, or correct `endpoint`; `timeout_s` has to suffice for `max_tokens`"
            if status in REFUSED and request["messages"] != PROBE and await self._takes_any():
                raise RequestRefused(f"http_{status}: {where}: {problem}")
            again = status in (0, 408, 409, 425, 429) or status >= 500
            if not again or attempt >= config.retries:
                raise LLMError(f"{where}: {problem} (attempt {attempt + 1}); {fix}")
            self.usage.retries += 1
            await asyncio.sleep(wait)
        raise AssertionError

    async def _takes_any(self) -> bool:
        """Whether requests as such are right. Where none was answered yet, a small one is tried."""
        if not self.usage.requests:
            try:
                self._count(await self._post(self.config.request(PROBE)), False)
            except LLMError:
                return False
        return True

    def _count(self, reply: dict[str, Any], cached: bool) -> None:
        usage, prompt, completion = self.usage, reply["prompt_tokens"], reply["completion_tokens"]
        cost = (prompt * self.config.prompt_price + completion * self.config.completion_price) / 1e6
        usage.truncated += reply["finish"] == "length"
        if cached:
            usage.cached, usage.saved = usage.cached + 1, usage.saved + cost
            return
        usage.requests, usage.cost = usage.requests + 1, usage.cost + cost
        usage.prompt_tokens, usage.completion_tokens = (
            usage.prompt_tokens + prompt,
            usage.completion_tokens + completion,
        )
        usage.unmetered += not (prompt or completion)


def _reply(text: str, where: str) -> dict[str, Any]:
    try:
        body = json.loads(text)
        choice, used = body["choices"][0], body.get("usage") or {}
        tokens = {key: int(used.get(key) or 0) for key in ("prompt_tokens", "completion_tokens")}
        return {"text": str(choice["message"]["content"] or ""), "finish": str(choice.get("finish_reason"))} | tokens
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        fix = "is this an OpenAI-compatible endpoint? `endpoint` mostly ends in /v1"
        raise LLMError(f"{where}: HTTP 200 without a completion ({error!r}): {text[:300]!r}; {fix}") from error


def _retry_after(text: str) -> float:
    """Seconds from a Retry-After header, which is a number of them or a date; 0 where it is neither."""
    try:
        return float(text) if text.isdecimal() else email.utils.parsedate_to_datetime(text).timestamp() - time.time()
    except ValueError:
        return 0.0


# ---- from text to code -----------------------------------------------------------------------------------------------


def prompt(name: str, **values: str) -> str:
    """A prompt of prompts/, with its $names filled in."""
    text = resources.files("codegym_jax.synthesis").joinpath("prompts", f"{name}.md").read_text(encoding="utf-8")
    return string.Template(text).substitute(values)


def talk(*turns: str) -> list[Message]:
    return [{"role": role, "content": text} for role, text in zip(itertools.cycle(("user", "assistant")), turns)]


def code_block(text: str) -> str:
    """The longest fenced block of a reply, without what a reasoning model thought aloud; "" if it has none."""
    text = re.sub(r"<think>.*?</think>", "", text, flags=re.DOTALL)
    blocks = re.findall(r"^[ \t]*```[ \t]*(?:python|py)?[ \t]*\n(.*?)^[ \t]*```", text, re.DOTALL | re.MULTILINE)
    return textwrap.dedent(max(blocks, key=len, default=""))


def _class(environment: Environment) -> ast.ClassDef:
    nodes = (node for node in ast.parse(environment.source).body if isinstance(node, ast.ClassDef))
    return next(node for node in nodes if node.name == environment.class_name)


def documentation(environment: Environment) -> str:
    """The tools as their writer documented them, example outputs included, which players do not get to see."""
    methods = {node.name: node for node in _class(environment).body if isinstance(node, ast.FunctionDef)}
    texts = []
    for method in (methods[tool.name] for tool in environment.tools):
        method.args.args = [argument for argument in method.args.args if argument.arg != "self"]
        document = textwrap.indent(f'"""{ast.get_docstring(method) or ""}\n"""', "    ")
        texts.append(f"def {method.name}({ast.unparse(method.args)}) -> str:\n{document}")
    return "\n\n\n".join(texts)


def oracle(text: str) -> str:
    """The source of a method solve() from a reply that defines solve(step). ValueError: why it cannot be one.

    It may name what it defines itself, harmless builtins and modules, and `step`: nothing of the environment's module.
    """
    try:
        module, method = ast.parse(code_block(text)), ast.parse(SOLVE).body[0]
        kept = [node for node in module.body if isinstance(node, (ast.Import, ast.ImportFrom, ast.FunctionDef))]
        solve = next(node for node in kept if isinstance(node, ast.FunctionDef) and node.name == "solve")
        body = [*(node for node in kept if node is not solve), *solve.body]
        for node in itertools.chain.from_iterable(map(ast.walk, body)):
            named = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            named += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if not set(named) <= IMPORTS or (isinstance(node, ast.Attribute) and node.attr[0] == "_"):
                raise ValueError(f"a solution may not have `{ast.unparse(node)}`")
            if isinstance(node, ast.Name) and node.id == "self":
                raise ValueError("a solution may not name self")
        assert isinstance(method, ast.FunctionDef)
        method.body += body
        source = ast.unparse(ast.fix_missing_locations(method))
        tables = symtable.symtable(source, "solve", "exec").get_children()
    except (SyntaxError, RecursionError, MemoryError, StopIteration) as error:
        raise ValueError(f"no ```python block with a function solve(step): {error!r}") from None
    for table in tables:
        tables += table.get_children()
        used = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_global()}
        if used - BUILTINS:
            raise ValueError(f"a solution may not name {', '.join(sorted(used - BUILTINS))}")
    return source


def with_oracle(environment: Environment, method: str) -> Environment:
    """The same environment with this solve(), in place of one that it may have."""
    lines, node = environment.source.split("\n"), _class(environment)
    indented = textwrap.indent(method, " " * node.body[-1].col_offset).split("\n")
    lines[node.end_lineno : node.end_lineno] = ["", *indented]
    for old in reversed(node.body):
        if isinstance(old, ast.FunctionDef) and old.name == "solve":
            del lines[old.lineno - 1 : old.end_lineno]
    return parse_environment("\n".join(lines), environment.name, environment.name)


# ---- the pipeline ----------------------------------------------------------------------------------------------------


async def tests(pool: SandboxPool, client: Completer, problem: Problem, config: LLMConfig) -> Cases:
    """Those that completions have, without those on which the original fails."""
    asked = [("unit_tests", i) for i in range(config.unit_samples)]
    asked += [("hard_tests", i) for i in range(config.hard_samples)]
    replies = await asyncio.gather(
        *(client.complete(talk(prompt(name, **_about(problem))), sample=i) for name, i in asked)
    )
    levels: dict[str, int] = {}
    for (name, _), reply in zip(asked, replies):
        outcome = _sure(await pool.map(code_block(reply) + TESTS, "_cg_tests", [""]))[0]
        for level, text in json.loads(outcome.value or "[]"):
            levels.setdefault(text, 5 if name == "hard_tests" else LEVELS.get(level, 3))
    outcomes = _sure(await original.answers(pool, problem, list(levels)))
    return {text: (level, o.value) for (text, level), o in zip(levels.items(), outcomes) if o.stop is None}


async def synthesize(
    pool: SandboxPool, client: Completer, problem: Problem, config: LLMConfig, verify: Verify = verify
) -> Compiled | Refused:
    """One problem → one verified environment with its tasks. LLMError: no completions. ValueError: a bad problem id.

    `verify` has the parameters of verify.verify, and may check on more than it is given.
    """
    first = prompt("environment", **_about(problem))
    cases, reply = await asyncio.gather(tests(pool, client, problem, config), client.complete(talk(first)))
    if not cases:
        return Refused("no_tests: the original solution fails on every test, or no completion has one")
    findings: list[Finding] = []
    for repair in range(config.repairs + 1):
        if repair:
            told = "\n".join(_told(finding) for finding in findings[:SHOWN])
            source = f"```python\n{code_block(reply)}```"
            reply = await client.complete(talk(first, source, prompt("repair", findings=told)))
        try:
            environment = _environment(reply, problem)
        except ValueError as error:
            findings = [Finding("format", str(error))]
            continue
        if findings := await _disagreements(pool, environment, cases):
            continue
        solved, findings = await _solve(pool, client, environment, cases, config)
        if solved is None:
            continue
        verification = await verify(pool, solved, list(cases), problem=problem)
        if not (findings := list(verification.findings)):
            return Compiled(solved, tuple((text, level) for text, (level, _) in cases.items()))
    return Refused(f"{findings[0].check}: {findings[0].detail} (after {config.repairs} repairs)")


def _sure(outcomes: list[Outcome]) -> list[Outcome]:
    """Our own failure is no verdict on a source."""
    if lost := [outcome.detail for outcome in outcomes if outcome.stop is StopReason.INFRASTRUCTURE]:
        raise SandboxError(f"synthesis: {lost[0]}")
    return outcomes


async def _disagreements(pool: SandboxPool, environment: Environment, cases: Cases) -> list[Finding]:
    """Where the environment does not load, or its reference is not the original's answer."""
    harness = REFERENCE.format(canonical=original.CANONICAL, name=environment.class_name)
    findings = []
    outcomes = _sure(await pool.map(environment.source + harness, "_cg_reference", list(cases)))
    for (text, (_, answer)), outcome in zip(cases.items(), outcomes):
        if outcome.stop is not None:
            findings.append(Finding("load", f"{outcome.stop}: {outcome.detail}", text))
        elif not original.same(json.loads(outcome.value), json.loads(answer)):
            wrong = f"get_ref_answer gives {outcome.value:.200}, the original solution {answer:.200}"
            findings.append(Finding("wrong_reference", wrong, text))
    return findings


async def _solve(
    pool: SandboxPool, client: Completer, environment: Environment, cases: Cases, config: LLMConfig
) -> tuple[Environment | None, list[Finding]]:
    """The environment with the first solution that is right on every test, or what went wrong with the best one."""
    text = prompt("solution", statement=environment.statement, tools=documentation(environment))
    most, findings = -1, list[Finding]()
    for reply in await asyncio.gather(*(client.complete(talk(text), sample=i) for i in range(config.solutions))):
        try:
            candidate = with_oracle(environment, oracle(reply))
        except ValueError as error:
            findings = findings or [Finding("unusable_solution", str(error))]
            continue
        passed, failed, left = 0, list[Finding](), list(cases.items())
        while left and not failed:  # one alone first: a solution that never ends takes its time only once
            now, left = left[: 16 if passed else 1], left[16 if passed else 1 :]
            runs = await asyncio.gather(*(pool.solve(candidate.source, candidate.class_name, case[0]) for case in now))
            failed = [found for run, case in zip(runs, now) if (found := _judge(run, case[0], case[1][1]))]
            passed += len(now) - len(failed)
        if not failed:
            return candidate, []
        most, findings = (passed, failed) if passed > most else (most, findings)
    return None, findings


def _judge(run: Trajectory, text: str, answer: str) -> Finding | None:
    """A run counts if it handed in the original's answer and that earned the reward."""
    if run.stop is StopReason.INFRASTRUCTURE:
        raise SandboxError(f"solve: {run.detail}")
    if run.stop is StopReason.ENV_TIMEOUT:  # how far it came is another thing each time, and would be in the request
        return Finding("oracle_fails", "the best player used up its time: does each tool return quickly?", text)
    calls = len(run.steps)
    last: dict[str, Any] = json.loads(run.steps[-1][0]) if calls else {"name": ""}
    if run.stop not in (StopReason.ANSWERED, StopReason.WRONG) or last["name"] != "Done":
        shown = f"; its last call gave {run.steps[-1][1]!r:.200}" if calls else ""
        return Finding("oracle_fails", f"the best player: {run.stop} after {calls} calls: {run.detail}{shown}", text)
    given, earned = last["parameters"].get("answer"), run.stop is StopReason.ANSWERED
    right = original.same(given, json.loads(answer))
    if right and earned:
        return None
    if right or earned:
        detail = f"Done({given!r:.200}) earned {'a' if earned else 'no'} reward; the original says {answer:.200}"
        return Finding("wrong_reference", detail, text)
    return Finding("oracle_fails", f"the best player: Done({given!r:.200}), but right is {answer:.200}", text)


def _environment(reply: str, problem: Problem) -> Environment:
    """The environment of a reply. ValueError: why there is none."""
    if not (source := code_block(reply)):
        raise ValueError("the reply has no complete ```python block")
    if not (names := re.findall(r"^class[ \t]+(\w+Env)\b", source, re.MULTILINE)):
        raise ValueError("the module has no class whose name ends in Env")
    environment = parse_environment(source, f"{problem.id}__{names[-1]}", names[-1])
    if not environment.statement:
        raise ValueError(f"class {names[-1]} has no docstring; it is the task that the player reads")
    if len(environment.tools) < 4 or "Observe" not in {tool.name for tool in environment.tools}:
        raise ValueError("func_mapping must have at least four tools, Observe and Done among them")
    return environment


def _about(problem: Problem) -> dict[str, str]:
    examples = "\n".join(text if len(text) < 600 else f"{text[:600]} ..." for text in problem.inputs[:3])
    about = {"statement": problem.statement, "solution": problem.solution, "entry_point": problem.entry_point}
    return about | {"examples": examples}


def _told(finding: Finding) -> str:
    """A finding as the model reads it, without addresses and times: those make another request of each run."""
    place = f" On the configuration {finding.config:.400}:" if finding.config else ""
    return re.sub(r"0x[0-9a-f]{6,}|\d+\.\d+ s of", "...", f"- {finding.check}:{place} {finding.detail}")
