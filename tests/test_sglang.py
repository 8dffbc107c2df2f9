"""The SGLang client against servers that fail: what reaches a batch is a whole sound generation, or one clear error.

The embedded engine stands behind SGLang's routes on a real port, and a proxy before it breaks what passes through.
tests/sglang holds the client to SGLang's own server.
"""

import asyncio
import base64
import contextlib
import json
import os
import pickle
import shutil
import signal
import subprocess
import sys
import types
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import aiohttp
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from aiohttp import web
from flax import nnx

from codegym_jax import weights
from codegym_jax.inference import sglang, tensors
from codegym_jax.inference.client import Generation, InferenceError, Sampling
from codegym_jax.inference.engine import Engine
from codegym_jax.inference.launch import free_port
from codegym_jax.inference.server import EngineServer, serving
from codegym_jax.inference.sglang import SGLang
from codegym_jax.inference.sync import claim, shares_memory
from codegym_jax.model import Decoder, ModelConfig

ROOT = Path(__file__).parents[1]
CONFIG = ModelConfig(family="qwen3", vocab=320, d=32, layers=2, heads=2, kv_heads=1, head_dim=16, ff=48, qk_norm=True)
PROMPT = [7, 8, 9, 10]
GRAPH, FIRST = nnx.split(Decoder(CONFIG, rngs=nnx.Rngs(0)))
WEIGHTS = {version: jax.tree.map(lambda x, version=version: x * (1 + version / 4), FIRST) for version in (0, 1, 2)}
MEMORY = pytest.mark.skipif(not tensors.SHARED.is_dir(), reason="no named shared memory here")
MAX_LEN = 120  # one bucket of cached lengths to compile


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    times = {"HEALTH_S": 0.05, "HEALTH_TIMEOUT_S": 0.5, "PROBE_S": 1.0, "REST_S": 0.1, "BACKOFF_S": (0.01, 0.05)}
    for name, value in times.items():
        monkeypatch.setattr(sglang, name, value)


class Proxy:
    """Before one server. `fault` answers the next `times` requests for `path`; `down` resets every connection."""

    def __init__(self) -> None:
        self.target, self.url, self.down = "", "", False
        self.path, self.times, self.fault = "/generate", 0, broken_off
        self.seen: list[str] = []
        self.going: dict[int, web.Request] = {}
        self.http: aiohttp.ClientSession

    def breaks(self, fault: Callable[..., Any], times: int = 1, path: str = "/generate") -> None:
        self.fault, self.times, self.path = fault, times, path

    async def handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        self.seen.append(request.path)
        if self.down:
            request.transport.abort()
            return web.Response()
        self.going[id(request)] = request
        try:
            if request.path == self.path and self.times:
                self.times -= 1
                return await self.fault(self, request, body)
            status, text = await self.forward(request, body)
            return web.Response(status=status, body=text)
        finally:
            del self.going[id(request)]

    async def forward(self, request: web.Request, body: bytes) -> tuple[int, bytes]:
        kind = {"Content-Type": "application/json"}
        async with self.http.request(request.method, self.target + request.path, data=body, headers=kind) as reply:
            return reply.status, await reply.read()

    def kill(self) -> None:
        self.down = True
        for request in self.going.values():
            request.transport.abort()


async def broken_off(proxy: Proxy, request: web.Request, body: bytes) -> web.StreamResponse:
    _, text = await proxy.forward(request, body)
    response = web.StreamResponse(headers={"Content-Length": str(len(text))})
    await response.prepare(request)
    await response.write(text[: len(text) // 2])
    request.transport.abort()
    return response


async def hangs(proxy: Proxy, request: web.Request, body: bytes) -> web.StreamResponse:
    await asyncio.sleep(3600)
    raise AssertionError


def after(condition: Callable[[Proxy], Any]) -> Callable[..., Any]:
    async def fault(proxy: Proxy, request: web.Request, body: bytes) -> web.StreamResponse:
        await until(lambda: condition(proxy))
        status, text = await proxy.forward(request, body)
        return web.Response(status=status, body=text)

    return fault


async def cut_short(proxy: Proxy, request: web.Request, body: bytes) -> web.StreamResponse:
    _, text = await proxy.forward(request, body)
    return web.Response(body=text[: len(text) // 2])


def status(code: int) -> Callable[..., Any]:
    async def fault(*_: Any) -> web.StreamResponse:
        return web.json_response({"error": {"message": "as asked for"}}, status=code)

    return fault


def edited(edit: Callable[[dict], Any]) -> Callable[..., Any]:
    async def fault(proxy: Proxy, request: web.Request, body: bytes) -> web.StreamResponse:
        _, text = await proxy.forward(request, body)
        reply = json.loads(text)
        edit(reply)
        return web.Response(text=json.dumps(reply))

    return fault


def first_logprob(value: Any) -> Callable[..., Any]:
    return edited(lambda reply: reply["meta_info"]["output_token_logprobs"][0].__setitem__(0, value))


def spans(*changed: tuple[str, int, int]) -> Callable[..., Any]:
    """Other spans; "now" is the version there was, with `end` counted from the last token."""

    def edit(reply: dict) -> None:
        meta, n = reply["meta_info"], len(reply["output_ids"])
        now = meta["weight_version"]
        new = [(version.replace("now", now.split(":")[0]), start, end % (n + 1)) for version, start, end in changed]
        meta["weight_versions"] = [dict(zip(("version", "start", "end"), span)) for span in new]

    return edited(edit)


def poison(reply: dict) -> None:
    reply["output_ids"][0] = reply["meta_info"]["output_token_logprobs"][0][1] = CONFIG.vocab


FAULTS = {
    "connection reset in the middle of a reply": broken_off,
    "reply cut short": cut_short,
    "HTTP 500": status(500),
    "HTTP 503": status(503),
    "a logprob that is no number": first_logprob(float("nan")),
    "a logprob that is null": first_logprob(None),
    "a logprob above 0": first_logprob(0.5),
    "logprobs of other tokens": edited(lambda reply: reply["meta_info"]["output_token_logprobs"].reverse()),
    "a logprob too few": edited(lambda reply: reply["meta_info"]["output_token_logprobs"].pop()),
    "no logprobs": edited(lambda reply: reply["meta_info"].pop("output_token_logprobs")),
    "a token outside the vocabulary": edited(poison),
    "weights of another run": spans(("other:1", 0, -1)),
    "the weights it started with": spans(("default", 0, -1)),
    "a version that was never sent": spans(("now:9", 0, -1)),
    "a gap between versions": spans(("now:1", 0, 2), ("now:1", 3, -1)),
    "versions that end too early": spans(("now:1", 0, 3)),
    "versions that run back": spans(("now:1", 0, 3), ("now:0", 3, -1)),
    "an unknown finish reason": edited(lambda reply: reply["meta_info"].update(finish_reason={"type": "tired"})),
    "no meta_info": edited(lambda reply: reply.pop("meta_info")),
    "a list": lambda *_: json_list(),
}


async def json_list() -> web.StreamResponse:
    return web.json_response([1, 2])


async def engine_server(stack: contextlib.AsyncExitStack) -> str:
    engine = Engine(GRAPH, FIRST, slots=8, max_len=MAX_LEN, decode_chunk=2)
    stack.push_async_callback(engine.close)
    return await stack.enter_async_context(serving(EngineServer(engine, GRAPH, FIRST, "tiny"), "127.0.0.1", 0))


@contextlib.asynccontextmanager
async def proxied(targets: list[str]) -> AsyncIterator[list[Proxy]]:
    async with contextlib.AsyncExitStack() as stack:
        proxies = []
        for target in targets:
            proxy = Proxy()
            proxy.http = await stack.enter_async_context(aiohttp.ClientSession())
            proxy.target = target
            app = web.Application(client_max_size=1 << 30)
            app.router.add_route("*", "/{path:.*}", proxy.handle)
            runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            proxy.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
            proxies.append(proxy)
        yield proxies


@contextlib.asynccontextmanager
async def fleet(count: int = 1) -> AsyncIterator[list[Proxy]]:
    """So many servers of weights 0, each behind its proxy."""
    async with contextlib.AsyncExitStack() as stack:
        targets = [await engine_server(stack) for _ in range(count)]
        yield await stack.enter_async_context(proxied(targets))


@contextlib.asynccontextmanager
async def client_of(
    proxies: list[Proxy], sync: str = "disk", version: int = 1, **options: Any
) -> AsyncIterator[SGLang]:
    options = {"max_len": MAX_LEN, "concurrency": 8} | options
    client = await SGLang.connect([proxy.url for proxy in proxies], GRAPH, FIRST, sync=sync, **options)
    try:
        await client.update_weights(WEIGHTS[version], version)
        yield client
    finally:
        await client.close()


@jax.jit
def expected(params: Any, tokens: jax.Array) -> jax.Array:
    model = nnx.merge(GRAPH, params)
    hidden, _ = model(tokens[None], jnp.arange(MAX_LEN)[None])
    return jax.nn.log_softmax(model.logits(hidden[0]))


def sound(generation: Generation, prompt: list[int] = PROMPT) -> None:
    """Every logprob is that of the model of the token's version."""
    tokens = np.pad(prompt + generation.tokens, (0, MAX_LEN - len(prompt) - len(generation.tokens)))
    assert len(generation.tokens) == len(generation.logprobs) == len(generation.versions) > 0
    theirs = {version: np.asarray(expected(WEIGHTS[version], tokens)) for version in {*generation.versions}}
    rows = zip(generation.tokens, generation.logprobs, generation.versions)
    for i, (token, logprob, version) in enumerate(rows, len(prompt) - 1):
        assert logprob == pytest.approx(theirs[version][i, token], abs=1e-4)


async def play(client: SGLang, session: str = "s", tokens: int = 12) -> Generation:
    return await client.generate(PROMPT, Sampling(max_new_tokens=tokens), session=session, seed=hash(session))


async def until(condition: Callable[[], Any]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.01)


# ---- faults of a reply ----


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
async def test_a_fault_is_repeated_until_the_reply_is_sound(fault):
    async with fleet() as (proxy,), client_of([proxy]) as client:
        proxy.breaks(fault)
        generation = await play(client)
        assert (proxy.times, generation.finish, len(generation.tokens), {*generation.versions}) == (
            0,
            "length",
            12,
            {1},
        )
        sound(generation)


@pytest.mark.parametrize("name", ["HTTP 503", "a logprob that is no number", "weights of another run"])
async def test_a_fault_that_stays_is_one_error_that_names_the_server(name):
    async with fleet() as (proxy,), client_of([proxy]) as client:
        proxy.breaks(FAULTS[name], times=1000)
        with pytest.raises(InferenceError, match=proxy.url):
            await play(client)


async def test_a_refused_request_is_not_repeated():
    async with fleet() as (proxy,), client_of([proxy]) as client:
        proxy.breaks(status(400), times=1000)
        with pytest.raises(InferenceError, match=f"{proxy.url}.*400"):
            await play(client)
        assert proxy.seen.count("/generate") == 1


async def test_a_prompt_that_would_kill_a_server_is_not_sent():
    async with fleet() as (proxy,), client_of([proxy]) as client:
        for bad in ([], [320], [-1], [1] * MAX_LEN):
            with pytest.raises(ValueError, match=r"tokens|vocabulary"):
                await client.generate(bad, Sampling(), session="s", seed=0)
        assert "/generate" not in proxy.seen


async def test_a_fault_of_one_server_sends_the_request_to_the_other():
    async with fleet(2) as proxies, client_of(proxies) as client:
        for proxy in proxies[:1]:
            proxy.breaks(status(500), times=1000)
        for generation in await asyncio.gather(*(play(client, f"s{i}") for i in range(6))):
            sound(generation)


# ---- servers that come and go ----


async def test_a_server_killed_in_mid_generation_is_replaced_and_rejoins_at_the_current_version():
    async with fleet(2) as proxies, client_of(proxies) as client:
        going = [asyncio.create_task(play(client, f"s{i}", 100)) for i in range(6)]
        await until(lambda: len(proxies[0].going) == 3)
        proxies[0].kill()
        for generation in await asyncio.gather(*going):
            sound(generation)
        await client.update_weights(WEIGHTS[2], 2)
        async with contextlib.AsyncExitStack() as stack:
            proxies[0].target, proxies[0].down = await engine_server(stack), False  # a new process
            await until(lambda: client.counters["rejoined"])
            before = proxies[0].seen.count("/generate")
            for generation in await asyncio.gather(*(play(client, f"t{i}") for i in range(6))):
                assert {*generation.versions} == {2}
                sound(generation)
            assert proxies[0].seen.count("/generate") > before


async def test_a_server_that_was_only_out_of_reach_is_not_sent_its_weights_again():
    async with fleet() as (proxy,), client_of([proxy]) as client:
        proxy.kill()
        await until(lambda: client.counters["lost"])
        proxy.down = False
        sound(await play(client))
        assert client.counters["rejoined"] == 1
        assert proxy.seen.count("/update_weights_from_disk") == 1


async def test_a_connection_that_breaks_once_does_not_take_its_server_out():
    async with fleet() as (proxy,), client_of([proxy]) as client:
        proxy.breaks(broken_off)
        sound(await play(client))
        assert client.counters["lost"] == 0


async def test_a_server_that_restarts_unnoticed_poisons_nothing(monkeypatch):
    monkeypatch.setattr(sglang, "HEALTH_S", 0.5)
    async with fleet() as (proxy,), client_of([proxy]) as client, contextlib.AsyncExitStack() as stack:
        proxy.target = await engine_server(stack)
        generation = await play(client)
        assert {*generation.versions} == {1}
        sound(generation)
        assert (client.counters["lost"], client.counters["rejoined"]) == (1, 1)


async def test_a_server_that_hangs_is_taken_out_and_its_requests_go_elsewhere():
    async with fleet(2) as proxies, client_of(proxies) as client:
        proxies[0].breaks(hangs, times=1000)
        proxies[0].forward = hangs
        for generation in await asyncio.gather(*(play(client, f"s{i}") for i in range(4))):
            sound(generation)
        assert client.counters["lost"] == 1


async def test_an_outage_of_all_servers_is_waited_out():
    async with fleet(2) as proxies, client_of(proxies) as client:
        for proxy in proxies:
            proxy.kill()
        going = asyncio.create_task(play(client))
        await until(lambda: client.counters["lost"] == 2)
        proxies[1].down = False
        sound(await going)


async def test_an_outage_that_lasts_is_one_error_that_names_the_servers(monkeypatch):
    monkeypatch.setattr(sglang, "OUTAGE_S", 0.3)
    async with fleet(2) as proxies, client_of(proxies) as client:
        for proxy in proxies:
            proxy.kill()
        async with asyncio.timeout(20):
            for i in range(200):  # one after the other: the outage counts, not how long each of them has waited
                with pytest.raises(InferenceError, match=f"{proxies[0].url}.*{proxies[1].url}"):
                    await play(client, f"s{i}")


async def test_a_released_session_gets_what_it_has_so_far():
    async with fleet() as (proxy,), client_of([proxy]) as client:
        going = asyncio.create_task(play(client, tokens=110))
        await until(lambda: proxy.going)
        client.release("s")
        generation = await going
        assert generation.finish in ("abort", "length")
        assert "/abort_request" in proxy.seen
        again = await play(client)
        sound(again)


async def test_an_abort_that_overtakes_its_request_is_repeated():
    async with fleet() as (proxy,), client_of([proxy]) as client, aiohttp.ClientSession(proxy.target) as http:
        await http.post("/pause_generation", json={"mode": "retract"})  # it would go on for ever
        proxy.breaks(after(lambda proxy: "/abort_request" in proxy.seen))
        going = asyncio.create_task(play(client))
        await until(lambda: proxy.going)
        client.release("s")
        async with asyncio.timeout(20):
            assert await going == Generation([], [], [], "abort")


async def test_a_request_that_no_abort_reaches_ends_with_its_connection(monkeypatch):
    monkeypatch.setattr(sglang, "ABORT_S", (0.05, 0.2))
    async with fleet() as (proxy,), client_of([proxy]) as client:
        proxy.breaks(hangs)
        going = asyncio.create_task(play(client))
        await until(lambda: proxy.going)
        client.release("s")
        assert (await going).finish == "abort"
        await until(lambda: all(request.transport is None for request in proxy.going.values()))


async def test_conversations_that_start_avoid_a_server_that_is_slow():
    async with fleet(2) as proxies, client_of(proxies) as client:
        fast = asyncio.Event()
        proxies[0].breaks(after(lambda _: fast.is_set()), times=1000)
        held = [asyncio.create_task(play(client, f"s{i}")) for i in range(6)]
        await until(lambda: sum(task.done() for task in held) == 3)
        for i in range(6):
            sound(await play(client, f"t{i}"))
        assert proxies[0].seen.count("/generate") == 3
        fast.set()
        for generation in await asyncio.gather(*held):
            sound(generation)


async def test_an_aborted_request_is_continued_from_its_partial_tokens():
    async with fleet() as (proxy,), client_of([proxy]) as client, aiohttp.ClientSession() as http:
        going = asyncio.create_task(play(client, tokens=110))
        for _ in range(3):
            await until(lambda: proxy.going or going.done())
            await (await http.post(f"{proxy.target}/abort_request", json={"abort_all": True})).read()
        generation = await going
        assert len(generation.tokens) == 110
        sound(generation)


async def test_cancelling_leaves_nothing_behind():
    async with fleet() as (proxy,):
        before = asyncio.all_tasks()
        async with client_of([proxy]) as client:
            going = [asyncio.create_task(play(client, f"s{i}", 110)) for i in range(4)]
            await until(lambda: len(proxy.going) == 4)
            for task in going:
                task.cancel()
            await asyncio.wait(going)
            assert all(task.cancelled() for task in going)
            folder = client.folder
            assert client._asking == {}
        assert proxy.seen.count("/abort_request") >= 4
        assert not folder.exists()
        await until(lambda: not proxy.going)
        left = {task for task in asyncio.all_tasks() - before if "codegym_jax.inference.sglang" in repr(task)}
        assert not left


# ---- weights ----


@pytest.mark.parametrize(("sync", "shares"), [("disk", True), ("tensor", True), ("tensor", False)])
async def test_new_weights_reach_generations_in_flight(sync, shares, monkeypatch):
    monkeypatch.setattr("codegym_jax.inference.sync.BUCKET_BYTES", 10_000)  # several, where they are sent
    monkeypatch.setattr(sglang, "shares_memory", lambda *_: shares)
    async with fleet() as (proxy,), client_of([proxy], sync) as client:
        going = [asyncio.create_task(play(client, f"s{i}", 110)) for i in range(4)]
        await until(lambda: sum(request.path == "/generate" for request in proxy.going.values()) == 4)
        await client.update_weights(WEIGHTS[2], 2)
        done = await asyncio.gather(*going)
        for generation in done:
            assert generation.versions == sorted(generation.versions)
            sound(generation)
        assert 2 in {version for generation in done for version in generation.versions}
        await client.verify()


@pytest.mark.parametrize("sync", ["disk", "tensor"])
async def test_weights_that_arrive_changed_are_noticed(sync):
    def damage(reply: dict) -> None:
        reply["ranks"][0]["checksums"]["model.norm.weight"] = "0" * 16

    async with fleet() as (proxy,), client_of([proxy], sync) as client:
        await client.verify()
        proxy.breaks(edited(damage), path="/weights_checker")
        with pytest.raises(InferenceError, match=f"{proxy.url}.*model.norm.weight"):
            await client.verify()


def lent(body: bytes) -> bool:
    return b"rebuild_storage_filename" in base64.b64decode(json.loads(body)["serialized_named_tensors"][0])


@MEMORY
@pytest.mark.parametrize("fault", [broken_off, status(400)])
async def test_a_server_that_cannot_open_our_memory_is_sent_the_weights(fault):
    bodies = []

    async def faulty(proxy: Proxy, request: web.Request, body: bytes) -> web.StreamResponse:
        bodies.append(lent(body))
        if lent(body):
            return await fault(proxy, request, body)
        code, text = await proxy.forward(request, body)
        return web.Response(status=code, body=text)

    async with fleet() as (proxy,):
        async with client_of([proxy], "tensor") as client:
            proxy.breaks(faulty, 1000, "/update_weights_from_tensor")
            await client.update_weights(WEIGHTS[2], 2)
            sound(await play(client))
            await client.verify()
            assert client.servers[0].ready == 2
        assert bodies[0]
        assert not bodies[-1]
        assert not list(tensors.SHARED.glob(f"{client.folder.name}*"))


@MEMORY
@pytest.mark.parametrize(
    ("child", "info", "where", "expected"),
    [
        ("sglang", {}, "shm", True),
        ("ssh", {}, "shm", False),  # a tunnel
        ("ssh", {"embedded": True}, "shm", True),
        ("sglang", {}, "disk", False),
        ("sglang", {"nnodes": 2}, "shm", False),
    ],
)
def test_memory_is_lent_to_servers_on_this_machine_alone(child, info, where, expected, tmp_path):
    (tmp_path / child).symlink_to(shutil.which("sleep"))
    code = (
        "import socket, subprocess; server = socket.create_server(('127.0.0.1', 0)); "
        f"child = subprocess.Popen([{str(tmp_path / child)!r}, '600']); print(server.getsockname()[1], flush=True); "
        "input(); child.kill()"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        url = f"http://127.0.0.1:{int(process.stdout.readline())}"
        folder = tensors.SHARED if where == "shm" else Path("/proc")
        assert shares_memory(url, info, folder) == expected
    finally:
        process.communicate(b"\n")


@pytest.mark.parametrize("dtype", [np.float32, jnp.bfloat16])
@pytest.mark.parametrize("way", ["requests", pytest.param("memory", marks=MEMORY)])
def test_torch_reads_a_bucket_as_it_was_written(way, dtype, monkeypatch):
    """torch's own loads, with SGLang's class of what describes a tensor."""
    torch = pytest.importorskip("torch")
    monkeypatch.setitem(sys.modules, "sglang.srt.weight_sync.tensor_bucket", fake := types.ModuleType("bucket"))
    fake.FlattenedTensorMetadata = lambda *fields: fields
    for parent in ("sglang", "sglang.srt", "sglang.srt.weight_sync"):
        monkeypatch.setitem(sys.modules, parent, types.ModuleType(parent))
    random = np.random.default_rng(0)
    sent = {
        name: random.normal(size=shape).astype(dtype) for name, shape in (("a", (3, 5)), ("b", (7,)), ("c", (2, 2)))
    }
    memory = tensors.SHARED / f"codegym-test-{os.getpid()}"
    try:
        if way == "memory":
            memory.write_bytes(tensors.COUNTER + b"12345678" + b"".join(x.tobytes() for x in sent.values()))
        text = tensors.shared(memory.name, sent) if way == "memory" else tensors.bucket(sent)
        read = pickle.loads(base64.b64decode(text))
        for name, shape, kind, start, end, _ in read["metadata"]:
            theirs = read["flattened_tensor"][start:end].view(kind).reshape(shape)
            assert torch.equal(theirs.float(), torch.tensor(sent[name].astype(np.float32)))
        for name, mine in tensors.unpack(text).items():
            np.testing.assert_array_equal(mine, sent[name])
        del read, theirs
        assert (way == "memory") == memory.exists()  # that torch's last user has left removes nothing
    finally:
        memory.unlink(missing_ok=True)


async def test_servers_of_shards_are_held_against_each_other():
    def shard(value: str) -> Callable[..., Any]:
        return edited(lambda reply: reply.update(ranks=[{"checksums": {"model.norm.weight": value}}] * 2))

    async with fleet(2) as proxies, client_of(proxies) as client:
        for proxy, value in zip(proxies, "ab"):
            proxy.breaks(shard(value), path="/weights_checker")
        with pytest.raises(InferenceError, match=f"{proxies[1].url}.*model.norm.weight.*|.*{proxies[0].url}"):
            await client.verify()


@pytest.mark.parametrize("sync", ["disk", "tensor"])
async def test_a_learner_killed_in_the_middle_of_an_update_leaves_servers_that_the_next_one_can_use(sync):
    async with fleet() as (proxy,):
        async with aiohttp.ClientSession(proxy.target) as http:
            await http.post("/pause_generation", json={"mode": "retract"})
            await http.post("/begin_weight_update", json={})
        async with client_of([proxy], sync) as client:
            sound(await play(client))


async def test_a_server_that_dies_in_an_update_gets_it_when_it_is_back():
    async with fleet() as (proxy,), client_of([proxy]) as client:
        proxy.breaks(broken_off, path="/update_weights_from_disk")
        await client.update_weights(WEIGHTS[2], 2)
        generation = await play(client)
        assert {*generation.versions} == {2}
        sound(generation)


async def test_an_update_that_no_server_takes_is_an_error():
    async with fleet() as (proxy,), client_of([proxy]) as client:
        proxy.breaks(status(400), path="/update_weights_from_disk")
        with pytest.raises(InferenceError, match=f"version 2.*{proxy.url}"):
            await client.update_weights(WEIGHTS[2], 2)


async def test_no_request_is_served_while_paused():
    async with fleet() as (proxy,), client_of([proxy]) as client:
        await client.pause()
        going = asyncio.create_task(play(client))
        await until(lambda: proxy.going)
        await client.update_weights(WEIGHTS[2], 2)
        assert not going.done()
        await client.resume()
        assert {*(await going).versions} == {2}


async def test_a_client_that_closes_in_a_pause_leaves_its_servers_running():
    async with fleet() as (proxy,):
        async with client_of([proxy]) as client:
            await client.pause()
        async with aiohttp.ClientSession(proxy.target) as http, http.get("/health") as reply:
            assert reply.status == 200


@pytest.mark.parametrize(
    ("edit", "path", "named"),
    [
        (lambda reply: reply.update(dtype="bfloat16"), "/server_info", "dtype is 'bfloat16'.*--dtype"),
        (lambda reply: reply.update(quantization="fp8"), "/server_info", "quantization"),
        (lambda reply: reply.update(max_req_input_len=50), "/server_info", "KV cache"),
        (lambda reply: reply.pop("dtype"), "/server_info", "is this an SGLang server"),
        (lambda reply: reply["data"][0].update(max_model_len=100), "/v1/models", "100 tokens.*--context-length"),
        (lambda reply: reply["ranks"][0]["checksums"].pop("model.norm.weight"), "/weights_checker", "lacks 1.*norm"),
        (lambda reply: reply["ranks"][0]["checksums"].update(x="0"), "/weights_checker", "also has 1.*x"),
    ],
)
async def test_a_server_that_does_not_fit_is_refused_by_name(edit, path, named):
    async with fleet(2) as proxies:
        proxies[1].breaks(edited(edit), path=path)
        with pytest.raises(InferenceError, match=f"{proxies[1].url}.*{named}"):
            async with client_of(proxies):
                pass


async def test_a_conversation_that_fills_the_context_ends_in_length():
    """SGLang keeps the last tokens of a context for itself."""

    async with fleet() as (proxy,):
        proxy.breaks(edited(lambda reply: reply.update(max_req_input_len=MAX_LEN - 6)), path="/server_info")
        async with client_of([proxy]) as client:
            generation = await client.generate([1] * (MAX_LEN - 4), Sampling(), session="s", seed=0)
            assert generation == Generation([], [], [], "length")


def test_a_folder_of_weights_whose_owner_was_killed_is_removed(tmp_path):
    owner = f"from codegym_jax.inference.sync import claim; print(claim(__import__('pathlib').Path({str(tmp_path)!r}))"
    process = subprocess.Popen(
        [sys.executable, "-c", f"{owner}, flush=True); input()"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    theirs = process.stdout.readline().decode().split("'")[1]
    if tensors.SHARED.is_dir():
        (lent := tensors.SHARED / f"{Path(theirs).name}.1").write_bytes(b"")
    mine, descriptor = claim(tmp_path)
    assert len(list(tmp_path.iterdir())) == 2
    process.send_signal(signal.SIGKILL)
    process.wait()
    os.close(claim(tmp_path)[1])
    assert len(list(tmp_path.iterdir())) == 2
    assert mine.exists()
    assert not tensors.SHARED.is_dir() or not lent.exists()
    os.close(descriptor)


def test_the_checksum_of_gpus_is_that_of_sglangs_kernel():
    """Known answers: sglang.kernels.ops.memory.gpu_tensor_hash of 0.5.23, run by Triton's interpreter."""
    answers = {
        1: "cb95b27c6e40ee7b", 2: "45d9c4cf385b840a", 3: "83c154c6107a754b", 255: "1e9be0ef1d79d8e6",
        16384: "4082ea82bcc412bc", 16385: "49e3e03a7cfd9add", 25353: "f3f6d1955e51e16f", 40000: "f17941a0586f9ee5",
    }  # fmt: skip
    random = np.random.default_rng(0)
    for n, answer in answers.items():
        x = random.integers(0, 1 << 16, n, dtype=np.uint16)
        assert tensors.gpu_hash([x[: n // 2], x[n // 2 :]]) == answer


async def test_launched_servers_do_not_outlive_a_launcher_that_is_killed(tmp_path):
    code = f"""
import asyncio
from pathlib import Path
from codegym_jax.inference import launch
launch._healthy = lambda url: True
async def main():
    shape = dict(count=1, tp=1, gpus=-1, dtype="float32", max_len=8, running=1)
    command = "sh -c 'sleep 600 & echo $! > {tmp_path}/child; echo $$ > {tmp_path}/server; wait'"
    async with launch.servers(command, Path(), Path({str(tmp_path)!r}), **shape):
        await asyncio.sleep(600)
asyncio.run(main())
"""
    launcher = subprocess.Popen([sys.executable, "-c", code])
    await until(lambda: all((tmp_path / name).exists() for name in ("child", "server")))
    pids = [int((tmp_path / name).read_text()) for name in ("child", "server")]
    assert all(alive(pid) for pid in pids)
    launcher.kill()
    launcher.wait()
    await until(lambda: not any(alive(pid) for pid in pids))


def alive(pid: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


TRAIN = (
    "--config quickstart --train.updates 3 --train.cooldown 0 --rollout.no-lockstep --rollout.tasks-per-update 4 "
    "--rollout.group-size 4 --rollout.live 16 --checkpoint-every 1 --eval-every 0 --tasks.eval-tasks 2 "
    "--tasks.max-difficulty 1 --name killed"
).split()


@pytest.mark.slow
@pytest.mark.parametrize("sync", ["disk", "tensor"])
async def test_a_run_killed_in_the_middle_of_an_update_of_weights_goes_on_with_the_same_server(sync, tmp_path):
    train = [sys.executable, str(ROOT / "launch" / "train.py"), *TRAIN, "--out", str(tmp_path), "--rollout.sync", sync]
    updates = 0

    async def kills(proxy: Proxy, request: web.Request, body: bytes) -> web.StreamResponse:
        nonlocal updates
        updates += 1
        if updates == 2:
            learner.kill()
            await learner.wait()
        status, text = await proxy.forward(request, body)
        return web.Response(status=status, body=text)

    async with warm_start() as proxy:
        proxy.breaks(kills, 1000, f"/update_weights_from_{sync}")
        learner = await asyncio.create_subprocess_exec(*train, "--rollout.servers", proxy.url)
        assert await learner.wait() == -signal.SIGKILL
        await until(lambda: not proxy.going)
        async with aiohttp.ClientSession(proxy.target) as http:
            with pytest.raises(TimeoutError):  # it was left paused
                await http.get("/health", timeout=aiohttp.ClientTimeout(total=1))
        learner = await asyncio.create_subprocess_exec(*train, "--rollout.servers", proxy.url, "--resume")
        assert await learner.wait() == 0
        async with aiohttp.ClientSession(proxy.target) as http:
            assert (await http.get("/health")).status == 200
    lines = [json.loads(line) for line in (tmp_path / "killed" / "metrics.jsonl").read_text().splitlines()]
    assert [line["max_staleness"] for line in lines if "rollout_s" in line] == [0, 0, 0]
    assert max(line.get("max_logprob_gap", 0) for line in lines) <= 1e-4


@contextlib.asynccontextmanager
async def warm_start() -> AsyncIterator[Proxy]:
    """The embedded server of the quickstart's policy, behind its proxy."""
    graph, params = nnx.split(weights.load(ROOT / "envs" / "starter" / "warm_start"))
    engine = Engine(graph, params, slots=16, max_len=448, decode_chunk=8)
    async with serving(EngineServer(engine, graph, params, "warm start"), "127.0.0.1", 0) as url:
        async with proxied([url]) as (proxy,):
            yield proxy
    await engine.close()


PROCESSES = """
import asyncio, sys
from pathlib import Path
import jax
import numpy as np
from flax import nnx
jax.distributed.initialize(sys.argv[1], 2, int(sys.argv[2]))
from codegym_jax import weights
from codegym_jax.inference import sglang, sync as wire
from codegym_jax.inference.engine import Engine
from codegym_jax.inference.server import EngineServer, serving
mesh = jax.make_mesh((2, 1), ("fsdp", "tensor"), axis_types=(jax.sharding.AxisType.Auto,) * 2)
graph, mine = nnx.split(weights.load(sys.argv[3]))
graphdef, params = nnx.split(weights.load(sys.argv[3], mesh=mesh))

async def main():
    served = EngineServer(Engine(graph, mine, slots=1, max_len=64), graph, jax.tree.map(lambda x: x * 0, mine), "")
    async with serving(served, "127.0.0.1", 0) as url:
        for sync, common_folder in (("disk", wire.common_folder), ("tensor", lambda _: None)):
            wire.common_folder = common_folder
            options = {"max_len": 64, "concurrency": 1, "sync": sync, "folder": Path(sys.argv[4])}
            client = await sglang.SGLang.connect([url], graphdef, params, **options)
            for version in (1, 2):
                await client.update_weights(jax.tree.map(lambda x: x * version, params), version)
                theirs = jax.tree.leaves(jax.tree.map(lambda x: x * version, mine))
                assert all(map(np.array_equal, jax.tree.leaves(served.params), theirs)), version
            print(sync, client._published.folder.parent == client.folder, client.servers[0].ready)
            await client.close()
    await served.engine.close()

asyncio.run(main())
"""


@pytest.mark.slow
def test_processes_of_a_run_send_each_its_servers_what_they_publish_together(tmp_path):
    weights.save(nnx.merge(GRAPH, FIRST), tmp_path / "model")
    command = [sys.executable, "-c", PROCESSES, f"127.0.0.1:{free_port()}"]
    arguments = [str(tmp_path / "model"), str(tmp_path)]
    environment = os.environ | {"JAX_PLATFORMS": "cpu", "XLA_FLAGS": ""}
    run = lambda i: subprocess.Popen([*command, str(i), *arguments], env=environment, stdout=-1, text=True)  # noqa: E731
    both = [run(i) for i in range(2)]
    try:
        said = [process.communicate(timeout=120)[0].split("\n") for process in both]
    finally:
        for process in both:
            process.kill()
    assert {"disk True 2", "tensor True 2"} <= {*said[0]}
    assert {"disk False 2", "tensor True 2"} <= {*said[1]}
