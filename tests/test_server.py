"""The environment server: both protocols to a reward, and what clients, environments and dying processes may do to it.

Real servers on free ports, the real sandbox. OpenEnv is spoken by that package's own client.
"""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import aiohttp
import psutil
import pytest
from openenv.core import GenericEnvClient

from codegym_jax import environments
from codegym_jax.environments import EnvironmentSet, parse_environment
from codegym_jax.sandbox.pool import SandboxPool
from codegym_jax.sandbox.server import EnvironmentServer, serving
from codegym_jax.types import Task

ROOT = Path(__file__).resolve().parents[1]
STARTER = environments.load(ROOT / "envs" / "starter")
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere rlimits alone hold, and there is no /proc")

# What the starter set has none of: a tool that takes its time, a reward that is no number, a constructor that raises.
ODD = """
import ast, json, time
import gymnasium

class OddEnv(gymnasium.Env):
    '''Say 42.'''
    def __init__(self, env_str=None):
        if ast.literal_eval(env_str.split("@", 1)[1])["raises"]:
            raise ValueError("as configured")
        self.func_mapping = {"Sleep": 0, "Done": 1}
        self.finished, self.reward = False, 0

    @staticmethod
    def from_env_str(env_str):
        return OddEnv(env_str)

    def step(self, action):
        call = json.loads(action)
        return True, getattr(self, call["name"])(**call["parameters"])

    def Sleep(self, seconds):
        time.sleep(seconds)
        return "slept"

    def Done(self, answer):
        self.finished, self.reward = True, float(answer)
        return "done"
"""
ODD_NAME = "odd_1__OddEnv"
ODD_SET = EnvironmentSet({ODD_NAME: parse_environment(ODD, ODD_NAME, "here")}, ())
ODD_TASK = f'{ODD_NAME}@{{"raises": False}}'


class Client:
    """What a trainer has: the reference server's routes, each a status and a JSON object."""

    def __init__(self, server: EnvironmentServer, http: aiohttp.ClientSession, url: str) -> None:
        self.server, self.http, self.url = server, http, url

    async def get(self, path: str, **query: Any) -> tuple[int, Any]:
        async with self.http.get(path, params=query) as reply:
            return reply.status, await reply.json()

    async def post(self, path: str, **body: Any) -> tuple[int, Any]:
        async with self.http.post(path, json=body) as reply:
            return reply.status, await reply.json()

    async def start(self, env_str: str, session_id: str = "s") -> None:
        status, body = await self.post("/start", session_id=session_id, env_str=env_str, env_name="codegym_v1")
        assert status == 200, body

    async def oracle(self, task: Task) -> list[str]:
        environment = STARTER.environments[task.environment]
        solved = await self.server.pool.solve(environment.source, environment.class_name, task.config)
        return [action for action, _ in solved.steps]


@contextlib.asynccontextmanager
async def running(tasks: EnvironmentSet = STARTER, **options: Any) -> AsyncIterator[Client]:
    async with SandboxPool(zygotes=1) as pool:
        server = EnvironmentServer(pool, tasks, **options)
        async with serving(server, "127.0.0.1", 0) as url, aiohttp.ClientSession(url) as http:
            yield Client(server, http, url)


def wrong(done: str) -> str:
    """A well-formed Done with another answer than this one."""
    call = json.loads(done)
    return json.dumps(call | {"parameters": {"answer": call["parameters"]["answer"] + 1}})


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.02)


def children(pid: int = 0) -> list[psutil.Process]:
    return psutil.Process(pid or os.getpid()).children(recursive=True)


# ---- the protocol of CodeGym's environment server ----


@pytest.mark.parametrize("index", [0, 500, 900])
async def test_an_oracle_earns_its_reward_over_the_reference_routes(index):
    task = STARTER.tasks[index]
    async with running() as client:
        _, instance = await client.get("/get_instance")
        assert client.url.endswith(f":{instance['port']}")
        status, body = await client.post(
            "/start", session_id="s", env_str=task.id.removeprefix("codegym_v1@"), env_name="codegym_v1"
        )
        assert (status, body["session_id"], type(body["observation"])) == (200, "s", str)
        for action in await client.oracle(task):
            assert await client.get("/is_done", session_id="s") == (200, {"done": False, "stop": None})
            status, body = await client.post("/step", session_id="s", action=action, timeout=10)
            assert (status, body["status"]) == (200, True)
        assert await client.get("/is_done", session_id="s") == (200, {"done": True, "stop": "answered"})
        assert (await client.get("/reward", session_id="s"))[1]["reward"] == 1
        assert await client.get("/release_instance", uid=instance["uid"]) == (
            200,
            {"uid": instance["uid"], "status": "released"},
        )
        assert (await client.post("/stop", session_id="s"))[0] == 200
        assert client.server.sessions == client.server.granted == {}


async def test_the_first_done_is_final():
    task = STARTER.tasks[0]
    async with running() as client:
        *_, done = await client.oracle(task)
        await client.start(task.id)
        _, first = await client.post("/step", session_id="s", action=wrong(done))
        _, second = await client.post("/step", session_id="s", action=done)
        assert first == second
        assert (first["reward"], first["stop"]) == (0, "wrong")
        assert (await client.get("/reward", session_id="s"))[1]["reward"] == 0


@pytest.mark.parametrize("path", ["/get_attribute", "/reset"])
async def test_what_would_give_the_answer_or_a_second_attempt_away_is_absent(path):
    async with running() as client:
        await client.start(STARTER.tasks[0].id)
        for status, body in (
            await client.get(path, session_id="s", attribute_name="get_ref_answer"),
            await client.post(path, session_id="s", attribute_name="get_ref_answer"),
        ):
            assert (status, list(body)) == (404, ["detail"])
            assert "on purpose" in body["detail"]


async def test_sessions_that_never_were_and_sessions_that_are_gone():
    async with running() as client:
        await client.start(STARTER.tasks[0].id)
        assert (await client.post("/stop", session_id="s"))[0] == 200
        for session_id, expected in (("never", 404), ("s", 410)):
            for status, body in (
                await client.post("/step", session_id=session_id, action="{}"),
                await client.get("/is_done", session_id=session_id),
                await client.get("/reward", session_id=session_id),
            ):
                assert status == expected
                assert body["detail"].startswith(f"session_id: {session_id!r}")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b'{"session_id": "t", ', "body"),
        (b"[1]", "body"),
        (b"[" * 100_000, "body"),
        (b'{"env_str": "\xff"}', "body"),
        (b'{"env_str": "starter_01__HeaviestCrateEnv@{\\"weights\\": \\"\\ud800\\"}"}', "body"),
        (b'{"env_str": 5}', "env_str"),
        (b'{"env_str": "starter_01__HeaviestCrateEnv"}', "env_str"),
        (b'{"env_str": "starter_99__NoSuchEnv@{}"}', "env_str"),
        (b'{"env_str": "starter_01__HeaviestCrateEnv@{}", "env_name": "other"}', "env_name"),
        (b'{"session_id": "a b", "env_str": "starter_01__HeaviestCrateEnv@{}"}', "session_id"),
        (b'{"seed": -1}', "seed"),
        (b'{"seed": true}', "seed"),
        (b'{"split": "nowhere"}', "split"),
    ],
)
async def test_a_bad_start_is_told_its_field(body, field):
    async with running() as client, client.http.post("/start", data=body) as reply:
        assert reply.status == (404 if b"NoSuch" in body else 400)
        told = await reply.json()
        assert told["detail"].startswith(f"{field}:")
        assert "Traceback" not in told["detail"]


async def test_a_step_without_an_action_leaves_the_session_usable():
    task = STARTER.tasks[0]
    async with running() as client:
        await client.start(task.id)
        status, body = await client.post("/step", session_id="s", action={"name": "Done"})
        assert (status, body["detail"].partition(":")[0]) == (400, "action")
        status, body = await client.post("/step", session_id="s", action=(await client.oracle(task))[0])
        assert (status, body["done"]) == (200, False)


async def test_a_body_that_is_too_large_is_413():
    async with running(request_bytes=4096) as client:
        status, body = await client.post("/start", env_str="x" * 5000)
        assert (status, list(body)) == (413, ["detail"])


async def test_the_session_may_be_named_in_the_url():
    async with running() as client:
        await client.start(STARTER.tasks[0].id)
        async with client.http.post("/step?session_id=s", json={"action": "{}"}) as reply:
            assert reply.status == 200
        async with client.http.post("/step?session_id=s", json={"session_id": "t", "action": "{}"}) as reply:
            assert (reply.status, (await reply.json())["detail"].partition(":")[0]) == (400, "session_id")


async def test_a_start_may_be_repeated_until_the_first_step():
    task, other = STARTER.tasks[:2]
    async with running() as client:
        await client.start(task.id)
        await client.start(task.id)  # the reply was lost
        assert client.server.pool.counters["spawned"] == 1
        assert (await client.post("/start", session_id="s", env_str=other.id))[0] == 409
        await client.post("/step", session_id="s", action="{}")
        assert (await client.post("/start", session_id="s", env_str=task.id))[0] == 409  # it would be another attempt


async def test_no_more_sessions_than_allowed():
    task = STARTER.tasks[0]
    async with running(live=2) as client:
        assert (await client.get("/get_instance"))[0] == 200
        assert (await client.get("/get_instance"))[0] == 200
        async with client.http.get("/get_instance") as reply:
            assert (reply.status, reply.headers["Retry-After"]) == (503, "1")
        await client.start(task.id, "a")  # take the two promised places
        await client.start(task.id, "b")
        status, body = await client.post("/start", session_id="c", env_str=task.id)
        assert (status, "stop" in body) == (503, False)
        await client.post("/stop", session_id="a")
        await client.start(task.id, "c")


async def test_an_idle_session_is_released_and_leaves_no_process():
    async with running(idle_s=0.3) as client:
        before = len(children())
        await client.get("/get_instance")
        await client.start(STARTER.tasks[0].id)
        assert len(children()) == before + 1
        await until(lambda: not client.server.sessions and len(children()) == before)
        status, body = await client.post("/step", session_id="s", action="{}")
        assert status == 410
        assert "released" in body["detail"]
        assert client.server.pool.counters["live"] == 0


async def test_an_idle_session_gives_up_its_process_and_goes_on():
    task = STARTER.tasks[0]
    async with running(evict_s=0.2) as client:
        before, actions = len(children()), await client.oracle(task)
        await client.start(task.id)
        for action in actions:
            await until(lambda: len(children()) == before)
            status, body = await client.post("/step", session_id="s", action=action)
        assert (status, body["reward"]) == (200, 1)


async def test_one_step_of_a_session_at_a_time_and_a_stop_is_no_verdict():
    sleep = json.dumps({"name": "Sleep", "parameters": {"seconds": 8}})
    async with running(ODD_SET) as client:
        await client.start(ODD_TASK)
        first = asyncio.create_task(client.post("/step", session_id="s", action=sleep))
        await until(lambda: client.server.sessions["s"].busy)
        assert (await client.post("/step", session_id="s", action=sleep))[0] == 409
        assert (await client.post("/stop", session_id="s"))[0] == 200
        status, body = await first
        assert (status, list(body)) == (410, ["detail"])


async def test_an_episode_that_cannot_start_is_told_why_and_frees_its_place():
    async with running(ODD_SET, live=1) as client:
        status, body = await client.post("/start", session_id="s", env_str=f'{ODD_NAME}@{{"raises": True}}')
        assert (status, body["stop"]) == (400, "env_crash")
        assert "as configured" in body["detail"]
        await client.start(ODD_TASK)


async def test_a_forged_reward_is_no_reward_of_0():
    async with running(ODD_SET) as client:
        await client.start(ODD_TASK)
        done = json.dumps({"name": "Done", "parameters": {"answer": "nan"}})
        for status, body in (
            await client.post("/step", session_id="s", action=done),
            await client.get("/reward", session_id="s"),
        ):
            assert (status, body["stop"], "reward" in body) == (502, "protocol_violation", False)
        assert (await client.get("/is_done", session_id="s"))[1]["done"] is True


async def test_a_failure_of_ours_is_no_reward_of_0():
    async with contextlib.AsyncExitStack() as stack:
        async with SandboxPool(zygotes=1) as pool:
            server = EnvironmentServer(pool, STARTER)
            url = await stack.enter_async_context(serving(server, "127.0.0.1", 0))
            client = Client(server, await stack.enter_async_context(aiohttp.ClientSession(url)), url)
            await client.start(STARTER.tasks[0].id)
        for status, body in (  # the pool is closed, under a session that lives
            await client.post("/step", session_id="s", action="{}"),
            await client.get("/reward", session_id="s"),
            await client.post("/start", session_id="t", env_str=STARTER.tasks[0].id),
        ):
            assert (status, body["stop"], "reward" in body) == (503, "infrastructure", False)
        assert (await client.get("/is_done", session_id="s"))[1] == {"done": True, "stop": "infrastructure"}
        async with GenericEnvClient(base_url=url) as openenv:
            with pytest.raises(RuntimeError, match="EXECUTION_ERROR"):
                await openenv.reset(seed=0)


async def test_a_killed_zygote_costs_no_episode_a_wrong_reward():
    task = STARTER.tasks[0]
    async with running() as client:
        actions = await client.oracle(task)
        await client.start(task.id, "hit")
        await client.post("/step", session_id="hit", action=actions[0])
        for process in children():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        for action in actions[1:]:  # brought back by replay, or told that it is no verdict
            status, body = await client.post("/step", session_id="hit", action=action)
            if status != 200:
                assert (status, body["stop"], "reward" in body) == (503, "infrastructure", False)
                break
        assert body.get("reward") in (1, None)
        await client.start(task.id, "next")
        for action in actions:
            status, body = await client.post("/step", session_id="next", action=action)
        assert (status, body["reward"]) == (200, 1)


async def test_a_bug_of_ours_is_no_verdict_and_its_traceback_stays_here(monkeypatch, caplog):
    async with running() as client:
        await client.start(STARTER.tasks[0].id)
        monkeypatch.setattr(client.server.sessions["s"].session, "step", None)
        assert await client.post("/step", session_id="s", action="{}") == (
            500,
            {"detail": "a bug of this server; its log has the traceback"},
        )
        assert "TypeError" in caplog.text


async def test_tasks_are_listed_in_pages_and_health_tells_the_walls():
    async with running() as client:
        _, page = await client.get("/tasks", split="unseen_env", offset=3, limit=2)
        listed = [row["task"] for row in page["tasks"]]
        assert listed == [task.id for task in STARTER.split("unseen_env")[3:5]]
        assert page["total"] == len(STARTER.split("unseen_env"))
        _, health = await client.get("/health")
        assert health["isolation"] == client.server.pool.isolation
        assert (health["status"], health["live"], health["tasks"]) == ("healthy", 0, len(STARTER.tasks))


# ---- OpenEnv, with its own client ----


async def play(url: str, actions: list[str], **reset: Any) -> Any:
    async with GenericEnvClient(base_url=url) as client:
        result = await client.reset(**reset)
        assert not result.done
        assert result.observation["tools"]
        for action in actions:
            assert not result.done
            result = await client.step(json.loads(action))
        assert (await client.state())["step_count"] == len(actions)
        return result


async def test_openenv_clients_play_to_the_reward_all_at_once():
    train = STARTER.split("train")
    picked = {8 * i: train[8 * i] for i in range(6)}
    async with running() as client:
        oracles = {seed: await client.oracle(task) for seed, task in picked.items()}
        by_task = [play(client.url, oracles[seed], task=task.id) for seed, task in picked.items()]
        by_seed = [play(client.url, actions, seed=seed) for seed, actions in oracles.items()]
        by_config = [
            play(client.url, oracles[seed], environment=task.environment, config=json.loads(task.config))
            for seed, task in picked.items()
        ]
        results = await asyncio.gather(*by_task, *by_seed, *by_config)
        assert [(result.done, result.reward) for result in results] == [(True, 1.0)] * 18
        await until(lambda: not client.server.sessions)


async def test_openenv_a_wrong_answer_is_0_and_final_until_a_reset():
    task = STARTER.tasks[0]
    async with running() as client, GenericEnvClient(base_url=client.url) as openenv:
        *_, done = await client.oracle(task)
        await openenv.reset(task=task.id)
        for action in (wrong(done), done):
            result = await openenv.step(json.loads(action))
            assert (result.done, result.reward) == (True, 0.0)
        await openenv.reset(task=task.id)
        result = await openenv.step(json.loads(done))
        assert (result.done, result.reward) == (True, 1.0)
        assert len(client.server.sessions) == 1


async def test_openenv_is_told_what_is_wrong_and_goes_on():
    async with running(live=1) as client, GenericEnvClient(base_url=client.url) as openenv:
        with pytest.raises(RuntimeError, match="SESSION_ERROR"):
            await openenv.step({"name": "Observe", "parameters": {}})
        with pytest.raises(RuntimeError, match=r"split: 'nowhere'.*VALIDATION_ERROR"):
            await openenv.reset(split="nowhere")
        await openenv.reset(seed=0)
        with pytest.raises(RuntimeError, match=r"action: .*VALIDATION_ERROR"):
            await openenv.step({"code": "1"})
        async with GenericEnvClient(base_url=client.url) as second:
            with pytest.raises(RuntimeError, match="CAPACITY_REACHED"):
                await second.reset(seed=0)
        assert not (await openenv.step({"name": "Observe", "parameters": {}})).done


async def test_a_lost_connection_ends_its_episode():
    async with running() as client:
        socket = await client.http.ws_connect("/ws")
        await socket.send_json({"type": "reset", "data": {"seed": 0}})
        assert (await socket.receive_json())["type"] == "observation"
        socket._response.connection.transport.abort()  # without a close frame
        await until(lambda: not client.server.sessions and not client.server.pool.counters["live"])


# ---- the launch script ----


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
async def test_a_signal_ends_the_server_and_leaves_no_orphan(number):
    command = [sys.executable, str(ROOT / "launch" / "serve.py"), "--port", "0", "--zygotes", "1"]
    pipes: Any = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, **pipes)
    try:
        lines = [await asyncio.to_thread(process.stdout.readline) for _ in range(2)]
        assert "isolation" in lines[0]
        assert "seccomp" in lines[0]
        url = lines[1].split()[-1]
        async with aiohttp.ClientSession(url) as http:
            socket = await http.ws_connect("/ws")
            await socket.send_json({"type": "reset", "data": {"seed": 0}})
            await socket.receive()
            async with http.post("/start", json={"seed": 1}) as reply:
                assert reply.status == 200
            family = children(process.pid)
            assert len(family) >= 3
            process.send_signal(number)
            _, errors = await asyncio.to_thread(process.communicate, timeout=30)
        assert (process.returncode, errors) == (-9 if number is signal.SIGKILL else 0, "")
        assert not psutil.wait_procs(family, timeout=30)[1]
    finally:
        process.kill()
        process.wait()
