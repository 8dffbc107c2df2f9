"""The embedded engine: continuous batching in JAX on the learner's own arrays.

One thread runs iterations: admit requests to slots of a KV cache, prefill what is not cached, decode up to
`decode_chunk` tokens in one device call, answer what finished. A slot keeps its conversation between turns, so a turn
prefills only the observation; a prompt that another slot holds (or is about to) is copied, not computed again.

The invariant that keeps this small: of a request's n tokens exactly n - 1 are cached when it decodes. Prefill never
needs logits, every token is sampled in one place, and a new weight version means "cached = 0" and nothing else.

A sample is a function of (seed, position, logits) alone. Logits still depend on the batch in the last bits; with
`lockstep` every open session has to be in (or released) before an iteration starts, and work is ordered by `open`,
so batches are a function of the tokens and two runs agree bitwise, whatever the environments' timing.

Shapes come in buckets to bound compilations; `counters["compilations"]` counts the variants in use.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import functools
import itertools
import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from jax.sharding import NamedSharding

from codegym_jax.inference.client import Generation, InferenceError, Sampling
from codegym_jax.model import partition

log = logging.getLogger(__name__)

SHARE = 16  # a prefix of another slot is copied where it saves at least this many tokens of prefill
PREFILL_LENGTHS = (16, 64, 256)  # tokens of one row in a prefill; a longer prompt takes several iterations
PREFILL_TOKENS = 8192  # tokens of one prefill call, padding included: bounds its activations
SIZES = (1, 8, 16, *(size for e in range(5, 24) for size in (1 << e, 3 << e - 1)))  # buckets of rows and of lengths
COALESCE_S = 0.001  # an idle engine starts once no request has come for this long: turns end in bursts

# ------------------------------------------------------------------------------------------------------- device side

Cache = tuple[jax.Array, jax.Array]  # keys and values, each [layers, slots + 1, positions, kv_heads, head_dim]


def _write(cache: jax.Array, new_lbtmh: jax.Array, slot_b: jax.Array, start_b: jax.Array) -> jax.Array:
    """Each row's t new entries go to its slot from its start on. Entries past the row's count are never read."""

    def one(b: jax.Array, cache: jax.Array) -> jax.Array:
        row = jax.lax.dynamic_slice_in_dim(new_lbtmh, b, 1, axis=1)
        return jax.lax.dynamic_update_slice(cache, row, (0, slot_b[b], start_b[b], 0, 0))

    return jax.lax.fori_loop(0, slot_b.shape[0], one, cache)


def _prefix(cache: Cache, slot_b: jax.Array, count_b: jax.Array, length: int) -> tuple[jax.Array, ...]:
    k, v = (x.at[:, slot_b, :length].get(mode="promise_in_bounds") for x in cache)
    return k, v, jnp.arange(length) < count_b[:, None]


@functools.partial(jax.jit, static_argnames=("length",), donate_argnames=("cache",))
def _copy(cache: Cache, source_n: jax.Array, target_n: jax.Array, *, length: int) -> Cache:
    k, v = (x.at[:, target_n, :length].set(x[:, source_n, :length]) for x in cache)
    return k, v


@functools.partial(jax.jit, static_argnames=("graphdef", "length"), donate_argnames=("cache",))
def _prefill(params: Any, cache: Cache, rows: dict[str, jax.Array], *, graphdef: Any, length: int) -> Cache:
    """Keys and values of rows["token"] [b, t], of which the first rows["count"] are real, into the cache."""
    model = nnx.merge(graphdef, params)
    steps_t = jnp.arange(rows["token"].shape[1])
    past = (_prefix(cache, rows["slot"], rows["start"], length),) if length else ()
    segments_bt = (steps_t < rows["count"][:, None]).astype(jnp.int32)
    _, new = model(rows["token"], rows["start"][:, None] + steps_t, segments_bt, past)
    k, v = (_write(x, y, rows["slot"], rows["start"]) for x, y in zip(cache, new))
    return k, v


@functools.partial(jax.jit, static_argnames=("graphdef", "length", "chunk", "filtered"), donate_argnames=("cache",))
def _decode(
    params: Any, cache: Cache, rows: dict[str, jax.Array], *, graphdef: Any, length: int, chunk: int, filtered: bool
) -> tuple[Cache, jax.Array, jax.Array, jax.Array]:
    """Sample up to `chunk` tokens a row, ending early once at most rows["idle"] rows are left.

    rows: token [b] (the last one, not cached yet), start [b] (its position), limit [b] (tokens it may sample; 0 in
    padding), stop [b, w], and what _sample takes. -> cache, tokens [b, chunk], logprobs [b, chunk], counts [b].
    """
    model = nnx.merge(graphdef, params)
    start_b, b = rows["start"], rows["start"].shape[0]
    prefix = _prefix(cache, rows["slot"], start_b, length)
    layers, _, _, m, h = cache[0].shape
    fresh = jnp.zeros((layers, b, chunk, m, h), cache[0].dtype)

    def step(carry: tuple[Any, ...]) -> tuple[Any, ...]:
        i, token_b, live_b, count_b, tokens_bk, logprobs_bk, k, v = carry
        seen = jnp.broadcast_to(jnp.arange(chunk) < i, (b, chunk))
        hidden, (k_new, v_new) = model(token_b[:, None], start_b[:, None] + i, None, (prefix, (k, v, seen)))
        k = jax.lax.dynamic_update_slice_in_dim(k, k_new, i, axis=2)
        v = jax.lax.dynamic_update_slice_in_dim(v, v_new, i, axis=2)
        token_b, logprob_b = _sample(model.logits(hidden[:, 0]), start_b + i + 1, rows, filtered)
        tokens_bk = jax.lax.dynamic_update_slice_in_dim(tokens_bk, token_b[:, None], i, axis=1)
        logprobs_bk = jax.lax.dynamic_update_slice_in_dim(logprobs_bk, logprob_b[:, None], i, axis=1)
        count_b = count_b + live_b
        live_b = live_b & (count_b < rows["limit"]) & (token_b[:, None] != rows["stop"]).all(-1)
        return i + 1, token_b, live_b, count_b, tokens_bk, logprobs_bk, k, v

    def go_on(carry: tuple[Any, ...]) -> jax.Array:
        return (carry[0] < chunk) & (carry[2].sum() > rows["idle"])

    zeros_bk = jnp.zeros((b, chunk), jnp.int32)
    carry = (0, rows["token"], rows["limit"] > 0, zeros_bk[:, 0], zeros_bk, zeros_bk.astype(jnp.float32), fresh, fresh)
    _, _, _, count_b, tokens_bk, logprobs_bk, *new = jax.lax.while_loop(go_on, step, carry)
    k, v = (_write(x, y, rows["slot"], start_b) for x, y in zip(cache, new))
    return (k, v), tokens_bk, logprobs_bk, count_b


def _sample(
    logits_bv: jax.Array, position_b: jax.Array, rows: dict[str, jax.Array], filtered: bool
) -> tuple[jax.Array, jax.Array]:
    """One token a row by inverting its cumulative distribution, and its logprob; see client.py for the definition.

    One uniform number a row, from (seed, position): 10 times cheaper than Gumbel noise for every logit. rows: seed
    [b, 2] uint32, temperature, top_p, top_k [b]. `filtered`: whether any row needs top_p or top_k.
    """
    b, v = logits_bv.shape
    greedy_b = rows["temperature"] == 0
    scaled_bv = logits_bv / jnp.where(greedy_b, 1.0, rows["temperature"])[:, None]
    top_b = scaled_bv.max(-1)
    p_bv = jnp.exp(scaled_bv - top_b[:, None])
    normalizer_b = top_b + jnp.log(p_bv.sum(-1))
    if filtered:
        p_bv = jnp.where(p_bv >= _least_kept(p_bv, rows["top_p"], rows["top_k"])[:, None], p_bv, 0)
    keys = jax.vmap(jax.random.fold_in)(jax.random.wrap_key_data(rows["seed"], impl="threefry2x32"), position_b)
    uniform_b = jax.vmap(jax.random.uniform)(keys)
    # Two levels, over blocks and within one: a cumulative sum of all v costs 3 times as much on a CPU. A uniform is
    # at most 1 - 2**-23, so the target stays below the total and the block that contains it is never an empty one.
    width = 1 << (v - 1).bit_length() // 2
    p_bxw = jnp.pad(p_bv, ((0, 0), (0, -v % width))).reshape(b, -1, width)
    blocks_bx = jnp.cumsum(p_bxw.sum(-1), axis=-1)
    target_b1 = uniform_b[:, None] * blocks_bx[:, -1:]
    block_b = (blocks_bx <= target_b1).sum(-1)
    below_b1 = jnp.take_along_axis(jnp.pad(blocks_bx, ((0, 0), (1, 0))), block_b[:, None], axis=1)
    p_bw = jnp.take_along_axis(p_bxw, block_b[:, None, None], axis=1)[:, 0]
    inside_b = (below_b1 + jnp.cumsum(p_bw, axis=-1) <= target_b1).sum(-1)
    last_b = jnp.where(p_bw > 0, jnp.arange(width), 0).max(-1)  # the two sums may differ in the last bit
    token_b = block_b * width + jnp.minimum(inside_b, last_b)
    token_b = jnp.where(greedy_b, logits_bv.argmax(-1), token_b).astype(jnp.int32)
    return token_b, jnp.take_along_axis(scaled_bv, token_b[:, None], axis=1)[:, 0] - normalizer_b


def _least_kept(p_bv: jax.Array, top_p_b: jax.Array, top_k_b: jax.Array) -> jax.Array:
    """The smallest p that survives: less than top_p of the mass and fewer than top_k tokens lie above it.

    Bisects over the bits of fp32, whose order is that of positive floats: exact in 30 passes, where sorting
    [128, 1024] takes a CPU three decode steps. Tokens of equal p stay or go together.
    """
    mass_b = top_p_b * p_bv.sum(-1)
    most_b = jnp.where(top_k_b > 0, top_k_b, p_bv.shape[-1])

    def halve(_: int, bounds: tuple[jax.Array, jax.Array]) -> tuple[jax.Array, jax.Array]:
        low_b, high_b = bounds
        middle_b = (low_b + high_b) // 2
        above_bv = p_bv > jax.lax.bitcast_convert_type(middle_b, jnp.float32)[:, None]
        kept_b = (jnp.where(above_bv, p_bv, 0).sum(-1) < mass_b) & (above_bv.sum(-1) < most_b)
        return jnp.where(kept_b, low_b, middle_b + 1), jnp.where(kept_b, middle_b, high_b)

    low_b = jnp.zeros(p_bv.shape[:1], jnp.int32)
    high_b = jnp.full_like(low_b, int(np.float32(1).view(np.int32)))  # the most likely token has p = 1
    return jax.lax.bitcast_convert_type(jax.lax.fori_loop(0, 30, halve, (low_b, high_b))[1], jnp.float32)


# --------------------------------------------------------------------------------------------------------- host side


@dataclasses.dataclass(slots=True, eq=False)
class _Request:
    """One turn of one session: `tokens` is the prompt and what was sampled since."""

    tokens: list[int]
    prompt: int  # tokens of the prompt
    end: int  # length at which the turn ends in "length"
    sampling: Sampling
    seed: tuple[int, int]
    session: str
    order: int
    future: asyncio.Future[Generation]
    slot: int = -1
    reused: int = 0  # tokens whose keys and values were not computed for this request
    aborted: bool = False
    logprobs: list[float] = dataclasses.field(default_factory=list)
    versions: list[int] = dataclasses.field(default_factory=list)

    def generation(self, finish: Any) -> Generation:
        cached = min(self.reused, self.prompt - 1)
        return Generation(self.tokens[self.prompt :], self.logprobs, self.versions, finish, cached)


def bucket(n: int, most: int, least: int = 1) -> int:
    """The smallest of 1, 8, 16, 32, 48, 64, 96, 128, ... that is no less than n and `least`; at most `most`."""
    return min(most, next(size for size in SIZES if size >= max(n, least)))


class Engine:
    """InferenceClient on one learner's devices.

    graphdef, params: nnx.split of a Decoder; arrays may be sharded over a ("fsdp", "tensor") mesh. The engine holds
    them, it never copies: whoever donates them to an update step calls `pause` before, and `update_weights` before
    `resume`. slots: conversations whose keys and values are kept (beyond that requests queue and idle ones are
    evicted). max_len: longest conversation in tokens. In lockstep a conversation that was opened and neither sends
    its next request nor is released holds up all others; open new ones before releasing old ones.
    """

    def __init__(
        self,
        graphdef: Any,
        params: Any,
        *,
        slots: int,
        max_len: int,
        lockstep: bool = False,
        decode_chunk: int = 16,
        version: int = 0,
    ) -> None:
        self.slots, self.max_len, self.lockstep, self.decode_chunk = slots, max_len, lockstep, decode_chunk
        self._graphdef, self._params, self._version = graphdef, params, version

        def probe(params: Any) -> tuple[jax.Array, jax.Array]:
            model = nnx.merge(graphdef, params)
            hidden, (k, _) = model(jnp.zeros((1, 1), jnp.int32), jnp.zeros((1, 1), jnp.int32))
            return k, model.logits(hidden)

        k, logits = jax.eval_shape(probe, params)
        self.vocab: int = logits.shape[-1]
        layers, _, _, m, h = k.shape
        # One slot more for padding rows to write to, and room for a chunk's last, unused entries.
        shape = (layers, slots + 1, max_len + max(decode_chunk, PREFILL_LENGTHS[0]), m, h)
        sharding = jax.tree.leaves(params)[0].sharding
        self._mesh = sharding.mesh if isinstance(sharding, NamedSharding) and sharding.mesh.size > 1 else None
        if self._mesh is not None:
            sharding = NamedSharding(self._mesh, partition((None, None, None, "kv_heads", None), shape, self._mesh))
        self._positions = shape[2]
        self._cache: Cache = tuple(jnp.zeros(shape, k.dtype, device=sharding) for _ in "kv")
        self._tokens = np.full((slots, max_len), -1, np.int32)  # what each slot holds, or will once its owner ran
        self._cached = np.zeros(slots, np.int64)  # how many of them have valid keys and values
        self._home: dict[str, int] = {}  # slots of sessions that may come back
        self._used = np.zeros(slots, np.int64)  # iteration of the last use
        names = "sampled prefilled cached compilations iterations decode_steps prefill_s decode_s compile_s"
        self.counters: dict[str, float] = dict.fromkeys(names.split(), 0)
        self._variants: set[tuple[Any, ...]] = set()

        self._wake = threading.Condition()  # guards everything below; the rest belongs to the thread while busy
        self._requests: dict[int, _Request] = {}
        self._open: dict[str, int] = {}
        self._released: list[str] = []
        self._numbers = itertools.count()
        self._paused = self._closed = self._busy = False
        self._holds = 0
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)
        self._thread.start()

    # ---- InferenceClient

    @property
    def version(self) -> int:
        return self._version

    @property
    def cache_bytes(self) -> int:
        return sum(x.nbytes for x in self._cache)

    def open(self, sessions: Sequence[str]) -> None:
        with self._wake:
            for session in sessions:
                self._open.setdefault(session, next(self._numbers))

    async def generate(self, tokens: Sequence[int], sampling: Sampling, *, session: str, seed: int) -> Generation:
        tokens = [int(token) for token in tokens]
        bad = next((i for i, token in enumerate(tokens) if not 0 <= token < self.vocab), None)
        if bad is not None:
            raise ValueError(f"token {bad} of the prompt is {tokens[bad]}: the vocabulary has {self.vocab}")
        if not 1 <= len(tokens) < self.max_len:
            raise ValueError(f"the prompt has {len(tokens)} tokens: at least 1, and below max_len = {self.max_len}")
        future = asyncio.get_running_loop().create_future()
        end = min(len(tokens) + sampling.max_new_tokens, self.max_len)
        halves = (seed >> 32 & 0xFFFFFFFF, seed & 0xFFFFFFFF)
        with self._wake:
            self._check()
            if any(r.session == session and not r.aborted for r in self._requests.values()):
                raise ValueError(f"session {session!r} has a request in flight: one conversation takes turns")
            number = next(self._numbers)
            order = self._open.setdefault(session, number) if self.lockstep else number
            request = _Request(tokens, len(tokens), end, sampling, halves, session, order, future)
            self._requests[number] = request
            self._wake.notify_all()
        try:
            return await future
        except asyncio.CancelledError:
            with self._wake:
                request.aborted = True
                self._wake.notify_all()
            raise

    def release(self, session: str) -> None:
        """Also ends the session's request, if one is in flight: it returns what it has, with finish "abort"."""
        with self._wake:
            self._open.pop(session, None)
            self._released.append(session)
            for request in self._requests.values():
                request.aborted |= request.session == session
            self._wake.notify_all()

    async def update_weights(self, params: Any, version: int) -> None:
        """Waits for the running device call; requests in flight go on under the new weights, prefilled anew."""
        await asyncio.to_thread(self._swap, params, version)

    async def pause(self) -> None:
        """Once this returns no device call is in flight, and none starts before `resume`."""
        with self._wake:
            self._paused = True
        await asyncio.to_thread(self._settle)

    async def resume(self) -> None:
        with self._wake:
            self._check()
            self._paused = False
            self._wake.notify_all()

    async def close(self) -> None:
        with self._wake:
            self._closed = True
            self._wake.notify_all()
        await asyncio.to_thread(self._thread.join)

    # ---- scheduling

    def _check(self) -> None:
        if self._failure is not None:
            raise InferenceError(f"the engine has stopped: {self._failure!r}") from self._failure
        if self._closed:
            raise InferenceError("the engine is closed")

    def _settle(self) -> None:
        with self._wake:
            self._wake.wait_for(lambda: not self._busy)
            self._check()

    def _swap(self, params: Any, version: int) -> None:
        with self._wake:
            self._holds += 1
            self._wake.wait_for(lambda: not self._busy)
            self._holds -= 1
            self._check()
            self._params, self._version = params, version
            self._cached[:] = 0
            for request in self._requests.values():
                request.reused = 0
            self._wake.notify_all()

    def _run(self) -> None:
        try:
            while (work := self._take()) is not None:
                with jax.set_mesh(self._mesh) if self._mesh is not None else contextlib.nullcontext():
                    self._iterate(work)
        except BaseException as error:  # whatever it was belongs to those who wait for an answer
            log.exception("the engine has stopped")
            self._failure = error
        with self._wake:
            self._busy, self._closed = False, True
            error = InferenceError(f"the engine has stopped: {self._failure!r}" if self._failure else "engine closed")
            error.__cause__ = self._failure
            self._answer([(request, error) for request in self._requests.values()])
            self._requests.clear()
            self._wake.notify_all()

    def _take(self) -> list[_Request] | None:
        """Wait until an iteration may start; -> its requests in order of service, or None when closed."""
        with self._wake:
            self._busy = False
            self._wake.notify_all()
            idle = False
            while not self._closed:
                aborted = {n: request for n, request in self._requests.items() if request.aborted}
                self._answer([(request, request.generation("abort")) for request in aborted.values()])
                for number in aborted:
                    del self._requests[number]
                for session in self._released:
                    self._home.pop(session, None)
                self._released.clear()
                waits = len(self._requests) < len(self._open) if self.lockstep else not self._requests
                if not (waits or self._paused or self._holds or not self._requests):
                    if not idle or self.lockstep or not self._wake.wait(COALESCE_S):
                        self._busy = True
                        return sorted(self._requests.values(), key=lambda request: request.order)
                else:
                    idle = True
                    self._wake.wait()
            return None

    def _answer(self, done: Sequence[tuple[_Request, Generation | Exception]]) -> None:
        def deliver(pairs: Sequence[tuple[_Request, Generation | Exception]]) -> None:
            for request, answer in pairs:
                if not request.future.done():
                    put = request.future.set_exception if isinstance(answer, Exception) else request.future.set_result
                    put(answer)

        for loop in {request.future.get_loop() for request, _ in done}:
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(deliver, [pair for pair in done if pair[0].future.get_loop() is loop])

    def _iterate(self, work: list[_Request]) -> None:
        self.counters["iterations"] += 1
        self._admit(work)
        work = [request for request in work if request.slot >= 0]
        prefilled: set[int] = set()
        with self._timed("prefill_s"):
            while batch := self._lacking(work, prefilled):
                self._prefill(batch)
                prefilled |= {request.slot for request in batch}
            jax.block_until_ready(self._cache)
        ready = [request for request in work if self._cached[request.slot] == len(request.tokens) - 1]
        if ready:
            with self._timed("decode_s"):
                self._decode(ready)

    def _admit(self, work: list[_Request]) -> None:
        """Give requests slots: a session's own, else one that nobody owns and that holds the longest prefix of the
        prompt, else the one whose session has been idle longest."""
        taken = {request.slot for request in work if request.slot >= 0}
        new = [request for request in work if request.slot < 0]
        for request in sorted(new, key=lambda request: request.session not in self._home):
            slot = self._home.get(request.session, -1)
            if slot < 0:
                free = [slot for slot in range(self.slots) if slot not in taken]
                if not free:
                    break
                shared = np.minimum(self._shared(request), self._cached)
                owner = {slot: session for session, slot in self._home.items()}
                slot = min(free, key=lambda s: (s in owner, -shared[s] * (s not in owner), self._used[s], s))
                self._home.pop(owner.get(slot, ""), None)
                self._home[request.session] = slot
            taken.add(slot)
            request.slot = slot
            n = len(request.tokens)
            request.reused = self._cached[slot] = min(self._shared(request)[slot], self._cached[slot])
            self.counters["cached"] += request.reused
            self._tokens[slot, :n] = request.tokens
            self._tokens[slot, n:] = -1
        self._used[list(taken)] = self.counters["iterations"]

    def _shared(self, request: _Request) -> np.ndarray:
        """Length of the common prefix of every slot's tokens with the request's, its last token left out; [slots]."""
        n = len(request.tokens) - 1
        differs = np.ones((self.slots, n + 1), bool)
        differs[:, :n] = self._tokens[:, :n] != np.asarray(request.tokens[:n], np.int32)
        return differs.argmax(axis=1)

    def _lacking(self, work: list[_Request], prefilled: set[int]) -> list[_Request]:
        """The requests to prefill now. Copies prefixes that other slots hold, and leaves out requests whose prefix
        an earlier one of this iteration is about to compute."""
        held, coming = self._cached.copy(), np.zeros_like(self._cached)
        batch, copies = [], []
        for request in work:
            slot, need = request.slot, len(request.tokens) - 1
            if need - self._cached[slot] >= SHARE and slot not in prefilled:
                shared = self._shared(request)
                have = np.minimum(shared, held)
                source = int(have.argmax())
                if have[source] - self._cached[slot] >= SHARE:
                    copies.append((source, slot, int(have[source])))
                    request.reused += int(have[source] - self._cached[slot])
                    self.counters["cached"] += have[source] - self._cached[slot]
                    self._cached[slot] = have[source]
                waits = np.minimum(shared, coming).max() - self._cached[slot] >= SHARE
            else:
                waits = False
            if self._cached[slot] < need:
                coming[slot] = need
                if not waits and slot not in prefilled:
                    batch.append(request)
        if copies:
            n = bucket(len(copies), self.slots)
            pairs = np.full((2, n), self.slots, np.int32)
            pairs[:, : len(copies)] = np.asarray(copies).T[:2]
            length = self._length(max(have for _, _, have in copies))
            self._cache = self._call(_copy, (self._cache, pairs[0], pairs[1]), n=n, length=length)
        return batch

    def _prefill(self, batch: list[_Request]) -> None:
        """Compute keys and values of each request's next tokens, at most PREFILL_LENGTHS[-1]."""
        groups: dict[int, list[_Request]] = {}
        for request in batch:
            cached = int(self._cached[request.slot])
            need = len(request.tokens) - 1 - cached
            fits = [t for t in PREFILL_LENGTHS if cached + t <= self._positions]
            groups.setdefault(next((t for t in fits if t >= need), fits[-1]), []).append(request)
        for t, group in sorted(groups.items()):
            most = max(1, min(self.slots, PREFILL_TOKENS // t))
            for i in range(0, len(group), most):
                part = group[i : i + most]
                b = bucket(len(part), most)
                rows = {"slot": np.full(b, self.slots, np.int32)}
                rows |= {name: np.zeros(b, np.int32) for name in ("start", "count")}
                rows["token"] = np.zeros((b, t), np.int32)
                for j, request in enumerate(part):
                    start = int(self._cached[request.slot])
                    count = min(t, len(request.tokens) - 1 - start)
                    rows["slot"][j], rows["start"][j], rows["count"][j] = request.slot, start, count
                    rows["token"][j, :count] = request.tokens[start : start + count]
                    self._cached[request.slot] += count
                length = self._length(rows["start"].max())
                self._cache = self._call(_prefill, (self._params, self._cache, rows), b=b, t=t, length=length)
                self.counters["prefilled"] += int(rows["count"].sum())

    def _decode(self, ready: list[_Request]) -> None:
        n, chunk = len(ready), self.decode_chunk
        b = bucket(n, self.slots)
        width = bucket(max(len(request.sampling.stop_token_ids) for request in ready), 1 << 20, 8)
        rows = {"slot": np.full(b, self.slots, np.int32), "stop": np.full((b, width), -1, np.int32)}
        rows |= {name: np.zeros(b, np.int32) for name in ("token", "start", "limit", "top_k")}
        rows |= {name: np.ones(b, np.float32) for name in ("temperature", "top_p")}
        rows["seed"] = np.zeros((b, 2), np.uint32)
        for j, request in enumerate(ready):
            sampling, start = request.sampling, len(request.tokens) - 1
            rows["slot"][j], rows["token"][j], rows["start"][j] = request.slot, request.tokens[-1], start
            rows["limit"][j] = request.end - len(request.tokens)
            rows["stop"][j, : len(sampling.stop_token_ids)] = sampling.stop_token_ids
            rows["seed"][j], rows["temperature"][j] = request.seed, sampling.temperature
            rows["top_p"][j], rows["top_k"][j] = sampling.top_p, sampling.top_k
        filtered = any(r.sampling.temperature > 0 and (r.sampling.top_p < 1 or r.sampling.top_k > 0) for r in ready)
        # Once the rows left would fit the next smaller bucket, the next iteration is cheaper, and takes in newcomers.
        rows["idle"] = np.int32(max((size for size in SIZES if size < n), default=0) if n > 8 else 0)
        shape = {"b": b, "length": self._length(rows["start"].max()), "filtered": filtered, "width": width}
        self._cache, *out = self._call(_decode, (self._params, self._cache, rows), chunk=chunk, **shape)
        tokens, logprobs, counts = jax.device_get(out)
        self.counters["decode_steps"] += int(counts.max())
        self.counters["sampled"] += int(counts.sum())
        done: list[tuple[_Request, Generation | Exception]] = []
        for j, request in enumerate(ready):
            count = int(counts[j])
            new, n = tokens[j, :count].tolist(), len(request.tokens)
            request.tokens += new
            request.logprobs += logprobs[j, :count].tolist()
            request.versions += [self._version] * count
            self._tokens[request.slot, n : n + count] = new
            self._cached[request.slot] += count
            if new and new[-1] in request.sampling.stop_token_ids:
                done.append((request, request.generation("stop")))
            elif len(request.tokens) == request.end:
                done.append((request, request.generation("length")))
        if not np.isfinite(logprobs[np.arange(chunk) < counts[:, None]]).all():
            raise FloatingPointError(f"logprobs are not finite: parameters of version {self._version} are not")
        with self._wake:
            self._requests = {k: r for k, r in self._requests.items() if all(r is not request for request, _ in done)}
            self._answer(done)

    def _length(self, most: int) -> int:
        """Bucket of cached positions to attend to; 0 if there are none."""
        return bucket(int(most), self._positions, 128) if most else 0

    def _call(self, function: Callable[..., Any], arguments: tuple[Any, ...], **shape: Any) -> Any:
        """Call a jitted function; `shape` is what tells its compiled variants apart (its static arguments included)."""
        static = {name: shape[name] for name in ("length", "chunk", "filtered") if name in shape}
        if function is not _copy:
            static["graphdef"] = self._graphdef
        variant = (function, *shape.values())
        if variant in self._variants:
            return function(*arguments, **static)
        self._variants.add(variant)
        self.counters["compilations"] += 1
        start = time.perf_counter()
        out = jax.block_until_ready(function(*arguments, **static))
        self.counters["compile_s"] += time.perf_counter() - start
        log.info("compiled %s for %s in %.1f s", function.__name__, shape, time.perf_counter() - start)
        return out

    @contextlib.contextmanager
    def _timed(self, phase: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.counters[phase] += time.perf_counter() - start
