"""The client against SGLang's own server and router: weights, versions, and servers that die.

Whatever happens to a server, the logprob of every token is held against our own model of that token's version.
"""

import asyncio
import contextlib
import dataclasses
import os
import signal
import subprocess
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import jax
import jax.numpy as jnp
import numpy as np
import psutil
import pytest
from flax import nnx

from codegym_jax import weights
from codegym_jax.inference import launch, sglang
from codegym_jax.inference.client import Generation, InferenceError, Sampling
from codegym_jax.inference.sglang import SGLang
from codegym_jax.model import Decoder

pytestmark = [pytest.mark.sglang, pytest.mark.timeout(300)]
PROMPT = [5, 6, 7, 8]
LONGEST = 256
# Random weights are nearly uniform over tokens. Larger ones tell versions apart by far more than the tolerance.
SCALE = {1: 2.0, 2: 2.5, 3: 3.0}


def scaled(params: Any, version: int) -> Any:
    return jax.tree.map(lambda x: x * SCALE[version], params)


@contextlib.asynccontextmanager
async def client_of(urls: list[str], model: Any, sync: str = "disk", **options: Any) -> AsyncIterator[SGLang]:
    _, graphdef, params = model
    options = {"max_len": LONGEST, "concurrency": 32} | options
    client = await SGLang.connect(urls, graphdef, params, sync=sync, **options)
    try:
        await client.update_weights(scaled(params, 1), 1)
        yield client
    finally:
        await client.close()


def sound(generations: list[Generation], model: Any) -> None:
    """Every logprob is that of the model of the token's version, to 1e-4."""
    _, graphdef, params = model

    @jax.jit
    def expected(params: Any, tokens: jax.Array) -> jax.Array:
        policy = nnx.merge(graphdef, params)
        hidden, _ = policy(tokens[None], jnp.arange(LONGEST)[None])
        return jax.nn.log_softmax(policy.logits(hidden[0]))

    for generation in generations:
        tokens = np.pad(PROMPT + generation.tokens, (0, LONGEST - len(PROMPT) - len(generation.tokens)))
        theirs = {v: np.asarray(expected(scaled(params, v), tokens)) for v in {*generation.versions}}
        assert len(generation.tokens) == len(generation.logprobs) == len(generation.versions) > 0
        for i, (token, logprob, version) in enumerate(
            zip(generation.tokens, generation.logprobs, generation.versions), len(PROMPT) - 1
        ):
            assert logprob == pytest.approx(theirs[version][i, token], abs=1e-4)


async def play(client: SGLang, session: str, tokens: int = 200) -> Generation:
    return await client.generate(PROMPT, Sampling(max_new_tokens=tokens), session=session, seed=0)


async def until(condition: Callable[[], Any]) -> None:
    async with asyncio.timeout(200):
        while not condition():
            await asyncio.sleep(0.1)


async def loaded(url: str) -> int:
    """Requests that a server runs."""
    async with aiohttp.ClientSession() as http, http.get(f"{url}/v1/loads?include=core") as reply:
        return sum(rank["num_running_reqs"] for rank in (await reply.json())["loads"])


async def running(url: str) -> None:
    async with asyncio.timeout(60):
        while not await loaded(url):
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("sync", ["disk", "tensor"])
async def test_logprobs_are_those_of_each_tokens_version_when_weights_change_in_flight(sync, urls, model):
    async with client_of(urls[:1], model, sync) as client:
        going = [asyncio.create_task(play(client, f"s{i}")) for i in range(8)]
        for version in (2, 3):
            await running(urls[0])
            await client.update_weights(scaled(model[2], version), version)
            await asyncio.sleep(0.2)
        done = await asyncio.gather(*going)
        sound(done, model)
        assert len({version for generation in done for version in generation.versions}) > 1
        await client.verify()


@pytest.mark.parametrize("sync", ["disk", "tensor"])
async def test_a_learner_killed_in_the_middle_of_an_update_leaves_a_server_that_the_next_one_can_use(sync, urls, model):
    async with aiohttp.ClientSession(urls[0]) as http:
        for path, body in (("/pause_generation", {"mode": "retract"}), ("/begin_weight_update", {"selector": "all"})):
            assert (await http.post(path, json=body)).status == 200
    async with client_of(urls[:1], model, sync) as client:
        sound([await play(client, "s", 20)], model)


async def test_weights_that_are_not_those_sent_are_found(urls, model, tmp_path):
    _, graphdef, params = model
    async with client_of(urls[:1], model) as client:
        weights.save(nnx.merge(graphdef, scaled(params, 2)), tmp_path / "other")
        body = {"model_path": str(tmp_path / "other"), "weight_version": client._tag(1)}
        async with aiohttp.ClientSession(urls[0]) as http:
            assert (await http.post("/update_weights_from_disk", json=body)).status == 200
        with pytest.raises(InferenceError, match=f"{urls[0]}: .* parameters differ from those sent"):
            await client.verify()


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"layers": 3}, "lacks .* parameters, such as model.layers.2"),
        ({"ff": 160}, "ff is 128, the policy's is 160"),
        ({"dtype": "bfloat16"}, "the dtype is 'float32', the policy's is 'bfloat16'"),
        ({"max_len": 4096}, "conversations may have 512 tokens, not 4096"),
    ],
)
async def test_a_server_that_does_not_fit_is_refused_by_name(change, named, urls, model):
    architecture = {key: value for key, value in change.items() if key in ("layers", "ff")}
    config = dataclasses.replace(nnx.merge(*model[1:]).config, **architecture)
    policy = Decoder(config, rngs=nnx.Rngs(0), dtype=change.get("dtype", "float32"))
    with pytest.raises(InferenceError, match=f"{urls[1]}: {named}"):
        await SGLang.connect(urls[1:], *nnx.split(policy), max_len=change.get("max_len", LONGEST), concurrency=1)


async def test_a_conversation_may_fill_the_context(urls, model):
    async with client_of(urls[:1], model, max_len=512) as client:
        for length in (500, 503, 506, 508, 511):
            done = await client.generate([5] * length, Sampling(), session="s", seed=0)
            assert done.finish == "length"
            assert length + len(done.tokens) <= 512


async def test_a_released_session_keeps_what_it_sampled(urls, model):
    async with client_of(urls[:1], model) as client:
        going = asyncio.create_task(play(client, "s", 250))
        await running(urls[0])
        client.release("s")
        done = await going
        assert done.finish == "abort"
        if done.tokens:
            sound([done], model)


@contextlib.asynccontextmanager
async def router(python: str, urls: list[str], port: int) -> AsyncIterator[subprocess.Popen]:
    arguments = [python, "-m", "sglang_router.launch_router", "--host", "127.0.0.1", "--port", str(port)]
    arguments += ["--prometheus-port", str(launch.free_port()), "--worker-urls", *urls]
    process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        async with asyncio.timeout(60), aiohttp.ClientSession() as http:
            while len(await listed(http, port)) < len(urls):
                await asyncio.sleep(0.2)
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


async def listed(http: aiohttp.ClientSession, port: int) -> set[str]:
    try:
        async with http.get(f"http://127.0.0.1:{port}/workers") as reply:
            return {worker["url"] for worker in (await reply.json())["workers"]}
    except aiohttp.ClientError:
        return set()


def signalled(url: str, number: signal.Signals) -> None:
    """Send a signal to the process that listens there, and to its children."""
    port = int(url.rpartition(":")[2])
    for connection in psutil.net_connections("tcp"):
        if connection.laddr.port == port and connection.status == psutil.CONN_LISTEN:
            os.killpg(os.getpgid(connection.pid), number)
            return
    raise AssertionError(f"nobody listens at {url}")


async def test_a_server_that_hangs_behind_the_router_loses_its_requests_to_the_other(python, urls, model, monkeypatch):
    for name, seconds in (("HEALTH_S", 1.0), ("HEALTH_TIMEOUT_S", 5.0), ("PROBE_S", 5.0)):
        monkeypatch.setattr(sglang, name, seconds)
    port = launch.free_port()
    async with router(python, urls, port), client_of([f"http://127.0.0.1:{port}"], model) as client:
        going = [asyncio.create_task(play(client, f"s{i}")) for i in range(12)]
        await asyncio.gather(*map(running, urls))
        signalled(urls[1], signal.SIGSTOP)
        try:
            await until(lambda: client.counters["lost"] == 1)
            sound(await asyncio.gather(*going), model)
        finally:
            signalled(urls[1], signal.SIGCONT)
        await until(lambda: client.counters["rejoined"] == 1)
        sound(await asyncio.gather(*(play(client, f"t{i}", 20) for i in range(4))), model)


async def test_servers_and_router_are_killed_in_mid_run_and_rejoin(python, urls, model):
    port = launch.free_port()
    async with contextlib.AsyncExitStack() as stack, aiohttp.ClientSession() as http:
        before = await stack.enter_async_context(router(python, urls, port))
        client = await stack.enter_async_context(client_of([f"http://127.0.0.1:{port}"], model))
        assert {server.url for server in client.servers} == {*urls}
        going = [asyncio.create_task(play(client, f"s{i}")) for i in range(12)]
        await asyncio.gather(*map(running, urls))
        signalled(urls[1], signal.SIGKILL)
        sound(await asyncio.gather(*going), model)
        await until(lambda: client.counters["lost"] == 1)
        await client.update_weights(scaled(model[2], 2), 2)  # which the dead server misses
        sound(await asyncio.gather(*(play(client, f"t{i}", 20) for i in range(4))), model)

        os.killpg(before.pid, signal.SIGKILL)
        done = await asyncio.gather(*(play(client, f"u{i}", 20) for i in range(4)))
        sound(done, model)
        assert {version for generation in done for version in generation.versions} == {2}

        await until(lambda: client.counters["rejoined"] == 1)
        await stack.enter_async_context(router(python, urls[:1], port))  # a new router knows one of them
        await until(lambda: client.router.alive)
        async with asyncio.timeout(60):
            while await listed(http, port) != {*urls}:
                await asyncio.sleep(0.2)
        done = await asyncio.gather(*(play(client, f"v{i}", 20) for i in range(12)))
        sound(done, model)
        assert {version for generation in done for version in generation.versions} == {2}
        await client.verify()
