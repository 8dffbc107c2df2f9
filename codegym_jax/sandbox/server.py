"""The sandbox pool over HTTP, for trainers that are not ours: `python launch/serve.py --envs PATH`.

Two protocols on one table of sessions, in one event loop with the pool:

- That of CodeGym's own environment server (github.com/StigLidu/CodeGym), whose clients run unmodified: /get_instance,
  /start, /step, /is_done, /reward, /stop, /release_instance. Fields it does not have are added beside its own.
- OpenEnv's (package openenv-core): a WebSocket at /ws with the messages reset, step, state and close.

The sandbox's first verdict is final and is repeated from then on; hence no /get_attribute, which calls any method of
an environment, get_ref_answer included, and no /reset within a session. What is no verdict on the policy never looks
like a reward of 0: our own failure is HTTP 503, a reply that an environment forged is 502. Clients choose among the
server's environments and send configurations of their own, which only the sandbox reads; nobody can send a source.

There is no authentication: who reaches the port can use the machine's CPU, and who knows a session's id its session.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
import logging
import random
import re
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, TypeVar

from aiohttp import WSCloseCode, WSMsgType, web

from codegym_jax.environments import EnvironmentSet
from codegym_jax.sandbox.pool import SandboxError, SandboxPool, Session
from codegym_jax.types import Call, StepReply, StopReason, Task

REMEMBERED = 4096  # sessions whose end is remembered, so that a released one is told from one that never was
SESSION_ID = re.compile(r"[\w.:-]{1,128}", re.ASCII)
AGAIN = "start a new session"
ABSENT = {
    "/get_attribute": "left out on purpose, since it tells the reference answer to whoever asks",
    "/reset": f"left out on purpose, since an episode has one attempt: {AGAIN}, or send reset over /ws",
}
Fields = dict[str, Any]  # of a request or of a reply
T = TypeVar("T", int, str)


class Refused(Exception):
    """What a client is told instead of a result. `stop` says that an episode ended, or never began, without verdict."""

    def __init__(self, status: int, detail: str, stop: StopReason | None = None) -> None:
        super().__init__(detail)
        self.status, self.body = status, {"detail": detail} | ({"stop": stop} if stop else {})


def failed(stop: StopReason, detail: str) -> Refused:
    status = 400 if stop.trainable else 503 if stop is StopReason.INFRASTRUCTURE else 502
    return Refused(status, f"{stop}: {detail}; {AGAIN}", stop)


@dataclasses.dataclass(slots=True, eq=False)
class Live:
    """One session: its episode, and when it was last heard of. `session` is None while the episode starts."""

    key: str
    task: Task
    touched: float
    session: Session | None = None
    busy: bool = True
    steps: int = 0
    final: StepReply | None = None

    def verdict(self) -> Fields:
        """Whether, why and with what reward it ended. Raises Refused where that says nothing about the policy."""
        stop = self.final and self.final.stop
        if stop and self.session and not stop.trainable:
            raise failed(stop, self.session.detail)
        return {"done": stop is not None, "reward": self.final.reward if self.final else 0.0, "stop": stop}


def field(fields: Fields, name: str, default: T) -> T:
    """A field of the type of `default`, which stands for a missing one. The numbers of a query are text."""
    value = default if fields.get(name) is None else fields[name]
    if isinstance(default, int) and isinstance(value, str) and value.isdecimal() and len(value) < 16:
        value = int(value)
    if type(value) is not type(default) or (isinstance(value, int) and value < 0):
        wanted = "an integer >= 0" if isinstance(default, int) else "a string"
        raise Refused(400, f"{name}: {str(value)[:80]!r}; expected {wanted}")
    return value


def decoded(data: bytes | str) -> Fields:
    try:
        value = json.loads(data or "{}")
        json.dumps(value, ensure_ascii=False).encode()  # JSON can escape lone surrogates, which UTF-8 cannot carry on
    except (ValueError, RecursionError) as error:
        raise Refused(400, f"body: not JSON ({error}); send an object") from None
    if not isinstance(value, dict):
        raise Refused(400, f"body: JSON, but {type(value).__name__}; send an object")
    return value


def route(method: str, path: str, handler: Callable[[Fields], Awaitable[Fields]]) -> web.RouteDef:
    """Query and body make the fields: with session_id in the URL, a load balancer can keep a session on one server."""

    async def handle(request: web.Request) -> web.Response:
        fields = decoded(await request.read())
        for name, value in request.query.items():
            if fields.setdefault(name, value) != value:
                raise Refused(400, f"{name}: one in the URL and another in the body; send one")
        return web.json_response(await handler(fields))

    return web.route(method, path, handle)


@web.middleware
async def json_errors(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    try:
        return await handler(request)
    except Refused as refused:
        headers = {"Retry-After": "1"} if refused.status == 503 else {}
        return web.json_response(refused.body, status=refused.status, headers=headers)
    except web.HTTPException as error:  # aiohttp's own: no such route, another method, a body that is too large
        detail = f"{request.method} {request.path}: {ABSENT.get(request.path, error.text)}"
        return web.json_response({"detail": detail}, status=error.status)
    except Exception:  # a bug of ours: no verdict, and the traceback is not for clients
        logging.exception("%s %s", request.method, request.path)
        return web.json_response({"detail": "a bug of this server; its log has the traceback"}, status=500)


class EnvironmentServer:
    """Sessions by id. What a client's fault, a full house or a failure of ours stops raises Refused."""

    def __init__(
        self, pool: SandboxPool, tasks: EnvironmentSet, *, live: int = 1024, evict_s: float = 600.0,
        idle_s: float = 1800.0, request_bytes: int = 1 << 20, advertise_port: int = 0,
    ) -> None:  # fmt: skip
        self.pool, self.tasks, self.limit, self.evict_s, self.idle_s = pool, tasks, live, evict_s, idle_s
        self.request_bytes, self.port = request_bytes, advertise_port
        self.sessions: dict[str, Live] = {}
        self.granted: dict[str, float] = {}  # places that /get_instance promised and no /start has taken yet
        self.gone: dict[str, str] = {}  # why, by id
        self.sockets: set[web.WebSocketResponse] = set()
        self.by_id = {task.id: task for task in tasks.tasks}
        self.splits = {name: tasks.split(name) for name in sorted({task.split for task in tasks.tasks})}

    # ---- sessions, whatever the protocol ----

    def choose(self, fields: Fields) -> Task:
        """The task a request names: by `env_str` or `task`, by `environment` and `config`, or by `seed` and `split`."""
        stem, config = field(fields, "environment", ""), fields.get("config")
        config = json.dumps(config) if isinstance(config, dict) else field(fields, "config", "{}")
        if name := field(fields, "env_str", "") or field(fields, "task", ""):
            stem, at, config = name.removeprefix("codegym_v1@").partition("@")
            if not at:
                raise Refused(400, f"env_str: {name[:80]!r}; expected <environment>@<config>")
        if not stem:
            split = field(fields, "split", "train" if "train" in self.splits else min(self.splits, default="train"))
            if split not in self.splits:
                raise Refused(400, f"split: {split[:80]!r}; this server has {', '.join(self.splits) or 'no tasks'}")
            return self.splits[split][field(fields, "seed", random.getrandbits(32)) % len(self.splits[split])]
        if stem not in self.tasks.environments:
            raise Refused(404, f"env_str: this server has no environment {stem[:80]!r}; /tasks lists what it has")
        return self.by_id.get(f"codegym_v1@{stem}@{config}") or Task(stem, config)

    def require_place(self) -> None:
        if len(self.sessions) + len(self.granted) >= self.limit:
            raise Refused(503, f"all {self.limit} places are taken; try again later, or raise --live")

    def find(self, key: str) -> Live:
        if key not in self.sessions:
            why = self.gone.get(key, "this server has no such session")
            raise Refused(410 if key in self.gone else 404, f"session_id: {key[:128]!r}: {why}; {AGAIN}")
        self.sessions[key].touched = time.monotonic()
        return self.sessions[key]

    async def start(self, key: str, task: Task) -> Live:
        """Spawn an episode; the caller has made sure of a place for it."""
        live = self.sessions[key] = Live(key, task, time.monotonic())
        self.gone.pop(key, None)
        environment = self.tasks.environments[task.environment]
        try:
            live.session = await self.pool.spawn(environment.source, environment.class_name, task.config)
            if live.session.failure:
                raise failed(live.session.failure, f"env_str: {task.environment} did not start: {live.session.detail}")
        except (SandboxError, OSError) as error:
            raise failed(StopReason.INFRASTRUCTURE, str(error)) from None
        finally:
            live.busy = False
            if live.session is None or live.session.failure:
                await self.release(live, "it did not start")
        await self.require(live)
        return live

    async def step(self, live: Live, action: str) -> StepReply:
        """One call. After the verdict: the reply that brought it, again."""
        if live.busy or live.session is None:
            raise Refused(409, f"session_id: {live.key!r} has a request in flight; await its reply before the next")
        live.busy, live.steps = True, live.steps + (live.final is None)
        try:
            reply = await live.session.step(action)
        finally:
            live.busy, live.touched = False, time.monotonic()
        await self.require(live)
        live.final = reply if reply.stop else None
        return reply

    async def require(self, live: Live) -> None:
        """After a wait. What was stopped meanwhile has an end that is no verdict."""
        if self.sessions.get(live.key) is not live:
            await self.release(live, "")
            raise Refused(410, f"session_id: {live.key!r}: it was stopped meanwhile; {AGAIN}")

    async def release(self, live: Live, why: str) -> None:
        """End it. What stays, for a while, is why."""
        if self.sessions.get(live.key) is live:
            del self.sessions[live.key]
            self.gone[live.key] = why
            if len(self.gone) > REMEMBERED:
                del self.gone[next(iter(self.gone))]
        if live.session:
            await live.session.close()

    async def sweep(self) -> None:
        """Take the process from sessions that no client has asked for in `evict_s`, to be replayed if one does after
        all, and release them after `idle_s`: clients die without a word."""
        while True:
            await asyncio.sleep(min(self.evict_s, self.idle_s, 40) / 4)
            now = time.monotonic()
            for live in list(self.sessions.values()):
                if live.busy or live.session is None:
                    continue
                if live.touched < now - self.idle_s:
                    await self.release(live, f"released after {self.idle_s:g} s without a request")
                elif live.touched < now - self.evict_s:
                    await live.session.evict()
            self.granted = {uid: since for uid, since in self.granted.items() if since >= now - self.idle_s}

    async def close(self) -> None:
        self.limit = 0
        for live in list(self.sessions.values()):
            await self.release(live, "the server stops")
        for socket in list(self.sockets):
            await socket.close(code=WSCloseCode.GOING_AWAY, message=b"the server stops")

    def opening(self, live: Live) -> Fields:
        """What an agent gets to see at first: the statement as its observation, and its tools."""
        task, environment = live.task, self.tasks.environments[live.task.environment]
        tools = [tool.schema for tool in environment.tools]
        statement = task.statement or environment.statement
        return {"observation": statement, "tools": tools, "task": task.id, "max_turns": task.max_turns}

    # ---- the routes of CodeGym's environment server, and what else is plain HTTP ----

    async def get_instance(self, fields: Fields) -> Fields:
        """There a worker process, here a promised place: of all its routes, this is where its clients wait for one."""
        self.require_place()
        uid = secrets.token_urlsafe(16)
        self.granted[uid] = time.monotonic()
        return {"uid": uid, "port": self.port}

    async def release_instance(self, fields: Fields) -> Fields:
        uid = field(fields, "uid", "")
        self.granted.pop(uid, None)  # unknown where a /start took the place, or where another server gave it
        return {"uid": uid, "status": "released"}

    async def start_route(self, fields: Fields) -> Fields:
        key = field(fields, "session_id", secrets.token_urlsafe(16))
        if not SESSION_ID.fullmatch(key):
            raise Refused(400, f"session_id: {key[:80]!r}; expected 1 to 128 of A-Z a-z 0-9 _ . : -, best a UUID4")
        if (name := field(fields, "env_name", "codegym_v1")) != "codegym_v1":
            raise Refused(400, f"env_name: {name[:80]!r}; expected codegym_v1")
        task, live = self.choose(fields), self.sessions.get(key)
        if live is None:
            if not self.granted:
                self.require_place()
            self.granted.pop(next(iter(self.granted), ""), None)  # no uid is sent here; what counts is how many
            live = await self.start(key, task)
        elif live.task != task or live.steps or live.busy:  # else a client repeats a request whose reply it lost
            raise Refused(409, f"session_id: {key!r} is taken; {AGAIN} under another")
        return {"session_id": key, **self.opening(live)}

    async def step_route(self, fields: Fields) -> Fields:
        live = self.find(field(fields, "session_id", ""))
        if not isinstance(action := fields.get("action"), str):
            raise Refused(400, 'action: missing, or no string; expected the text {"name": ..., "parameters": {...}}')
        reply = await self.step(live, action)
        return {"status": True, "observation": reply.observation, "truncated": reply.truncated, **live.verdict()}

    async def is_done(self, fields: Fields) -> Fields:
        final = self.find(field(fields, "session_id", "")).final
        return {"done": final is not None, "stop": final and final.stop}

    async def reward(self, fields: Fields) -> Fields:
        return self.find(field(fields, "session_id", "")).verdict()

    async def stop(self, fields: Fields) -> Fields:
        if live := self.sessions.get(field(fields, "session_id", "")):
            await self.release(live, "stopped by its client")
        return {"message": "stopped" if live else "there is no such session"}

    async def list_tasks(self, fields: Fields) -> Fields:
        split, offset, limit = field(fields, "split", ""), field(fields, "offset", 0), field(fields, "limit", 100)
        tasks = self.splits.get(split, []) if split else self.tasks.tasks
        page = [{"task": task.id, **task._asdict()} for task in tasks[offset : offset + min(limit, 1000)]]
        return {"total": len(tasks), "splits": list(self.splits), "tasks": page}

    async def health(self, fields: Fields) -> Fields:
        counts = {"live": len(self.sessions), "granted": len(self.granted), "limit": self.limit}
        sandbox = {"isolation": self.pool.isolation, "counters": self.pool.counters}
        return {"status": "healthy", "tasks": len(self.tasks.tasks), **counts, **sandbox}

    # ---- OpenEnv: a connection is a session ----

    async def websocket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(max_msg_size=self.request_bytes)
        await socket.prepare(request)
        self.sockets.add(socket)
        key, codes = secrets.token_urlsafe(16), {400: "VALIDATION_ERROR", 404: "SESSION_ERROR", 410: "SESSION_ERROR"}
        try:
            while (message := await socket.receive(timeout=self.idle_s)).type is WSMsgType.TEXT:
                try:
                    if (answer := await self.openenv(key, message.data)) is None:
                        break
                except Refused as refused:
                    full = refused.status == 503 and "stop" not in refused.body
                    code = "CAPACITY_REACHED" if full else codes.get(refused.status, "EXECUTION_ERROR")
                    answer = {"type": "error", "data": {"message": str(refused), "code": code, **refused.body}}
                await socket.send_json(answer)
        except (TimeoutError, ConnectionError):
            pass  # the client went without a word
        finally:
            self.sockets.discard(socket)
            if live := self.sessions.get(key):
                await self.release(live, "its connection was closed")
        await socket.close()
        return socket

    async def openenv(self, key: str, raw: str) -> Fields | None:
        """The answer to one message; None to a close."""
        message = decoded(raw)
        if not isinstance(data := message.get("data") or {}, dict):
            raise Refused(400, f"data: {type(data).__name__}; send an object")
        match message.get("type"):
            case "reset":
                task = self.choose(data)
                if old := self.sessions.get(key):
                    await self.release(old, "it was reset")
                self.require_place()
                seen, reward, done = self.opening(await self.start(key, task)), None, False
            case "step":
                name, parameters = data.get("name"), data.get("parameters", {})
                if not isinstance(name, str) or not isinstance(parameters, dict):
                    raise Refused(400, 'action: expected {"name": "<tool>", "parameters": {...}}')
                reply = await self.step(live := self.find(key), Call(name, parameters).action)
                verdict = live.verdict()
                seen = {"observation": reply.observation, "truncated": reply.truncated, "stop": verdict["stop"]}
                done, reward = verdict["done"], verdict["reward"] if verdict["done"] else None
            case "state":
                live = self.find(key)
                about = {"task": live.task.id, "done": live.final is not None}
                return {"type": "state", "data": {"episode_id": key, "step_count": live.steps, **about}}
            case "close":
                return None
            case other:
                raise Refused(400, f"type: {str(other)[:80]!r}; expected reset, step, state or close")
        return {"type": "observation", "data": {"observation": seen, "reward": reward, "done": done}}


@contextlib.asynccontextmanager
async def serving(server: EnvironmentServer, host: str, port: int) -> AsyncIterator[str]:
    """Listen until the block is left, then end every session. Yields the URL; port 0 takes a free one."""
    app = web.Application(middlewares=[json_errors], client_max_size=server.request_bytes)
    gets = {"get_instance": server.get_instance, "release_instance": server.release_instance, "health": server.health}
    gets |= {"is_done": server.is_done, "reward": server.reward, "tasks": server.list_tasks}
    posts = {"start": server.start_route, "step": server.step_route, "stop": server.stop}
    app.add_routes([route("GET", f"/{path}", handler) for path, handler in gets.items()])
    app.add_routes([route("POST", f"/{path}", handler) for path, handler in posts.items()])
    app.router.add_get("/ws", server.websocket)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=5)
    await runner.setup()
    sweeper = asyncio.create_task(server.sweep())
    try:
        await web.TCPSite(runner, host, port).start()
        bound = runner.addresses[0][1]
        server.port = server.port or bound
        yield f"http://{f'[{host}]' if ':' in host else host}:{bound}"
    finally:
        sweeper.cancel()
        await server.close()
        await runner.cleanup()
