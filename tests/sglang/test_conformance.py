"""One suite for two servers: the embedded engine behind SGLang's routes, and SGLang itself (`pytest -m sglang`).

A test for each behaviour that a client relies on, or has to beware of. Both are started by launch/serve.py. Logprobs
are held against transformers. Where the two differ, on purpose, the test says so.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import os
from collections.abc import AsyncIterator, Iterator
from typing import Any

import aiohttp
import jax.numpy as jnp
import numpy as np
import pytest
import torch
import transformers
from flax import nnx
from served import CONFIG, MAX_LEN, policy, reset, serve

from codegym_jax import weights
from codegym_jax.inference import tensors
from codegym_jax.inference.client import Sampling
from codegym_jax.inference.sglang import SGLang
from codegym_jax.inference.sync import TABLES, digest, server_names

PROMPT, LONG = [5, 6, 7, 8], 440
EXACT, STALE = 1e-4, 0.05  # of logprobs: rounding; keys and values of other weights

pytestmark = pytest.mark.timeout(300)


def named(seed: int) -> dict[str, np.ndarray]:
    return dict(weights.gathered(policy(seed), weights.hf_tensors(CONFIG), jnp.float32))


@functools.cache
def reference(folder: str) -> Any:
    return transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()


class Server:
    """A running server of either kind."""

    def __init__(self, kind: str, url: str, http: aiohttp.ClientSession, folders: Any) -> None:
        self.kind, self.url, self.http, self.folders = kind, url, http, folders

    async def call(self, path: str, body: Any = None, seconds: float = 60) -> tuple[int, Any]:
        limit = aiohttp.ClientTimeout(seconds)
        async with self.http.request("GET" if body is None else "POST", path, json=body, timeout=limit) as reply:
            text = await reply.text()
            return reply.status, await reply.json() if text.startswith(("{", "[")) else text

    async def ok(self, path: str, body: Any = None) -> Any:
        status, answer = await self.call(path, body)
        assert status == 200, (path, answer)
        return answer

    async def generate(self, n: int = 8, *, prompt: list[int] = PROMPT, rid: str | None = None, **params: Any) -> Any:
        params = {"max_new_tokens": n, "temperature": 1.0, "ignore_eos": True} | params
        body = {"input_ids": prompt, "sampling_params": params, "return_logprob": True}
        return await self.ok("/generate", body | ({"rid": rid} if rid else {}))

    async def disk(self, folder: str, version: str, status: int = 200, flush: bool = True) -> Any:
        body = {"model_path": folder, "weight_version": version, "flush_cache": flush}
        got, answer = await self.call("/update_weights_from_disk", body)
        assert got == status, answer
        return answer

    async def tensor(self, seed: int, version: str, flush: bool = True, memory: str = "") -> None:
        bucket = tensors.shared(memory, named(seed)) if memory else tensors.bucket(named(seed))
        body = {"serialized_named_tensors": [bucket], "load_format": "flattened_bucket"}
        await self.ok("/begin_weight_update", {"selector": "all"})
        await self.ok("/update_weights_from_tensor", body | {"weight_version": version, "flush_cache": flush})
        await self.ok("/end_weight_update", {})

    async def sampled(self) -> int:
        """A count that rises while a request runs."""
        if self.kind == "embedded":
            return int((await self.ok("/server_info"))["counters"]["sampled"])
        return int((await self.ok("/v1/loads?include=core"))["loads"][0]["num_used_tokens"])

    @contextlib.asynccontextmanager
    async def midway(self, **options: Any) -> AsyncIterator[asyncio.Task[Any]]:
        """A long request, some of whose tokens are sampled and most are not."""
        before = await self.sampled()
        task = asyncio.create_task(self.generate(LONG, **options))
        while await self.sampled() < before + 24:
            assert not task.done()
            await asyncio.sleep(0.005)
        try:
            yield task
        finally:
            await self.call("/continue_generation", {})
            await asyncio.wait_for(task, 60)

    def gap(self, folder: str, reply: Any, span: tuple[int, int] | None = None, temperature: float = 1.0) -> float:
        """Greatest difference of the logprobs to those of transformers, over a span of the sampled tokens."""
        made, start = reply["output_ids"], len(PROMPT) - 1
        with torch.no_grad():
            logits = reference(folder)(torch.tensor([PROMPT + made])).logits[0].float()
        table = torch.log_softmax(logits / temperature, -1)
        rows = reply["meta_info"]["output_token_logprobs"]
        assert [row[1] for row in rows] == made
        return max(abs(float(table[start + i, made[i]]) - rows[i][0]) for i in range(*(span or (0, len(made)))))


def spans(reply: Any) -> list[tuple[str, int, int]]:
    return [(span["version"], span["start"], span["end"]) for span in reply["meta_info"]["weight_versions"]]


@pytest.fixture(scope="module", params=["embedded", pytest.param("sglang", marks=pytest.mark.sglang)])
def started(request: pytest.FixtureRequest, folders: Any, tmp_path_factory) -> Iterator[tuple[str, str]]:
    if request.param == "sglang":
        yield "sglang", request.getfixturevalue("pair")[1]
        return
    flags = ["--model.path", folders.a, "--model.dtype", "float32", "--rollout.max-tokens", str(MAX_LEN)]
    flags += ["--rollout.live", "8", "--rollout.decode-chunk", "1"]
    with serve("embedded", tmp_path_factory.mktemp("served"), *flags) as (_, urls):
        yield "embedded", urls[0]


@pytest.fixture
async def server(started: tuple[str, str], folders: Any) -> AsyncIterator[Server]:
    """Going, with the weights of `folders.a` as version "a"."""
    kind, url = started
    await reset(url, folders.a)
    async with aiohttp.ClientSession(url) as http:
        server = Server(kind, url, http, folders)
        while kind == "sglang" and await server.sampled():  # what it last published may be of the test before
            await asyncio.sleep(0.05)
        yield server


# -- generation


@pytest.mark.parametrize(
    ("params", "temperature"),
    [({"temperature": 1.0}, 1.0), ({"temperature": 0.7}, 0.7), ({"top_p": 0.5}, 1.0), ({"temperature": 0.0}, 1.0)],
    ids=["T=1", "T=0.7", "top_p", "T=0"],
)
async def test_logprobs_are_of_scaled_logits_not_renormalised_and_of_unscaled_ones_if_greedy(
    server, params, temperature
):
    reply = await server.generate(24, **params)
    assert len(reply["output_ids"]) == 24
    assert server.gap(server.folders.a, reply, temperature=temperature) < EXACT


async def test_a_stop_token_is_the_last_one_and_is_named_unless_ignore_eos_ignores_it_too(server):
    first = (await server.generate(4, temperature=0.0))["output_ids"]
    reply = await server.generate(50, temperature=0.0, stop_token_ids=[first[3]], ignore_eos=True)
    assert len(reply["output_ids"]) == 50
    reply = await server.generate(50, temperature=0.0, stop_token_ids=[first[3]], ignore_eos=False)
    end = first.index(first[3]) + 1
    assert reply["output_ids"] == first[:end]
    assert reply["meta_info"]["finish_reason"] == {"type": "stop", "matched": first[3]}
    reason = (await server.generate(3))["meta_info"]["finish_reason"]
    assert reason == {"type": "length", "length": 3}


async def test_a_list_of_prompts_gets_a_list_of_replies_in_its_order(server):
    prompts = [[5, 6, 7, 8], [9, 10, 11], [100]]
    replies = await server.ok("/generate", {"input_ids": prompts, "sampling_params": {"max_new_tokens": 2}})
    assert [reply["meta_info"]["prompt_tokens"] for reply in replies] == [4, 3, 1]


async def test_an_unknown_sampling_parameter_is_refused_an_unknown_key_beside_them_is_not(server):
    params = {"max_new_tokens": 2}
    status, answer = await server.call("/generate", {"input_ids": PROMPT, "sampling_params": params | {"bogus": 1}})
    assert (status, "bogus" in str(answer)) == (400, True)
    status, _ = await server.call("/generate", {"input_ids": PROMPT, "sampling_params": params, "bogus": 1})
    assert status == 200


async def test_an_aborted_request_returns_its_tokens_and_their_logprobs(server):
    async with server.midway(rid="one") as task:
        await server.ok("/abort_request", {"rid": "one"})
        reply = await task
    assert reply["meta_info"]["finish_reason"]["type"] == "abort"
    assert 0 < len(reply["output_ids"]) < LONG
    assert server.gap(server.folders.a, reply) < EXACT


async def test_an_abort_ends_requests_whose_ids_only_start_with_the_one_given_in_sglang_alone(server):
    async with server.midway(rid="one-more") as more, server.midway(rid="one") as one:
        await server.ok("/abort_request", {"rid": "on"})  # nobody's
        await server.ok("/abort_request", {"rid": "one"})
        finish = [(await task)["meta_info"]["finish_reason"]["type"] for task in (one, more)]
    assert finish == ["abort", "abort" if server.kind == "sglang" else "length"]


# -- pauses


async def test_health_does_not_answer_while_paused(server):
    await server.ok("/health")
    await server.ok("/pause_generation", {"mode": "retract"})
    with pytest.raises(TimeoutError):
        await server.call("/health", seconds=2)
    await server.ok("/continue_generation", {})
    await server.ok("/health")


async def test_a_request_sent_in_a_pause_waits_for_its_end(server):
    await server.ok("/pause_generation", {"mode": "abort"})
    task = asyncio.create_task(server.generate(3))
    done, _ = await asyncio.wait([task], timeout=1)
    assert not done
    await server.ok("/continue_generation", {})
    assert len((await task)["output_ids"]) == 3


async def test_a_pause_ends_requests_unless_it_says_otherwise(server):
    async with server.midway() as task:
        await server.ok("/pause_generation", {})
        reply = await asyncio.wait_for(task, 30)
    assert reply["meta_info"]["finish_reason"]["type"] == "abort"


@pytest.mark.parametrize("sync", ["disk", "tensor"])
async def test_after_a_retracting_pause_a_request_goes_on_exactly_under_the_new_weights(server, sync):
    async with server.midway() as task:
        await server.ok("/pause_generation", {"mode": "retract"})
        await (server.disk(server.folders.b, "b") if sync == "disk" else server.tensor(1, "b"))
        await server.ok("/continue_generation", {})
        reply = await task
    (first, _, cut), (second, start, end) = spans(reply)
    assert (first, second, start, end) == ("a", "b", cut, LONG)
    assert server.gap(server.folders.a, reply, (0, cut)) < EXACT
    assert server.gap(server.folders.b, reply, (cut, end)) < EXACT
    assert reply["meta_info"]["num_retractions"] == 1


async def test_a_pause_in_place_goes_on_with_stale_keys_and_values_in_sglang_alone(server):
    """The embedded engine drops them with every update: there is no use for tokens of no policy at all."""
    async with server.midway() as task:
        await server.ok("/pause_generation", {"mode": "in_place"})
        await server.tensor(1, "b", flush=False)
        await server.ok("/continue_generation", {})
        reply = await task
    (_, _, cut), (_, _, end) = spans(reply)
    gap = server.gap(server.folders.b, reply, (cut, end))
    assert gap > STALE if server.kind == "sglang" else gap < EXACT


# -- weights


async def test_an_update_is_in_the_versions_of_what_follows(server):
    await server.disk(server.folders.b, "b")
    reply = await server.generate(5)
    assert spans(reply) == [("b", 0, 5)]
    assert reply["meta_info"]["weight_version"] == (await server.ok("/model_info"))["weight_version"] == "b"
    assert server.gap(server.folders.b, reply) < EXACT


async def test_an_update_by_disk_without_a_pause_waits_for_the_request_that_runs(server):
    """With `flush_cache` SGLang may then answer 400, "Weights were updated, but the cache was not flushed": the request
    has been answered, but its scheduler still holds it."""
    async with server.midway() as task:
        await server.disk(server.folders.b, "b", flush=False)
        assert task.done() or (await asyncio.wait([task], timeout=5))[0]
    assert spans(task.result()) == [("a", 0, LONG)]
    assert server.gap(server.folders.a, task.result()) < EXACT


async def test_tensors_outside_a_session_are_refused(server):
    body = {"serialized_named_tensors": [tensors.bucket(named(1))], "load_format": "flattened_bucket"}
    status, _ = await server.call("/update_weights_from_tensor", body)
    assert status == 400
    assert (await server.call("/end_weight_update", {}))[0] == 400
    assert server.gap(server.folders.a, await server.generate()) < EXACT


@pytest.mark.parametrize("way", ["request", "shared memory"])
async def test_tensors_in_a_plain_pickle_and_in_shared_memory_are_taken(server, way):
    memory = tensors.SHARED / f"codegym-test-{os.getpid()}"
    try:
        if way == "shared memory":
            memory.write_bytes(tensors.COUNTER + b"".join(x.tobytes() for x in named(1).values()))
        await server.tensor(1, "b", memory=memory.name if way == "shared memory" else "")
    finally:
        memory.unlink(missing_ok=True)
    reply = await server.generate(12, temperature=0.0)
    greedy = reference(server.folders.b).generate(
        torch.tensor([PROMPT]), max_new_tokens=12, do_sample=False, eos_token_id=None, pad_token_id=0
    )
    assert reply["output_ids"] == greedy[0, len(PROMPT) :].tolist()
    assert spans(reply) == [("b", 0, 12)]


async def test_checksums_are_those_of_the_tensors(server):
    sums = (await server.ok("/weights_checker", {"action": "checksum"}))["ranks"][0]["checksums"]
    sent = named(0)
    rows = np.zeros((384 - CONFIG.vocab, CONFIG.d), np.float32)  # with which SGLang pads a vocabulary
    padded = {name: [rows] for name in TABLES if server.kind == "sglang"}
    names = server_names(CONFIG).items()
    ours = {name: digest([*(sent[part] for part in parts), *padded.get(name, ())]) for name, parts in names}
    assert {name: sums[name] for name in ours} == ours


async def test_a_folder_without_all_tensors_is_taken_by_sglang_alone(server):
    """SGLang says "Succeeded" and serves a mix; the embedded engine refuses it and goes on with what it has."""
    if server.kind == "sglang":
        assert (await server.disk(server.folders.broken, "broken"))["success"]
        assert server.gap(server.folders.b, await server.generate()) > EXACT
        return
    answer = await server.disk(server.folders.broken, "broken", status=400)
    assert "model.layers.1.mlp.down_proj.weight" in answer["message"]
    reply = await server.generate()
    assert spans(reply) == [("a", 0, 8)]
    assert server.gap(server.folders.a, reply) < EXACT


async def test_a_folder_that_is_not_there_changes_nothing(server):
    answer = await server.disk("/no/such/model", "x", status=400)
    assert not answer["success"]
    reply = await server.generate()
    assert spans(reply) == [("a", 0, 8)]


@pytest.mark.parametrize(("body", "finish"), [({}, "abort"), ({"abort_all_requests": False}, "length")])
async def test_a_new_name_for_the_weights_aborts_all_requests_unless_told_not_to(server, body, finish):
    async with server.midway() as task:
        await server.ok("/update_weight_version", {"new_version": "named"} | body)
        reply = await task
    assert reply["meta_info"]["finish_reason"]["type"] == finish
    assert (await server.ok("/model_info"))["weight_version"] == "named"
    assert server.gap(server.folders.a, reply) < EXACT


async def test_keys_and_values_are_reused_until_the_cache_is_flushed(server):
    prompt = [20 + i for i in range(64)]
    cached = [(await server.generate(2, prompt=prompt))["meta_info"]["cached_tokens"] for _ in range(2)]
    await server.ok("/flush_cache", {})
    cached.append((await server.generate(2, prompt=prompt))["meta_info"]["cached_tokens"])
    assert cached[0] == cached[2] == 0
    assert cached[1] >= 60


# -- the client


@pytest.mark.parametrize("sync", ["disk", "tensor"])
async def test_the_client_updates_pauses_aborts_and_samples_exactly(server, sync, tmp_path):
    states = [nnx.split(policy(seed)) for seed in (0, 1)]
    options = {"max_len": MAX_LEN, "concurrency": 8, "sync": sync, "folder": tmp_path}
    client = await SGLang.connect([server.url], *states[0], **options)

    async def started(session: str) -> asyncio.Task[Any]:
        before = await server.sampled()
        task = asyncio.create_task(client.generate(PROMPT, Sampling(max_new_tokens=LONG), session=session, seed=0))
        while await server.sampled() < before + 8:
            await asyncio.sleep(0.005)
        return task

    try:
        await client.update_weights(states[0][1], 1)
        going = await started("goes on")
        await client.update_weights(states[1][1], 2)
        await client.verify()
        done = await asyncio.wait_for(going, 60)
        assert (done.finish, set(done.versions)) == ("length", {1, 2})
        cut = done.versions.index(2)
        rows = [[x, token] for x, token in zip(done.logprobs, done.tokens)]
        reply = {"output_ids": done.tokens, "meta_info": {"output_token_logprobs": rows}}
        assert server.gap(server.folders.a, reply, (0, cut)) < EXACT
        assert server.gap(server.folders.b, reply, (cut, LONG)) < EXACT
        going = await started("is released")
        client.release("is released")
        done = await asyncio.wait_for(going, 60)
        assert (done.finish, len(done.tokens) < LONG) == ("abort", True)
        await client.pause()
        waiting = asyncio.create_task(client.generate(PROMPT, Sampling(max_new_tokens=3), session="waits", seed=0))
        assert not (await asyncio.wait([waiting], timeout=0.5))[0]
        await client.resume()
        assert (await asyncio.wait_for(waiting, 60)).versions == [2, 2, 2]
    finally:
        await client.close()


# -- the last test: SGLang does not survive it


async def test_a_token_outside_the_vocabulary_is_refused_by_the_embedded_server_and_kills_sglang(server):
    """launch/serve.py starts it again."""
    body = {"input_ids": [5, 1000], "sampling_params": {"max_new_tokens": 2}}
    if server.kind == "embedded":
        status, answer = await server.call("/generate", body)
        assert (status, "vocabulary" in answer["message"]) == (400, True)
        await server.generate()
        return
    with pytest.raises((aiohttp.ClientError, TimeoutError)):
        await server.call("/generate", body, seconds=30)
