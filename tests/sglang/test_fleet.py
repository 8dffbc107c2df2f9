"""The client against SGLang's own server and router: weights, versions, and servers that die.

Whatever happens to a server, the logprob of every token is held against our own model of that token's version.
"""

import asyncio
import contextlib
import dataclasses
import functools
import os
import signal
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx
from served import CONFIG, MAX_LEN, listed, router, signalled

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


@pytest.fixture(scope="module")
def model() -> tuple[Any, Any]:
    return nnx.split(Decoder(CONFIG, rngs=nnx.Rngs(0)))


def scaled(params: Any, version: int) -> Any:
    return jax.tree.map(lambda x: x * SCALE[version], params)


@contextlib.asynccontextmanager
async def client_of(urls: list[str], model: Any, sync: str = "disk", **options: Any) -> AsyncIterator[SGLang]:
    graphdef, params = model
    options = {"max_len": LONGEST, "concurrency": 32} | options
    client = await SGLang.connect(urls, graphdef, params, sync=sync, **options)
    try:
        await client.update_weights(scaled(params, 1), 1)
        yield client
    finally:
        await client.close()


@functools.partial(jax.jit, static_argnums=0)
def expected(graphdef: Any, params: Any, tokens: jax.Array) -> jax.Array:
    policy = nnx.merge(graphdef, params)
    hidden, _ = policy(tokens[None], jnp.arange(LONGEST)[None])
    return jax.nn.log_softmax(policy.logits(hidden[0]))


def sound(generations: list[Generation], model: Any) -> None:
    """Every logprob is that of the model of the token's version, to 1e-4."""
    graphdef, params = model
    for generation in generations:
        tokens = np.pad(PROMPT + generation.tokens, (0, LONGEST - len(PROMPT) - len(generation.tokens)))
        theirs = {v: np.asarray(expected(graphdef, scaled(params, v), tokens)) for v in {*generation.versions}}
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
async def test_logprobs_are_those_of_each_tokens_version_when_weights_change_in_flight(sync, url, model):
    async with client_of([url], model, sync) as client:
        going = [asyncio.create_task(play(client, f"s{i}")) for i in range(8)]
        for version in (2, 3):
            await running(url)
            await client.update_weights(scaled(model[1], version), version)
            await asyncio.sleep(0.2)
        done = await asyncio.gather(*going)
        sound(done, model)
        assert len({version for generation in done for version in generation.versions}) > 1
        await client.verify()


@pytest.mark.parametrize("sync", ["disk", "tensor"])
async def test_a_learner_killed_in_the_middle_of_an_update_leaves_a_server_that_the_next_one_can_use(sync, url, model):
    async with aiohttp.ClientSession(url) as http:
        for path, body in (("/pause_generation", {"mode": "retract"}), ("/begin_weight_update", {"selector": "all"})):
            assert (await http.post(path, json=body)).status == 200
    async with client_of([url], model, sync) as client:
        sound([await play(client, "s", 20)], model)


async def test_weights_that_are_not_those_sent_are_found(url, model, tmp_path):
    graphdef, params = model
    async with client_of([url], model) as client:
        weights.save(nnx.merge(graphdef, scaled(params, 2)), tmp_path / "other")
        body = {"model_path": str(tmp_path / "other"), "weight_version": client._tag(1)}
        async with aiohttp.ClientSession(url) as http:
            assert (await http.post("/update_weights_from_disk", json=body)).status == 200
        with pytest.raises(InferenceError, match=f"{url}: .* parameters differ from those sent"):
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
async def test_a_server_that_does_not_fit_is_refused_by_name(change, named, url, model):
    architecture = {key: value for key, value in change.items() if key in ("layers", "ff")}
    config = dataclasses.replace(CONFIG, **architecture)
    policy = Decoder(config, rngs=nnx.Rngs(0), dtype=change.get("dtype", "float32"))
    with pytest.raises(InferenceError, match=f"{url}: {named}"):
        await SGLang.connect([url], *nnx.split(policy), max_len=change.get("max_len", LONGEST), concurrency=1)


async def test_a_conversation_may_fill_the_context(url, model):
    async with client_of([url], model, max_len=MAX_LEN) as client:
        for length in (500, 503, 506, 508, 511):
            done = await client.generate([5] * length, Sampling(), session="s", seed=0)
            assert done.finish == "length"
            assert length + len(done.tokens) <= MAX_LEN


async def test_a_released_session_keeps_what_it_sampled(url, model):
    async with client_of([url], model) as client:
        going = asyncio.create_task(play(client, "s", 250))
        await running(url)
        client.release("s")
        done = await going
        assert done.finish == "abort"
        if done.tokens:
            sound([done], model)


async def test_a_server_that_hangs_behind_the_router_loses_its_requests_to_the_other(urls, model, monkeypatch):
    for name, seconds in (("HEALTH_S", 1.0), ("HEALTH_TIMEOUT_S", 5.0), ("PROBE_S", 5.0)):
        monkeypatch.setattr(sglang, name, seconds)
    port = launch.free_port()
    async with router(urls, port), client_of([f"http://127.0.0.1:{port}"], model) as client:
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


async def test_servers_and_router_are_killed_in_mid_run_and_rejoin(urls, model):
    port = launch.free_port()
    async with contextlib.AsyncExitStack() as stack, aiohttp.ClientSession() as http:
        before = await stack.enter_async_context(router(urls, port))
        client = await stack.enter_async_context(client_of([f"http://127.0.0.1:{port}"], model))
        assert {server.url for server in client.servers} == {*urls}
        going = [asyncio.create_task(play(client, f"s{i}")) for i in range(12)]
        await asyncio.gather(*map(running, urls))
        signalled(urls[1], signal.SIGKILL)
        sound(await asyncio.gather(*going), model)
        await until(lambda: client.counters["lost"] == 1)
        await client.update_weights(scaled(model[1], 2), 2)  # which the dead server misses
        sound(await asyncio.gather(*(play(client, f"t{i}", 20) for i in range(4))), model)

        os.killpg(before.pid, signal.SIGKILL)
        done = await asyncio.gather(*(play(client, f"u{i}", 20) for i in range(4)))
        sound(done, model)
        assert {version for generation in done for version in generation.versions} == {2}

        await until(lambda: client.counters["rejoined"] == 1)
        await stack.enter_async_context(router(urls[:1], port))  # a new router knows one of them
        await until(lambda: client.router.alive)
        async with asyncio.timeout(60):
            while await listed(http, port) != {*urls}:
                await asyncio.sleep(0.2)
        done = await asyncio.gather(*(play(client, f"v{i}", 20) for i in range(12)))
        sound(done, model)
        assert {version for generation in done for version in generation.versions} == {2}
        await client.verify()
