"""The quickstart task, sampled by SGLang's own server, or behind its own router."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import aiohttp
import pytest
from served import COMMAND, FLAGS, ROOT, installed, router, serve

from codegym_jax import grpo
from codegym_jax.config import Config, parse
from codegym_jax.inference import launch

pytestmark = [pytest.mark.sglang, pytest.mark.timeout(600)]
SMALL = (
    "--config quickstart --rollout.no-lockstep --rollout.live 24 --rollout.tasks-per-update 6 --rollout.group-size 4 "
    "--train.updates 3 --train.cooldown 0 --eval-every 0 --tasks.eval-tasks 2 --tasks.max-difficulty 1 --name run"
).split()


def trained(folder: Path, updates: int) -> list[dict]:
    """The records of its updates, which lost no episode."""
    assert json.loads((folder / "summary.json").read_text())["updates"] == updates
    lines = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    trained = [line for line in lines if "rollout_s" in line]
    assert len(trained) == updates
    assert all(line["stop/infrastructure"] == 0 for line in trained)
    assert 0 < max(line.get("max_logprob_gap", 0) for line in trained) <= 1e-4
    return trained


@pytest.mark.parametrize("sync", ["disk", "tensor"])
def test_it_trains_with_no_gap_in_logprobs(sync, tmp_path):
    installed()
    options = {"sglang.command": COMMAND, "sglang.flags": FLAGS, "rollout.sync": sync, "out": tmp_path}
    arguments = [*SMALL, *(f"--{key}={value}" for key, value in options.items())]
    start = [sys.executable, str(ROOT / "launch" / "train.py"), *arguments]
    start += ["--rollout.servers", "launch", "--sglang.first-gpu", "-1"]
    done = subprocess.run(start, capture_output=True, text=True, check=False, timeout=550)
    assert done.returncode == 0, done.stderr[-3000:]
    # Versions advance with the learner. Of an update whose groups all agreed nothing is trained.
    assert {line["max_staleness"] for line in trained(tmp_path / "run", 3) if line["groups_trained"]} == {0}


async def test_a_run_outlives_its_router_and_a_server_that_is_killed_and_rejoins(tmp_path, monkeypatch):
    """Of embedded servers, which start in seconds. test_fleet.py kills SGLang's."""
    installed()
    port, real, restarting = launch.free_port(), grpo.collect, []
    servers = [f"http://127.0.0.1:{launch.free_port()}" for _ in range(2)]
    flags = ["--rollout.servers", f"http://127.0.0.1:{port}", "--train.updates", "5", "--out", str(tmp_path)]
    config = parse([*SMALL, *flags], Config)

    async def version(url: str) -> str:
        async with aiohttp.ClientSession() as http, http.get(f"{url}/model_info") as reply:
            return (await reply.json())["weight_version"]

    async with contextlib.AsyncExitStack() as stack:

        def start(url: str) -> subprocess.Popen[str]:
            serving = serve("embedded", tmp_path, "--config", "quickstart", port=int(url.rpartition(":")[2]))
            return stack.enter_context(serving)[0]

        _, killed = map(start, servers)
        routing = await stack.enter_async_context(router(servers, port))

        async def collect(draws, *arguments, **options):
            update = draws[0].group // config.rollout.tasks_per_update
            if update == 3:
                await restarting[0]
                while await version(servers[1]) == "default":
                    await asyncio.sleep(0.1)
            collecting = asyncio.create_task(real(draws, *arguments, **options))
            await asyncio.sleep(0.1)
            if update == 1:
                killed.kill()
                restarting.append(asyncio.create_task(asyncio.to_thread(start, servers[1])))
            if update == 3:
                os.killpg(routing.pid, signal.SIGKILL)
            return await collecting

        monkeypatch.setattr(grpo, "collect", collect)
        await grpo.train(config)
        trained(config.folder, 5)
        assert [(await version(url)).partition(":")[2] for url in servers] == ["5", "5"]
