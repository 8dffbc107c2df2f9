"""The embedded server where it is more than SGLang: chat completions, and requests that must not harm it.

tests/sglang/test_conformance.py holds it to SGLang's protocol.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import json
import os
import pickle
import subprocess
import sys
from base64 import b64encode
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import jax
import jax.numpy as jnp
import numpy as np
import openai
import pytest
from flax import nnx

from codegym_jax import environments, weights
from codegym_jax.chat import Chat, load_chat
from codegym_jax.inference import tensors
from codegym_jax.inference.client import Sampling
from codegym_jax.inference.engine import Engine
from codegym_jax.inference.server import EngineServer, serving
from codegym_jax.inference.sglang import SGLang
from codegym_jax.model import Decoder, ModelConfig
from codegym_jax.types import Malformed

ROOT = Path(__file__).resolve().parents[1]
WARM = ROOT / "envs" / "starter" / "warm_start"
TINY = ModelConfig("qwen3", 61, 24, 2, 4, 2, 8, 40, tie=True, qk_norm=True)
PROMPT, ROOM = [5, 6, 7, 8], 240


@functools.cache
def warm() -> tuple[Decoder, Chat]:
    return weights.load(WARM), load_chat(str(WARM))


@functools.cache
def tiny(seed: int = 0, dtype: str = "float32") -> Decoder:
    model = Decoder(TINY, rngs=nnx.Rngs(seed), dtype=jnp.dtype(dtype))
    keys = iter(jax.random.split(jax.random.key(seed), 64))
    noisy = jax.tree.map(lambda x: x + 0.3 * jax.random.normal(next(keys), x.shape, x.dtype), nnx.state(model))
    nnx.update(model, noisy)
    return model


class Served:
    def __init__(self, server: EngineServer, url: str, http: aiohttp.ClientSession) -> None:
        self.server, self.url, self.http = server, url, http

    async def post(self, path: str, body: Any) -> tuple[int, Any]:
        async with self.http.post(path, json=body) as reply:
            return reply.status, await reply.json()

    async def generate(self, n: int = 4, **params: Any) -> Any:
        params = {"max_new_tokens": n, "temperature": 0.0} | params
        status, reply = await self.post("/generate", {"input_ids": PROMPT, "sampling_params": params})
        assert status == 200, reply
        return reply

    async def until(self, condition: Any) -> None:
        while not condition():
            await asyncio.sleep(0.005)


@contextlib.asynccontextmanager
async def serve(model: Decoder, chat: Chat | None = None, **options: Any) -> AsyncIterator[Served]:
    graphdef, params = nnx.split(model)
    engine = Engine(graphdef, params, **({"slots": 4, "max_len": ROOM, "decode_chunk": 2} | options))
    try:
        server = EngineServer(engine, graphdef, params, "policy", chat)
        async with serving(server, "127.0.0.1", 0) as url, aiohttp.ClientSession(url) as http:
            yield Served(server, url, http)
    finally:
        await engine.close()


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    async with serve(tiny()) as served:
        yield served


@pytest.fixture
async def spoken() -> AsyncIterator[tuple[Served, Any]]:
    """A policy that calls tools, and OpenAI's client."""
    async with serve(*warm(), max_len=512) as served:
        async with openai.AsyncOpenAI(base_url=f"{served.url}/v1", api_key="none", max_retries=0) as client:
            yield served, functools.partial(client.chat.completions.create, model="policy")


@functools.cache
def question() -> tuple[list[Any], list[Any], list[int]]:
    """A task as messages and tools, and the tokens with which its rollout starts."""
    found = environments.load(ROOT / "envs" / "starter")
    environment = found.environments[found.tasks[0].environment]
    content = f"{environment.statement.strip()}\n\nCall one tool per turn, at most 18 calls. The first Done is final."
    prompt = warm()[1].prompt(environment.statement, environment.tools, 18)
    return [{"role": "user", "content": content}], [tool.schema for tool in environment.tools], prompt


# -- chat completions


async def test_a_conversation_in_messages_makes_the_calls_that_a_rollout_makes(spoken):
    (served, create), chat = spoken, warm()[1]
    messages, tools, row = question()
    messages, greedy = list(messages), Sampling(0.0, max_new_tokens=64, stop_token_ids=chat.stop_token_ids)
    for n in range(4):
        reply = await create(messages=messages, tools=tools, temperature=0, max_tokens=64)
        turn = (await served.server.engine.generate(row, greedy, session=f"rollout-{n}", seed=0)).tokens
        call, choice = chat.parse(turn), reply.choices[0]
        assert not isinstance(call, Malformed)
        (made,) = choice.message.tool_calls
        assert (made.function.name, json.loads(made.function.arguments)) == (call.name, call.arguments)
        assert (choice.finish_reason, choice.message.content) == ("tool_calls", None)
        assert (reply.usage.prompt_tokens, reply.usage.completion_tokens) == (len(row), len(turn))
        messages += [choice.message, {"role": "tool", "tool_call_id": made.id, "content": str(n)}]
        row = row + turn + chat.observation(str(n))
    assert reply.usage.prompt_tokens_details.cached_tokens > 0


async def test_streamed_pieces_make_up_the_same_reply(spoken):
    _, create = spoken
    messages, tools, _ = question()
    options = {"messages": messages, "tools": tools, "temperature": 0}
    whole = await create(**options)
    stream = await create(**options, stream=True, stream_options={"include_usage": True})
    *pieces, last = [piece async for piece in stream]
    assert last.usage.total_tokens == whole.usage.total_tokens
    delta, finish = pieces[0].choices[0].delta, pieces[-1].choices[0].finish_reason
    made, wanted = delta.tool_calls[0].function, whole.choices[0].message.tool_calls[0].function
    assert (made.name, made.arguments) == (wanted.name, wanted.arguments)
    assert (delta.role, finish) == ("assistant", "tool_calls")


async def test_without_tools_or_with_tool_choice_none_a_call_is_text(spoken):
    _, create = spoken
    messages, tools, _ = question()
    bare = await create(messages=messages, temperature=0, max_tokens=9, seed=1)
    none = await create(messages=messages, tools=tools, tool_choice="none", temperature=0, max_tokens=9, seed=1)
    assert none.choices[0].message == bare.choices[0].message
    assert bare.choices[0].message.tool_calls is None
    assert none.usage.prompt_tokens == bare.usage.prompt_tokens


async def test_logprobs_are_of_the_tokens_and_a_seed_repeats_them(spoken):
    _, create = spoken
    messages, tools, _ = question()
    options = {"messages": messages, "tools": tools, "temperature": 1.5, "logprobs": True}
    first, again = [await create(**options, seed=3) for _ in range(2)]
    scored = first.choices[0].logprobs.content
    assert len(scored) == first.usage.completion_tokens
    assert all(entry.logprob <= 0 and bytes(entry.bytes).decode() == entry.token for entry in scored)
    assert [entry.token for entry in again.choices[0].logprobs.content] == [entry.token for entry in scored]


async def test_the_end_of_the_room_is_a_length(spoken):
    _, create = spoken
    limited = await create(messages=question()[0], max_completion_tokens=1, temperature=0)
    assert (limited.choices[0].finish_reason, limited.usage.completion_tokens) == ("length", 1)


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "user", "content": "x " * 4000}]}, "the longest conversation has 512"),
        ({"messages": [{"role": "robot", "content": "x"}]}, "messages[0].role"),
        ({"n": 2}, "n=2"),
        ({"stop": "x"}, "stop="),
        ({"tool_choice": "required"}, "tool_choice"),
        ({"response_format": {"type": "json_object"}}, "response_format"),
        ({"top_logprobs": 3}, "top_logprobs"),
        ({"max_tokens": 0}, "max_new_tokens"),
        ({"temperature": "hot"}, "temperature"),
        ({"temperature": -1}, "temperature"),
        ({"top_p": 0}, "top_p"),
        ({"seed": "x"}, "sampling_seed"),
        ({"tools": [3]}, "tools[0]"),
        ({"tools": 3}, "tools"),
    ],
)
async def test_what_cannot_be_done_is_refused_and_named(spoken, body, problem):
    served, _ = spoken
    status, reply = await served.post("/v1/chat/completions", {"messages": question()[0]} | body)
    assert status == 400
    assert problem in reply["error"]["message"]


async def test_without_a_tokenizer_there_is_no_chat(served):
    status, reply = await served.post("/v1/chat/completions", {"messages": [{"role": "user", "content": "x"}]})
    assert (status, reply["message"]) == (400, "this server has no chat template")


# -- requests that must not harm the engine


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"temperature": 1e-45}, 200),
        ({"temperature": 1e30}, 200),
        ({"top_k": 2**40}, 200),
        ({"stop_token_ids": [2**40, -5]}, 200),
        ({"sampling_seed": 2**64 - 1}, 200),
        ({"sampling_seed": -1}, 200),
        ({"max_new_tokens": 10**12}, 200),
        ({"top_p": 1e-300}, 200),
        ({"temperature": -0.5}, 400),
        ({"temperature": True}, 400),
        ({"temperature": "1"}, 400),
        ({"max_new_tokens": 2.5}, 400),
        ({"max_new_tokens": -1}, 400),
        ({"top_k": 0}, 400),
        ({"top_k": 1.5}, 400),
        ({"top_p": "x"}, 400),
        ({"stop_token_ids": ["x"]}, 400),
        ({"stop_token_ids": 7}, 400),
        ({"sampling_seed": 1.5}, 400),
        ({"n": 2}, 400),
        ({"regex": "a+"}, 400),
        ({"min_p": 0.1}, 400),
        ({"stop": ["x"]}, 400),
    ],
)
async def test_odd_sampling_parameters_leave_the_engine_whole(served, params, status):
    params = {"max_new_tokens": 3} | params
    got, reply = await served.post("/generate", {"input_ids": PROMPT, "sampling_params": params})
    assert got == status, reply
    assert status == 200 or next(iter(params.keys() - {"max_new_tokens"}), "max_new_tokens") in reply["message"]
    await served.generate()


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"input_ids": []},
        {"input_ids": "x"},
        {"input_ids": [1.5]},
        {"input_ids": [[5], 6]},
        {"input_ids": [[]]},
        {"input_ids": [True]},
        {"input_ids": [-1]},
        {"input_ids": [2**70]},
        {"input_ids": [5] * ROOM},
        {"input_ids": [[5], [6]], "rid": ["a"]},
        {"input_ids": [5], "sampling_params": [1]},
        {"input_ids": [5], "stream": True},
        {"input_ids": [5], "logprob_start_len": 0},
        [1],
    ],
)
async def test_odd_requests_are_refused(served, body):
    status, reply = await served.post("/generate", body)
    assert status == 400, reply
    await served.generate()


async def test_a_client_that_goes_away_takes_its_request_along(served):
    task = asyncio.create_task(served.generate(ROOM))
    await served.until(lambda: served.server.running)
    task.cancel()
    async with asyncio.timeout(30):
        await served.until(lambda: not served.server.live)
    assert served.server.running == 0


async def test_an_engine_that_stopped_is_not_healthy():
    async with serve(tiny()) as served:
        async with served.http.get("/health") as reply:
            assert reply.status == 200
        await served.server.engine.close()
        status, _ = await served.post("/generate", {"input_ids": PROMPT, "sampling_params": {}})
        assert status == 503
        async with served.http.get("/health") as reply:
            assert reply.status == 503


# -- weights


def halves(seed: int) -> list[dict[str, np.ndarray]]:
    whole = list(weights.gathered(tiny(seed), weights.hf_tensors(TINY), jnp.float32))
    return [dict(whole[::2]), dict(whole[1::2])]


async def send(served: Served, part: dict[str, np.ndarray], version: str | None = None) -> tuple[int, Any]:
    body = {"serialized_named_tensors": [tensors.bucket(part)], "load_format": "flattened_bucket"}
    return await served.post("/update_weights_from_tensor", body | {"weight_version": version})


async def test_buckets_of_a_session_take_effect_together_at_its_end(served):
    before = (await served.generate())["output_ids"]
    async with serve(tiny(1)) as other:
        wanted = (await other.generate())["output_ids"]
    await served.post("/begin_weight_update", {})
    for part in halves(1):
        assert (await send(served, part, "one"))[0] == 200
        reply = await served.generate()
        assert (reply["output_ids"], reply["meta_info"]["weight_version"]) == (before, "default")
    assert (await served.post("/end_weight_update", {}))[0] == 200
    reply = await served.generate()
    assert (reply["output_ids"], reply["meta_info"]["weight_version"]) == (wanted, "one")
    assert wanted != before


@pytest.mark.parametrize("fault", ["name", "shape", "text", "ranks", "format"])
async def test_a_bucket_that_does_not_fit_changes_nothing(served, fault):
    before = (await served.generate())["output_ids"]
    (name, array), *_ = halves(1)[0].items()
    part = {"other.weight" if fault == "name" else name: array[:-1] if fault == "shape" else array}
    bucket = "AAAA" if fault == "text" else tensors.bucket(part)
    body = {"serialized_named_tensors": [bucket] * (2 if fault == "ranks" else 1), "load_format": "flattened_bucket"}
    await served.post("/begin_weight_update", {})
    got = await served.post("/update_weights_from_tensor", body | ({"load_format": None} if fault == "format" else {}))
    assert got[0] == 400
    await served.post("/end_weight_update", {})
    reply = await served.generate()
    assert (reply["output_ids"], reply["meta_info"]["weight_version"]) == (before, "default")


async def test_a_pickle_of_anything_else_is_not_run(served, tmp_path):
    class Evil:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "made"),)

    evil = b64encode(pickle.dumps({"flattened_tensor": Evil(), "metadata": []})).decode()
    await served.post("/begin_weight_update", {})
    body = {"serialized_named_tensors": [evil], "load_format": "flattened_bucket"}
    status, reply = await served.post("/update_weights_from_tensor", body)
    assert (status, "has no place in a bucket" in reply["message"]) == (400, True)
    assert not (tmp_path / "made").exists()


async def test_a_folder_of_another_architecture_is_refused(served, tmp_path):
    weights.save(warm()[0], tmp_path / "other")
    status, reply = await served.post("/update_weights_from_disk", {"model_path": str(tmp_path / "other")})
    assert (status, "another architecture" in reply["message"]) == (400, True)
    await served.generate()


async def test_requests_that_come_behind_an_update_wait_for_it(served, tmp_path):
    weights.save(tiny(1), tmp_path / "new")
    first = asyncio.create_task(served.generate(ROOM))
    await served.until(lambda: served.server.running)
    body = {"model_path": str(tmp_path / "new"), "weight_version": "new"}
    update = asyncio.create_task(served.post("/update_weights_from_disk", body))
    await served.until(served.server.updating.locked)
    second = await served.generate(3)
    versions = [[span["version"] for span in reply["meta_info"]["weight_versions"]] for reply in (await first, second)]
    assert versions == [["default"], ["new"]]
    assert (await update)[0] == 200


@pytest.mark.parametrize("sync", ["disk", "tensor"])
async def test_the_client_finds_bfloat16_weights_as_it_sent_them(sync, tmp_path):
    async with serve(tiny(0, "bfloat16")) as served:
        graphdef, params = nnx.split(tiny(1, "bfloat16"))
        options = {"max_len": ROOM, "concurrency": 2, "sync": sync, "folder": tmp_path}
        client = await SGLang.connect([served.url], graphdef, params, **options)
        try:
            await client.update_weights(params, 1)  # compares checksums
            done = await client.generate(PROMPT, Sampling(0.0, max_new_tokens=4), session="s", seed=0)
            assert done.versions == [1] * 4
        finally:
            await client.close()


# -- the command


def launched(*flags: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "launch" / "serve.py"), *flags]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)


def test_a_policy_without_a_model_is_an_error_of_one_line():
    result = launched("--embedded")
    assert (result.returncode, result.stderr.count("\n")) == (2, 1)
    assert "serve.py --embedded: error: model.path" in result.stderr


def test_servers_that_cannot_start_are_one_error(tmp_path):
    flags = ["--sglang", "--model.path", str(WARM), "--out", str(tmp_path), "--sglang.command", "/no/such/python"]
    result = launched(*flags)
    assert result.returncode == 2
    assert "/no/such/python: cannot be started" in result.stderr
    assert "Traceback" not in result.stderr


def test_help_shows_the_three_ways_to_serve():
    result = launched("--help")
    assert result.returncode == 0
    assert all(f"serve.py {mode}" in result.stdout for mode in ("--envs", "--embedded", "--sglang"))
    assert launched("--envs", "--embedded").returncode == 2
