"""The LLM synthesizer on recorded completions, which a real HTTP server on this machine gives: matched by content, late,
and now and then with an error instead. Environments and solutions run in the real sandbox.
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
from typing import NamedTuple

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from codegym_jax.environments import parse_environment
from codegym_jax.problems import Problem
from codegym_jax.sandbox import SandboxPool
from codegym_jax.synthesis import llm, original
from codegym_jax.synthesis.llm import Client, Compiled, Finding, LLMConfig, LLMError, Refused, synthesize
from codegym_jax.types import Environment, StopReason

ROOT = Path(__file__).resolve().parents[1]
RECORDED = [json.loads(path.read_text()) for path in sorted((ROOT / "tests" / "data" / "llm").glob("*.json"))]
SOLUTION = "def overtime(hours, limit):\n    return sum(max(0, h - limit) for h in hours)\n"
INPUTS = ("{'hours': [38, 45], 'limit': 40}",)
PROBLEM = Problem("own_1", "Sum the hours of each worker above a limit.", SOLUTION, "overtime", INPUTS)
ALL = 14 + 2 * 11  # completions: an environment, 3 of tests; two repairs, the second one leaves the docs as they are
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere rlimits alone hold")


class Server:
    """Answers by what the last message contains, the replies of one request in turn. `script`: what comes instead
    first, (status, headers) each; None is a connection that breaks."""

    def __init__(self, delay_s: float = 0.0) -> None:
        self.requests: list[dict] = []
        self.headers: list[dict[str, str]] = []
        self.script: list[tuple[int, dict[str, str]] | None] = []
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
    async with SandboxPool() as pool:
        yield pool


@pytest.fixture
def config(server: Server, tmp_path: Path) -> LLMConfig:
    return LLMConfig("some-model", server.url, cache=str(tmp_path / "cache"), backoff_s=0.01)


def ask(text: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": text}]


class Checked(NamedTuple):
    findings: tuple[Finding, ...]


async def check(pool: SandboxPool, environment: Environment, configs: list[str], **_: object) -> Checked:
    """The least a verifier does."""
    verdicts = await pool.verify(environment.source, environment.class_name, configs)
    bad = [(text, v) for text, v in zip(configs, verdicts) if v.stop is not StopReason.ANSWERED or v.reward < 1]
    return Checked(tuple(Finding("oracle_fails", v.detail, text) for text, v in bad))


async def made(pool: SandboxPool, config: LLMConfig) -> tuple[Compiled | Refused, Client]:
    async with Client(config) as client:
        return await synthesize(pool, client, PROBLEM, config, check), client


async def test_two_broken_environments_are_repaired_and_the_third_solves(pool, config, server):
    server.script = [(429, {}), (500, {}), (503, {})]
    result, client = await made(pool, config)
    print(str(result)[:300], client.usage)
    assert isinstance(result, Compiled)
