"""InferenceClient over SGLang servers: one, several, or a fleet behind sglang-router.

    urls = ["http://gpu1:30000", "http://gpu2:30000"]
    client = await SGLang.connect(urls, graphdef, params, max_len=32768, concurrency=512)
    await client.update_weights(params, 1)
    generation = await client.generate(tokens, sampling, session="train-0.0", seed=0)

Written against SGLang 0.5.23 as it behaves (https://docs.sglang.io/), which decides most of what is here:
- A weight update that does not fit is not refused. A server takes a file that lacks tensors, or has one of another
  shape, and answers "Succeeded"; hence the comparison of architectures before the first update, of checksums after it.
- A malformed request of some kinds kills a server: a token id outside the vocabulary, a tensor bucket that does not
  unpickle. What is sent is checked here.
- In pause mode "retract" requests in flight go back to the queue and are prefilled anew, so that no key or value of the
  old weights is used; "in_place" would go on with stale ones. While paused, /health hangs: nobody asks it.
- A server that restarts serves the weights it started with. `weight_version` has the form RUN:VERSION, so that one that
  was never brought up to date, or belongs to another run, is known by each of its replies.

A server that fails is taken out, its requests go elsewhere, and a task of its own brings it back: once it is healthy it
gets the weights that the others have, and only then requests. A router is used for /generate alone: it passes on
neither pauses nor weights.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import hashlib
import json
import logging
import math
import os
import shutil
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import aiohttp
import jax.numpy as jnp
import numpy as np
import orjson
from flax import nnx

from codegym_jax import weights
from codegym_jax.inference import tensors
from codegym_jax.inference.client import Generation, InferenceError, Sampling
from codegym_jax.model import Decoder, ModelConfig, WeightsError

log = logging.getLogger(__name__)

ATTEMPTS = 8  # of one request, however many servers there are
BACKOFF_S = (0.1, 10.0)  # first and longest wait between them; doubles
HEALTH_S, HEALTH_TIMEOUT_S, STRIKES = 5.0, 25.0, 2  # /health itself gives up after 20 s
OUTAGE_S = 600.0  # for which a request waits for the first server to come back
CONTROL_S = 60.0  # of a control request, besides what its bytes take
SLOWEST = 50e6  # bytes a second that a weight update is granted
BUCKET_BYTES = 512 << 20  # of one /update_weights_from_tensor; base64 makes it 4/3 of that
LOGPROB_SLACK = 1e-3  # a logprob may exceed 0 by rounding
FUSED = {"q": "qkv", "k": "qkv", "v": "qkv", "gate": "gate_up", "up": "gate_up"}  # projections that SGLang keeps as one

PLAIN = ("/health", "/flush_cache", "/workers")  # whose answers need not be JSON
RETRY = {408, 425, 429, 500, 502, 503, 504}  # statuses that another try may not meet

Sync = Literal["disk", "tensor"]


class Lost(Exception):
    """This server did not serve the request, another may."""


class Stale(ValueError):
    """The reply was sampled under weights that this run has not sent."""


class Refused(Exception):
    """The server answered with an error."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


@dataclasses.dataclass(eq=False, slots=True)
class Server:
    """One SGLang server (or the router, which has no weights)."""

    url: str
    alive: bool = False
    ready: int = -1  # version it serves; -1 is none of this run's
    checked: bool = False  # whether its checksums were compared
    strikes: int = 0
    why: str = "was not reached yet"
    info: dict[str, Any] = dataclasses.field(default_factory=dict)
    requests: set[asyncio.Future[Any]] = dataclasses.field(default_factory=set)


@dataclasses.dataclass(frozen=True, slots=True)
class Published:
    """The weights of a version in the form in which servers take them; kept for servers that come back."""

    version: int
    bytes: int
    folder: Path | None = None  # sync "disk"
    buckets: tuple[bytes, ...] = ()  # sync "tensor": request bodies


def server_names(config: ModelConfig) -> dict[str, list[str]]:
    """SGLang's parameter -> the Hugging Face tensors it consists of, in their order along its first axis."""
    names: dict[str, list[str]] = {}
    for name in weights.hf_tensors(config):
        head, dot, tail = name.rpartition("_proj")
        stem, _, last = head.rpartition(".")
        names.setdefault(f"{stem}.{FUSED[last]}_proj{tail}" if dot and last in FUSED else name, []).append(name)
    return names


def digest(arrays: Sequence[np.ndarray]) -> str:
    """SGLang's checksum of a parameter that lies in host memory (of servers on CPUs)."""
    sha = hashlib.sha256()
    for array in arrays:
        sha.update(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data)
    return sha.hexdigest()[:16]


class SGLang:
    """Made by `connect`; see the module and InferenceClient. `close` leaves the servers running."""

    def __init__(self, graphdef: Any, model: Decoder, max_len: int, concurrency: int, sync: Sync, folder: Path) -> None:
        self.graphdef, self.config, self.dtype = graphdef, model.config, jnp.dtype(model.dtype).name
        self.max_len, self.concurrency, self.sync = max_len, concurrency, sync
        self.version = 0
        self.run = f"{os.getpid():x}{time.time_ns() // 1000:x}"
        self.folder = Path(tempfile.mkdtemp(prefix="codegym-weights-", dir=folder if folder.is_dir() else None))
        self.router: Server | None = None
        self.servers: list[Server] = []
        self.counters = dict.fromkeys(("sampled", "cached", "compilations", "retries", "lost", "rejoined"), 0)
        self._published: Published | None = None
        self._home: dict[str, Server] = {}  # session -> server, whose radix cache has its prefix
        self._released: set[str] = set()  # sessions released while a request of theirs was in flight
        self._asking: dict[str, str] = {}  # session -> id of its request in flight
        self._paused = False
        self._syncing = asyncio.Lock()
        self._slots = asyncio.Semaphore(concurrency)
        self._change = asyncio.Event()  # a server came or went
        self._tasks: set[asyncio.Task[None]] = set()
        self._http: aiohttp.ClientSession

    # ---- servers -----------------------------------------------------------------------------------------------------

    @classmethod
    async def connect(
        cls, urls: Sequence[str], graphdef: Any, params: Any, *, max_len: int, concurrency: int, sync: Sync = "disk",
        folder: Path = Path("/dev/shm"),
    ) -> SGLang:  # fmt: skip
        """Reach every server (of a router: every one it lists) and compare its architecture with the policy's.

        Raises InferenceError that names the server where one cannot be reached or does not fit. They serve whatever
        they were started with until the first `update_weights`, and no request before it.
        """
        if not urls:
            raise InferenceError("no server URL given")
        self = cls(graphdef, nnx.merge(graphdef, params), max_len, concurrency, sync, folder)
        connector = aiohttp.TCPConnector(limit=concurrency + 16)  # its default of 100 would cap the rollouts
        self._http = aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=None))
        try:
            for url in dict.fromkeys(url.rstrip("/") for url in urls):
                server = Server(url)
                try:
                    listed = await self._call(server, "GET", "/workers")
                except Refused as error:
                    if error.status != 404:
                        raise
                    self.servers.append(server)
                else:
                    self.router = server
                    self.router.alive = True
                    self.servers += [Server(worker["url"].rstrip("/")) for worker in listed["workers"]]
            if not self.servers:
                raise InferenceError(f"{urls[0]}: this router lists no workers; start it with --worker-urls")
            await asyncio.gather(*map(self._greet, self.servers))
        except BaseException as error:
            await self.close()
            if isinstance(error, Lost):
                raise InferenceError(str(error)) from error
            raise
        for server in [*self.servers, *([self.router] if self.router else [])]:
            task = asyncio.create_task(self._watch(server))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return self

    async def _call(
        self, server: Server, method: str, path: str, body: Any = None, timeout: float = CONTROL_S
    ) -> dict[str, Any]:
        """One request. Lost if the server did not answer it, Refused if it did, with an error."""
        data = body if isinstance(body, bytes) or body is None else orjson.dumps(body)
        headers = {"Content-Type": "application/json"}
        try:
            limit = aiohttp.ClientTimeout(total=timeout or None, sock_connect=10)
            async with self._http.request(
                method, server.url + path, data=data, headers=headers, timeout=limit
            ) as reply:
                text = await reply.read()
        except TimeoutError:
            raise Lost(f"{server.url}{path}: no answer within {timeout:.0f} s") from None
        except (aiohttp.ClientError, OSError) as error:
            raise Lost(f"{server.url}{path}: {type(error).__name__}: {error}") from error
        if reply.status != 200:
            raise Refused(
                f"{server.url}{path}: HTTP {reply.status}: {text[:500].decode(errors='replace')}", reply.status
            )
        try:
            result = orjson.loads(text) if text else {}
        except orjson.JSONDecodeError:
            result = {} if path in PLAIN else None
        if not isinstance(result, dict):
            raise Lost(f"{server.url}{path}: no JSON object but {text[:100]!r}")
        return result

    async def _greet(self, server: Server) -> None:
        """Compare a server's architecture with the policy's. InferenceError names the server and what differs."""

        def differ(what: str, theirs: Any, ours: Any, fix: str) -> None:
            if theirs != ours:
                raise InferenceError(f"{server.url}: {what} is {theirs!r}, the policy's is {ours!r}; {fix}")

        try:
            info = server.info = await self._call(server, "GET", "/server_info")
            models = await self._call(server, "GET", "/v1/models")
            sums = await self._checksums(server)
        except Refused as error:
            raise InferenceError(f"{error}; is this an SGLang server, of 0.5.21 or later?") from error
        restart = "start the server on this policy's folder"
        differ(
            "the dtype", info["dtype"] if info["dtype"] != "auto" else self.dtype, self.dtype, "start it with --dtype"
        )
        differ("the quantization", info.get("quantization"), None, "weights cannot be updated; start it without")
        room = models["data"][0]["max_model_len"]
        if room < self.max_len:
            fix = f"start it with --context-length {self.max_len}, or lower rollout.max_tokens"
            raise InferenceError(f"{server.url}: conversations may have {room} tokens, not {self.max_len}; {fix}")
        ours = server_names(self.config).keys()
        for rank in sums:
            for what, names in (("lacks", ours - rank.keys()), ("also has", rank.keys() - ours - {"lm_head.weight"})):
                if names:
                    raise InferenceError(
                        f"{server.url}: {what} {len(names)} parameters, such as {min(names)}; {restart}"
                    )
        path = Path(info["model_path"])
        if (path / "config.json").is_file():  # on this machine: shapes too
            with contextlib.suppress(WeightsError):
                theirs = ModelConfig.from_hf(weights.read_json(path / "config.json"), str(path))
                for field in dataclasses.fields(ModelConfig):
                    differ(field.name, getattr(theirs, field.name), getattr(self.config, field.name), restart)

    async def _checksums(self, server: Server) -> list[dict[str, str]]:
        reply = await self._call(server, "POST", "/weights_checker", {"action": "checksum"}, CONTROL_S + 240)
        return [rank["checksums"] for rank in reply["ranks"]]

    def _lose(self, server: Server, why: str) -> None:
        """Take a server out; what it was doing goes elsewhere."""
        server.why = why
        if not server.alive:
            return
        server.alive, server.strikes = False, 0
        self.counters["lost"] += server is not self.router
        log.warning("%s is out: %s", server.url, why)
        self._home = {session: home for session, home in self._home.items() if home is not server}
        for request in list(server.requests):
            request.cancel()
        self._signal()

    def _signal(self) -> None:
        self._change.set()
        self._change = asyncio.Event()

    async def _watch(self, server: Server) -> None:
        """Ask for a server's health, and bring it back once it is well again. While paused /health does not answer."""
        while True:
            await asyncio.sleep(HEALTH_S)
            if self._paused or self._syncing.locked():
                continue
            try:
                if server.alive or server is self.router:
                    await self._call(server, "GET", "/health", timeout=HEALTH_TIMEOUT_S)
                    server.strikes = 0
                    if server is self.router and not server.alive:
                        server.alive = True
                        self._signal()
                elif self._published is not None:
                    await self._revive(server)
            except (Lost, Refused, InferenceError) as error:
                server.strikes += 1
                if self._paused or self._syncing.locked():
                    server.strikes = 0  # asked before the pause
                elif server.alive and server.strikes >= STRIKES:
                    self._lose(server, str(error))
                elif not server.alive and server.why != str(error):
                    server.why = str(error)
                    log.warning("%s stays out: %s", server.url, error)

    async def _revive(self, server: Server) -> None:
        await self._call(server, "GET", "/model_info", timeout=10)
        async with self._syncing:
            await self._greet(server)
            assert self._published is not None
            await self._push(server, self._published)
            server.alive = True
        if self.router is not None:
            await self._call(self.router, "POST", "/workers", {"url": server.url})
        self.counters["rejoined"] += 1
        log.warning("%s is back at version %d", server.url, server.ready)
        self._signal()

    # ---- generation --------------------------------------------------------------------------------------------------

    def open(self, sessions: Sequence[str]) -> None:
        """Nothing to do: SGLang batches whatever comes."""

    def release(self, session: str) -> None:
        self._home.pop(session, None)
        if rid := self._asking.get(session):
            self._released.add(session)
            self._spawn(self._abort(rid))

    def _spawn(self, coroutine: Any) -> None:
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _abort(self, rid: str) -> None:
        for server in self.servers:  # the router does not pass it on
            if server.alive:
                with contextlib.suppress(Lost, Refused):
                    await self._call(server, "POST", "/abort_request", {"rid": rid})

    async def _pick(self, session: str, avoid: Server | None) -> Server:
        """The router; or the server that has the conversation's prefix; or the one with the fewest requests."""
        deadline = time.monotonic() + OUTAGE_S
        while True:
            if self._published is None:
                raise InferenceError("no weights were sent yet: call update_weights before generate")
            if self.router is not None and self.router.alive and any(server.alive for server in self.servers):
                return self.router
            if (home := self._home.get(session)) is not None and home.alive and home is not avoid:
                return home
            if alive := [server for server in self.servers if server.alive]:
                others = [server for server in alive if server is not avoid] or alive
                self._home[session] = min(others, key=lambda server: len(server.requests))
                return self._home[session]
            try:
                await asyncio.wait_for(self._change.wait(), max(0.0, deadline - time.monotonic()))
            except TimeoutError:
                reasons = "; ".join(f"{server.url} ({server.why})" for server in self.servers)
                raise InferenceError(f"no SGLang server for {OUTAGE_S:.0f} s: {reasons}") from None

    async def generate(self, tokens: Sequence[int], sampling: Sampling, *, session: str, seed: int) -> Generation:
        """See InferenceClient. What a failing server had sampled is lost; what one aborted is kept and continued."""
        tokens = [int(token) for token in tokens]
        if bad := next(((i, token) for i, token in enumerate(tokens) if not 0 <= token < self.config.vocab), None):
            raise ValueError(
                f"token {bad[0]} of the prompt is {bad[1]}: the vocabulary has {self.config.vocab} entries"
            )
        if not 1 <= len(tokens) < self.max_len:
            raise ValueError(f"the prompt has {len(tokens)} tokens: at least 1 and fewer than max_len={self.max_len}")
        if session in self._asking:
            raise ValueError(f"session {session!r} has a request in flight: a conversation takes turns")
        limit = min(sampling.max_new_tokens, self.max_len - len(tokens))
        done = Generation([], [], [], "abort")
        avoid, wait, attempts = None, BACKOFF_S[0], 0
        self._asking[session] = ""
        try:
            while True:
                async with self._slots:
                    server = await self._pick(session, avoid)
                    try:
                        part = await self._ask(
                            server, tokens + done.tokens, limit - len(done.tokens), sampling, session, seed
                        )
                    except Lost as error:
                        attempts, why = attempts + 1, str(error)
                        avoid = server
                    else:
                        cached = done.cached_tokens or part.cached_tokens
                        joined = (
                            done.tokens + part.tokens,
                            done.logprobs + part.logprobs,
                            done.versions + part.versions,
                        )
                        finish = "length" if len(joined[0]) >= limit and part.finish == "abort" else part.finish
                        done = Generation(*joined, finish, cached)
                        if finish != "abort" or session in self._released:
                            self.counters["sampled"] += len(done.tokens)
                            self.counters["cached"] += cached
                            return done
                        attempts, why = 0 if part.tokens else attempts + 1, "the server aborted the request"
                if session in self._released:
                    return done
                if attempts >= ATTEMPTS:
                    raise InferenceError(f"given up after {attempts} attempts: {why}")
                self.counters["retries"] += 1
                if attempts:
                    await asyncio.sleep(wait)
                    wait = min(2 * wait, BACKOFF_S[1])
        finally:
            self._asking.pop(session, None)
            self._released.discard(session)

    async def _ask(
        self, server: Server, tokens: list[int], limit: int, sampling: Sampling, session: str, seed: int
    ) -> Generation:
        """One /generate. Lost if it is to be tried again."""
        rid = self._asking[session] = f"{self.run}-{session}-{time.monotonic_ns()}"
        params: dict[str, Any] = {"max_new_tokens": limit, "temperature": sampling.temperature, "top_p": sampling.top_p}
        params |= {"top_k": sampling.top_k or -1, "stop_token_ids": list(sampling.stop_token_ids)}
        if server.info.get("enable_deterministic_inference"):  # others take no seed
            params["sampling_seed"] = seed % (1 << 31)
        body = {"input_ids": tokens, "sampling_params": params, "return_logprob": True, "rid": rid}
        request = asyncio.ensure_future(self._call(server, "POST", "/generate", body, timeout=0))
        server.requests.add(request)
        try:
            reply = await request
        except asyncio.CancelledError:
            if request.cancelled() and not asyncio.current_task().cancelling():  # type: ignore[union-attr]
                raise Lost(f"{server.url} is out: {server.why}") from None
            request.cancel()
            self._spawn(self._abort(rid))
            raise
        except Refused as error:
            if error.status not in RETRY:
                raise InferenceError(str(error)) from error
            raise Lost(str(error)) from error
        except Lost as error:
            self._lose(server, str(error))
            raise
        finally:
            server.requests.discard(request)
        try:
            return self._read(reply, limit, sampling)
        except Stale as error:
            self._spawn(self._find_stale())
            raise Lost(f"{server.url}: {error}") from None
        except (KeyError, TypeError, ValueError, IndexError) as error:
            self._lose(server, f"garbage in reply to /generate: {type(error).__name__}: {error}")
            raise Lost(server.why) from error

    def _read(self, reply: dict[str, Any], limit: int, sampling: Sampling) -> Generation:
        """A reply, checked whole: nothing of it may poison a batch. ValueError and its like where it is not sound."""
        meta, tokens = reply["meta_info"], reply["output_ids"]
        reason = meta["finish_reason"]
        scored = meta.get("output_token_logprobs") or []
        logprobs = [row[0] for row in scored]
        if [row[1] for row in scored] != tokens:
            raise ValueError(f"{len(tokens)} tokens, but logprobs of {len(scored)}, or of others")
        if len(tokens) > limit:
            raise ValueError(f"{len(tokens)} tokens where {limit} were asked for")
        if not all(type(token) is int and 0 <= token < self.config.vocab for token in tokens):
            raise ValueError("tokens outside the vocabulary")
        if not all(type(x) is float and math.isfinite(x) and x <= LOGPROB_SLACK for x in logprobs):
            raise ValueError("logprobs that are none")
        versions: list[int] = []
        for span in meta.get("weight_versions") or [
            {"version": meta["weight_version"], "start": 0, "end": len(tokens)}
        ]:
            run, _, number = str(span["version"]).partition(":")
            if tokens and run != self.run:
                raise Stale(f"serves weights of version {span['version']!r}, none that this run has sent")
            if tokens and span["start"] != len(versions):
                raise ValueError(f"spans of weight versions that leave gaps: {meta['weight_versions']}")
            versions += [int(number)] * (span["end"] - span["start"]) if tokens else []
        if len(versions) != len(tokens) or versions != sorted(versions) or any(v > self.version for v in versions):
            raise ValueError(f"weight versions that do not fit {len(tokens)} tokens: {meta.get('weight_versions')}")
        cached = int(meta.get("cached_tokens") or 0)
        match reason["type"]:
            case "length":
                return Generation(tokens, logprobs, versions, "length", cached)
            case "stop" if tokens and tokens[-1] in sampling.stop_token_ids:
                return Generation(tokens, logprobs, versions, "stop", cached)
            case "stop" | "abort":  # an end-of-text of the model's that is no stop token of ours ends nothing
                return Generation(tokens, logprobs, versions, "abort", cached)
        raise ValueError(f"finish_reason {reason!r}")

    async def _find_stale(self) -> None:
        """Take out the servers that do not serve what they were sent: restarted, or updated by somebody else."""
        for server in self.servers:
            if not server.alive or self._syncing.locked():
                continue
            try:
                info = await self._call(server, "GET", "/model_info", timeout=10)
            except (Lost, Refused) as error:
                self._lose(server, str(error))
                continue
            if server.alive and not self._syncing.locked() and info.get("weight_version") != self._tag(server.ready):
                self._lose(server, f"it serves version {info.get('weight_version')!r}: restarted, or not ours alone")

    # ---- weights -----------------------------------------------------------------------------------------------------

    def _tag(self, version: int) -> str:
        return f"{self.run}:{version}"

    async def update_weights(self, params: Any, version: int) -> None:
        """Send these parameters to every server; returns once all that live serve them, InferenceError if none does."""
        published = await asyncio.to_thread(self._publish, params, version)
        async with self._syncing:
            old, self._published = self._published, published
            self.version = version
            targets = self.servers if old is None else [server for server in self.servers if server.alive]
            failures = await asyncio.gather(*(self._update(server, published) for server in targets))
            if old is not None and old.folder is not None and old.folder != published.folder:
                shutil.rmtree(old.folder, ignore_errors=True)
        if targets and all(failures):
            raise InferenceError(f"no server took version {version}: {'; '.join(filter(None, failures))}")
        self._signal()

    def _publish(self, params: Any, version: int) -> Published:
        model = nnx.merge(self.graphdef, params)
        if self.sync == "disk":
            folder = self.folder / str(version)
            folder.mkdir(parents=True, exist_ok=True)
            size = weights.publish(model, folder / "model.safetensors", self.dtype)
            (folder / "config.json").write_text(json.dumps(self.config.to_hf() | {"dtype": self.dtype}))
            return Published(version, size, folder)
        buckets, part, size, total = list[bytes](), dict[str, np.ndarray](), 0, 0
        for name, array in weights.gathered(model, weights.hf_tensors(self.config), self.dtype):
            if part and size + array.nbytes > BUCKET_BYTES:
                buckets.append(self._body(part, ""))
                part, size = {}, 0
            part[name], size, total = array, size + array.nbytes, total + array.nbytes
        return Published(version, total, None, (*buckets, self._body(part, self._tag(version))))

    def _body(self, part: dict[str, np.ndarray], tag: str) -> bytes:
        """The request of one bucket. Only the last, which has the version, flushes the cache."""
        body = {"load_format": "flattened_bucket", "flush_cache": bool(tag), "weight_version": tag or None}
        return orjson.dumps(body | {"serialized_named_tensors": [tensors.bucket(part)]})

    async def _update(self, server: Server, published: Published) -> str:
        """Why a server did not take the weights, or "". It is out then."""
        try:
            await self._push(server, published)
        except (Lost, Refused, InferenceError) as error:
            self._lose(server, str(error))
            return str(error)
        server.alive = True
        return ""

    async def _push(self, server: Server, published: Published) -> None:
        """pause (retract) -> weights -> version -> continue. Where it fails the server stays paused: what it has may be
        a mix, and is not served."""
        timeout = CONTROL_S + published.bytes / SLOWEST
        tag = self._tag(published.version)
        server.ready = -1
        await self._call(server, "POST", "/pause_generation", {"mode": "retract"})
        if published.folder is not None:
            body = {"model_path": str(published.folder), "weight_version": tag, "flush_cache": True}
            await self._call(server, "POST", "/update_weights_from_disk", body, timeout)
        else:
            with contextlib.suppress(Refused):  # left open by a learner that was killed
                await self._call(server, "POST", "/end_weight_update", {}, timeout)
            await self._call(server, "POST", "/begin_weight_update", {"selector": "all"}, timeout)
            tp = server.info.get("tp_size", 1)
            for bucket in published.buckets:
                if tp > 1:
                    body = orjson.loads(bucket)
                    bucket = orjson.dumps(body | {"serialized_named_tensors": body["serialized_named_tensors"] * tp})
                await self._call(server, "POST", "/update_weights_from_tensor", bucket, timeout)
            await self._call(server, "POST", "/end_weight_update", {}, timeout)
        info = await self._call(server, "GET", "/model_info")
        if info.get("weight_version") != tag:
            raise InferenceError(f"{server.url}: says it serves {info.get('weight_version')!r} after {tag!r} was sent")
        server.ready = published.version
        if not server.checked:
            await self._check(server, published)
            server.checked = True
        if not self._paused:
            await self._call(server, "POST", "/continue_generation", {})

    async def _check(self, server: Server, published: Published) -> None:
        """Compare the checksums of what a server has with those of what it was sent: all of them where it keeps whole
        parameters in host memory; on GPUs, whose hash is another, with those of a server that is checked."""
        sums = await self._checksums(server)
        if server.info.get("device") == "cpu" and len(sums) == 1 and published.folder is not None:
            sent = weights.read_tensors(published.folder / "model.safetensors")
            ours = {name: digest([sent[part] for part in parts]) for name, parts in server_names(self.config).items()}
            wrong = sorted(name for name, value in ours.items() if sums[0].get(name) != value)
            if wrong:
                raise InferenceError(
                    f"{server.url}: {len(wrong)} parameters differ from those sent, the first {wrong[0]}"
                )

    async def verify(self) -> None:
        """Compare checksums now. Raises InferenceError that names server and parameter."""
        assert self._published is not None
        for server in self.servers:
            if server.alive:
                await self._check(server, self._published)

    async def pause(self) -> None:
        self._paused = True
        alive = [server for server in self.servers if server.alive]
        await asyncio.gather(*(self._control(server, "/pause_generation", {"mode": "retract"}) for server in alive))

    async def resume(self) -> None:
        alive = [server for server in self.servers if server.alive]
        await asyncio.gather(*(self._control(server, "/continue_generation", {}) for server in alive))
        self._paused = False

    async def _control(self, server: Server, path: str, body: dict[str, Any]) -> None:
        try:
            await self._call(server, "POST", path, body)
        except (Lost, Refused) as error:
            self._lose(server, str(error))

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._http.close()
        shutil.rmtree(self.folder, ignore_errors=True)
