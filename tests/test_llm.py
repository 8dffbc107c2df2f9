"""The LLM synthesizer on recorded completions, which a real HTTP server on this machine gives: matched by content,
late, and now and then with an error instead. Environments and solutions run in the real sandbox.
"""

import asyncio
import dataclasses
import json
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from email.utils import formatdate
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from codegym_jax.environments import parse_environment
from codegym_jax.problems import Problem
from codegym_jax.sandbox import Limits, SandboxPool
from codegym_jax.synthesis import llm, original
from codegym_jax.synthesis.llm import Client, Compiled, LLMConfig, LLMError, Refused, RequestRefused, synthesize
from codegym_jax.synthesis.verify import Verification, verify
from codegym_jax.types import StopReason, Trajectory

ROOT = Path(__file__).resolve().parents[1]
RECORDED = [json.loads(path.read_text()) for path in sorted((ROOT / "tests" / "data" / "llm").glob("*.json"))]
SOLUTION = "def overtime(hours, limit):\n    return sum(max(0, h - limit) for h in hours)\n"
INPUTS = ("{'hours': [38, 45], 'limit': 40}",)
PROBLEM = Problem("own_1", "Sum the hours of each worker above a limit.", SOLUTION, "overtime", INPUTS)
COMPLETIONS = 1 + 3 + 10 + 2  # an environment, tests, solutions, repairs; the second repair leaves the docs alone
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere rlimits alone hold")


class Server:
    """Answers by what the last message contains, the replies of one request in turn. `script`: what comes instead
    first, (status, headers) each; None is a connection that breaks."""

    def __init__(self, delay_s: float = 0.0) -> None:
        self.requests: list[dict] = []
        self.headers: list[dict[str, str]] = []
        self.script: list[tuple[int, dict[str, str]] | None] = []
        self.refuse = ""  # requests with this in their last message are bad ones
        self.times: list[float] = []
        self.delay_s, self.live, self.most, self.given = delay_s, 0, 0, Counter[str]()

    async def __aenter__(self) -> "Server":
        app = web.Application()
        app.router.add_post("/v1/chat/completions", self.answer)
        self._server = TestServer(app)
        await self._server.start_server()
        self.url = str(self._server.make_url("/v1"))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._server.close()

    async def answer(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.requests.append(body)
        self.headers.append(dict(request.headers))
        self.times.append(time.monotonic())
        self.live += 1
        self.most = max(self.most, self.live)
        try:
            await asyncio.sleep(self.delay_s)
        finally:
            self.live -= 1
        if self.script:
            if (step := self.script.pop(0)) is None:
                request.transport.close()
                return web.Response()
            return web.Response(status=step[0], headers=step[1], text="not now")
        last = body["messages"][-1]["content"]
        if self.refuse and self.refuse in last:
            return web.Response(status=400, text="too long")
        for recorded in RECORDED:
            if recorded["match"] in last:
                reply = recorded["replies"][self.given[recorded["match"]] % len(recorded["replies"])]
                self.given[recorded["match"]] += 1
                usage = {key: reply[key] for key in ("prompt_tokens", "completion_tokens")}
                message = {"role": "assistant", "content": reply["content"]}
                return web.json_response({"choices": [{"message": message, "finish_reason": "stop"}], "usage": usage})
        return web.json_response({"choices": [{"message": {"content": last}, "finish_reason": "stop"}]})


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with Server() as server:
        yield server


@pytest.fixture
async def pool() -> AsyncIterator[SandboxPool]:
    async with SandboxPool(Limits(step_cpu_s=0.2)) as pool:
        yield pool


@pytest.fixture
def config(server: Server, tmp_path: Path) -> LLMConfig:
    return LLMConfig("some-model", server.url, cache=str(tmp_path / "cache"), backoff_s=0.01)


def ask(text: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": text}]


async def accept(*_: object, **__: object) -> Verification:
    return Verification()


async def made(pool: SandboxPool, config: LLMConfig, verify: llm.Verify = accept) -> tuple[Compiled | Refused, Client]:
    async with Client(config) as client:
        return await synthesize(pool, client, PROBLEM, config, verify), client


def served(server: Server, match: str) -> int:
    return sum(match in request["messages"][-1]["content"] for request in server.requests)


async def test_two_broken_environments_are_repaired_and_the_third_one_solves(pool, config, server):
    server.script = [(429, {}), (500, {}), (503, {}), None]
    result, client = await made(pool, config, verify)
    assert isinstance(result, Compiled)
    assert [served(server, match) for match in ("wrong_reference", "oracle_fails")] == [1, 1]
    assert (client.usage.requests, client.usage.retries) == (COMPLETIONS, 4)
    environment = result.environment
    assert environment == parse_environment(environment.source, "own_1__OvertimeEnv", "test")
    verdicts = await pool.verify(environment.source, environment.class_name, [text for text, _ in result.configs])
    assert {(verdict.stop, verdict.reward) for verdict in verdicts} == {(StopReason.ANSWERED, 1.0)}
    # 30 unit tests of which one comes twice and two make the original fail, and ten hard ones
    assert Counter(level for _, level in result.configs) == {1: 9, 3: 10, 4: 8, 5: 10}
    for (text, _), answer in zip(result.configs, await original.answers(pool, PROBLEM, [c for c, _ in result.configs])):
        last = (await pool.solve(environment.source, environment.class_name, text)).steps[-1][0]
        assert json.loads(last) == {"name": "Done", "parameters": {"answer": json.loads(answer.value)}}


async def test_a_rerun_asks_for_nothing_and_gives_the_same(pool, config, server):
    first, one = await made(pool, dataclasses.replace(config, prompt_price=2.0, completion_price=10.0))
    asked = len(server.requests)
    second, two = await made(pool, dataclasses.replace(config, prompt_price=2.0, completion_price=10.0))
    assert second == first
    assert (len(server.requests), two.usage.requests, two.usage.cost) == (asked, 0, 0.0)
    assert two.usage.saved >= one.usage.cost > 0  # what the first run had from its own cache as well


async def test_without_a_repair_left_the_refusal_names_the_finding(pool, config):
    result, _ = await made(pool, dataclasses.replace(config, repairs=0))
    assert isinstance(result, Refused)
    assert result.reason.startswith("wrong_reference: get_ref_answer gives")


CHILD = """
import asyncio, sys
sys.path.insert(0, sys.argv[1])
from tests.test_llm import PROBLEM, Limits, LLMConfig, SandboxPool, made

async def main():
    async with SandboxPool(Limits(step_cpu_s=0.2), zygotes=1) as pool:
        await made(pool, LLMConfig("some-model", sys.argv[2], cache=sys.argv[3], concurrency=2))

asyncio.run(main())
"""


async def test_a_run_killed_in_the_middle_goes_on_where_it_was(pool, config, server):
    server.delay_s = 0.1
    kept = lambda: len(list(Path(config.cache).glob("*/*.json")))  # noqa: E731
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        CHILD,
        str(ROOT),
        config.endpoint,
        config.cache,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    while kept() < 7:
        assert child.returncode is None
        await asyncio.sleep(0.02)
    child.send_signal(signal.SIGKILL)
    await child.wait()
    await asyncio.sleep(2 * server.delay_s)  # requests in flight end, too late for anybody
    finished = kept()
    asked = len(server.requests)
    result, client = await made(pool, dataclasses.replace(config, concurrency=2))
    assert isinstance(result, Compiled)
    assert client.usage.requests == len(server.requests) - asked == COMPLETIONS - finished
    assert 7 <= finished < COMPLETIONS


@pytest.mark.parametrize("fault", [(429, {}), (500, {}), (503, {}), None], ids=str)
async def test_what_may_pass_is_tried_again(config, server, fault):
    server.script = [fault, fault]
    async with Client(config) as client:
        assert await client.complete(ask("hello")) == "hello"
    assert (len(server.requests), client.usage.retries, client.usage.requests) == (3, 2, 1)


@pytest.mark.parametrize(
    "form", [lambda s: str(s), lambda s: formatdate(time.time() + s + 1, usegmt=True)], ids=["s", "date"]
)
async def test_retry_after_is_waited_for(config, server, form):
    server.script = [(429, {"Retry-After": form(1)})]
    async with Client(config) as client:
        await client.complete(ask("hello"))
    assert server.times[1] - server.times[0] >= 1.0


async def test_retries_wait_longer_and_longer_but_not_all_alike(config, server, monkeypatch):
    waits: list[float] = []
    sleep = asyncio.sleep

    async def note(seconds: float) -> None:
        waits.append(seconds)
        await sleep(0)

    server.script = [(503, {})] * 12
    async with Client(dataclasses.replace(config, backoff_s=0.5, retries=12)) as client:
        monkeypatch.setattr(llm.asyncio, "sleep", lambda seconds: note(seconds) if seconds else sleep(0))
        await client.complete(ask("hello"))
    told = [seconds for seconds in waits if seconds]
    assert all(0.25 * 2**i <= told[i] <= 0.5 * 2**i for i in range(7))
    assert max(told) <= 60
    assert len(set(told)) == len(told)


@pytest.mark.parametrize(("status", "fix"), [(400, "`extra`"), (401, "`api_key_env`"), (404, "ends in /v1")])
async def test_what_will_not_pass_is_said_at_once(config, server, status, fix):
    tried = [(status, {})] * (2 if status == 400 else 1)  # a bad request again, a small one
    server.script = list(tried)
    async with Client(config) as client:
        with pytest.raises(LLMError) as caught:
            await client.complete(ask("hello"))
    assert len(server.requests) == len(tried)
    for part in (f"{config.endpoint}/chat/completions", "'some-model'", f"HTTP {status}: not now", fix):
        assert part in str(caught.value)


async def test_a_request_refused_by_an_endpoint_that_takes_others_is_a_verdict_on_it_alone(config, server):
    server.script = [(400, {})]
    async with Client(config) as client:
        with pytest.raises(RequestRefused, match=r"^http_400: .*not now"):
            await client.complete(ask("much too long"))
        assert await client.complete(ask("hello")) == "hello"
    assert len(server.requests) == 3  # with one to see whether it takes any


async def test_after_the_last_retry_the_error_says_what_to_do(config, server):
    server.script = [(429, {})] * 3
    async with Client(dataclasses.replace(config, retries=2)) as client:
        with pytest.raises(LLMError, match=r"HTTP 429: not now \(attempt 3\); lower `concurrency`"):
            await client.complete(ask("hello"))


async def test_no_server_is_said(config, tmp_path):
    nobody = dataclasses.replace(config, endpoint="http://127.0.0.1:9/v1", retries=1)
    async with Client(nobody) as client:
        with pytest.raises(LLMError, match=r"127\.0\.0\.1:9.*no reply: ClientConnectorError.*start the server"):
            await client.complete(ask("hello"))


async def test_the_key_comes_from_the_environment(config, server, monkeypatch):
    monkeypatch.setenv("SOME_KEY", "sesame")
    async with Client(dataclasses.replace(config, api_key_env="SOME_KEY")) as client:
        await client.complete(ask("hello"))
    assert server.headers[0]["Authorization"] == "Bearer sesame"
    assert not any("sesame" in path.read_text() for path in Path(config.cache).glob("*/*.json"))
    monkeypatch.delenv("SOME_KEY")
    with pytest.raises(LLMError, match="SOME_KEY"):
        Client(dataclasses.replace(config, api_key_env="SOME_KEY"))


async def test_no_more_requests_in_flight_than_allowed(config, server):
    server.delay_s = 0.05
    async with Client(dataclasses.replace(config, concurrency=3)) as client:
        await asyncio.gather(*(client.complete(ask("hello"), sample=i) for i in range(12)))
    assert (server.most, len(server.requests)) == (3, 12)


async def test_tokens_and_cost_are_those_of_the_replies(config):
    priced = dataclasses.replace(config, prompt_price=2.0, completion_price=10.0)
    async with Client(priced) as client:
        for sample in range(2):
            await client.complete(ask("Write 15 inputs"), sample=sample)
    used = client.usage
    assert (used.requests, used.prompt_tokens, used.completion_tokens, used.unmetered) == (2, 1400, 1190, 0)
    assert used.cost == pytest.approx((1400 * 2 + 1190 * 10) / 1e6)


@pytest.mark.parametrize("change", [{"model": "other"}, {"temperature": 0.5}, {"extra": '{"seed": 1}'}], ids=str)
async def test_another_model_or_sampling_is_another_completion(config, server, change):
    for each in (config, config, dataclasses.replace(config, **change)):
        async with Client(each) as client:
            await client.complete(ask("hello"))
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("    step('Done', answer=OvertimeEnv().get_ref_answer())", "OvertimeEnv"),
        ("    step('Done', answer=step.__closure__)", "__closure__"),
        ("    step('Done', answer=self.hours)", "self"),
        ("    import inspect\n    step('Done', answer=0)", "inspect"),
        ("    step('Done', answer=eval('1'))", "eval"),
        ("    def helper():\n        return ref\n    step('Done', answer=helper())", "ref"),
        ("    step('Done' answer=0)", "SyntaxError"),
    ],
)
def test_a_solution_that_reads_more_than_replies_is_no_oracle(body, reason):
    with pytest.raises(ValueError, match=reason):
        llm.oracle(f"```python\ndef solve(step):\n{body}\n```")


async def test_the_example_of_the_prompt_is_an_environment_that_its_solution_solves(pool):
    blocks = llm.prompt("environment", statement="", solution="", entry_point="", examples="").split("\n```python\n")
    source = next(block for block in blocks if "import gymnasium" in block).split("\n```")[0]
    environment = parse_environment(source, "own_2__FenceStepEnv", "prompt")
    body = """
    count, best = int(step("Observe")), 0
    heights = [int(step("Height", post=i)) for i in range(count)]
    for a, b in zip(heights, heights[1:]):
        best = int(step("Larger", a=best, b=int(step("Difference", a=a, b=b))))
    step("Done", answer=best)
"""
    solved = llm.with_oracle(environment, llm.oracle(f"```python\ndef solve(step):{body}```"))
    run = await pool.solve(solved.source, solved.class_name, repr({"heights": [3, 7, 4, 9]}))
    assert (run.stop, len(run.steps)) == (StopReason.ANSWERED, 1 + 4 + 2 * 3 + 1)


def test_what_is_told_of_a_time_out_is_the_same_in_every_run():
    steps = (("{}", "1"), ("{}", "2"))
    runs = [
        Trajectory(steps[:n], 0.0, StopReason.ENV_TIMEOUT, f"{n}.1 s of wall time, {n}.0 s of CPU time") for n in (1, 2)
    ]
    findings = [llm._judge(run, "{}", "0") for run in runs] + [llm.Finding("timeout", run.detail) for run in runs]
    assert len({llm._told(finding) for finding in findings if finding}) == 2


def test_tool_docs_for_solvers_show_example_outputs_and_no_code():
    environment = llm._environment(RECORDED[0]["replies"][0]["content"], PROBLEM)
    text = llm.documentation(environment)
    assert text.count("Example Output:") == len(environment.tools) == text.count("def ")
    assert "self" not in text


@pytest.mark.parametrize("bad", [{"concurrency": 0}, {"endpoint": "localhost:1"}, {"extra": "[]"}], ids=str)
def test_a_bad_setting_is_named(config, bad):
    with pytest.raises(ValueError, match=next(iter(bad))):
        dataclasses.replace(config, **bad)


# ---- launch/synthesize.py --synthesizer llm --------------------------------------------------------------------------

LAUNCH = str(ROOT / "launch" / "synthesize.py")
OVERTIME = f'''"""{PROBLEM.statement}"""


{SOLUTION}

def generate(rng, size):
    return {{"hours": [rng.randint(30, 60) for _ in range(3 * size)], "limit": rng.randint(35, 45)}}
'''
HOPELESS = '''"""Say how many grains a heap of so many handfuls has."""


def grains(handfuls: int) -> int:
    return handfuls * 1000


def generate(rng, size):
    return {"handfuls": rng.randint(1, 9 * size)}
'''


class Launched:
    """launch/synthesize.py on a folder of problems, with what the server said to it."""

    def __init__(self, folder: Path, server: Server, **texts: str) -> None:
        self.out, self.server = folder / "out", server
        (folder / "problems").mkdir()
        for name, text in texts.items():
            (folder / "problems" / f"{name}.py").write_text(text)
        llm = ("--llm.model", "some-model", "--llm.endpoint", server.url, "--llm.backoff-s", "0.01")
        self.command = (LAUNCH, str(folder / "problems"), "--out", str(self.out), "--fuzz", "8", *llm)

    async def start(self, *flags: str) -> asyncio.subprocess.Process:
        said = {"stdout": asyncio.subprocess.PIPE, "stderr": asyncio.subprocess.PIPE}
        environ = os.environ | {"PYTHONPATH": str(ROOT)}
        return await asyncio.create_subprocess_exec(sys.executable, *self.command, *flags, env=environ, **said)

    async def run(self, *flags: str) -> tuple[int, str, str]:
        process = await self.start(*flags)
        out, error = await process.communicate()
        return process.returncode, out.decode(), error.decode()

    async def line(self, *flags: str) -> dict:
        code, out, error = await self.run(*flags)
        assert code == 0, error
        return json.loads(out.splitlines()[-1])

    def kept(self) -> int:
        return len(list(self.out.glob("progress/llm/*/*.json")))


async def test_launched_killed_and_launched_again_asks_for_what_is_missing_and_then_for_nothing(server, tmp_path):
    launched = Launched(tmp_path, server, overtime=OVERTIME)
    server.delay_s = 0.1
    killed = await launched.start("--synthesizer", "llm", "--llm.concurrency", "2")
    while launched.kept() < 5:
        assert killed.returncode is None
        await asyncio.sleep(0.02)
    killed.send_signal(signal.SIGKILL)
    await killed.communicate()
    await asyncio.sleep(2 * server.delay_s)
    server.delay_s, finished, asked = 0.0, launched.kept(), len(server.requests)
    prices = ("--llm.prompt-price", "2", "--llm.completion-price", "10")
    line = await launched.line("--synthesizer", "llm", *prices)
    assert (line["verified"], line["by_llm"], line["environments"], line["rejected"]) == (1, 1, 1, {})
    assert line["fuzzed"] > 0
    assert line["llm"]["requests"] == len(server.requests) - asked == launched.kept() - finished
    assert finished < launched.kept()
    assert line["llm"]["cost"] > 0
    asked, tasks = len(server.requests), (launched.out / "tasks.jsonl").read_bytes()
    again = await launched.line("--synthesizer", "llm", *prices)
    assert len(server.requests) == asked
    assert again == line | {"llm": dataclasses.asdict(llm.Usage())}
    assert (launched.out / "tasks.jsonl").read_bytes() == tasks


async def test_both_hands_the_llm_what_static_leaves_and_a_refused_request_costs_one_problem(server, tmp_path):
    launched = Launched(tmp_path, server, overtime=OVERTIME, grains=HOPELESS)
    server.refuse = "grains"
    line = await launched.line("--synthesizer", "both")
    assert (line["environments"], line["by_llm"]) == (1, 0)
    assert line["rejected"] == {"llm/http_400": 1}
    assert all("grains" in json.dumps(body) or body["messages"] == llm.PROBE for body in server.requests)


async def test_a_key_that_the_endpoint_refuses_ends_the_run_with_one_message(server, tmp_path):
    launched = Launched(tmp_path, server, overtime=OVERTIME, grains=HOPELESS)
    server.script = [(401, {})] * 100
    code, _, error = await launched.run("--synthesizer", "llm")
    assert code == 2
    assert error.count("HTTP 401") == error.count("error: ") == 1
    assert "Traceback" not in error
    assert not list(launched.out.glob("progress/*.json"))
