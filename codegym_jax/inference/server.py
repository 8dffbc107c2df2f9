"""The embedded engine behind SGLang's own routes, and /v1/chat/completions with tools for evaluation clients.

    python launch/serve.py --embedded --config quickstart

What talks to an SGLang server talks to this one: /generate, pauses, both kinds of weight update, versions, aborts,
checksums. tests/sglang holds both to one suite. It differs where SGLang's behaviour would be a defect here: a token id
outside the vocabulary and a tensor of another name or shape are answered with 400 (SGLang dies of the first and takes
the second), no key or value outlives the weights that made it, whatever the pause, an abort ends one request and not
those whose ids begin like its own, and an update that fails changes nothing. What of SGLang's parameters is not
implemented is refused, not ignored.

Parameters arrive under Hugging Face names; an update is complete in a file, and may come in several buckets of tensors
within a session: the engine takes them when it ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import secrets
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import jax
import numpy as np
import orjson
from aiohttp import web
from flax import nnx

from codegym_jax import weights
from codegym_jax.chat import Chat
from codegym_jax.inference import tensors
from codegym_jax.inference.client import Generation, InferenceError, Sampling
from codegym_jax.inference.engine import Engine
from codegym_jax.inference.sync import digest, server_names
from codegym_jax.model import WeightsError

VERSION = "0.5.23"  # of SGLang, whose protocol this is
REQUEST_BYTES = 4 << 30  # a bucket of tensors
HEALTH_S = 20.0  # for which /health waits in a pause, as SGLang's does
GREEDY = 1e-6  # temperatures below this are 0, as SGLang has it: scaled by less, logits overflow
SAMPLED = {"max_new_tokens": 128, "temperature": 1.0, "top_p": 1.0, "top_k": -1}  # SGLang's defaults
# What of SGLang's sampling parameters is not implemented, with the values that ask for nothing. None always does.
NEUTRAL: dict[str, tuple[Any, ...]] = {
    "n": (1,), "min_p": (0,), "min_new_tokens": (0,), "frequency_penalty": (0,), "presence_penalty": (0,),
    "repetition_penalty": (1,), "stop": ([], ""), "logit_bias": ({},), "custom_params": ({},), "stop_regex": ([], ""),
    "regex": (), "json_schema": (), "ebnf": (), "structural_tag": (),
}  # fmt: skip
IGNORED = {"skip_special_tokens", "no_stop_trim", "spaces_between_special_tokens", "stream_interval"}  # tell of text
READ = {"stop_token_ids", "ignore_eos", "sampling_seed"}
UNSCORED = {"stream": (False,), "logprob_start_len": (-1,), "top_logprobs_num": (0,), "token_ids_logprob": ([],)}
UNSPOKEN: dict[str, tuple[Any, ...]] = {  # of OpenAI's
    "n": (1,), "stop": ([], ""), "logit_bias": ({},), "frequency_penalty": (0,), "presence_penalty": (0,),
    "top_logprobs": (0,), "response_format": ({"type": "text"},), "tool_choice": ("none", "auto"), "functions": ([],),
}  # fmt: skip
Fields = dict[str, Any]


class Bad(Exception):
    """The request cannot be served as it is: HTTP 400 with this text."""


def _only(fields: Fields, neutral: dict[str, tuple[Any, ...]], where: str = "") -> None:
    for key, values in neutral.items():
        if fields.get(key) is not None and fields[key] not in values:
            raise Bad(f"{where}{key}={repr(fields[key])[:80]}: not implemented here")


@dataclasses.dataclass(eq=False, slots=True)
class _Request:
    """A request in flight; it is a session of the engine's by itself."""

    rid: str
    retractions: int = 0


class EngineServer:
    """The routes over one engine. `chat` is needed for text and /v1/chat/completions alone.

    The engine's parameters must be its alone: updates put others in their place.
    """

    def __init__(self, engine: Engine, graphdef: Any, params: Any, name: str, chat: Chat | None = None) -> None:
        self.engine, self.graphdef, self.params, self.name, self.chat = engine, graphdef, params, name, chat
        model = nnx.merge(graphdef, params)
        self.config, self.dtype = model.config, jax.numpy.dtype(model.dtype).name
        self.weight_version = "default"
        self.tags = {engine.version: "default"}  # the engine counts versions, clients name them
        self.arriving: dict[str, np.ndarray] | None = None  # tensors of an update session
        self.coming: str | None = None  # its version
        self.live: dict[str, _Request] = {}  # by the engine's session
        self.running = 0  # of these, how many have reached the engine
        self.going = asyncio.Event()  # not paused
        self.going.set()
        self.updating = asyncio.Lock()  # fair: requests that come while weights wait for others wait behind them
        self.failure = ""  # why the engine stopped, if it did

    # ---- generation --------------------------------------------------------------------------------------------------

    def sampling(self, params: Fields) -> Sampling:
        if unknown := params.keys() - SAMPLED.keys() - NEUTRAL.keys() - IGNORED - READ:
            raise Bad(f"sampling_params: unknown {', '.join(sorted(unknown))}")
        _only(params, NEUTRAL, "sampling_params: ")  # SGLang's ignore_eos ignores stop_token_ids too
        value = SAMPLED | {key: params[key] for key in SAMPLED if params.get(key) is not None}
        stops = params.get("stop_token_ids") or []
        for key, given in value.items():
            kinds = (int,) if key in ("max_new_tokens", "top_k") else (int, float)
            if type(given) not in kinds:
                what = " or ".join(kind.__name__ for kind in kinds)
                raise Bad(f"sampling_params: {key}={repr(given)[:80]}: must be {what}")
        if value["top_k"] < 1 and value["top_k"] != -1:
            raise Bad(f"sampling_params: top_k={value['top_k']}: must be at least 1, or -1 for no limit")
        if not isinstance(stops, list) or not all(type(token) is int for token in stops):
            raise Bad("sampling_params: stop_token_ids: must be a list of integers")
        stops = [] if params.get("ignore_eos") else [*stops, *(self.chat.stop_token_ids if self.chat else ())]
        if 0 <= value["temperature"] < GREEDY:
            value["temperature"] = 0.0
        value["top_k"] = min(value["top_k"], self.engine.vocab) if value["top_k"] > 0 else 0
        stops = [token for token in dict.fromkeys(stops) if 0 <= token < self.engine.vocab]
        return Sampling(**value, stop_token_ids=tuple(stops))  # ValueError for what else is wrong

    async def generate(self, body: Fields) -> Any:
        prompts, rid = body.get("input_ids"), body.get("rid")
        if not isinstance(prompts, list) or not prompts:
            raise Bad("input_ids: expected a list of token ids, or a list of such lists")
        _only(body, UNSCORED)
        if not isinstance(prompts[0], list):
            return await self._one(prompts, body, rid)
        rids = rid if isinstance(rid, list) else [rid] * len(prompts)
        if len(rids) != len(prompts):
            raise Bad(f"rid: {len(rids)} for {len(prompts)} prompts")
        return await asyncio.gather(*(self._one(prompt, body, rid) for prompt, rid in zip(prompts, rids)))

    async def _one(self, tokens: Any, body: Fields, rid: Any) -> Fields:
        started, session, params = time.monotonic(), uuid.uuid4().hex, body.get("sampling_params") or {}
        if not isinstance(params, dict):
            raise Bad("sampling_params: expected an object")
        sampling, seed = self.sampling(params), params.get("sampling_seed")
        if not isinstance(tokens, list) or not all(type(token) is int for token in tokens):
            raise Bad("input_ids: must be integers")
        if type(seed) not in (int, type(None)):
            raise Bad(f"sampling_params: sampling_seed={seed!r}: must be an integer")
        request = self.live[session] = _Request(str(rid or uuid.uuid4().hex))
        try:
            async with self.updating:
                self.running += 1
            try:
                if session in self.live:  # not aborted yet
                    seed = secrets.randbits(64) if seed is None else seed
                    done = await self.engine.generate(tokens, sampling, session=session, seed=seed)
                else:
                    done = Generation([], [], [], "abort")
            finally:
                self.running -= 1
        finally:
            self.live.pop(session, None)
            self.engine.release(session)
        spans: list[Fields] = []
        for i, version in enumerate(done.versions):
            if not spans or spans[-1]["version"] != self.tags[version]:
                spans.append({"version": self.tags[version], "start": i, "end": i})
            spans[-1]["end"] = i + 1
        reasons: Fields = {
            "stop": {"type": "stop", "matched": done.tokens[-1] if done.tokens else None},
            "length": {"type": "length", "length": len(done.tokens)},
            "abort": {"type": "abort", "message": "Aborted", "status_code": None, "err_type": None},
        }
        meta = {
            "id": request.rid, "finish_reason": reasons[done.finish], "prompt_tokens": len(tokens),
            "completion_tokens": len(done.tokens), "cached_tokens": done.cached_tokens,
            "num_retractions": request.retractions, "weight_version": self.weight_version, "weight_versions": spans,
            "e2e_latency": time.monotonic() - started,
        }  # fmt: skip
        if body.get("return_logprob"):
            meta["output_token_logprobs"] = [[x, token, None] for x, token in zip(done.logprobs, done.tokens)]
            meta["input_token_logprobs"] = []
        text = self.chat.decode(done.tokens) if self.chat else ""
        return {"text": text, "output_ids": done.tokens, "meta_info": meta}

    async def abort(self, body: Fields) -> Fields:
        """Of the requests of this id. SGLang also ends those whose ids only start with it."""
        for session, request in list(self.live.items()):
            if body.get("abort_all") or request.rid == str(body.get("rid")):
                del self.live[session]
                self.engine.release(session)
        return {"success": True}

    async def chat_completions(self, body: Fields) -> Any:
        """OpenAI's chat completion with tools. The policy's own call format becomes `tool_calls`.

        Of `stream` this serves the form: the whole reply comes as one piece once it is done.
        """
        if self.chat is None:
            raise Bad("this server has no chat template")
        _only(body, UNSPOKEN)
        messages, tools = body.get("messages"), body.get("tools") or []
        if not isinstance(messages, list) or not messages or not isinstance(tools, list):
            raise Bad("messages, tools: expected lists, of messages not an empty one")
        if body.get("tool_choice") == "none":
            tools = []
        tokens = await asyncio.to_thread(self.chat.conversation, messages, tools)
        if (room := self.engine.max_len - len(tokens)) < 1:
            raise Bad(f"messages: {len(tokens)} tokens; the longest conversation has {self.engine.max_len}")
        limits = [body[key] for key in ("max_completion_tokens", "max_tokens") if body.get(key) is not None]
        params = {"max_new_tokens": limits[0] if limits else room, "sampling_seed": body.get("seed")}
        params |= {key: body.get(key) for key in ("temperature", "top_p", "top_k", "stop_token_ids")}
        reply = await self._one(tokens, {"sampling_params": params, "return_logprob": True}, None)
        made, meta = reply["output_ids"], reply["meta_info"]
        message = self.chat.message(made, calls=bool(tools))
        finish = "tool_calls" if "tool_calls" in message else meta["finish_reason"]["type"]
        usage: Fields = {
            "prompt_tokens": len(tokens),
            "completion_tokens": len(made),
            "total_tokens": len(tokens) + len(made),
        }
        usage["prompt_tokens_details"] = {"cached_tokens": meta["cached_tokens"]}
        scored = [self._scored(token, x) for x, token, _ in meta["output_token_logprobs"]]
        choice = {
            "index": 0,
            "finish_reason": finish,
            "logprobs": {"content": scored} if body.get("logprobs") else None,
        }
        head = {
            "id": f"chatcmpl-{uuid.uuid4().hex}",
            "created": int(time.time()),
            "model": body.get("model") or self.name,
        }
        if not body.get("stream"):
            return head | {"object": "chat.completion", "choices": [choice | {"message": message}], "usage": usage}
        calls = [{"index": n} | call for n, call in enumerate(message.get("tool_calls", ()))]
        delta = message | ({"tool_calls": calls} if calls else {})
        head["object"] = "chat.completion.chunk"
        chunks = [head | {"choices": [choice | {"delta": delta, "finish_reason": None}]}]
        chunks += [head | {"choices": [choice | {"delta": {}, "logprobs": None}]}]
        options = body.get("stream_options")
        if isinstance(options, dict) and options.get("include_usage"):
            chunks += [head | {"choices": [], "usage": usage}]
        events = [*map(orjson.dumps, chunks), b"[DONE]"]
        return web.Response(
            body=b"".join(b"data: %s\n\n" % event for event in events), content_type="text/event-stream"
        )

    def _scored(self, token: int, logprob: float) -> Fields:
        assert self.chat is not None
        text = self.chat.decode([token])
        return {"token": text, "logprob": logprob, "bytes": [*text.encode()], "top_logprobs": []}

    # ---- weights -----------------------------------------------------------------------------------------------------

    async def pause(self, body: Fields) -> Fields:
        """Whatever the mode, no key or value outlives the weights that made it; "abort" also ends what runs."""
        if (mode := body.get("mode", "abort")) not in ("abort", "retract", "in_place"):
            raise Bad(f"mode: {mode!r} is none of abort, retract, in_place")
        self.going.clear()
        if mode == "abort":
            await self.abort({"abort_all": True})
        for request in self.live.values():
            request.retractions += mode == "retract"
        await self.engine.pause()
        return {"status": "ok", "message": f"Generation paused ({mode})."}

    async def resume(self, _: Fields) -> Fields:
        await self.engine.resume()
        self.going.set()
        return {"status": "ok", "message": "Generation continued."}

    @contextlib.asynccontextmanager
    async def _updating(self, body: Fields) -> AsyncIterator[None]:
        """Without a pause an update waits for the requests that run, and those that come wait for it: SGLang's way."""
        if body.get("abort_all_requests"):
            await self.abort({"abort_all": True})
        async with self.updating:
            while self.running and self.going.is_set():
                await asyncio.sleep(0.01)
            yield

    async def from_disk(self, body: Fields) -> Fields:
        folder = Path(_text(body, "model_path"))
        async with self._updating(body):
            try:
                loaded = await asyncio.to_thread(self._load, folder)
            except WeightsError as error:
                return {"success": False, "message": f"Failed to update weights: {error}", "num_paused_requests": 0}
            await self._take(loaded, body.get("weight_version"))
        return {"success": True, "message": "Succeeded to update model weights.", "num_paused_requests": 0}

    def _load(self, folder: Path) -> Any:
        if not (folder / "config.json").is_file():  # a hub id is not looked up
            raise WeightsError(f"{folder}: no folder with a config.json")
        old, leaf = nnx.merge(self.graphdef, self.params), jax.tree.leaves(self.params)[0]
        options = {"dtype": old.dtype, "remat": old.remat, "unroll": old.unroll, "param_dtype": leaf.dtype}
        new = weights.load(folder, mesh=getattr(leaf.sharding, "mesh", None), **options)
        if new.config != self.config:
            raise WeightsError(f"{folder}: another architecture: {new.config}; served is {self.config}")
        return nnx.split(new)[1]

    async def _take(self, params: Any, version: Any) -> None:
        number = self.engine.version + 1
        if version is not None:
            self.weight_version = str(version)
        self.tags[number] = self.weight_version
        self.params = params
        await self.engine.update_weights(params, number)

    async def begin(self, _: Fields) -> Fields:
        if self.arriving is not None:
            raise Bad("a weight-update session is already open; call end_weight_update first")
        self.arriving, self.coming = {}, None
        return {"success": True, "message": "Success"}

    async def from_tensor(self, body: Fields) -> Fields:
        if self.arriving is None:
            raise Bad("update_weights_from_tensor must run between begin_weight_update and end_weight_update")
        if body.get("load_format") != "flattened_bucket":
            raise Bad(f"load_format: {body.get('load_format')!r}: expected 'flattened_bucket'")
        ranks = body.get("serialized_named_tensors")
        if not isinstance(ranks, list) or len(ranks) != 1:
            raise Bad("serialized_named_tensors: expected a list of one bucket: there is one rank here")
        plan, arrived = weights.hf_tensors(self.config), await asyncio.to_thread(tensors.unpack, ranks[0])
        for name, array in arrived.items():
            if name not in plan:
                raise Bad(f"{name}: no parameter of this model")
            if array.shape != plan[name][2]:
                raise Bad(f"{name}: has shape {array.shape}, this model's has {plan[name][2]}")
        if self.arriving is None:
            raise Bad("the weight-update session was ended meanwhile")
        self.arriving |= arrived
        self.coming = body.get("weight_version") or self.coming
        return {"success": True, "message": "Success"}

    async def end(self, body: Fields) -> Fields:
        if self.arriving is None:
            raise Bad("no weight-update session is open; call begin_weight_update first")
        arrived, self.arriving = self.arriving, None
        if arrived:
            async with self._updating(body):
                await self._take(await asyncio.to_thread(self._merge, arrived), self.coming)
        return {"success": True, "message": "Success"}

    def _merge(self, arrived: dict[str, np.ndarray]) -> Any:
        """The parameters with these tensors in place of theirs."""
        places: dict[str, list[tuple[int | None, np.ndarray]]] = {}
        for hf_name, (name, layer, _) in weights.hf_tensors(self.config).items():
            if hf_name in arrived:
                places.setdefault(name, []).append((layer, arrived[hf_name]))

        def put(path: tuple[Any, ...], old: jax.Array) -> jax.Array:
            name = next(str(key.key) for key in reversed(path) if getattr(key, "key", None) in weights.NAMES)
            if name not in places:
                return old
            new = np.array(old)
            for layer, tensor in places[name]:
                view = new if layer is None else new[layer]
                view[...] = tensor.reshape(view.shape)
            return jax.device_put(new, old.sharding)

        return jax.tree_util.tree_map_with_path(put, self.params)

    async def set_version(self, body: Fields) -> Fields:
        version = _text(body, "new_version")
        if body.get("abort_all_requests", True):
            await self.abort({"abort_all": True})
        self.tags[self.engine.version + 1] = self.weight_version = version
        self.engine.version += 1  # the weights, and the keys and values made with them, are the same
        return {"success": True, "message": f"Weight version updated to {version}", "new_version": version}

    async def check(self, body: Fields) -> Fields:
        if body.get("action") != "checksum":
            raise Bad(f"action: {body.get('action')!r}: only 'checksum' is implemented here")
        sums = await asyncio.to_thread(self._checksums)
        return {"success": True, "message": "Success.", "ranks": [{"checksums": sums}]}

    def _checksums(self) -> dict[str, str]:
        whole = dict(
            weights.gathered(nnx.merge(self.graphdef, self.params), weights.hf_tensors(self.config), self.dtype)
        )
        return {name: digest([whole[part] for part in parts]) for name, parts in server_names(self.config).items()}

    # ---- what it is --------------------------------------------------------------------------------------------------

    async def health(self, _: Fields) -> web.Response:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.going.wait(), HEALTH_S)
            return web.Response(status=503 if self.failure else 200, text=self.failure)
        return web.Response(status=503)

    async def model_info(self, _: Fields) -> Fields:
        architectures = self.config.to_hf()["architectures"]
        return {"model_path": self.name, "weight_version": self.weight_version, "architectures": architectures}

    async def server_info(self, _: Fields) -> Fields:
        """`device` tells clients which checksum is meant: that of host memory, wherever the arrays are."""
        info = {"version": VERSION, "dtype": self.dtype, "device": "cpu", "tp_size": 1, "quantization": None}
        info |= {"model_path": self.name, "enable_deterministic_inference": True, "embedded": True}
        return info | {"counters": dict(self.engine.counters)}

    async def models(self, _: Fields) -> Fields:
        card = {"id": self.name, "object": "model", "created": 0, "owned_by": "codegym_jax"}
        return {"object": "list", "data": [card | {"max_model_len": self.engine.max_len}]}

    async def flush(self, _: Fields) -> Fields:
        if self.running and self.going.is_set():
            return {"success": False, "message": "Cache not flushed: requests are running"}
        await self.engine.update_weights(self.params, self.engine.version)
        return {"success": True, "message": "Cache flushed."}


def _text(body: Fields, key: str) -> str:
    if not isinstance(body.get(key), str):
        raise Bad(f"{key}: expected a string")
    return str(body[key])


Handler = Callable[[Fields], Awaitable[Any]]


def _route(server: EngineServer, handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    generates = handler in (server.generate, server.chat_completions)  # whose client may go away: then it is aborted

    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            text = await request.read()
            body = orjson.loads(text) if text else {}
            if not isinstance(body, dict):
                raise Bad("expected a JSON object")
            result = await (handler(body) if generates else asyncio.shield(asyncio.ensure_future(handler(body))))
        except (Bad, ValueError, RecursionError) as error:
            error_type = {"message": str(error), "type": "BadRequestError", "code": 400}
            return _json({"object": "error", "success": False, "message": str(error), "error": error_type}, 400)
        except InferenceError as error:
            server.failure = str(error)
            return _json(
                {"object": "error", "success": False, "message": str(error), "error": {"message": str(error)}}, 503
            )
        if isinstance(result, web.StreamResponse):
            return result
        return _json(result, 400 if isinstance(result, dict) and result.get("success") is False else 200)

    return answer


def _json(value: Any, status: int) -> web.Response:
    return web.Response(body=orjson.dumps(value), status=status, content_type="application/json")


@contextlib.asynccontextmanager
async def serving(server: EngineServer, host: str, port: int) -> AsyncIterator[str]:
    """Listen until the block is left. Yields the URL; port 0 takes a free one."""
    app = web.Application(client_max_size=REQUEST_BYTES)
    posts: dict[str, Handler] = {
        "generate": server.generate, "abort_request": server.abort, "pause_generation": server.pause,
        "continue_generation": server.resume, "update_weights_from_disk": server.from_disk,
        "begin_weight_update": server.begin, "end_weight_update": server.end,
        "update_weights_from_tensor": server.from_tensor, "update_weight_version": server.set_version,
        "weights_checker": server.check, "flush_cache": server.flush, "v1/chat/completions": server.chat_completions,
    }  # fmt: skip
    gets: dict[str, Handler] = {
        "health": server.health, "model_info": server.model_info, "server_info": server.server_info,
        "v1/models": server.models, "flush_cache": server.flush,
    }  # fmt: skip
    app.add_routes([web.post(f"/{path}", _route(server, handler)) for path, handler in posts.items()])
    app.add_routes([web.get(f"/{path}", _route(server, handler)) for path, handler in gets.items()])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1, handler_cancellation=True)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port, backlog=1024).start()
        yield f"http://{f'[{host}]' if ':' in host else host}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
