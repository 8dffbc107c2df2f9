"""The embedded engine: continuous batching in JAX on the learner's own arrays.

A task of the event loop runs iterations in a thread: give requests slots of a KV cache, prefill what is not cached,
decode up to `decode_chunk` tokens in one device call, answer what finished. A slot keeps its conversation between
turns, so a turn prefills only the observation; a prompt that another slot holds, or is about to, is copied instead of
computed again. Requests, releases and new weights take effect between iterations.

The invariant that keeps this small: a request of n tokens decodes when exactly n - 1 are cached. Prefill then needs
no logits, every token is sampled in one place, and new weights mean "nothing is cached" and no more.

A sample is a function of (seed, position, logits). Logits depend on the batch in their last bits; in lockstep an
iteration waits until every open session has sent its request or was released, and serves them in the order of `open`:
batches are then a function of the tokens, and two runs agree bitwise whatever the environments' timing.

Shapes come in buckets to bound compilations. Axis letters are model.py's, k the tokens of a chunk, w a few of v.
"""

from __future__ import annotations

import asyncio
import collections
import contextlib
import dataclasses
import functools
import logging
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from jax.sharding import NamedSharding

from codegym_jax.attention import Part
from codegym_jax.inference.client import Generation, InferenceError, Sampling
from codegym_jax.model import partition

log = logging.getLogger(__name__)

SHARE = 16  # a prefix of another slot is copied where it saves at least this many tokens of prefill
PREFILL_LENGTHS = (16, 64, 256)  # tokens of a row in one prefill; of the last, how many a request gets an iteration
PREFILL_TOKENS = 8192  # tokens of one prefill, padding included: bounds its activations
CACHED_LENGTHS = (0, 128, *(n for e in range(8, 26) for n in (1 << e, 3 << e - 1)))  # 256, 384, 512, 768, 1024, ...
COALESCE_S = 0.001  # an idle engine starts once no request has come for this long: turns end in bursts

# ------------------------------------------------------------------------------------------------------- device side

Cache = tuple[jax.Array, ...]  # keys and values, each [layers, slots + 1, positions, kv_heads, head_dim]
Rows = dict[str, Any]  # one array a column, one row a request; padding rows use the slot behind the last


def _past(cache: Cache, rows: Rows, length: int) -> list[Part]:
    """The first start [b] entries of each row's slot, as a past part of the model."""
    k, v = (x.at[:, rows["slot"], :length].get(mode="promise_in_bounds") for x in cache)
    return [(k, v, jnp.arange(length) < rows["start"][:, None])] if length else []


def _write(cache: Cache, new: Cache, rows: Rows) -> Cache:
    """Each row's t new entries go to its slot, from its start on. Entries past a row's count are never read."""
    at = (slice(None), rows["slot"][:, None], rows["start"][:, None] + jnp.arange(new[0].shape[2]))
    return jax.tree.map(lambda x, y: x.at[at].set(y, mode="promise_in_bounds"), cache, new)


@functools.partial(jax.jit, static_argnames=("length",), donate_argnames=("cache",))
def _copy(cache: Cache, rows: Rows, *, length: int) -> Cache:
    return jax.tree.map(lambda x: x.at[:, rows["target"], :length].set(x[:, rows["source"], :length]), cache)


@functools.partial(jax.jit, static_argnames=("graphdef", "length"), donate_argnames=("cache",))
def _prefill(params: Any, cache: Cache, rows: Rows, *, graphdef: Any, length: int) -> Cache:
    """Keys and values of token [b, t] (count [b] of them real) from position start [b] on, into the cache."""
    steps_t = jnp.arange(rows["token"].shape[1])
    positions_bt = rows["start"][:, None] + steps_t
    segments_bt = (steps_t < rows["count"][:, None]).astype(jnp.int32)
    _, new = nnx.merge(graphdef, params)(rows["token"], positions_bt, segments_bt, _past(cache, rows, length))
    return _write(cache, new, rows)


@functools.partial(jax.jit, static_argnames=("graphdef", "length", "chunk", "filtered"), donate_argnames=("cache",))
def _decode(
    params: Any, apart: Any, cache: Cache, rows: Rows, *, graphdef: Any, length: int, chunk: int, filtered: bool
) -> tuple[Cache, jax.Array, jax.Array, jax.Array]:
    """Sample up to `chunk` tokens a row; end early once at most rows["idle"] rows are left.

    rows: token [b] (the last one, not cached yet), start [b] (its position), limit [b] (tokens the row may sample;
    0 in padding), stop [b, w], and what _sample takes; apart: Decoder.apart, on a CPU.
    -> cache, tokens [b, k], logprobs [b, k], counts [b].
    """
    model = nnx.merge(graphdef, params)
    model.unroll = False  # unrolled layers copy their slice of the prefix at every step: up to 40 % slower on a CPU
    start_b, b = rows["start"], len(rows["start"])
    prefix = _past(cache, rows, length)
    fresh: Any = (jnp.zeros((len(cache[0]), b, chunk, *cache[0].shape[3:]), cache[0].dtype),) * 2
    back: Callable[[Any], Any] = tuple
    if apart is not None:  # here and not in a step, which would copy each layer out again
        prefix, fresh, back = [(*_turned(kv), valid) for *kv, valid in prefix], _turned(fresh), _turned_back

    def step(carry: tuple[Any, ...]) -> tuple[Any, ...]:
        i, token_b, live_b, count_b, tokens_bk, logprobs_bk, new = carry
        past = [(*back(kv), valid) for *kv, valid in [*prefix, (*new, jnp.arange(chunk)[None] < i)]]
        hidden, kv = model(token_b[:, None], start_b[:, None] + i, None, past, apart)
        token_b, logprob_b = _sample(model.logits(hidden)[:, 0], start_b + i + 1, rows, filtered)
        count_b = count_b + live_b
        live_b = live_b & (count_b < rows["limit"]) & (token_b[:, None] != rows["stop"]).all(-1)
        tokens_bk, logprobs_bk = tokens_bk.at[:, i].set(token_b), logprobs_bk.at[:, i].set(logprob_b)
        new = _append(new, i, kv, apart is not None)
        return i + 1, token_b, live_b, count_b, tokens_bk, logprobs_bk, new

    zeros_bk = jnp.zeros((b, chunk), jnp.int32)
    out = (zeros_bk[:, 0], zeros_bk, zeros_bk.astype(jnp.float32), fresh)
    carry = (0, rows["token"], rows["limit"] > 0, *out)
    carry = jax.lax.while_loop(lambda carry: (carry[0] < chunk) & (carry[2].sum() > rows["idle"]), step, carry)
    *_, count_b, tokens_bk, logprobs_bk, new = carry
    new = new if apart is None else tuple(jnp.stack(x) for x in back(new))
    return _write(cache, new, rows), tokens_bk, logprobs_bk, count_b


def _turned(kv: Any) -> Any:
    """Keys [l, b, s, m, h] as l arrays [b, m, h, s], values as [b, m, s, h]: what a CPU's product over a head reads in
    order. From the cache as it lies, 30 layers of [32, 128, 3, 64] take 62 ms, and 9 ms when turned."""
    k_l, v_l = tuple(x.transpose(0, 2, 3, 1) for x in kv[0]), tuple(x.transpose(0, 2, 1, 3) for x in kv[1])
    return jax.lax.optimization_barrier((k_l, v_l))  # or else the compiler turns them in every step


def _turned_back(kv: Any) -> Any:
    return tuple(x.transpose(0, 3, 1, 2) for x in kv[0]), tuple(x.transpose(0, 2, 1, 3) for x in kv[1])


def _append(new: Any, i: jax.Array, kv: Any, apart: bool) -> Any:
    """Step i of a chunk: kv, as the model returns it, into the keys and values of the chunk."""
    if not apart:
        return jax.tree.map(lambda x, y: x.at[:, :, i].set(y[:, :, 0]), new, kv)
    k_l = tuple(x.at[..., i].set(y[:, 0]) for x, y in zip(new[0], kv[0]))
    return k_l, tuple(x.at[:, :, i].set(y[:, 0]) for x, y in zip(new[1], kv[1]))


@functools.partial(jax.jit, static_argnums=0)
def _apart(graphdef: Any, params: Any) -> list[dict[str, jax.Array]]:
    return nnx.merge(graphdef, params).apart()


def _sample(logits_bv: jax.Array, position_b: jax.Array, rows: Rows, filtered: bool) -> tuple[jax.Array, jax.Array]:
    """One token a row by inverting the cumulative distribution, and its logprob; client.py has the definition.

    One uniform number a row, from (seed, position): a tenth of the cost of Gumbel noise for every logit. rows: seed
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
    # Two levels, blocks and then within one: a cumulative sum over all of v costs 3 times as much on a CPU. A uniform
    # is at most 1 - 2**-23, so the target stays below the total, and the block it falls into is not an empty one.
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
    likeliest_b = jnp.where(scaled_bv == top_b[:, None], jnp.arange(v), v).min(-1)  # argmax, but in vectors on a CPU
    token_b = jnp.where(greedy_b, likeliest_b, token_b).astype(jnp.int32)
    return token_b, jnp.take_along_axis(scaled_bv, token_b[:, None], axis=1)[:, 0] - normalizer_b


def _least_kept(p_bv: jax.Array, top_p_b: jax.Array, top_k_b: jax.Array) -> jax.Array:
    """The smallest p that survives: less than top_p of the mass and fewer than top_k tokens lie above it.

    Bisects over the bits of fp32, whose order is that of the positive floats: exact in 30 passes, where sorting
    [128, 1024] takes a CPU as long as three decode steps. Tokens of equal p stay or go together.
    """
    mass_b = top_p_b * p_bv.sum(-1)
    most_b = jnp.where(top_k_b > 0, top_k_b, p_bv.shape[-1])

    def halve(_: int, bounds: tuple[jax.Array, jax.Array]) -> tuple[jax.Array, jax.Array]:
        low_b, high_b = bounds
        middle_b = (low_b + high_b) // 2
        above_bv = p_bv > jax.lax.bitcast_convert_type(middle_b, jnp.float32)[:, None]
        kept_b = (jnp.where(above_bv, p_bv, 0).sum(-1) < mass_b) & (above_bv.sum(-1) < most_b)
        return jnp.where(kept_b, low_b, middle_b + 1), jnp.where(kept_b, middle_b, high_b)

    low_b = jnp.zeros(len(p_bv), jnp.int32)
    high_b = jnp.full_like(low_b, int(np.float32(1).view(np.int32)))  # the most likely token has p = 1
    return jax.lax.bitcast_convert_type(jax.lax.fori_loop(0, 30, halve, (low_b, high_b))[1], jnp.float32)


# --------------------------------------------------------------------------------------------------------- host side


@dataclasses.dataclass(slots=True, eq=False)
class _Request:
    """One turn of one session: `tokens` is the prompt and what was sampled since."""

    session: str
    tokens: list[int]
    prompt: int  # tokens of the prompt
    end: int  # length at which the turn ends in "length"
    sampling: Sampling
    seed: int
    future: asyncio.Future[Generation]
    slot: int = -1
    reused: int = 0  # tokens whose keys and values were not computed for this request
    logprobs: list[float] = dataclasses.field(default_factory=list)
    versions: list[int] = dataclasses.field(default_factory=list)


def _parts(items: list[Any], sizes: Sequence[int]) -> Iterator[tuple[list[Any], int]]:
    """Batches and the sizes (ascending) they are padded to: at most half is padding, except in the smallest."""
    while n := len(items):
        size = max((size for size in sizes if size <= n), default=sizes[0])
        size = next((larger for larger in sizes if n <= larger < 2 * n), size)
        yield items[:size], size
        items = items[size:]


def _columns(b: int, types: dict[str, str], rows: list[tuple[Any, ...]], padding: tuple[Any, ...]) -> Rows:
    """Columns of b rows. `types` has numpy's notation: "(8,)i4" is 8 numbers of int32 a row."""
    table = np.array(rows + [padding] * (b - len(rows)), list(types.items()))
    return {name: table[name] for name in types}


class Engine:
    """InferenceClient on one learner's devices.

    graphdef, params: nnx.split of a Decoder; arrays may be sharded over a ("fsdp", "tensor") mesh. The engine holds
    them and copies none, but for the layers on a CPU: whoever donates them to an update step calls `pause` before it,
    and `update_weights` before `resume`. slots: conversations whose keys and values are kept; beyond that requests
    queue and the longest idle conversation is evicted. max_len: tokens of the longest conversation.
    In lockstep a session that is open and neither sends its next request nor is released holds up all others, and
    new sessions are opened before old ones are released, or else their start depends on timing.
    """

    def __init__(
        self, graphdef: Any, params: Any, *, slots: int, max_len: int, lockstep: bool = False, decode_chunk: int = 16
    ) -> None:
        self.slots, self.max_len, self.lockstep, self.decode_chunk = slots, max_len, lockstep, decode_chunk
        self._graphdef, self._params, self.version = graphdef, params, 0
        model = nnx.merge(graphdef, params)
        c, self.vocab = model.config, model.config.vocab
        # One slot more, which padding rows write to, and room behind max_len for the unused end of a chunk.
        self._positions = max_len + max(decode_chunk, PREFILL_LENGTHS[0])
        shape = (c.layers, slots + 1, self._positions, c.kv_heads, c.head_dim)
        sharding = jax.tree.leaves(params)[0].sharding
        self._mesh: Any = sharding.mesh if isinstance(sharding, NamedSharding) and sharding.mesh.size > 1 else None
        if self._mesh is not None:
            sharding = NamedSharding(self._mesh, partition((None, None, None, "kv_heads", None), shape, self._mesh))
        self._cache: Cache = tuple(jnp.zeros(shape, model.dtype, device=sharding) for _ in "kv")
        # A CPU copies a layer out of the stacked parameters whenever it runs it, a quarter of a decode step's time.
        self._take_apart = jax.default_backend() == "cpu" and self._mesh is None
        self._apart = _apart(graphdef, params) if self._take_apart else None
        # Rows of a device call. A CPU takes nearly 32 times as long for 32 rows as for one, and longer yet for each
        # once they outgrow its caches; an accelerator reads the weights once for all rows.
        steps = (8, 32) if jax.default_backend() == "cpu" else tuple(8 << e for e in range(8))
        self._rows = sorted({min(n, slots) for n in steps})

        self._tokens = np.full((slots, max_len), -1, np.int32)  # what each slot holds, or will once its request ran
        self._cached = np.zeros(slots, np.int64)  # how many of these have valid keys and values
        self._used = np.zeros(slots, np.int64)  # iteration of the last use
        self._home: dict[str, int] = {}  # slots of sessions that may come back
        self._variants: set[tuple[Any, ...]] = set()
        self.counters = dict.fromkeys(("sampled", "prefilled", "cached", "compilations", "iterations"), 0)

        # What follows belongs to the event loop; what is above to the thread while an iteration runs.
        self._requests: dict[str, _Request] = {}  # by session; a conversation takes turns
        self._open: dict[str, None] = {}  # an ordered set
        self._aborted: list[_Request] = []
        self._released = collections.deque[str]()  # for the thread
        self._paused = self._closed = False
        self._failure: BaseException | None = None
        self._wake = asyncio.Event()
        self._iterating = asyncio.Lock()  # fair: who waits for it gets it before the next iteration
        self._loop = asyncio.get_running_loop()
        self._task = self._loop.create_task(self._serve())

    def open(self, sessions: Sequence[str]) -> None:
        self._open |= dict.fromkeys(sessions)

    async def generate(self, tokens: Sequence[int], sampling: Sampling, *, session: str, seed: int) -> Generation:
        """See InferenceClient. Seeds count modulo 2**64; max_new_tokens is cut to the room below max_len."""
        tokens = [int(token) for token in tokens]
        if bad := next(((i, token) for i, token in enumerate(tokens) if not 0 <= token < self.vocab), None):
            raise ValueError(f"token {bad[0]} of the prompt is {bad[1]}: the vocabulary has {self.vocab} entries")
        if not 1 <= len(tokens) < self.max_len:
            raise ValueError(f"the prompt has {len(tokens)} tokens: at least 1 and fewer than max_len={self.max_len}")
        self._check()
        if session in self._requests:
            raise ValueError(f"session {session!r} has a request in flight: a conversation takes turns")
        end = min(len(tokens) + sampling.max_new_tokens, self.max_len)
        request = _Request(session, tokens, len(tokens), end, sampling, seed, self._loop.create_future())
        self._requests[session] = request
        self._open |= {session: None} if self.lockstep else {}
        self._wake.set()
        try:
            return await request.future
        finally:
            if self._requests.get(session) is request:
                del self._requests[session]

    def release(self, session: str) -> None:
        """Also ends the request the session has in flight, if any: it returns what it has, with finish "abort"."""
        self._open.pop(session, None)
        self._released.append(session)
        if request := self._requests.pop(session, None):
            self._aborted.append(request)
        self._wake.set()

    async def update_weights(self, params: Any, version: int) -> None:
        """Waits for the running iteration; requests in flight go on under the new weights, prefilled anew."""
        async with self._iterating:
            self._check()
            self._params, self.version = params, version
            self._apart = None  # first, so that two copies never exist
            self._apart = _apart(self._graphdef, params) if self._take_apart else None
            self._cached[:] = self._used[:] = 0  # as in a new engine: a resumed run fills the same slots
            for request in self._requests.values():
                request.reused = 0

    async def pause(self) -> None:
        """Once this returns no device call is in flight, and none starts before `resume`."""
        async with self._iterating:
            self._check()
            self._paused = True

    async def resume(self) -> None:
        self._paused = False
        self._wake.set()

    async def close(self) -> None:
        self._closed = True
        self._wake.set()
        await self._task

    def _check(self) -> None:
        if self._closed:
            why = f"has stopped: {self._failure!r}" if self._failure else "is closed"
            raise InferenceError(f"the engine {why}") from self._failure

    async def _serve(self) -> None:
        try:
            while not self._closed:
                while self._aborted:
                    self._answer(self._aborted.pop(), "abort")
                if not self._work():
                    self._wake.clear()
                    await self._wake.wait()
                    seen = -1
                    while not self.lockstep and seen != len(self._requests):
                        seen = len(self._requests)
                        await asyncio.sleep(COALESCE_S)
                async with self._iterating:
                    if work := self._work():
                        await asyncio.to_thread(self._iterate, work)
        except BaseException as error:  # whatever it was, those who wait for an answer get it
            log.exception("the engine has stopped")
            self._failure = error
        self._closed = True
        for request in [*self._requests.values(), *self._aborted]:
            try:
                self._check()
            except InferenceError as error:
                if not request.future.done():
                    request.future.set_exception(error)

    def _work(self) -> list[_Request]:
        """The requests of the next iteration in order of service; none while it has to wait."""
        waiting = {session: request for session, request in self._requests.items() if not request.future.done()}
        if self._paused or (self.lockstep and self._open.keys() - waiting):
            return []
        return [waiting[session] for session in (self._open if self.lockstep else waiting)]

    def _answer(self, request: _Request, finish: Any) -> None:
        if not request.future.done():  # cancelled
            cached, tokens = min(request.reused, request.prompt - 1), request.tokens[request.prompt :]
            request.future.set_result(Generation(tokens, request.logprobs, request.versions, finish, cached))

    def _iterate(self, work: list[_Request]) -> None:
        self.counters["iterations"] += 1
        self._admit(work)
        work = [request for request in work if request.slot >= 0]
        filled = np.zeros(self.slots, np.int64)  # tokens prefilled in this iteration, by slot
        while batch := self._lacking(work, filled):
            self._fill(batch, filled)
        ready = [request for request in work if self._cached[request.slot] == len(request.tokens) - 1]
        ready.sort(key=lambda request: len(request.tokens))  # all rows of a part attend to as much as its longest
        # The device goes on with the next part while this thread hands out the tokens of the last.
        for part, out in [(part, self._start(part, b)) for part, b in _parts(ready, self._rows)]:
            self._finish(part, *jax.device_get(out))
        jax.block_until_ready(self._cache)

    def _admit(self, work: list[_Request]) -> None:
        """Give requests slots: a session's own, else a slot that no session owns, preferring the one that holds most
        of the prompt, else that of the session that has been idle longest."""
        while self._released:
            self._home.pop(self._released.popleft(), None)
        taken = {request.slot for request in work if request.slot >= 0}
        new = [request for request in work if request.slot < 0]
        for request in sorted(new, key=lambda request: request.session not in self._home):
            shared = np.minimum(self._shared(request), self._cached)
            slot = self._home.get(request.session, -1)
            if slot < 0:
                if len(taken) == self.slots:
                    break
                owner = {slot: session for session, slot in self._home.items()}
                free = ((s in owner, 0 if s in owner else -shared[s], self._used[s], s) for s in range(self.slots))
                slot = min(entry for entry in free if entry[-1] not in taken)[-1]
                self._home.pop(owner.get(slot, ""), None)
                self._home[request.session] = slot
            taken.add(slot)
            request.slot, request.reused = slot, int(shared[slot])
            self._cached[slot] = shared[slot]
            self.counters["cached"] += request.reused
            self._tokens[slot] = -1
            self._tokens[slot, : len(request.tokens)] = request.tokens
        self._used[list(taken)] = self.counters["iterations"]

    def _shared(self, request: _Request) -> np.ndarray:
        """Length of the common prefix of each slot's tokens with the request's, its last token left out; [slots]."""
        ended = np.array([*request.tokens[:-1], -2], np.int32)  # no slot holds a -2, so there is a first difference
        return (self._tokens[:, : len(ended)] != ended).argmax(axis=1)

    def _lacking(self, work: list[_Request], filled: np.ndarray) -> list[_Request]:
        """The requests to prefill now. Copies prefixes that other slots hold; leaves out requests whose prefix an
        earlier one is about to compute, and those that got their share of this iteration."""
        held, coming = self._cached.copy(), np.zeros_like(self._cached)
        batch, copies = [], []
        for request in work:
            slot, need = request.slot, len(request.tokens) - 1
            waits = False
            if need - self._cached[slot] >= SHARE and not filled[slot]:
                shared = self._shared(request)
                source = int(np.minimum(shared, held).argmax())
                if (more := int(min(shared[source], held[source]) - self._cached[slot])) >= SHARE:
                    copies.append((source, slot))
                    self._cached[slot] += more
                    request.reused += more
                    self.counters["cached"] += more
                waits = np.minimum(shared, coming).max() - self._cached[slot] >= SHARE
            if self._cached[slot] < need:
                coming[slot] = need
                if not waits and filled[slot] < PREFILL_LENGTHS[-1]:
                    batch.append(request)
        for part, b in _parts(copies, self._rows[-1:]):
            rows = _columns(b, {"source": "i4", "target": "i4"}, part, (self.slots, self.slots))
            length = self._length(self._cached[target] for _, target in part)
            self._cache = self._call(_copy, self._cache, rows, length=length)
        return batch

    def _fill(self, batch: list[_Request], filled: np.ndarray) -> None:
        """Prefill each request's next tokens, as many as fill more than half of a bucket."""
        groups: dict[int, list[tuple[Any, ...]]] = {}
        for request in sorted(batch, key=lambda request: self._cached[request.slot]):
            slot, start = request.slot, int(self._cached[request.slot])
            lacking = request.tokens[start:-1]
            fits = [t for t in PREFILL_LENGTHS[1:] if t < 2 * len(lacking) and start + t <= self._positions]
            t = max(fits, default=PREFILL_LENGTHS[0])
            count = min(t, len(lacking))
            groups.setdefault(t, []).append((slot, start, count, lacking[:count] + [0] * (t - count)))
            self._cached[slot] += count
            filled[slot] += count
            self.counters["prefilled"] += count
        for t, rows in sorted(groups.items()):
            types = {"slot": "i4", "start": "i4", "count": "i4", "token": f"({t},)i4"}
            for part, b in _parts(rows, [n for n in self._rows if n * t <= PREFILL_TOKENS] or self._rows[:1]):
                columns = _columns(b, types, part, (self.slots, 0, 0, [0] * t))
                length = self._length(row[1] for row in part)
                self._cache = self._call(_prefill, self._params, self._cache, columns, length=length)

    def _start(self, part: Sequence[_Request], b: int) -> tuple[jax.Array, ...]:
        sampling = [r.sampling for r in part]
        width = -(-max(len(s.stop_token_ids) for s in sampling) // 8) * 8
        types = {"slot": "i4", "start": "i4", "token": "i4", "limit": "i4", "stop": f"({width},)i4"}
        types |= {"seed": "(2,)u4", "temperature": "f4", "top_p": "f4", "top_k": "i4"}
        table = []
        for r, s in zip(part, sampling):
            stop = [*s.stop_token_ids, *[-1] * (width - len(s.stop_token_ids))]
            place = (r.slot, len(r.tokens) - 1, r.tokens[-1], r.end - len(r.tokens))
            table.append((*place, stop, divmod(r.seed % (1 << 64), 1 << 32), s.temperature, s.top_p, s.top_k))
        rows = _columns(b, types, table, (self.slots, 0, 0, 0, [-1] * width, (0, 0), 1, 1, 0))
        # Rows that would fit a smaller bucket do better in the next iteration, together with newcomers.
        rows["idle"] = np.int32(max((n for n in self._rows if n < len(part)), default=0))
        filtered = any(s.temperature and (s.top_p < 1 or s.top_k) for s in sampling)
        static = {"length": self._length(row[1] for row in table), "chunk": self.decode_chunk, "filtered": filtered}
        self._cache, *out = self._call(_decode, self._params, self._apart, self._cache, rows, **static)
        return tuple(out)

    def _finish(self, part: Sequence[_Request], tokens: np.ndarray, logprobs: np.ndarray, counts: np.ndarray) -> None:
        for request, count, row, scores in zip(part, counts.tolist(), tokens.tolist(), logprobs.tolist()):
            if not np.isfinite(scores[:count]).all():
                raise FloatingPointError(f"logprobs are not finite under the parameters of version {self.version}")
            self._tokens[request.slot, len(request.tokens) :][:count] = row[:count]
            self._cached[request.slot] += count
            request.tokens += row[:count]
            request.logprobs += scores[:count]
            request.versions += [self.version] * count
            stopped = count and row[count - 1] in request.sampling.stop_token_ids
            if stopped or len(request.tokens) == request.end:
                self._loop.call_soon_threadsafe(self._answer, request, "stop" if stopped else "length")
        self.counters["sampled"] += int(counts.sum())

    def _length(self, cached: Any) -> int:
        most = max(cached)
        return min(next(n for n in CACHED_LENGTHS if n >= most), self._positions)

    def _call(self, function: Callable[..., Any], *arguments: Any, **static: Any) -> Any:
        """Call a jitted function on the parameters' mesh, and count the variants that were compiled."""
        self._variants.add((function, *(x.shape for x in jax.tree.leaves(arguments[-1])), *static.values()))
        self.counters["compilations"] = len(self._variants)
        static |= {"graphdef": self._graphdef} if function is not _copy else {}
        with contextlib.nullcontext() if self._mesh is None else jax.set_mesh(self._mesh):
            return function(*arguments, **static)
