"""The LLM synthesizer: the paper's pipeline (arXiv 2509.17325) against any OpenAI-compatible /v1/chat/completions.

    async with SandboxPool() as pool, Client(config) as client:
        made = await synthesize(pool, client, problem, config)  # Compiled or Refused

One completion writes the environment, three write inputs to test it with, ten more write solutions from its tool docs
alone; the first that passes every test becomes its solve(). What goes wrong goes back as findings, for a new source.

Deviations from the paper and its code: a completion only ever supplies text, and what is expected comes from the
original solution, so that a reference and an oracle that share a bug fail together; a hand-in has to be right by the
original *and* earn the reward; a solution that reads anything but what `step` returned is thrown out unseen.

Every reply is kept in a file named after its request. The pipeline asks for nothing that depends on the clock or on
the order of events, so to run it again is to read those files, and a killed run goes on where it was.
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
from typing import Any, NamedTuple

import aiohttp
from rich.progress import Progress

from codegym_jax.environments import EnvironmentFormatError, parse_environment
from codegym_jax.problems import Problem
from codegym_jax.sandbox import SandboxPool
from codegym_jax.synthesis import original
from codegym_jax.types import Environment, StopReason, Trajectory

Message = dict[str, str]
Verify = Callable[..., Awaitable[Any]]  # synthesis.verify.verify, or one like it

LEVELS = {"easy": 1, "medium": 3, "hard": 4}  # of the unit tests, as Task.difficulty has it; the hard set is 5
SHOWN = 8  # findings that go back to the model in one repair
MAX_BACKOFF_S = 60.0
IMPORTS = {"json", "math", "re", "string", "collections", "itertools", "functools", "heapq", "bisect"}
BUILTINS = {name for name in dir(builtins) if name[0] != "_"} - set(
    "eval exec compile open input globals locals vars dir getattr setattr delattr super breakpoint help id "
    "memoryview object classmethod staticmethod property exit quit".split()
)
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
    400: "the request is refused as it is: see what it says, and set or remove (null) a field in `extra`",
    401: "set the environment variable that `api_key_env` names to a valid key",
    403: "the key has no access to this model: use another in the variable that `api_key_env` names",
    404: "`endpoint` has to end before /chat/completions (mostly in /v1), and GET ENDPOINT/models to list `model`",
    413: "the prompt is too long for this model: leave such problems out, or serve it with a longer context",
    429: "lower `concurrency`, raise `retries`, or wait for the quota",
}


@dataclasses.dataclass(frozen=True, slots=True)
class Compiled:
    """A verified environment, and (configuration, difficulty 1..5) of its tasks."""

    environment: Environment
    configs: tuple[tuple[str, int], ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Refused:
    """Why there is none: a short stable slug, then ": " and the detail."""

    reason: str


class Finding(NamedTuple):
    """One reason against an environment, as the verifier's are."""

    check: str  # a slug
    detail: str
    config: str = ""


class LLMError(RuntimeError):
    """The endpoint gives no completion: endpoint, model, what happened, the fix. Never a verdict on a problem."""


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
        if not re.match("https?://", self.endpoint):
            raise ValueError(f"endpoint={self.endpoint!r}: must start with http:// or https://")
        if not re.fullmatch(r"\s*\{.*\}\s*", self.extra, re.DOTALL):
            raise ValueError(f"extra={self.extra!r}: must be a JSON object, such as '{{\"seed\": 1}}'")
        json.loads(self.extra)

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

    def __str__(self) -> str:
        tokens = f"{self.prompt_tokens:,} + {self.completion_tokens:,} tokens, {self.cost:.2f}"
        return f"{self.requests:,} requests, {self.cached:,} cached, {self.retries:,} retries, {tokens}"


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
        self._progress.update(self._bar, advance=1, description=str(self.usage))
        return reply["text"]

    async def _post(self, request: dict[str, Any]) -> dict[str, Any]:
        """One request until it is answered. Its slot is kept while it backs off: that is what slows all down."""
        config, where = self.config, f"{self._url}: model {self.config.model!r}"
        for attempt in itertools.count():
            wait = random.uniform(0.5, 1.0) * min(config.backoff_s * 2.0**attempt, MAX_BACKOFF_S)
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
            again = status in (0, 408, 409, 425, 429) or status >= 500
            if not again or attempt >= config.retries:
                raise LLMError(f"{where}: {problem} (attempt {attempt + 1}); {fix}")
            self.usage.retries += 1
            await asyncio.sleep(wait)
        raise AssertionError

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


def code_block(text: str) -> str:
    """The longest fenced block of a reply, without what a reasoning model thought aloud; "" if it has none."""
    text = re.sub(r"<think>.*?</think>", "", text, flags=re.DOTALL)
    blocks = re.findall(r"^[ \t]*```[ \t]*(?:python|py)?[ \t]*\n(.*?)^[ \t]*```", text, re.DOTALL | re.MULTILINE)
    return textwrap.dedent(max(blocks, key=len, default=""))


def documentation(environment: Environment) -> str:
    """The tools as their writer documented them, example outputs included, which players do not get to see."""
    classes = [node for node in ast.parse(environment.source).body if isinstance(node, ast.ClassDef)]
    body = next(node for node in classes if node.name == environment.class_name).body
    methods = {node.name: node for node in body if isinstance(node, ast.FunctionDef)}
    texts = []
    for tool in environment.tools:
        method = methods[tool.name]
        arguments = ", ".join(ast.unparse(a) for a in method.args.args if a.arg != "self")
        document = textwrap.indent(f'"""{ast.get_docstring(method) or ""}\n"""', "    ")
        texts.append(f"def {tool.name}({arguments}) -> str:\n{document}")
    return "\n\n\n".join(texts)


def oracle(text: str) -> str:
    """The source of a method solve() from a reply that defines solve(step). ValueError: why it cannot be one.

    It may name what it defines itself, harmless builtins and modules, and `step`: nothing of the environment's module.
    """
    try:
        module = ast.parse(code_block(text))
        solve = next(node for node in module.body if isinstance(node, ast.FunctionDef) and node.name == "solve")
        others = [node for node in module.body if isinstance(node, (ast.Import, ast.ImportFrom, ast.FunctionDef))]
        body = [*(node for node in others if node is not solve), *solve.body]
        for node in itertools.chain.from_iterable(map(ast.walk, body)):
            _harmless(node)
        method = ast.parse(SOLVE).body[0]
        assert isinstance(method, ast.FunctionDef)
        method.body += body
        source = ast.unparse(ast.fix_missing_locations(method))
        tables = symtable.symtable(source, "solve", "exec").get_children()
    except (SyntaxError, RecursionError, MemoryError, StopIteration) as error:
        raise ValueError(f"no ```python block with a function solve(step): {error!r}") from None
    for table in tables:
        tables += table.get_children()
        for name in (symbol.get_name() for symbol in table.get_symbols() if symbol.is_global()):
            if name not in BUILTINS:
                raise ValueError(f"it names {name}, which it does not define")
    return source


def _harmless(node: ast.AST) -> None:
    """ValueError: why a solution may not have this."""
    match node:
        case ast.Import(names=[ast.alias(name=name), *_]) | ast.ImportFrom(module=name) if name not in IMPORTS:
            raise ValueError(f"it imports {name}")
        case ast.Import(names=[_, _, *_]):
            raise ValueError("it imports several modules in one statement")
        case ast.Attribute(attr=name) if name[0] == "_" or name in ("sys", "os", "builtins", "modules"):
            raise ValueError(f"it reads the attribute {name}")
        case ast.Name(id="self") | ast.arg(arg="self"):
            raise ValueError("it names self")
        case ast.Constant(value=str(value)) if "__" in value:  # a format string reads attributes too
            raise ValueError(f"it has the string {value!r}")


def with_oracle(environment: Environment, method: str) -> Environment:
    """The same environment with this solve(), in place of one that it may have."""
    lines = environment.source.splitlines()
    body = next(
        node
        for node in ast.parse(environment.source).body
        if isinstance(node, ast.ClassDef) and node.name == environment.class_name
    )
    end = body.end_lineno or len(lines)
    lines[end:end] = ["", *textwrap.indent(method, " " * body.body[-1].col_offset).splitlines()]
    for node in reversed(body.body):
        if isinstance(node, ast.FunctionDef) and node.name == "solve":
            del lines[node.lineno - 1 : node.end_lineno]
    return parse_environment("\n".join(lines) + "\n", environment.name, environment.name)


# ---- the pipeline ----------------------------------------------------------------------------------------------------


async def tests(pool: SandboxPool, client: Client, problem: Problem, config: LLMConfig) -> dict[str, tuple[int, str]]:
    """Configuration → difficulty and the original's answer (canonical JSON). Those on which it fails are dropped."""
    about = _about(problem)
    asked = [("unit_tests", sample) for sample in range(config.unit_samples)]
    asked += [("hard_tests", sample) for sample in range(config.hard_samples)]
    replies = await asyncio.gather(*(client.complete(_user(prompt(name, **about)), sample=i) for name, i in asked))
    levels: dict[str, int] = {}
    for (name, _), reply in zip(asked, replies):
        outcome = (await pool.map(code_block(reply) + TESTS, "_cg_tests", [""]))[0]
        for level, text in json.loads(outcome.value) if outcome.stop is None else ():
            levels.setdefault(text, 5 if name == "hard_tests" else LEVELS.get(level, 3))
    configs = [text for text in levels if _is_config(text)]
    outcomes = await original.answers(pool, problem, configs)
    return {text: (levels[text], o.value) for text, o in zip(configs, outcomes) if o.stop is None}


async def synthesize(
    pool: SandboxPool, client: Client, problem: Problem, config: LLMConfig, verify: Verify | None = None
) -> Compiled | Refused:
    """One problem → one verified environment with its tasks. LLMError: no completions. ValueError: a bad problem id."""
    if verify is None:
        from codegym_jax.synthesis.verify import verify
    first = _user(prompt("environment", **_about(problem)))
    expected, reply = await asyncio.gather(tests(pool, client, problem, config), client.complete(first))
    if not expected:
        return Refused("no_tests: the original solution fails on every test, or no completion has one")
    findings: list[Any] = []
    for repair in range(config.repairs + 1):
        if repair:
            told = "\n".join(map(_told, dict.fromkeys(findings[:SHOWN])))
            conversation = [*first, {"role": "assistant", "content": f"```python\n{code_block(reply)}```"}]
            reply = await client.complete([*conversation, *_user(prompt("repair", findings=told))])
        try:
            environment = _environment(reply, problem)
        except (EnvironmentFormatError, ValueError) as error:
            findings = [Finding("format", str(error))]
            continue
        if findings := await _disagreements(pool, environment, expected):
            continue
        solved, findings = await _solve(pool, client, environment, expected, config)
        if solved is None:
            continue
        verification = await verify(pool, solved, list(expected), problem=problem)
        if not (findings := list(verification.findings)):
            return Compiled(solved, tuple((text, level) for text, (level, _) in expected.items()))
    return Refused(f"{findings[0].check}: {findings[0].detail} (after {config.repairs} repairs)")


async def _disagreements(
    pool: SandboxPool, environment: Environment, expected: dict[str, tuple[int, str]]
) -> list[Finding]:
    """Where the environment does not load, or its reference is not the original's answer."""
    harness = REFERENCE.format(canonical=original.CANONICAL, name=environment.class_name)
    outcomes = await pool.map(environment.source + harness, "_cg_reference", list(expected))
    findings = []
    for (text, (_, answer)), outcome in zip(expected.items(), outcomes):
        if outcome.stop is not None:
            findings.append(Finding("load", f"{outcome.stop}: {outcome.detail}", text))
        elif not original.same(json.loads(outcome.value), json.loads(answer)):
            wrong = f"get_ref_answer gives {outcome.value:.200}, the original solution {answer:.200}"
            findings.append(Finding("wrong_reference", wrong, text))
    return findings


async def _solve(
    pool: SandboxPool,
    client: Client,
    environment: Environment,
    expected: dict[str, tuple[int, str]],
    config: LLMConfig,
) -> tuple[Environment | None, list[Finding]]:
    """The environment with the first solution that is right on every test, or what went wrong with the best one."""
    request = _user(prompt("solution", statement=environment.statement, tools=documentation(environment)))
    replies = await asyncio.gather(*(client.complete(request, sample=i) for i in range(config.solutions)))
    most, findings = -1, list[Finding]()
    for reply in replies:
        try:
            candidate = with_oracle(environment, oracle(reply))
        except (EnvironmentFormatError, ValueError) as error:
            findings = findings or [Finding("unusable_solution", str(error))]
            continue
        passed, failed, cases = 0, list[Finding](), list(expected.items())
        while cases and not failed:  # one alone first: a solution that never ends takes its time only once
            now, cases = cases[: 16 if passed else 1], cases[16 if passed else 1 :]
            runs = await asyncio.gather(*(pool.solve(candidate.source, candidate.class_name, text) for text, _ in now))
            judged = [_judge(run, text, answer) for run, (text, (_, answer)) in zip(runs, now)]
            failed = [finding for finding in judged if finding]
            passed += len(now) - len(failed)
        if not failed:
            return candidate, []
        most, findings = (passed, failed) if passed > most else (most, findings)
    return None, findings


def _judge(run: Trajectory, text: str, answer: str) -> Finding | None:
    """A run counts if it handed in the original's answer and that earned the reward."""
    name, given, calls = "", None, len(run.steps)
    if run.steps:
        action = json.loads(run.steps[-1][0])
        name, given = action["name"], action["parameters"].get("answer")
    handed_in = run.stop in (StopReason.ANSWERED, StopReason.WRONG) and name == "Done"
    right = handed_in and original.same(original.canonical(given), json.loads(answer))
    if right and run.stop is StopReason.ANSWERED:
        return None
    if right or run.stop is StopReason.ANSWERED:
        verdict = "earned no reward" if right else f"earned the reward; right is {answer:.200}"
        return Finding("wrong_reference", f"after {calls} calls, {name}({given!r:.200}) {verdict}", text)
    if handed_in:
        detail = f"the best player handed in {given!r:.200} after {calls} calls; right is {answer:.200}"
    else:
        last = f"; its last call gave {run.steps[-1][1]!r:.200}" if run.steps else ""
        detail = f"the best player ended in {run.stop} after {calls} calls: {run.detail}{last}"
    return Finding("oracle_fails", detail, text)


def _environment(reply: str, problem: Problem) -> Environment:
    """The environment of a reply. ValueError, EnvironmentFormatError: why there is none."""
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


def _user(text: str) -> list[Message]:
    return [{"role": "user", "content": text}]


def _is_config(text: str) -> bool:
    try:
        return isinstance(ast.literal_eval(text), dict)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return False


def _told(finding: Finding) -> str:
    """A finding as the model reads it, without the addresses that would make each run's request another one."""
    place = f" On the configuration {finding.config:.400}:" if finding.config else ""
    return re.sub(r"0x[0-9a-f]{6,}", "0x...", f"- {finding.check}:{place} {finding.detail}")
