"""Whatever a policy says to an environment, and whatever a child says to the pool, an episode ends in a typed outcome.

The second is held against a reader of the protocol written here: a reply counts only if it is literally one.
"""

import asyncio
import dataclasses
import itertools
import json
import math
import sys

import msgpack
import pytest
from hostile import CONFIG, HONEST, HOSTILE, TIGHT, well
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from codegym_jax.sandbox import SandboxPool
from codegym_jax.types import StepReply, StopReason

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere rlimits alone hold, and there is no /proc")

# Faults of an environment or of a policy; our own failure and the budgets of a policy are none.
TYPED = {None, StopReason.ANSWERED, StopReason.WRONG, StopReason.PROTOCOL} | {
    stop for stop in StopReason if stop.value.startswith("env_")
}
ROOMY = dataclasses.replace(TIGHT, step_wall_s=15, spawn_wall_s=15, solve_wall_s=60)  # on a busy machine too
fuzzed = settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module")
def rig():
    """One pool for all examples, and what runs a coroutine in its event loop."""
    with asyncio.Runner() as runner:
        pool = SandboxPool(ROOMY, zygotes=1)
        runner.run(pool.__aenter__())
        yield pool, runner.run
        runner.run(pool.__aexit__(None, None, None))
        counters = pool.counters
        assert counters.pop("spawned") == sum(counters.values())


# --- what a policy may say ---

TEXT = st.text(st.characters() | st.sampled_from("\0\n'\"\\{}\ud800\udfff"), max_size=40)  # lone surrogates as well
NUMBERS = st.integers() | st.integers(-(10**30), 10**30) | st.floats()
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)
NAMES = """Observe Echo Draw Done step solve reset finished reward generate from_env_str numbers __init__ __class__
__dict__ __reduce__ __getattribute__ __setattr__ __delattr__ __dir__ __format__ __sizeof__ __eq__ __hash__""".split()
CALLS = st.builds(
    lambda name, parameters: json.dumps({"name": name, "parameters": parameters}),
    st.sampled_from(NAMES) | TEXT,
    st.dictionaries(
        st.sampled_from(["text", "times", "answer", "action", "env_str", "seed"]) | TEXT, VALUES, max_size=3
    )
    | VALUES,
)
ACTIONS = (
    CALLS
    | TEXT
    | st.builds(json.dumps, VALUES)
    | st.builds(lambda deep: "[" * deep + "]" * deep, st.integers(1, 40_000))
    | st.builds(lambda text, times: text * times, TEXT, st.integers(1, 4000))
)


def check(reply):
    assert type(reply) is StepReply
    assert reply.stop in TYPED
    assert reply.reward == float(reply.stop is StopReason.ANSWERED)
    assert len(reply.observation.encode()) <= TIGHT.observation_bytes + 100  # and its notice


@fuzzed
@given(st.lists(ACTIONS, min_size=1, max_size=5))
@example(['{"name": "Echo", "parameters": {"text": "x", "times": 100000000}}'])
@example(['{"name": "Echo", "parameters": {"text": "\\ud800", "times": 3}}', "\ud800", "\0", "NaN", "1" * 5000])
def test_any_action_gets_a_typed_reply(rig, actions):
    pool, run = rig

    async def episode():
        session = await pool.spawn(HONEST, "SumEnv", CONFIG)
        assert session.failure is None, session.detail
        for action in actions:
            check(await session.step(action))
        await session.close()
        assert await well(pool)

    run(episode())


MUTATED = st.builds(
    lambda at, length, new: HONEST[:at] + new + HONEST[at + length :],
    st.integers(0, len(HONEST)),
    st.integers(0, 20),
    TEXT
    | st.sampled_from(["(", ")", ":", "\n", " ", "self", "return ", "lambda: ", "del ", "raise ", "* 9", "yield "]),
)


@fuzzed
@given(MUTATED | TEXT, st.just("SumEnv") | TEXT, st.just(CONFIG) | TEXT | st.builds(json.dumps, VALUES))
def test_any_source_and_configuration_get_a_typed_outcome(rig, source, class_name, config):
    pool, run = rig

    async def episode():
        session = await pool.spawn(source, class_name, config)
        assert session.failure in TYPED
        check(await session.step('{"name": "Done", "parameters": {"answer": 6}}'))
        await session.close()
        trajectory = await pool.solve(source, class_name, config)
        assert trajectory.stop in TYPED
        assert trajectory.reward == float(trajectory.stop is StopReason.ANSWERED)
        assert await well(pool)

    run(episode())


# --- what a child may say ---

KINDS = ["ok", "done", "step", "code", "up", "answered", "wrong", "infrastructure", *(s for s in TYPED if s)]
PACKED = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats()
    | st.text(max_size=20)
    | st.binary(max_size=20)
    | st.sampled_from([*KINDS, msgpack.ExtType(5, b"x"), msgpack.Timestamp(1, 1)]),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=10,
)
SEQUENCES = st.sampled_from([0, 1, 1, 1, 2, -1])
SHORT = st.text(max_size=9)
REPLIES = st.one_of(
    st.tuples(SEQUENCES, st.just("ok"), SHORT, st.booleans()),
    st.tuples(SEQUENCES, st.just("done"), SHORT, st.booleans(), st.floats() | st.sampled_from([0.0, 1.0, 1, True])),
    st.tuples(SEQUENCES, st.just("step"), SHORT, SHORT),
    st.tuples(SEQUENCES, st.sampled_from(KINDS), PACKED),
    st.builds(lambda head, tail: [*head, *tail], st.tuples(SEQUENCES, st.sampled_from(KINDS)), st.lists(PACKED)),
    st.tuples(SEQUENCES, st.just("ok"), st.just("x" * 12_000), st.booleans()),
)


def framed(data):
    return len(data).to_bytes(4, "big") + data


@st.composite
def mutated(draw, frames):
    """A frame with a few bytes changed, put in, or taken out."""
    data = bytearray(draw(frames))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(data)))
        data[at : at + draw(st.integers(0, 2))] = draw(st.binary(max_size=2))
    return bytes(data)


VALID = (REPLIES | PACKED).map(msgpack.packb).map(framed)
FRAMES = VALID | mutated(VALID) | st.binary(max_size=30).map(framed) | st.binary(max_size=30)
STREAMS = st.lists(FRAMES, max_size=3).map(b"".join)


def verdicts(stream, mode):
    """What may become of an episode whose child sends these bytes, then exits. mode: step, spawn or solve."""
    while True:
        end = 4 + int.from_bytes(stream[:4], "big")
        if not stream:
            return {StopReason.ENV_CRASH}
        if len(stream) < max(end, 4) or (mode == "step" and end > 12_000):
            return {StopReason.PROTOCOL}
        try:
            frame = msgpack.unpackb(stream[4:end])
        except Exception:
            return {StopReason.PROTOCOL}
        stream = stream[end:]
        match frame:
            case [0, "step", str(), str()] if mode == "solve":
                continue
            case [n, "ok", str(), bool()] if mode != "solve" and n == (mode == "step"):
                late = (
                    StopReason.PROTOCOL if stream else StopReason.ENV_CRASH
                )  # what follows it may come before we look
                return {None, late} if stream or mode == "spawn" else {None}
            case [n, "done", str(), bool(), float(reward)] if mode != "spawn" and n == (mode == "step"):
                if math.isfinite(reward):
                    return {StopReason.ANSWERED if reward >= 1 else StopReason.WRONG}
            case [n, "env_crash" | "env_memory" | "protocol_violation" as stop, str()] if n == (mode == "step"):
                return {StopReason(stop)}
        return {StopReason.PROTOCOL}


# The constructor runs the configuration, solve() what that says.
SPEAKER = HOSTILE + "\n    def solve(self):\n        exec(self.code)\n"


@pytest.mark.parametrize("mode", ["step", "spawn", "solve"])
@fuzzed
@given(stream=STREAMS, cuts=st.lists(st.integers(0, 60), max_size=3))
@example(stream=framed(msgpack.packb([0, "done", "", False, 1.0])), cuts=[])
@example(stream=framed(msgpack.packb([1, "done", "", False, 1.0])), cuts=[1, 3, 4, 5])
@example(stream=framed(msgpack.packb([1, "ok", "", False])), cuts=[2])
@example(stream=framed(msgpack.packb([0, "ok", "", False])), cuts=[2])
@example(stream=b"", cuts=[])
def test_a_stream_counts_only_if_it_is_a_reply(rig, mode, stream, cuts):
    pool, run = rig
    bounds = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    chunks = [stream[a:b] for a, b in itertools.pairwise(bounds)]
    speak = f"import os\nfor chunk in {chunks}: os.write(3, chunk)\nos._exit(0)"

    async def episode():
        if mode == "solve":
            trajectory = await pool.solve(SPEAKER, "HostileEnv", f"env.code = {speak!r}")
            return trajectory.stop, trajectory.reward
        session = await pool.spawn(SPEAKER, "HostileEnv", speak if mode == "spawn" else "")
        stop, reward = session.failure, 0.0
        if mode == "step":
            assert stop is None, session.detail
            stop, reward = (await session.step(speak))[1:3]
        if stop is None:
            after = await session.step("")
            assert (after.stop in (StopReason.ENV_CRASH, StopReason.PROTOCOL), after.reward) == (True, 0.0)
        else:
            assert (await session.step("")).stop is stop
        await session.close()
        return stop, reward

    stop, reward = run(episode())
    assert stop in verdicts(stream, mode)
    assert reward == float(stop is StopReason.ANSWERED)
    assert run(well(pool))
