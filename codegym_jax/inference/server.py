"""The embedded engine behind SGLang's own routes, and /v1/chat/completions with tools for evaluation clients.

What talks to an SGLang server talks to this one: /generate, pauses, both kinds of weight update, versions, aborts,
checksums. tests/sglang holds both to one suite. It differs where SGLang's behaviour would be a defect here: a token id
outside the vocabulary and a tensor of another name or shape are answered with 400 (SGLang dies of the first and takes
the second), every pause drops the keys and values of older weights, and an update that fails changes nothing.

Parameters arrive under Hugging Face names; an update is complete in a file, and may come in several buckets of tensors
within a session: the engine takes them when it ends.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import io
import json
import pickle
import tempfile
import time
import uuid
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import jax
import numpy as np
import orjson
from aiohttp import web
from flax import nnx
from safetensors.numpy import save_file

from codegym_jax import weights
from codegym_jax.chat import Chat
from codegym_jax.inference.client import InferenceError, Sampling
from codegym_jax.inference.engine import Engine
from codegym_jax.inference.sglang import server_names
from codegym_jax.model import WeightsError
from codegym_jax.types import Malformed

VERSION = "0.5.23"  # of SGLang, whose protocol this is
REQUEST_BYTES = 4 << 30  # a bucket of tensors
HEALTH_S = 20.0  # for which /health waits in a pause, as SGLang's does
SAMPLING = {
    "max_new_tokens", "temperature", "top_p", "top_k", "stop_token_ids", "ignore_eos", "skip_special_tokens", "min_p",
    "no_stop_trim", "sampling_seed", "n", "stop", "spaces_between_special_tokens", "frequency_penalty",
    "presence_penalty", "repetition_penalty", "min_new_tokens", "stop_regex", "regex", "json_schema", "ebnf",
    "structural_tag", "custom_params", "stream_interval", "logit_bias",
}  # fmt: skip
NEUTRAL = {"min_p": 0.0, "n": 1, "frequency_penalty": 0.0, "presence_penalty": 0.0, "repetition_penalty": 1.0}
NEUTRAL |= {"min_new_tokens": 0}
IGNORED = {"ignore_eos", "skip_special_tokens", "no_stop_trim", "spaces_between_special_tokens", "stream_interval"}
Fields = dict[str, Any]


class Bad(Exception):
    """The request cannot be served as it is: HTTP 400 with this text."""


class _Tensors(pickle.Unpickler):
    """Reads a flattened bucket as NumPy arrays. It knows the few names such a pickle has, and refuses all others."""

    def find_class(self, module: str, name: str) -> Any:
        known: dict[tuple[str, str], Any] = {
            ("collections", "OrderedDict"): dict,
            ("torch", "Size"): tuple,
            ("torch.storage", "_load_from_bytes"): _storage,
            ("torch._utils", "_rebuild_tensor_v2"): lambda raw, start, shape, *_: raw[start : start + shape[0]],
            ("sglang.srt.weight_sync.tensor_bucket", "FlattenedTensorMetadata"): lambda *fields: fields,
            **{("torch", dtype.name): dtype for dtype in weights.DTYPES.values()},
        }
        if (module, name) not in known:
            raise pickle.UnpicklingError(f"{module}.{name} has no place in a bucket of tensors")
        return known[module, name]


def _storage(archive: bytes) -> np.ndarray:
    with zipfile.ZipFile(io.BytesIO(archive)) as file:
        return np.frombuffer(file.read("archive/data/0"), np.uint8)


def unpack(text: str) -> dict[str, np.ndarray]:
    """The tensors of one bucket (see tensors.py). Bad if it is none."""
    try:
        bucket = _Tensors(io.BytesIO(base64.b64decode(text))).load()
        flat = bucket["flattened_tensor"]
        return {
            name: flat[start:end].view(dtype).reshape(shape) for name, shape, dtype, start, end, _ in bucket["metadata"]
        }
    except (pickle.UnpicklingError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise Bad(f"no bucket of tensors: {type(error).__name__}: {error}") from error


class EngineServer:
    """The routes over one engine. `chat` is needed for /v1/chat/completions alone."""

    def __init__(self, engine: Engine, graphdef: Any, params: Any, name: str, chat: Chat | None = None) -> None:
        self.engine, self.graphdef, self.params, self.name, self.chat = engine, graphdef, params, name, chat
        model = nnx.merge(graphdef, params)
        self.config, self.dtype = model.config, jax.numpy.dtype(model.dtype).name
        self.weight_version = "default"
        self.tags = {0: "default"}  # the engine counts versions, clients name them
        self.arriving: dict[str, np.ndarray] | None = None  # tensors of an update session
        self.coming = ""  # its version
        self.live: dict[str, set[str]] = {}  # request id -> the engine's sessions
        self.paused = asyncio.Event()
        self.going = asyncio.Event()
        self.going.set()
        self.updating = asyncio.Lock()

    # ---- generation --------------------------------------------------------------------------------------------------

    def sampling(self, params: Fields) -> Sampling:
        if unknown := params.keys() - SAMPLING:
            raise Bad(f"sampling_params: unknown {', '.join(sorted(unknown))}")
        for key in params.keys() - IGNORED - {"max_new_tokens", "temperature", "top_p", "top_k", "stop_token_ids"}:
            if params[key] not in (None, NEUTRAL.get(key)) and key != "sampling_seed":
                raise Bad(f"sampling_params: {key}={params[key]!r} is not implemented here")
        top_k, given = params.get("top_k", -1), {}
        for key in ("temperature", "top_p", "max_new_tokens"):
            if params.get(key) is not None:
                given[key] = params[key]
        try:
            stops = tuple(params.get("stop_token_ids") or ())
            return Sampling(top_k=0 if top_k in (-1, None) else top_k, stop_token_ids=stops, **given)
        except (TypeError, ValueError) as error:
            raise Bad(f"sampling_params: {error}") from error

    async def generate(self, body: Fields) -> Any:
        prompts = body.get("input_ids")
        if not isinstance(prompts, list) or not prompts:
            raise Bad("input_ids: expected a list of token ids, or a list of such lists")
        if not isinstance(prompts[0], list):
            return await self._one(prompts, body, body.get("rid"))
        rids = body.get("rid") if isinstance(body.get("rid"), list) else [None] * len(prompts)
        return await asyncio.gather(*(self._one(prompt, body, rid) for prompt, rid in zip(prompts, rids)))

    async def _one(self, tokens: list[int], body: Fields, rid: Any) -> Fields:
        rid, started = str(rid or uuid.uuid4().hex), time.monotonic()
        params = body.get("sampling_params") or {}
        sampling, session = self.sampling(params), uuid.uuid4().hex
        seed = params.get("sampling_seed")
        seed = int.from_bytes(hashlib.sha256(session.encode()).digest()[:8], "big") if seed is None else int(seed)
        self.live.setdefault(rid, set()).add(session)
        try:
            done = await self.engine.generate(tokens, sampling, session=session, seed=seed)
        except ValueError as error:
            raise Bad(str(error)) from error
        finally:
            self.engine.release(session)
            self.live[rid].discard(session)
            if not self.live[rid]:
                del self.live[rid]
        spans: list[Fields] = []
        for i, version in enumerate(done.versions):
            tag = self.tags[version]
            if not spans or spans[-1]["version"] != tag:
                spans.append({"version": tag, "start": i, "end": i})
            spans[-1]["end"] = i + 1
        reasons: Fields = {
            "stop": {"type": "stop", "matched": done.tokens[-1] if done.tokens else None},
            "length": {"type": "length", "length": len(done.tokens)},
            "abort": {"type": "abort", "message": "aborted", "status_code": None, "err_type": None},
        }
        meta = {
            "id": rid, "finish_reason": reasons[done.finish], "prompt_tokens": len(tokens),
            "completion_tokens": len(done.tokens), "cached_tokens": done.cached_tokens,
            "num_retractions": max(0, len(spans) - 1), "weight_version": self.weight_version, "weight_versions": spans,
            "e2e_latency": time.monotonic() - started,
        }  # fmt: skip
        if body.get("return_logprob"):
            meta["output_token_logprobs"] = [[x, token, None] for x, token in zip(done.logprobs, done.tokens)]
            meta["input_token_logprobs"] = []
        return {
            "text": self.chat.decode(done.tokens) if self.chat else "",
            "output_ids": done.tokens,
            "meta_info": meta,
        }

    async def abort(self, body: Fields) -> Fields:
        wanted = [rid for rid in self.live if body.get("abort_all") or rid.startswith(str(body.get("rid", "\0")))]
        for rid in wanted:
            for session in self.live[rid]:
                self.engine.release(session)
        return {"success": True}

    async def chat_completions(self, body: Fields) -> Fields:
        """OpenAI's chat completion with tools, not streamed. The policy's own call format becomes `tool_calls`."""
        if self.chat is None:
            raise Bad("this server has no chat template")
        if body.get("stream"):
            raise Bad("stream: not implemented here")
        messages = body.get("messages")
        if not isinstance(messages, list) or not messages:
            raise Bad("messages: expected a list")
        tokens = self.chat.conversation(messages, body.get("tools"))
        room = self.engine.max_len - len(tokens)
        if room < 1:
            raise Bad(f"messages: {len(tokens)} tokens, the longest conversation has {self.engine.max_len}")
        limit = body.get("max_completion_tokens") or body.get("max_tokens") or room
        params = {"max_new_tokens": min(limit, room), "stop_token_ids": list(self.chat.stop_token_ids)}
        params |= {key: body[key] for key in ("temperature", "top_p", "top_k") if body.get(key) is not None}
        params |= {"sampling_seed": body["seed"]} if body.get("seed") is not None else {}
        reply = await self._one(tokens, {"sampling_params": params}, None)
        made = reply["output_ids"]
        ended = made[:-1] if made and made[-1] in self.chat.stop_token_ids else made
        text, calls = self.chat.decode(ended), list[Fields]()
        if body.get("tools"):
            call = self.chat.parse(made)
            if not isinstance(call, Malformed):
                function = {"name": call.name, "arguments": json.dumps(call.arguments, ensure_ascii=False)}
                calls = [{"id": f"call_{uuid.uuid4().hex[:24]}", "type": "function", "function": function}]
                text = text.partition(self.chat.call_text(call)[:4])[0].strip()
        message: Fields = {"role": "assistant", "content": text or None} | ({"tool_calls": calls} if calls else {})
        finish = "tool_calls" if calls else reply["meta_info"]["finish_reason"]["type"]
        usage = {"prompt_tokens": len(tokens), "completion_tokens": len(made), "total_tokens": len(tokens) + len(made)}
        choice = {"index": 0, "message": message, "finish_reason": finish, "logprobs": None}
        head = {"id": f"chatcmpl-{uuid.uuid4().hex}", "object": "chat.completion", "created": int(time.time())}
        return head | {"model": body.get("model") or self.name, "choices": [choice], "usage": usage}

    # ---- weights -----------------------------------------------------------------------------------------------------

    async def pause(self, body: Fields) -> Fields:
        if (mode := body.get("mode", "abort")) not in ("abort", "retract", "in_place"):
            raise Bad(f"mode: {mode!r} is none of abort, retract, in_place")
        self.going.clear()
        if mode == "abort":
            await self.abort({"abort_all": True})
        await self.engine.pause()
        return {"status": "ok", "message": f"Generation paused ({mode})."}

    async def resume(self, _: Fields) -> Fields:
        await self.engine.resume()
        self.going.set()
        return {"status": "ok", "message": "Generation continued."}

    async def from_disk(self, body: Fields) -> Fields:
        """Without a pause it waits for the requests that run, as SGLang does."""
        async with self.updating:
            while self.live and self.going.is_set():
                await asyncio.sleep(0.01)
            try:
                folder = Path(body["model_path"])
                loaded = await asyncio.to_thread(self._load, folder)
            except KeyError:
                raise Bad("model_path: missing") from None
            except WeightsError as error:
                return {"success": False, "message": f"Failed to update weights: {error}", "num_paused_requests": 0}
            await self._take(loaded, body.get("weight_version"))
        return {"success": True, "message": "Succeeded to update model weights.", "num_paused_requests": 0}

    def _load(self, folder: Path) -> Any:
        old = nnx.merge(self.graphdef, self.params)
        leaf = jax.tree.leaves(self.params)[0]
        mesh = getattr(leaf.sharding, "mesh", None)
        options = {"dtype": old.dtype, "remat": old.remat, "unroll": old.unroll}
        if not (folder / "config.json").is_file():
            raise WeightsError(f"{folder}: no config.json")
        new = weights.load(folder, mesh=mesh, param_dtype=leaf.dtype, **options)
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
            raise Bad("a weight-update session is already open; call end_weight_update() first")
        self.arriving, self.coming = {}, ""
        return {"success": True, "message": "Success"}

    async def from_tensor(self, body: Fields) -> Fields:
        if self.arriving is None:
            raise Bad("update_weights_from_tensor must run between begin_weight_update() and end_weight_update()")
        if body.get("load_format") != "flattened_bucket":
            raise Bad(f"load_format: {body.get('load_format')!r}: expected 'flattened_bucket'")
        plan = weights.hf_tensors(self.config)
        for name, array in (await asyncio.to_thread(unpack, body["serialized_named_tensors"][0])).items():
            if name not in plan:
                raise Bad(f"{name}: no parameter of this model")
            if array.shape != plan[name][2]:
                raise Bad(f"{name}: has shape {array.shape}, this model's has {plan[name][2]}")
            self.arriving[name] = array
        self.coming = body.get("weight_version") or self.coming
        return {"success": True, "message": "Success"}

    async def end(self, _: Fields) -> Fields:
        if self.arriving is None:
            raise Bad("no weight-update session is open; call begin_weight_update() first")
        tensors, self.arriving = self.arriving, None
        if tensors:
            params = await asyncio.to_thread(self._merge, tensors)
            await self._take(params, self.coming or None)
        return {"success": True, "message": "Success"}

    def _merge(self, tensors: dict[str, np.ndarray]) -> Any:
        """The parameters with these tensors in place of theirs, through a folder: one way to read weights."""
        with tempfile.TemporaryDirectory() as scratch:
            folder = weights.save(nnx.merge(self.graphdef, self.params), Path(scratch) / "model", dtype=self.dtype)
            whole = {name: np.array(x) for name, x in weights.read_tensors(folder / "model.safetensors").items()}
            save_file(whole | tensors, folder / "model.safetensors", metadata={"format": "pt"})
            return self._load(folder)

    async def set_version(self, body: Fields) -> Fields:
        if body.get("abort_all_requests", True):
            await self.abort({"abort_all": True})
        self.weight_version = self.tags[self.engine.version] = str(body["new_version"])
        return {"success": True, "message": "Success", "new_version": self.weight_version}

    async def check(self, body: Fields) -> Fields:
        if body.get("action") != "checksum":
            raise Bad(f"action: {body.get('action')!r}: only 'checksum' is implemented here")
        sums = await asyncio.to_thread(self._checksums)
        return {"success": True, "message": "Success.", "ranks": [{"checksums": sums}]}

    def _checksums(self) -> dict[str, str]:
        from codegym_jax.inference.sglang import digest

        model = nnx.merge(self.graphdef, self.params)
        whole = dict(weights.gathered(model, weights.hf_tensors(self.config), self.dtype))
        return {name: digest([whole[part] for part in parts]) for name, parts in server_names(self.config).items()}

    # ---- what it is --------------------------------------------------------------------------------------------------

    async def health(self, _: Fields) -> web.Response:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.going.wait(), HEALTH_S)
            return web.Response(status=200)
        return web.Response(status=503)

    async def model_info(self, _: Fields) -> Fields:
        architecture = self.config.to_hf()["architectures"]
        return {"model_path": self.name, "weight_version": self.weight_version, "architectures": architecture}

    async def server_info(self, _: Fields) -> Fields:
        info = {"version": VERSION, "dtype": self.dtype, "device": "cpu", "tp_size": 1, "quantization": None}
        counters = {"counters": dict(self.engine.counters), "embedded": True}
        return info | {"model_path": self.name, "enable_deterministic_inference": True} | counters

    async def models(self, _: Fields) -> Fields:
        card = {"id": self.name, "object": "model", "owned_by": "codegym_jax", "max_model_len": self.engine.max_len}
        return {"object": "list", "data": [card]}

    async def flush(self, _: Fields) -> Fields:
        await self.engine.update_weights(self.params, self.engine.version)
        return {"success": True}


def _route(handler: Callable[[Fields], Awaitable[Any]]) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            text = await request.read()
            body = orjson.loads(text) if text else {}
            if not isinstance(body, dict):
                raise Bad("expected a JSON object")
            result = await handler(body)
        except (orjson.JSONDecodeError, Bad) as error:
            body = {"error": {"message": str(error)}, "success": False, "message": str(error)}
            return web.Response(body=orjson.dumps(body), status=400, content_type="application/json")
        except InferenceError as error:
            return web.Response(
                body=orjson.dumps({"error": {"message": str(error)}}), status=503, content_type="application/json"
            )
        if isinstance(result, web.StreamResponse):
            return result
        status = 400 if isinstance(result, dict) and result.get("success") is False else 200
        return web.Response(body=orjson.dumps(result), status=status, content_type="application/json")

    return answer


@contextlib.asynccontextmanager
async def serving(server: EngineServer, host: str, port: int) -> AsyncIterator[str]:
    """Listen until the block is left. Yields the URL; port 0 takes a free one."""
    app = web.Application(client_max_size=REQUEST_BYTES)
    posts = {
        "generate": server.generate, "abort_request": server.abort, "pause_generation": server.pause,
        "continue_generation": server.resume, "update_weights_from_disk": server.from_disk,
        "begin_weight_update": server.begin, "end_weight_update": server.end,
        "update_weights_from_tensor": server.from_tensor, "update_weight_version": server.set_version,
        "weights_checker": server.check, "flush_cache": server.flush, "v1/chat/completions": server.chat_completions,
    }  # fmt: skip
    gets: dict[str, Callable[[Fields], Awaitable[Any]]] = {
        "health": server.health, "model_info": server.model_info, "server_info": server.server_info,
        "v1/models": server.models, "flush_cache": server.flush,
    }  # fmt: skip
    app.add_routes([web.post(f"/{path}", _route(handler)) for path, handler in posts.items()])
    app.add_routes([web.get(f"/{path}", _route(handler)) for path, handler in gets.items()])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        yield f"http://{f'[{host}]' if ':' in host else host}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
