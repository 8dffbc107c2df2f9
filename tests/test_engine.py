"""The embedded engine against full forward passes of the same weights, against transformers, and against itself."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import itertools
import os
import random
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
import transformers
from flax import nnx

from codegym_jax import weights
from codegym_jax.inference import engine as engine_module
from codegym_jax.inference.client import Generation, InferenceError, Sampling
from codegym_jax.inference.engine import Engine
from codegym_jax.model import Decoder, ModelConfig, shardings

VOCAB, SLOTS, MAX_LEN = 61, 8, 384
PROMPT = [int(token) for token in np.random.default_rng(0).integers(0, VOCAB, 50)]
GREEDY = Sampling(temperature=0.0, max_new_tokens=20)
SAMPLED = Sampling(max_new_tokens=20)


@functools.cache
def make(seed: int = 0) -> Decoder:
    """A model whose next-token distributions are neither flat nor certain (mean entropy 2.9 of 4.1 nats)."""
    model = Decoder(ModelConfig("qwen3", VOCAB, 24, 2, 4, 2, 8, 40, tie=True, qk_norm=True), rngs=nnx.Rngs(seed))
    keys = iter(jax.random.split(jax.random.key(seed), 64))
    noisy = jax.tree.map(lambda x: x + 0.3 * jax.random.normal(next(keys), x.shape, x.dtype), nnx.state(model))
    nnx.update(model, noisy)
    return model


@contextlib.asynccontextmanager
async def running(model: Decoder | None = None, **options) -> AsyncIterator[Engine]:
    engine = Engine(
        *nnx.split(model or make(), nnx.Param), **({"slots": SLOTS, "max_len": MAX_LEN, "decode_chunk": 4} | options)
    )
    try:
        yield engine
    finally:
        await engine.close()


@functools.partial(jax.jit, static_argnums=0)
def _logits(graphdef, params, tokens):
    model = nnx.merge(graphdef, params)
    return model.logits(model(tokens, jnp.arange(tokens.shape[1])[None])[0])[0]


def reference_logprobs(model: Decoder, prompt: Sequence[int], sampled: Sequence[int], temperature=1.0) -> np.ndarray:
    """Log-softmax of the whole distribution each sampled token came from, by one uncached pass; [len(sampled), v]."""
    tokens = np.zeros((1, MAX_LEN), np.int32)
    tokens[0, : len(prompt) + len(sampled)] = [*prompt, *sampled]
    logits = _logits(*nnx.split(model, nnx.Param), tokens)[len(prompt) - 1 : len(prompt) + len(sampled) - 1]
    return np.asarray(jax.nn.log_softmax(logits / temperature))


def check_logprobs(model: Decoder, prompt: Sequence[int], reply: Generation, temperature: float = 1.0) -> None:
    expected = reference_logprobs(model, prompt, reply.tokens, temperature)
    np.testing.assert_allclose(reply.logprobs, expected[range(len(reply.tokens)), reply.tokens], rtol=0, atol=1e-4)


def check_greedy(model: Decoder, prompt: Sequence[int], reply: Generation) -> None:
    assert reply.tokens == reference_logprobs(model, prompt, reply.tokens).argmax(-1).tolist()
    check_logprobs(model, prompt, reply)


async def until(condition) -> None:
    while not condition():
        await asyncio.sleep(0.001)


@contextlib.contextmanager
def held_after(engine: Engine, iterations: int) -> Iterator[threading.Event]:
    """In the block the engine stops at the start of its next iteration but this many, and sets the event there."""
    permits, reached, iterate = threading.Semaphore(iterations), threading.Event(), engine._iterate

    def gated(work) -> None:
        if not permits.acquire(blocking=False):
            reached.set()
            permits.acquire()
        iterate(work)

    engine._iterate = gated
    try:
        yield reached
    finally:
        permits.release(10_000)


# --------------------------------------------------------------------------------------------- tokens and logprobs


@pytest.mark.parametrize("family", ["Qwen2", "Qwen3", "Llama"])
async def test_greedy_output_equals_that_of_transformers(family: str, tmp_path: Path):
    sizes = {"hidden_size": 24, "num_attention_heads": 4, "num_key_value_heads": 2, "intermediate_size": 40}
    sizes |= {"vocab_size": VOCAB, "num_hidden_layers": 2, "max_position_embeddings": MAX_LEN}
    torch.manual_seed(0)
    theirs = getattr(transformers, f"{family}ForCausalLM")(getattr(transformers, f"{family}Config")(**sizes)).eval()
    for parameter in theirs.parameters():
        parameter.data.normal_(float(parameter.ndim == 1), 0.2)
    theirs.save_pretrained(tmp_path)
    options = {"max_new_tokens": 40, "do_sample": False, "eos_token_id": None, "pad_token_id": 0}
    prompts = [PROMPT[:n] for n in (40, 50)]
    async with running(weights.load(tmp_path)) as engine:
        greedy = Sampling(temperature=0.0, max_new_tokens=40)
        asked = (engine.generate(prompt, greedy, session=str(len(prompt)), seed=0) for prompt in prompts)
        for prompt, reply in zip(prompts, await asyncio.gather(*asked), strict=True):
            seen = torch.ones(1, len(prompt), dtype=torch.long)
            expected = theirs.generate(torch.tensor([prompt]), attention_mask=seen, **options)[0, len(prompt) :]
            assert (reply.tokens, reply.finish) == (expected.tolist(), "length")


@pytest.mark.parametrize("temperature", [0.0, 0.6, 1.0])
async def test_logprobs_equal_those_of_a_full_forward_pass(temperature: float):
    async with running() as engine:
        asked = Sampling(temperature=temperature, max_new_tokens=40)
        reply = await engine.generate(PROMPT, asked, session="a", seed=3)
        assert len(reply.tokens) == 40
        check_logprobs(make(), PROMPT, reply, temperature or 1.0)
        assert len(set(reply.tokens)) > 5  # else the check says little


async def test_prompt_longer_than_a_prefill_goes_in_several_while_others_decode():
    prompt = [*PROMPT * 6, *range(17)]
    async with running() as engine:
        long, short = await asyncio.gather(
            engine.generate(prompt, GREEDY, session="long", seed=0),
            engine.generate(PROMPT[7:], Sampling(temperature=0, max_new_tokens=100), session="short", seed=0),
        )
        check_greedy(make(), prompt, long)
        check_greedy(make(), PROMPT[7:], short)


async def test_samples_depend_on_seed_and_position_and_not_on_the_batch():
    async with running() as engine:
        alone = [await engine.generate(PROMPT, SAMPLED, session=f"alone {seed}", seed=seed) for seed in range(5)]
        crowd = [engine.generate(PROMPT, SAMPLED, session=f"crowd {seed}", seed=seed) for seed in range(5)]
        filtered = engine.generate(PROMPT, Sampling(top_p=0.5), session="filtered", seed=9)  # another compiled variant
        together = (await asyncio.gather(filtered, *crowd))[1:]
        assert [reply.tokens for reply in together] == [reply.tokens for reply in alone]
        assert len({tuple(reply.tokens) for reply in alone}) == 5
        high = await engine.generate(PROMPT, SAMPLED, session="high", seed=1 + (1 << 32))
        assert high.tokens != alone[1].tokens  # all 64 bits of a seed count
        rest = await engine.generate([*PROMPT, *alone[0].tokens[:9]], SAMPLED, session="rest", seed=0)
        assert rest.tokens[:11] == alone[0].tokens[9:]


def draw(logits: Sequence[float], n: int, **columns) -> np.ndarray:
    """n samples of one distribution, with the noise of positions 0, 1, ..."""
    rows = {"temperature": 1.0, "top_p": 1.0, "top_k": 0} | columns
    rows = {name: np.full(n, value) for name, value in rows.items()} | {"seed": np.tile(np.uint32([0, 7]), (n, 1))}
    sample = jax.jit(engine_module._sample, static_argnums=3)
    return np.asarray(
        sample(jnp.tile(jnp.asarray(logits, jnp.float32), (n, 1)), jnp.arange(n), rows, len(columns) > 0)[0]
    )


@pytest.mark.parametrize("size", [7, 1000])
def test_sampled_frequencies_follow_the_distribution(size: int):
    logits = np.random.default_rng(size).normal(size=size) * 1.5
    p = np.exp(logits) / np.exp(logits).sum()
    n = 20_000
    counts = np.bincount(draw(logits, n), minlength=size)
    chi2 = ((counts - n * p) ** 2 / (n * p)).sum()
    assert chi2 < size - 1 + 5 * (2 * (size - 1)) ** 0.5  # 5 standard deviations above its mean


def test_impossible_tokens_are_never_sampled():
    logits = np.full(1000, -np.inf)
    logits[[17, 500, 999]] = 0.0
    assert set(draw(logits, 20_000)) == {17, 500, 999}


def test_top_k_and_top_p_keep_the_tokens_they_are_defined_to_keep():
    p = np.array([0.04, 0.3, 0.2, 0.03, 0.25, 0.15, 0.03])
    logits = np.log(p)
    assert set(draw(logits, 20_000, top_k=3)) == {1, 2, 4}
    assert set(draw(logits, 20_000, top_k=1)) == {1}
    assert set(draw(logits, 20_000, top_p=0.29)) == {1}
    assert set(draw(logits, 20_000, top_p=0.5)) == {1, 4}
    assert set(draw(logits, 20_000, top_p=0.89)) == {1, 2, 4, 5}
    assert set(draw(logits, 20_000, top_p=0.5, top_k=1)) == {1}
    counts = np.bincount(draw(logits, 20_000, top_k=3), minlength=7)
    np.testing.assert_allclose(counts / 20_000, np.where(p >= 0.2, p, 0) / 0.75, atol=0.02)
    spread = np.random.default_rng(0).normal(size=1000) * 3  # against sorting, where sums round differently
    order = np.argsort(-spread)
    mass = np.cumsum(np.exp(spread[order]) / np.exp(spread).sum())
    assert set(draw(spread, 20_000, top_p=0.8)) <= set(order[: np.searchsorted(mass, 0.8 + 1e-6) + 1])


async def test_logprobs_are_not_renormalised_by_top_p_and_top_k():
    async with running() as engine:
        asked = Sampling(temperature=0.8, top_p=0.7, top_k=5, max_new_tokens=40)
        reply = await engine.generate(PROMPT, asked, session="a", seed=0)
        check_logprobs(make(), PROMPT, reply, temperature=0.8)
        ranks = (-reference_logprobs(make(), PROMPT, reply.tokens, 0.8)).argsort(-1).argsort(-1)
        assert 0 < max(ranks[range(40), reply.tokens]) < 5


# ------------------------------------------------------------------------------------------- ends and bad requests


async def test_stop_token_ends_a_turn_and_is_part_of_it():
    async with running() as engine:
        free = await engine.generate(PROMPT, GREEDY, session="a", seed=0)
        stop = free.tokens[7]
        asked = Sampling(temperature=0, max_new_tokens=20, stop_token_ids=(stop, 60))
        reply = await engine.generate(PROMPT, asked, session="b", seed=0)
        assert reply.tokens == free.tokens[: free.tokens.index(stop) + 1]
        assert (reply.finish, len(reply.logprobs), len(reply.versions)) == ("stop", *2 * [len(reply.tokens)])


@pytest.mark.parametrize("most", [1, 4, 5, 13])
async def test_max_new_tokens_is_kept_whatever_the_chunk(most: int):
    async with running() as engine:
        reply = await engine.generate(PROMPT, Sampling(max_new_tokens=most), session="a", seed=0)
        assert (len(reply.tokens), reply.finish) == (most, "length")


async def test_turn_ends_where_the_cache_does():
    prompt = (PROMPT * 8)[: MAX_LEN - 5]
    async with running() as engine:
        reply = await engine.generate(prompt, GREEDY, session="a", seed=0)
        assert (len(reply.tokens), reply.finish) == (5, "length")
        check_greedy(make(), prompt, reply)
        with pytest.raises(ValueError, match=f"{MAX_LEN} tokens.*max_len={MAX_LEN}"):
            await engine.generate(prompt + reply.tokens, GREEDY, session="a", seed=0)


@pytest.mark.parametrize(("tokens", "message"), [([1, 61], "token 1 .* is 61"), ([-1], "is -1"), ([], "0 tokens")])
async def test_malformed_prompt_is_refused_by_name_and_number(tokens: list[int], message: str):
    async with running() as engine:
        with pytest.raises(ValueError, match=message):
            await engine.generate(tokens, GREEDY, session="a", seed=0)


async def test_two_requests_of_one_session_at_once_are_refused():
    async with running() as engine:
        first = asyncio.create_task(engine.generate(PROMPT, GREEDY, session="a", seed=0))
        await asyncio.sleep(0)
        with pytest.raises(ValueError, match="'a' has a request in flight"):
            await engine.generate(PROMPT, GREEDY, session="a", seed=0)
        assert len((await first).tokens) == 20


# -------------------------------------------------------------------------------------------------- the KV cache


async def play(engine: Engine, session: str, turns: int, prompt: Sequence[int] = PROMPT, delay: float = 0.0):
    """A conversation of `turns` turns with 7 tokens of observation between them. -> its (prompt, reply) pairs"""
    rng, tokens, out = random.Random(session), list(prompt), []
    pause = random.Random()
    for _ in range(turns):
        asked = Sampling(max_new_tokens=rng.randrange(4, 12))
        reply = await engine.generate(tokens, asked, session=session, seed=rng.randrange(1 << 40))
        out.append((list(tokens), reply))
        tokens += reply.tokens + rng.choices(range(VOCAB), k=7)
        await asyncio.sleep(delay * pause.random())
    engine.release(session)
    return out


async def test_later_turns_reuse_the_cache_and_sample_as_a_fresh_engine_does():
    async with running() as engine:
        turns = await play(engine, "a", 4)
    for tokens, reply in turns:
        check_logprobs(make(), tokens, reply)
    for (before, answer), (_, reply) in itertools.pairwise(turns):
        assert reply.cached_tokens == len(before) + len(answer.tokens) - 1  # all but the last token sampled
    tokens, last = turns[-1]
    rng = random.Random("a")
    for _ in turns:  # the draws of `play`
        asked, seed = Sampling(max_new_tokens=rng.randrange(4, 12)), rng.randrange(1 << 40)
        rng.choices(range(VOCAB), k=7)
    async with running() as engine:
        fresh = await engine.generate(tokens, asked, session="b", seed=seed)
    assert fresh.tokens == last.tokens
    assert fresh.cached_tokens == 0
    np.testing.assert_allclose(fresh.logprobs, last.logprobs, rtol=0, atol=1e-4)


async def test_prompt_of_a_group_is_prefilled_once():
    async with running() as engine:
        engine.open([str(i) for i in range(6)])
        replies = await asyncio.gather(*(engine.generate(PROMPT, SAMPLED, session=str(i), seed=i) for i in range(6)))
        assert engine.counters["prefilled"] == len(PROMPT) - 1
        assert sorted(reply.cached_tokens for reply in replies) == [0] + 5 * [len(PROMPT) - 1]
        for reply in replies:
            check_logprobs(make(), PROMPT, reply)


async def test_common_beginning_of_different_prompts_is_copied():
    async with running() as engine:
        await engine.generate(PROMPT, GREEDY, session="a", seed=0)
        other = [*PROMPT[:30], 60, 59, 58, *PROMPT[:10]]
        reply = await engine.generate(other, GREEDY, session="b", seed=0)
        assert reply.cached_tokens == 30
        check_greedy(make(), other, reply)


async def test_conversation_that_goes_another_way_keeps_only_what_it_shares():
    async with running() as engine:
        await engine.generate(PROMPT, GREEDY, session="a", seed=0)
        other = [*PROMPT[:20], 60, 59, 58]
        reply = await engine.generate(other, GREEDY, session="a", seed=0)
        assert reply.cached_tokens == 20
        check_greedy(make(), other, reply)


async def test_more_conversations_than_slots_are_evicted_and_come_back():
    async with running(slots=2) as engine:
        prompts = {name: [(token + i) % VOCAB for token in PROMPT] for i, name in enumerate("abcde")}
        for _ in range(2):
            asked = (engine.generate(prompts[name], GREEDY, session=name, seed=0) for name in prompts)
            replies = await asyncio.gather(*asked)
            for name, reply in zip(prompts, replies, strict=True):
                check_greedy(make(), prompts[name], reply)
                prompts[name] = [*prompts[name], *reply.tokens, 5, 6, 7]
        assert sum(reply.cached_tokens == 0 for reply in replies) >= 3  # two slots kept at most two of the five


async def test_longest_idle_conversation_is_the_one_evicted():
    async with running(slots=2) as engine:
        prompts = {name: [(token + i) % VOCAB for token in PROMPT] for i, name in enumerate("abc")}
        cached = []
        for name in "ababcbca":
            reply = await engine.generate(prompts[name], GREEDY, session=name, seed=0)
            cached.append(reply.cached_tokens > 0)
        assert cached == [False, False, True, True, False, True, True, False]


# --------------------------------------------------------------------------------------------------------- weights


async def test_new_weights_take_over_in_mid_flight_and_no_key_or_value_of_the_old_ones_is_used():
    old, new = make(0), make(1)
    asked = Sampling(temperature=0.0, max_new_tokens=100)
    async with running(old) as engine:
        await engine.generate(PROMPT[:30], GREEDY, session="idle", seed=0)
        with held_after(engine, 3) as reached:
            flying = asyncio.create_task(engine.generate(PROMPT, asked, session="flying", seed=0))
            await until(reached.is_set)
            update = asyncio.create_task(engine.update_weights(nnx.state(new, nnx.Param), 5))
            await asyncio.sleep(0)  # until it waits for the iteration
        await update
        assert engine.version == 5
        reply, n = await flying, 16  # it waited for the fourth iteration to end
        assert reply.versions == [0] * n + [5] * (100 - n)
        before, after = (
            Generation(reply.tokens[part], reply.logprobs[part], reply.versions[part], "length")
            for part in (slice(None, n), slice(n, None))
        )
        check_greedy(old, PROMPT, before)
        check_greedy(new, PROMPT + before.tokens, after)
        again = await engine.generate(PROMPT[:40], GREEDY, session="idle", seed=0)
        check_greedy(new, PROMPT[:40], again)


async def test_update_works_while_paused_and_holds_no_old_array():
    model = make(2)
    graphdef, params = nnx.split(model, nnx.Param)
    mine = jax.tree.map(jnp.copy, params)
    engine = Engine(graphdef, mine, slots=SLOTS, max_len=MAX_LEN, decode_chunk=4)
    await engine.generate(PROMPT, GREEDY, session="a", seed=0)
    await engine.pause()
    waiting = asyncio.create_task(engine.generate(PROMPT, GREEDY, session="b", seed=0))
    for array in jax.tree.leaves(mine):  # what donating them to an update step does
        array.delete()
    await asyncio.sleep(0.02)
    assert not waiting.done()
    await engine.update_weights(nnx.state(make(1), nnx.Param), 1)
    assert not waiting.done()
    await engine.resume()
    check_greedy(make(1), PROMPT, await waiting)
    await engine.close()


# ------------------------------------------------------------------------------------------------------ scheduling


async def test_pause_stops_sampling_between_tokens_of_a_turn():
    async with running() as engine:
        with held_after(engine, 1) as reached:
            asked = Sampling(temperature=0.0, max_new_tokens=100)
            task = asyncio.create_task(engine.generate(PROMPT, asked, session="a", seed=0))
            await until(reached.is_set)
            pause = asyncio.create_task(engine.pause())
            await asyncio.sleep(0)  # until it waits for the iteration
        await pause
        await asyncio.sleep(0.03)
        assert engine.counters["sampled"] == 8
        await engine.resume()
        check_greedy(make(), PROMPT, await task)


async def test_cancelled_request_gives_its_slot_to_the_next():
    async with running(slots=2) as engine:
        asked = Sampling(temperature=0.0, max_new_tokens=100)
        with held_after(engine, 1) as reached:
            task, other = (
                asyncio.create_task(engine.generate(PROMPT, asked, session=session, seed=0)) for session in "ac"
            )
            await until(reached.is_set)
            task.cancel()
            await asyncio.sleep(0)
        reply = await engine.generate(PROMPT[5:], GREEDY, session="b", seed=0)
        check_greedy(make(), PROMPT[5:], reply)
        assert task.cancelled()
        assert not other.done()
        check_greedy(make(), PROMPT, await engine.generate(PROMPT, GREEDY, session="a", seed=0))
        check_greedy(make(), PROMPT, await other)


async def test_release_in_mid_flight_returns_what_was_sampled():
    async with running() as engine:
        with held_after(engine, 1) as reached:
            task = asyncio.create_task(engine.generate(PROMPT, Sampling(max_new_tokens=100), session="a", seed=0))
            await until(reached.is_set)
            engine.release("a")
        reply = await task
        assert (reply.finish, len(reply.tokens)) == ("abort", 8)
        check_logprobs(make(), PROMPT, reply)


async def test_lockstep_runs_agree_bitwise_whatever_the_environments_timing():
    async def run() -> list[list[tuple[list[int], list[float], int]]]:
        async with running(slots=20, lockstep=True) as engine:
            names = [f"{i // 4}.{i % 4}" for i in range(16)]
            engine.open(names)
            prompts = [[(token + i // 4) % VOCAB for token in PROMPT] for i in range(16)]
            jobs = [play(engine, name, 1 + i % 5, prompts[i], 0.01) for i, name in enumerate(names)]
            order = random.Random().sample(range(16), 16)
            done = dict(zip(order, await asyncio.gather(*(jobs[i] for i in order)), strict=True))
            return [[(r.tokens, r.logprobs, r.cached_tokens) for _, r in done[i]] for i in range(16)]

    assert await run() == await run()


async def test_lockstep_waits_for_every_open_session():
    async with running(lockstep=True) as engine:
        engine.open(["a", "b"])
        task = asyncio.create_task(engine.generate(PROMPT, GREEDY, session="a", seed=0))
        await asyncio.sleep(0.05)
        assert engine.counters["iterations"] == 0
        engine.release("b")
        check_greedy(make(), PROMPT, await task)


async def test_without_lockstep_a_session_that_never_comes_holds_up_nobody():
    async with running() as engine:
        engine.open(["a", "b"])
        check_greedy(make(), PROMPT, await engine.generate(PROMPT, GREEDY, session="a", seed=0))


async def test_failure_reaches_those_who_wait_and_those_who_come_later():
    graphdef, params = nnx.split(make(), nnx.Param)
    broken = jax.tree.map(lambda x: x * jnp.nan, params)
    engine = Engine(graphdef, broken, slots=SLOTS, max_len=MAX_LEN, decode_chunk=4)
    asked = (engine.generate(PROMPT, GREEDY, session=str(i), seed=0) for i in range(3))
    for error in await asyncio.gather(*asked, return_exceptions=True):
        assert isinstance(error, InferenceError)
        assert isinstance(error.__cause__, FloatingPointError)
    for later in (
        engine.generate(PROMPT, GREEDY, session="a", seed=0),
        engine.pause(),
        engine.update_weights(params, 1),
    ):
        with pytest.raises(InferenceError, match="not finite under the parameters of version 0"):
            await later
    await engine.close()


async def test_close_ends_the_thread_and_the_requests_in_flight():
    async with running() as engine:
        with held_after(engine, 1) as reached:
            task = asyncio.create_task(engine.generate(PROMPT, Sampling(max_new_tokens=100), session="a", seed=0))
            await until(reached.is_set)
            close = asyncio.create_task(engine.close())
            await until(lambda: engine._closed)
        await close
    with pytest.raises(InferenceError, match="closed"):
        await task
    with pytest.raises(InferenceError, match="closed"):
        await engine.generate(PROMPT, GREEDY, session="b", seed=0)
    assert engine._task.done()


async def test_compilations_are_bounded_by_buckets_and_counted():
    async with running() as engine:
        for n in range(1, 50, 3):
            await engine.generate(PROMPT[:n], Sampling(max_new_tokens=1 + n % 5), session=str(n), seed=0)
        # decode with and without a cached prefix; prefill of 16 and 64 tokens, each with and without one; a copy
        assert engine.counters["compilations"] <= 7


async def play_on_mesh(fsdp: int, tensor: int) -> None:
    mesh = jax.make_mesh((fsdp, tensor), ("fsdp", "tensor"), axis_types=(jax.sharding.AxisType.Auto,) * 2)
    graphdef, params = nnx.split(make(), nnx.Param)
    params = jax.device_put(params, shardings(params, mesh))
    engine = Engine(graphdef, params, slots=SLOTS, max_len=MAX_LEN, decode_chunk=4)
    assert engine._cache[0].sharding.shard_shape(engine._cache[0].shape)[3] == 2 // tensor
    for tokens, reply in await play(engine, "a", 3):
        check_logprobs(make(), tokens, reply)
    assert engine_module._decode._cache_size() == 1  # donated caches keep their sharding: nothing is compiled again
    await engine.close()


@pytest.mark.slow
@pytest.mark.parametrize("mesh", [(4, 2), (8, 1)])
def test_sharded_parameters_give_the_same_logprobs(mesh: tuple[int, int]):
    environment = os.environ | {"XLA_FLAGS": "--xla_force_host_platform_device_count=8", "JAX_PLATFORMS": "cpu"}
    code = f"import asyncio, test_engine; asyncio.run(test_engine.play_on_mesh{mesh})"
    subprocess.run([sys.executable, "-c", code], env=environment, cwd=Path(__file__).parent, check=True)


@pytest.mark.parametrize("slots", [3, 8, 20, 32, 64])
async def test_a_full_engine_decodes_in_the_largest_bucket_and_not_in_many_small_ones(slots: int):
    async with running(slots=slots) as engine:
        assert engine._rows[-1] == min(slots, 32)
