"""Episodes against the real sandbox and chat.

The client is a double that speaks prepared turns: no model that fits in a test can be told what to say. The engine
itself is tested in test_engine.py, and both together in test_train.py.
"""

import asyncio
import json
from collections import defaultdict
from pathlib import Path

import pytest

from codegym_jax import environments, rollout, sft
from codegym_jax.chat import Chat, train_tokenizer
from codegym_jax.config import ConfigError
from codegym_jax.inference.client import Generation, InferenceError, Sampling
from codegym_jax.rollout import Actors, Budget, Draw, collect
from codegym_jax.sandbox.pool import Limits, SandboxPool
from codegym_jax.types import Call, Environment, StopReason, Task

STARTER = environments.load(Path(__file__).parents[1] / "envs" / "starter")
TASKS = [task for task in STARTER.split("train") if task.difficulty == 1]
CHAT = Chat(train_tokenizer(["Call one tool per turn"] * 3, 300), "tool_call")
BUDGET = Budget(turns=32, tokens=20_000)
SLOW = '''
import time
import gymnasium
class SlowEnv(gymnasium.Env):
    """Wait, then answer 1."""
    def __init__(self, env_str=None):
        self.func_mapping = {"Done": 0}
        self.done = False
    @staticmethod
    def from_env_str(env_str):
        return SlowEnv(env_str)
    @property
    def finished(self):
        return self.done
    @property
    def reward(self):
        return 1.0
    def step(self, action):
        time.sleep(0.7)
        self.done = True
        return True, "correct"
    def Done(self, answer):
        """Hand in."""
'''


class Scripted:
    """Speaks `turns[session]`; a turn is text, an exception to raise, or (text, finish)."""

    version = 4

    def __init__(self, turns):
        self.turns, self.opened, self.released = turns, [], []
        self.said = defaultdict(int)

    def open(self, sessions):
        self.opened.append(list(sessions))

    async def generate(self, tokens, sampling, *, session, seed):
        await asyncio.sleep(0)
        turn = self.turns[session][self.said[session]]
        self.said[session] += 1
        if isinstance(turn, Exception):
            raise turn
        tokens = turn if isinstance(turn, list) else [*CHAT._encode(turn), CHAT.stop_token_ids[0]]
        finish = "stop" if len(tokens) <= sampling.max_new_tokens else "length"
        tokens = tokens[: sampling.max_new_tokens]
        return Generation(tokens, [-0.25] * len(tokens), [self.version] * len(tokens), finish)

    def release(self, session):
        self.released.append(session)


def draw(task: Task, group: int = 0, environment: Environment | None = None) -> Draw:
    return Draw(group, task, environment or STARTER.environments[task.environment])


def call(name, **arguments):
    return CHAT.call_text(Call(name, arguments))


async def play(
    draws, turns, samples=1, budget=BUDGET, chat=CHAT, live=64, limits=None, on_episode=lambda e: None, gate=None
):
    client = Scripted(turns)
    sampling = Sampling(max_new_tokens=4000, stop_token_ids=chat.stop_token_ids)
    async with SandboxPool(limits or Limits(), 1) as pool:
        actors = Actors(client, chat, pool, gate=gate)
        groups = await collect(
            draws, samples, actors, sampling, budget, seed=0, live=live, label="t", on_episode=on_episode
        )
    assert sorted(client.released) == sorted(name for wave in client.opened for name in wave)
    return groups, client


@pytest.mark.parametrize("task", TASKS[:: max(1, len(TASKS) // 8)], ids=lambda t: t.environment)
async def test_an_oracle_speaking_through_the_chat_solves_its_task(task):
    environment = STARTER.environments[task.environment]
    async with SandboxPool(zygotes=1) as pool:
        trajectory = await pool.solve(environment.source, environment.class_name, task.config)
    actions = [json.loads(action) for action, _ in trajectory.steps]
    turns = [CHAT.turn(Call(a["name"], a["parameters"])) for a in actions]
    ((episode,),), _ = await play([draw(task)], {"t-0.0": turns})
    assert (episode.stop, episode.reward, episode.calls) == (StopReason.ANSWERED, 1.0, task.oracle_calls)
    assert episode.observations == [observation for _, observation in trajectory.steps]
    (row,) = episode.rows
    expected = sft.conversation(CHAT, (environment, task, trajectory), BUDGET.turns)
    assert (row.tokens, row.trained) == (expected.tokens, expected.trained)
    sampled = [i for i, trained in enumerate(row.trained) if trained]
    assert [row.tokens[i] for i in sampled] == [token for turn in turns for token in turn]
    assert {row.logprobs[i] for i in sampled} == {-0.25}
    assert {row.versions[i] for i in sampled} == {4}


async def test_a_malformed_call_costs_a_turn_and_is_told_what_is_wrong():
    bad, good = "I think the answer is 5.", call("Done", answer=999_999)
    ((episode,),), _ = await play([draw(TASKS[0])], {"t-0.0": [bad, good]})
    assert (episode.malformed, episode.calls, episode.stop) == (1, 1, StopReason.WRONG)
    assert "Expected one <tool_call>" in episode.observations[0]
    ((episode,),), _ = await play([draw(TASKS[0])], {"t-0.0": [bad] * 3}, budget=Budget(3, 20_000))
    assert (episode.malformed, episode.stop) == (3, StopReason.TURN_BUDGET)
    ((episode,),), _ = await play([draw(TASKS[0])], {"t-0.0": [bad, bad, good]}, budget=Budget(3, 20_000, 2))
    assert (episode.malformed, episode.calls, episode.stop) == (2, 0, StopReason.MALFORMED)
    assert len(episode.actions) == len(episode.observations) == 2


async def test_budgets_end_an_episode():
    observe = call("Observe")
    ((episode,),), _ = await play([draw(TASKS[0])], {"t-0.0": [observe] * 9}, budget=Budget(4, 20_000))
    assert (episode.stop, episode.calls) == (StopReason.TURN_BUDGET, 4)
    prompt = len(
        CHAT.prompt(
            STARTER.environments[TASKS[0].environment].statement, STARTER.environments[TASKS[0].environment].tools, 32
        )
    )
    tokens = prompt + 150
    ((episode,),), _ = await play([draw(TASKS[0])], {"t-0.0": [observe] * 99}, budget=Budget(32, tokens))
    assert episode.stop is StopReason.TOKEN_BUDGET
    assert len(episode.rows[0]) <= tokens
    with pytest.raises(ConfigError, match=r"rollout\.max_tokens"):
        await play([draw(TASKS[0])], {}, budget=Budget(32, prompt))


async def test_every_failure_is_a_value_and_leaves_the_others_alone():
    broken = Environment(
        "x__BrokenEnv", "class BrokenEnv:\n    def from_env_str(s):\n        raise ValueError('no')\n", "s", ()
    )
    draws = [draw(TASKS[0], 0), draw(Task("x__BrokenEnv", "{}"), 1, broken), draw(TASKS[1], 2)]
    turns = {"t-0.0": [InferenceError("server gone")], "t-2.0": [call("Done", answer=999_999)]}
    groups, _ = await play(draws, turns)
    lost, crashed, wrong = (group[0] for group in groups)
    assert (lost.stop, lost.stop.trainable) == (StopReason.INFRASTRUCTURE, False)
    assert "server gone" in lost.detail
    assert (crashed.stop, crashed.sampled_tokens) == (StopReason.ENV_CRASH, 0)
    assert wrong.stop is StopReason.WRONG


async def test_a_batch_of_which_nothing_could_be_played_is_an_error_with_the_reason():
    gone = {f"t-{i}.0": [InferenceError("server gone")] for i in range(2)}
    with pytest.raises(InferenceError, match=r"none of 2 episodes could be played.*server gone"):
        await play([draw(TASKS[0], 0), draw(TASKS[1], 1)], gone)


async def test_a_slow_environment_holds_up_nobody():
    slow = draw(Task("x__SlowEnv", "{}"), 0, Environment("x__SlowEnv", SLOW, "wait", ()))
    ended = []
    turns = {"t-0.0": [call("Done", answer=1)]} | {
        f"t-{i}.0": [call("Observe")] * 3 + [call("Done", answer=999_999)] for i in (1, 2)
    }
    draws = [slow, draw(TASKS[0], 1), draw(TASKS[1], 2)]
    groups, _ = await play(draws, turns, on_episode=lambda e: ended.append(e.group))
    assert ended[-1] == 0
    assert groups[0][0].stop is StopReason.ANSWERED


async def test_groups_keep_their_order_and_start_in_waves():
    draws = [draw(task, i) for i, task in enumerate(TASKS[:3])]
    turns = {f"t-{i}.{k}": [call("Done", answer=999_999)] for i in range(3) for k in range(2)}
    groups, client = await play(draws, turns, samples=2, live=4)
    assert [[(e.group, e.sample) for e in group] for group in groups] == [[(i, 0), (i, 1)] for i in range(3)]
    assert [len(wave) for wave in client.opened] == [4, 2]


async def test_a_gate_lets_so_many_episodes_play_and_gives_each_place_on_at_once():
    playing, most, ended = 0, 0, []

    class Watched(asyncio.Semaphore):
        async def __aenter__(self):
            nonlocal playing, most
            await super().__aenter__()
            playing += 1
            most = max(most, playing)

        async def __aexit__(self, *error):
            nonlocal playing
            playing -= 1
            await super().__aexit__(*error)

    slow = draw(Task("x__SlowEnv", "{}"), 0, Environment("x__SlowEnv", SLOW, "wait", ()))
    draws = [slow, *(draw(task, i) for i, task in enumerate(TASKS[:4], 1))]
    turns = {f"t-{i}.0": [call("Done", answer=1 if i == 0 else 999_999)] for i in range(5)}
    groups, client = await play(draws, turns, gate=Watched(2), on_episode=lambda e: ended.append(e.group))
    assert most == 2
    assert ended == [1, 2, 3, 4, 0]  # in their order, and none waits for a wave to end
    assert [group[0].group for group in groups] == [0, 1, 2, 3, 4]
    assert [len(wave) for wave in client.opened] == [5]


async def test_idle_time_is_that_in_which_nothing_goes_on(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(rollout.time, "monotonic", lambda: now[0])
    busy = rollout.Busy()
    now[0] = 2.0
    with busy:
        now[0] = 5.0
        with busy:
            now[0] = 6.0
        now[0] = 7.0
        assert busy.idle() == 2.0
    now[0] = 7.5
    assert busy.idle() == 2.5


async def test_a_template_that_rewrites_history_forks_a_row_each_turn():
    tokenizer = train_tokenizer(["Call one tool per turn"] * 3, 300)
    tokenizer.chat_template = tokenizer.chat_template.replace("m.content", "(m.content.split('</think>') | last)")
    chat = Chat(tokenizer, "tool_call")
    assert chat.rewrites_history
    turns = ["<think>hm</think>" + call("Observe"), "<think>so</think>" + call("Done", answer=999_999)]
    ((episode,),), _ = await play([draw(TASKS[0])], {"t-0.0": turns}, chat=chat)
    assert [sum(row.trained) > 0 for row in episode.rows] == [True, True]
    assert "hm" in chat.decode(episode.rows[0].tokens)
    assert "hm" not in chat.decode(episode.rows[1].tokens)
