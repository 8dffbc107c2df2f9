"""InferenceClient over SGLang servers: one, several, or a fleet behind sglang-router.

    urls = ["http://gpu1:30000", "http://gpu2:30000"]
    client = await SGLang.connect(urls, graphdef, params, max_len=32768, concurrency=512)
    await client.update_weights(params, 1)
    generation = await client.generate(tokens, sampling, session="train-0.0", seed=0)

Written against SGLang 0.5.23 as it behaves (https://docs.sglang.io/), which decides most of what is here:
- A weight update that does not fit is not refused. A server takes a file that lacks tensors, or has one of another
  shape, and answers "Succeeded"; hence the comparison of architectures before the first update, of checksums after it.
- A malformed request of some kinds kills a server: a token id outside the vocabulary, a tensor bucket that does not
  unpickle, or names memory that is not there. What is sent is checked here.
- In pause mode "retract" requests in flight go back to the queue and are prefilled anew, so that no key or value of the
  old weights is used; "in_place" would go on with stale ones. While paused, /health hangs: nobody asks it.
- A server that restarts serves the weights it started with. `weight_version` has the form RUN:VERSION, so that one that
  was never brought up to date, or belongs to another run, is known by each of its replies.

- The last few tokens of its context it keeps for itself: a prompt that leaves fewer is refused.

A server that fails is taken out, its requests go elsewhere, and a task of its own brings it back: once it is healthy it
gets the weights that the others have, unless it still has them, and only then requests. A router is used for /generate
alone: it passes on neither pauses nor weights. It is told which servers are in; without it they are asked directly.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import logging
import os
import shutil
import time
from array import array as packed
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

import aiohttp
import jax.numpy as jnp
import numpy as np
import orjson
from flax import nnx

from codegym_jax import weights
from codegym_jax.inference import tensors
from codegym_jax.inference.client import Generation, InferenceError, Sampling
from codegym_jax.inference.sync import (
    FILE,
    Published,
    bodies,
    body,
    checksums,
    claim,
    each_rank,
    publish,
    remove,
    server_names,
    shares_memory,
)  # fmt: skip
from codegym_jax.model import Decoder, ModelConfig, WeightsError

log = logging.getLogger(__name__)

ATTEMPTS = 8  # of one request, however many servers there are
BACKOFF_S = (0.1, 10.0)  # first and longest wait between them; doubles
ABORT_S = (0.1, 10.0)  # first wait before an abort is repeated, which doubles, and after how long its connection ends
HEALTH_S, HEALTH_TIMEOUT_S, STRIKES = 5.0, 25.0, 2  # /health itself gives up after 20 s
PROBE_S = 10.0  # for which a server may think about what it serves
REST_S = (
    600.0  # the longest that a server which answers garbage or refuses weights is left alone; doubles from HEALTH_S
)
OUTAGE_S = 600.0  # without any server, after which requests are given up
TURN_S, TOKEN_S = 600.0, 0.5  # of one /generate: queue and pauses, and each token of it
CONTROL_S = 60.0  # of a control request, besides what its bytes take
SLOWEST = 50e6  # bytes a second that a weight update is granted
CLOSE_S = 5.0  # for which `close` waits for the servers
KEEPALIVE_S = 3.0  # of an idle connection: servers close theirs after 5 s, and a request sent then is lost
LOGPROB_SLACK = 1e-3  # a logprob may exceed 0 by rounding
RESERVED = 8  # tokens of its context that a server may keep for itself

PLAIN = ("/health", "/flush_cache")  # whose answers need not be JSON
RETRY = {408, 425, 429, 500, 502, 503, 504}  # statuses that another try may not meet

Sync = Literal["disk", "tensor"]


class Lost(Exception):
    """This server did not serve the request, another may."""


class Hung(Lost):
    """It took too long to answer."""


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
    shares: bool = False  # whether it can open our shared memory
    deaths: int = 0  # in a row that it died when it was to
    strikes: int = 0
    garbage: int = 0  # unsound replies so far
    rest: float = 0.0  # time.monotonic() before which it is not brought back
    why: str = "was not reached yet"
    info: dict[str, Any] = dataclasses.field(default_factory=dict)
    requests: set[asyncio.Future[Any]] = dataclasses.field(default_factory=set)
    probe: asyncio.Task[None] | None = None


class Asked(NamedTuple):
    """A /generate in flight."""

    rid: str
    server: Server
    reply: asyncio.Task[dict[str, Any]]


def rest(times: int) -> float:
    """Until when a server stays out that was of no use so many times."""
    return time.monotonic() + min(HEALTH_S * 2 ** min(times, 16), REST_S)


class SGLang:
    """Made by `connect`; see the module and InferenceClient. `close` leaves the servers running."""

    def __init__(self, graphdef: Any, model: Decoder, max_len: int, concurrency: int, sync: Sync, folder: Path) -> None:
        self.graphdef, self.config, self.dtype = graphdef, model.config, jnp.dtype(model.dtype).name
        self.max_len, self.concurrency, self.sync = max_len, concurrency, sync
        self.version = 0
        self.run = f"{os.getpid():x}{time.time_ns() // 1000:x}"
        self.longest = max_len - 1  # tokens of a prompt that every server takes
        self.folder, self._claim = claim(folder)
        self.router: Server | None = None
        self.servers: list[Server] = []
        self.counters = dict.fromkeys(("sampled", "cached", "compilations", "retries", "lost", "rejoined"), 0)
        self._published: Published | None = None
        self._home: dict[str, Server] = {}  # session -> server, whose radix cache has its prefix
        self._released: set[str] = set()  # sessions released while a request of theirs was in flight
        self._asking: dict[str, Asked | None] = {}  # session -> its request in flight, None between two
        self._expected: dict[tuple[int, bool], asyncio.Task[dict[str, set[str]]]] = {}  # checksums of what was sent
        self._shards: dict[tuple[int, Any], tuple[str, list[dict[str, str]]]] = {}  # those of a server of shards
        self._encoded: dict[int, asyncio.Task[list[bytes]]] = {}  # version -> the requests that carry it
        self._published_count = self._lent = 0
        self._paused = False
        self._dark = time.monotonic()  # since when no server is alive, if none is
        self._syncing = asyncio.Lock()
        self._slots = asyncio.Semaphore(concurrency)
        self._change = asyncio.Event()  # a server came or went
        self._listing = asyncio.Lock()
        self._watches: list[asyncio.Task[None]] = []
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
        # Its default limit of 100 would cap the rollouts.
        connector = aiohttp.TCPConnector(limit=concurrency + 16, keepalive_timeout=KEEPALIVE_S)
        self._http = aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=None))
        try:
            for url in dict.fromkeys(url.rstrip("/") for url in urls):
                server = Server(url)
                try:
                    listed = await self._call(server, "GET", "/workers")
                except Refused as error:
                    if error.status != 404:
                        raise
                    found = [url]
                else:
                    if self.router is not None:
                        raise InferenceError(f"{self.router.url} and {url}: two routers; give one")
                    self.router = server
                    self.router.alive = True
                    found = [worker["url"].rstrip("/") for worker in listed["workers"]]
                self.servers += [Server(url) for url in found if url not in {known.url for known in self.servers}]
            if not self.servers:
                raise InferenceError(f"{urls[0]}: this router lists no workers; start it with --worker-urls")
            await asyncio.gather(*map(self._greet, self.servers))
        except BaseException as error:
            await self.close()
            if isinstance(error, Lost | Refused):
                raise InferenceError(str(error)) from error
            raise
        watched = [*self.servers, *([self.router] if self.router else [])]
        self._watches = [asyncio.create_task(self._watch(server)) for server in watched]
        return self

    async def _call(
        self, server: Server, method: str, path: str, body: Any = None, timeout: float = CONTROL_S
    ) -> dict[str, Any]:
        """One request. Lost if the server did not answer it, Refused if it did, with an error."""
        data = (
            body if isinstance(body, bytes) or body is None else orjson.dumps(body, option=orjson.OPT_SERIALIZE_NUMPY)
        )
        headers = {"Content-Type": "application/json"}
        try:
            limit = aiohttp.ClientTimeout(total=timeout, sock_connect=10)
            async with self._http.request(
                method, server.url + path, data=data, headers=headers, timeout=limit
            ) as reply:
                text = await reply.read()
        except TimeoutError:
            raise Hung(f"{server.url}{path}: no answer within {timeout:.0f} s") from None
        except (aiohttp.ClientError, OSError) as error:
            raise Lost(f"{server.url}{path}: {type(error).__name__}: {error}") from error
        if not 200 <= reply.status < 300:
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
            dtype, path, room = info["dtype"], Path(info["model_path"]), int(models["data"][0]["max_model_len"])
        except (Refused, KeyError, TypeError, IndexError, ValueError) as error:
            what = str(error) if isinstance(error, Refused) else f"{server.url}: {type(error).__name__}: {error}"
            raise InferenceError(f"{what}; is this an SGLang server, of 0.5.21 or later?") from error
        restart = "start the server on this policy's folder"
        differ("the dtype", dtype if dtype != "auto" else self.dtype, self.dtype, "start it with --dtype")
        differ("the quantization", info.get("quantization"), None, "weights cannot be updated; start it without")
        if room < self.max_len:
            fix = f"start it with --context-length {self.max_len}, or lower rollout.max_tokens"
            raise InferenceError(f"{server.url}: conversations may have {room} tokens, not {self.max_len}; {fix}")
        longest = int(info.get("max_req_input_len") or self.max_len) - 1
        if longest < self.max_len - RESERVED:
            fix = f"its KV cache holds too few tokens: raise its --mem-fraction-static or lower max_len={self.max_len}"
            raise InferenceError(f"{server.url}: prompts may have {longest} tokens; {fix}")
        self.longest = min(self.longest, longest)
        if self.sync == "tensor":
            server.shares = await asyncio.to_thread(shares_memory, server.url, server.info, self.folder)
        ours = server_names(self.config).keys()
        for rank in sums:
            for what, names in (("lacks", ours - rank.keys()), ("also has", rank.keys() - ours - {"lm_head.weight"})):
                if names:
                    raise InferenceError(
                        f"{server.url}: {what} {len(names)} parameters, such as {min(names)}; {restart}"
                    )
        if (path / "config.json").is_file():  # on this machine: shapes too
            with contextlib.suppress(WeightsError):
                theirs = ModelConfig.from_hf(weights.read_json(path / "config.json"), str(path))
                for field in dataclasses.fields(ModelConfig):
                    differ(field.name, getattr(theirs, field.name), getattr(self.config, field.name), restart)

    async def _checksums(self, server: Server) -> list[dict[str, str]]:
        reply = await self._call(server, "POST", "/weights_checker", {"action": "checksum"}, CONTROL_S + 240)
        return [rank["checksums"] for rank in reply["ranks"]]

    def _lose(self, server: Server, why: Exception | str) -> None:
        """Take a server out; what it was doing goes elsewhere."""
        server.why = str(why)
        if not server.alive:
            return
        server.alive, server.strikes = False, 0
        if server is not self.router and not any(other.alive for other in self.servers):
            self._dark = time.monotonic()
        self.counters["lost"] += server is not self.router
        log.warning("%s is out: %s", server.url, why)
        self._home = {session: home for session, home in self._home.items() if home is not server}
        requests = list(server.requests)
        if self.router is not None and server is not self.router:
            self._spawn(self._enlist())
            if isinstance(why, Hung):  # which of the router's requests it has is not known
                requests += self.router.requests
        for request in requests:
            request.cancel()
        self._signal()

    def _signal(self) -> None:
        self._change.set()
        self._change = asyncio.Event()

    async def _probe(self, *servers: Server) -> None:
        """Take out those that do not serve what they were sent: gone, restarted, or updated by somebody else."""
        for server in servers:
            if server.probe is None or server.probe.done():
                server.probe = self._spawn(self._identify(server))
        await asyncio.wait([server.probe for server in servers if server.probe is not None])

    async def _identify(self, server: Server) -> None:
        ready = server.ready
        try:
            info = await self._call(server, "GET", "/health" if server is self.router else "/model_info", None, PROBE_S)
        except (Lost, Refused) as error:
            self._lose(server, error)
            return
        version = info.get("weight_version")
        if server is not self.router and ready == server.ready >= 0 and version != self._tag(ready):
            self._lose(server, f"it serves version {version!r}: restarted, or not ours alone")

    async def _enlist(self) -> None:
        """Have the router list the servers that are in, and no others."""
        router = self.router
        assert router is not None
        async with self._listing:
            try:
                reply = await self._call(router, "GET", "/workers")
                listed = {worker["url"].rstrip("/"): worker["id"] for worker in reply["workers"]}
                for server in self.servers:
                    if server.alive and server.url not in listed:
                        await self._call(router, "POST", "/workers", {"url": server.url})
                    elif not server.alive and server.url in listed:
                        await self._call(router, "DELETE", f"/workers/{listed[server.url]}")
            except (Lost, Refused, KeyError, TypeError, AttributeError) as error:
                log.warning("%s: its list of workers was not brought up to date: %s", router.url, error)

    async def _watch(self, server: Server) -> None:
        """Ask for a server's health, and bring it back once it is well again. While paused /health does not answer."""
        while True:
            await asyncio.sleep(HEALTH_S)
            if self._paused or self._syncing.locked():
                continue
            try:
                if time.monotonic() < server.rest:
                    continue
                if server.alive or server is self.router:
                    await self._call(server, "GET", "/health", timeout=HEALTH_TIMEOUT_S)
                    server.strikes = 0
                    if server is self.router and not server.alive:
                        server.alive = True
                        await self._enlist()
                        self._signal()
                elif self._published is not None:
                    await self._revive(server)
            except (Lost, Refused, InferenceError) as error:
                server.strikes += 1
                if self._paused or self._syncing.locked():
                    server.strikes = 0  # asked before the pause
                elif server.alive and server.strikes >= STRIKES:
                    self._lose(server, error)
                elif not server.alive:
                    if not isinstance(error, Lost):  # sending it everything once more holds up the others
                        server.rest = rest(server.strikes)
                    if server.why != str(error):
                        server.why = str(error)
                        log.warning("%s stays out: %s", server.url, error)

    async def _revive(self, server: Server) -> None:
        info = await self._call(server, "GET", "/model_info", timeout=PROBE_S)
        current = info.get("weight_version") == self._tag(server.ready)
        if not current:
            server.checked = False
            await self._greet(server)  # a server that hangs does so here, and holds up no update
        elif not self._paused:
            await self._call(server, "POST", "/continue_generation", {})
            await self._call(server, "GET", "/health", timeout=HEALTH_TIMEOUT_S)
        async with self._syncing:
            assert self._published is not None
            if not current or server.ready != self._published.version:
                await self._push(server, self._published)
            server.alive = True
        if self.router is not None:
            await self._enlist()
        self.counters["rejoined"] += 1
        log.warning("%s is back at version %d", server.url, server.ready)
        self._signal()

    # ---- generation --------------------------------------------------------------------------------------------------

    def open(self, sessions: Sequence[str]) -> None:
        """Nothing to do: SGLang batches whatever comes."""

    def release(self, session: str) -> None:
        self._home.pop(session, None)
        if session in self._asking:
            self._released.add(session)
            if (asked := self._asking[session]) is not None:
                self._spawn(self._abort(asked))
            self._signal()

    def _spawn(self, coroutine: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _abort(self, asked: Asked) -> None:
        """A server forgets an abort that comes before the request does, so it is repeated until there is a reply. The
        end of the connection ends what no abort does, a few seconds later."""

        async def tell(server: Server) -> None:
            with contextlib.suppress(Lost, Refused):
                await self._call(server, "POST", "/abort_request", {"rid": asked.rid}, PROBE_S)

        # The router does not pass it on.
        told, wait = self.servers if asked.server is self.router else [asked.server], ABORT_S[0]
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(ABORT_S[1]):
                    while not asked.reply.done():
                        await asyncio.gather(*(tell(server) for server in told if server.alive))
                        await asyncio.wait([asked.reply], timeout=wait)
                        wait *= 2
        finally:
            asked.reply.cancel()
            await asyncio.gather(asked.reply, return_exceptions=True)

    async def _pick(self, session: str, avoid: Server | None) -> Server | None:
        """The router; or the server that has the conversation's prefix; or the one with the fewest requests. None once
        the session is released."""
        while session not in self._released:
            if self._published is None:
                raise InferenceError("no weights were sent yet: call update_weights before generate")
            alive = [server for server in self.servers if server.alive]
            if self.router is not None and self.router.alive and self.router is not avoid and alive:
                return self.router
            if (home := self._home.get(session)) is not None and home.alive and home is not avoid:
                return home
            if alive:
                others = [server for server in alive if server is not avoid] or alive
                self._home[session] = min(others, key=lambda server: len(server.requests))
                return self._home[session]
            try:
                await asyncio.wait_for(self._change.wait(), max(0.0, self._dark + OUTAGE_S - time.monotonic()))
            except TimeoutError:
                reasons = "; ".join(f"{server.url} ({server.why})" for server in self.servers)
                raise InferenceError(f"no SGLang server for {OUTAGE_S:.0f} s: {reasons}") from None
        return None

    async def generate(self, tokens: Sequence[int], sampling: Sampling, *, session: str, seed: int) -> Generation:
        """See InferenceClient. What a failing server had sampled is lost; what one aborted is kept and continued."""
        tokens = list(tokens)
        if not 1 <= len(tokens) < self.max_len:
            raise ValueError(f"the prompt has {len(tokens)} tokens: at least 1 and fewer than max_len={self.max_len}")
        try:  # SGLang dies of a token that is none. Of 8,000 this takes 0.04 ms, min and max 0.2.
            known = np.frombuffer(packed("I", tokens), np.uint32).max() < self.config.vocab
        except OverflowError:
            known = False
        if not known:
            i, token = next((i, token) for i, token in enumerate(tokens) if not 0 <= token < self.config.vocab)
            raise ValueError(f"token {i} of the prompt is {token}: the vocabulary has {self.config.vocab} entries")
        if session in self._asking:
            raise ValueError(f"session {session!r} has a request in flight: a conversation takes turns")
        limit = min(sampling.max_new_tokens, self.max_len - len(tokens))
        done = Generation([], [], [], "abort")
        avoid, wait, attempts = None, BACKOFF_S[0], 0
        self._asking[session] = None
        try:
            while True:
                if len(tokens) + len(done.tokens) > self.longest:
                    return dataclasses.replace(done, finish="length")
                async with self._slots:
                    server = await self._pick(session, avoid)
                    if server is None:
                        return done
                    room = limit - len(done.tokens)
                    try:
                        part = await self._ask(server, tokens + done.tokens, room, sampling, session, seed)
                    except Lost as error:
                        attempts, why, avoid = attempts + 1, str(error), server
                    else:
                        finish = "length" if part.finish == "abort" and len(part.tokens) >= room else part.finish
                        cached = done.cached_tokens or part.cached_tokens
                        sampled = done.tokens + part.tokens, done.logprobs + part.logprobs
                        done = Generation(*sampled, done.versions + part.versions, finish, cached)
                        if finish != "abort":
                            self.counters["sampled"] += len(done.tokens)
                            self.counters["cached"] += cached
                            return done
                        attempts = 0 if part.tokens else attempts + 1
                        why = f"{server.url} aborted the request"
                    finally:
                        self._asking[session] = None
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
        rid = f"{self.run}-{session}-{time.monotonic_ns()}"
        params: dict[str, Any] = {"max_new_tokens": limit, "temperature": sampling.temperature, "top_p": sampling.top_p}
        params |= {"top_k": sampling.top_k or -1, "stop_token_ids": sampling.stop_token_ids}
        if server.info.get("enable_deterministic_inference"):  # others take no seed
            params["sampling_seed"] = seed % (1 << 31)
        body = {"input_ids": tokens, "sampling_params": params, "return_logprob": True, "rid": rid}
        call = self._call(server, "POST", "/generate", body, TURN_S + TOKEN_S * limit)
        request = asyncio.create_task(call)
        asked = self._asking[session] = Asked(rid, server, request)
        server.requests.add(request)
        try:
            reply = await asyncio.shield(request)
        except asyncio.CancelledError:
            if request.cancelled() and not asyncio.current_task().cancelling():  # type: ignore[union-attr]
                raise Lost(f"{server.url} is out: {server.why}") from None
            self._spawn(self._abort(asked))
            raise
        except (Lost, Refused) as error:
            if isinstance(error, Refused) and error.status not in RETRY:
                raise InferenceError(str(error)) from error
            if isinstance(error, Hung):
                self._lose(server, error)
            await self._probe(*self._behind(server))
            raise Lost(str(error)) from error
        finally:
            server.requests.discard(request)
        try:
            return self._read(reply, limit, sampling)
        except Stale as error:
            await self._probe(*self._behind(server))
            raise Lost(f"{server.url}: {error}") from None
        except (KeyError, TypeError, ValueError, IndexError) as error:
            server.garbage += 1
            server.rest = rest(server.garbage)
            server.ready = -1  # its weights may be what is wrong
            self._lose(server, f"garbage in a reply to /generate: {type(error).__name__}: {error}")
            raise Lost(f"{server.url}: {server.why}") from error

    def _behind(self, server: Server) -> list[Server]:
        """Itself; of the router also those that it may have asked."""
        return [server, *(other for other in self.servers if server is self.router and other.alive)]

    def _read(self, reply: dict[str, Any], limit: int, sampling: Sampling) -> Generation:
        """A reply, checked whole: nothing of it may poison a batch. ValueError and its like where it is not sound."""
        meta, tokens = reply["meta_info"], reply["output_ids"]
        reason = meta["finish_reason"]["type"]
        if reason not in ("stop", "length", "abort"):
            raise ValueError(f"finish_reason {meta['finish_reason']!r}")
        scored = meta.get("output_token_logprobs") or []
        logprobs, ids = ([*column] for column in list(zip(*scored))[:2]) if scored else ([], [])
        if ids != tokens:
            raise ValueError(f"{len(tokens)} tokens, but logprobs of {len(scored)}, or of others")
        if len(tokens) > limit:
            raise ValueError(f"{len(tokens)} tokens where {limit} were asked for")
        cached = int(meta.get("cached_tokens") or 0)
        if not tokens:
            return Generation([], [], [], "length" if reason == "length" else "abort", cached)
        if {*map(type, tokens)} != {int} or min(tokens) < 0 or max(tokens) >= self.config.vocab:
            raise ValueError("tokens outside the vocabulary")
        if {*map(type, logprobs)} != {float} or not np.isfinite(logprobs).all() or max(logprobs) > LOGPROB_SLACK:
            raise ValueError("logprobs that are none")
        versions: list[int] = []
        for span in meta.get("weight_versions") or [
            {"version": meta["weight_version"], "start": 0, "end": len(tokens)}
        ]:
            run, _, number = str(span["version"]).partition(":")
            if run != self.run:
                raise Stale(f"serves weights of version {span['version']!r}, none that this run has sent")
            if span["start"] != len(versions) or not (versions[-1] if versions else 0) <= int(number) <= self.version:
                raise ValueError(f"spans of weight versions out of order: {meta['weight_versions']}")
            versions += [int(number)] * (span["end"] - span["start"])
        if len(versions) != len(tokens):
            raise ValueError(f"weight versions that do not fit {len(tokens)} tokens: {meta.get('weight_versions')}")
        if reason == "stop" and tokens[-1] not in sampling.stop_token_ids:
            reason = "abort"  # an end-of-text of the model's that is no stop token of ours ends nothing
        return Generation(tokens, logprobs, versions, reason, cached)

    # ---- weights -----------------------------------------------------------------------------------------------------

    def _tag(self, version: int) -> str:
        return f"{self.run}:{version}"

    async def update_weights(self, params: Any, version: int) -> None:
        """Send these parameters to every server; returns once all that live serve them.

        Raises InferenceError if none takes them. One that is out of reach gets them when it is back. In a run of
        several processes all call this, each for servers of its own.
        """
        async with self._syncing:
            try:
                published = await asyncio.to_thread(self._publish, params, version)
            except OSError as error:
                raise InferenceError(f"{self.folder}: no room for the weights: {error}; see sglang.folder") from error
            old, self._published = self._published, published
            self.version = version
            self._expected.clear()
            self._encoded.clear()
            self._shards.clear()
            targets = self.servers if old is None else [server for server in self.servers if server.alive]
            failures = await asyncio.gather(*(self._update(server, published) for server in targets))
            if old is not None and old.folder.parent == self.folder:  # 0.15 s a GB, for which nobody waits
                self._spawn(asyncio.to_thread(shutil.rmtree, old.folder, ignore_errors=True))
        errors = [error for error in failures if error is not None]
        if errors and self.router is not None:
            self._spawn(self._enlist())
        if errors and len(errors) == len(targets) and (old is None or not any(isinstance(e, Lost) for e in errors)):
            raise InferenceError(f"no server took version {version}: {'; '.join(map(str, errors))}")
        self._signal()

    def _publish(self, params: Any, version: int) -> Published:
        self._published_count += 1
        model, name = nnx.merge(self.graphdef, params), f"{version}.{self._published_count}"
        return publish(model, self.folder, name, self.dtype, version, lend=self.sync == "tensor")

    async def _update(self, server: Server, published: Published) -> Exception | None:
        """Why a server did not take the weights. It is out then."""
        try:
            await self._push(server, published)
        except (Lost, Refused, InferenceError) as error:
            self._lose(server, error)
            return error
        server.alive = True
        return None

    async def _push(self, server: Server, published: Published) -> None:
        """pause (retract) -> weights -> version -> continue. Where it fails the server stays paused: what it has may be
        a mix, and is not served."""
        timeout = CONTROL_S + published.size / SLOWEST
        tag = self._tag(published.version)
        server.ready = -1
        await self._call(server, "POST", "/pause_generation", {"mode": "retract"})
        with contextlib.suppress(Refused):  # left open by a learner that was killed
            await self._call(server, "POST", "/end_weight_update", {}, timeout)
        if self.sync == "disk":
            body = {"model_path": str(published.folder), "weight_version": tag, "flush_cache": True}
            await self._call(server, "POST", "/update_weights_from_disk", body, timeout)
        else:
            await self._call(server, "POST", "/begin_weight_update", {"selector": "all"}, timeout)
            if not await self._lend(server, published, timeout):
                if published.version not in self._encoded:
                    encoding = asyncio.to_thread(bodies, published, tag)
                    self._encoded[published.version] = asyncio.create_task(encoding)
                for request in await asyncio.shield(self._encoded[published.version]):
                    await self._call(
                        server, "POST", "/update_weights_from_tensor", each_rank(request, server.info), timeout
                    )
            await self._call(server, "POST", "/end_weight_update", {}, timeout)
        info = await self._call(server, "GET", "/model_info")
        if info.get("weight_version") != tag:
            raise InferenceError(f"{server.url}: says it serves {info.get('weight_version')!r} after {tag!r} was sent")
        if not server.checked:
            await self._check(server, published)
            server.checked = True
        server.ready = published.version
        if not self._paused:
            await self._call(server, "POST", "/continue_generation", {})

    async def _lend(self, server: Server, published: Published, timeout: float) -> bool:
        """Have a server read the weights out of our memory. False if it cannot."""
        if not server.shares or server.deaths > 1:
            return False
        # A name of its own, since the torch of a server that dies removes the names that it had opened.
        self._lent += 1
        memory = tensors.SHARED / f"{self.folder.name}.{self._lent}"
        try:
            os.link(published.folder / FILE, memory)
            request = body(tensors.shared(memory.name, published.tensors()), self._tag(published.version))
            server.deaths += 1
            await self._call(server, "POST", "/update_weights_from_tensor", each_rank(request, server.info), timeout)
        except (OSError, Refused) as error:
            log.warning("%s takes weights by request, not out of our memory: %s", server.url, error)
            server.shares = False
        except Hung:  # it may still come to open this, and would die if it could not: kept until we close
            raise
        except Lost:
            memory.unlink(missing_ok=True)
            raise
        server.deaths = 0
        memory.unlink(missing_ok=True)
        return server.shares

    async def _check(self, server: Server, published: Published) -> None:
        """Compare the checksums of a server with those of what it was sent. One of several ranks, each with a shard of
        every parameter, is compared with the others of its kind; that they all differ from us is not noticed here."""
        sums, gpu = await self._checksums(server), server.info.get("device", "cuda") != "cpu"
        if len(sums) > 1:
            kind = (published.version, (gpu, len(sums)))
            first, theirs = self._shards.setdefault(kind, (server.url, sums))
            wrong = [name for ours, other in zip(sums, theirs) for name in ours if ours[name] != other.get(name)]
            than = f"those of {first}"
        else:
            key = (published.version, gpu)
            if key not in self._expected:
                self._expected[key] = asyncio.create_task(asyncio.to_thread(checksums, published, self.config, gpu))
            ours = await asyncio.shield(self._expected[key])
            wrong = [name for name, allowed in ours.items() if sums[0].get(name) not in allowed]
            than = "those sent"
        if wrong:
            raise InferenceError(f"{server.url}: {len(wrong)} parameters differ from {than}, the first {min(wrong)}")

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
            self._lose(server, error)

    async def close(self) -> None:
        """Servers that were paused with whole weights go on; those in the middle of an update stay paused."""
        for task in self._watches:
            task.cancel()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_S):
                if self._paused:
                    whole = [server for server in self.servers if server.alive and server.ready >= 0]
                    await asyncio.gather(*(self._control(server, "/continue_generation", {}) for server in whole))
                while self._tasks:  # what was cancelled is being aborted
                    await asyncio.wait(self._tasks)
        tasks: list[asyncio.Task[Any]] = [*self._watches, *self._tasks, *self._expected.values()]
        tasks += self._encoded.values()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._http.close()
        remove(self.folder)
        os.close(self._claim)
