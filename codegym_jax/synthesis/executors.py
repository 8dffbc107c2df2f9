"""Where problems are made: in processes of this machine, or in actors of a Ray cluster. Both run the same worker.

A worker is one Python process with a sandbox of its own: compiling is Python, so there is one a core. Messages go both
ways, through a pipe or through Ray, and nothing else does: no shared folder, no key of an LLM. Completions are asked of
the driver, whose one client has one cache, one count of tokens, and one limit of requests in flight.

A worker tells every second that it lives. What kills one, or keeps its event loop from turning (a compile loop that
never ends), may be any problem it was at: these are tried once more, each alone in a worker, and then rejected as
`worker_died` or `timeout`. So no problem holds up the others, and none is rejected for its neighbour.
"""

from __future__ import annotations

import asyncio
import collections
import contextlib
import dataclasses
import functools
import itertools
import logging
import multiprocessing
import os
import signal
import socket
import threading
import time
import traceback
from collections.abc import Awaitable, Callable, Generator, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, Protocol

from rich.progress import Progress

from codegym_jax.problems import Problem
from codegym_jax.sandbox import SandboxError, SandboxPool, describe
from codegym_jax.synthesis import llm, original, stages

BEAT_S = 1.0
IN_FLIGHT = 2  # problems a worker: one waits for the sandbox while the other compiles
GRACE_S = 10.0  # of a worker whose driver is gone
CONNECT_S = 10.0
DEATHS = 8  # workers that die in a row, besides two for each place, before the machine is to blame
REQUESTS = 4  # of one problem at once, at its start; later there are more
Message = tuple[str, Any, Any]  # of workers: ready, beat, ask, done, failed; of the driver: problem, answer
Answer = Callable[[str | llm.LLMError], None]
Ask = Callable[[Sequence[llm.Message], int, Answer], None]


class ExecutorError(SandboxError):
    """The machine or cluster cannot run workers as asked."""


@dataclasses.dataclass(frozen=True)
class Job:
    """What a worker is told first."""

    settings: stages.Settings
    seconds: float  # of a problem
    zygotes: int = 1
    make: Callable[..., Awaitable[dict[str, Any]]] = stages.make


# ---- a worker --------------------------------------------------------------------------------------------------------


class _Asking:
    """Completions by way of the driver."""

    def __init__(self, send: Callable[[Message], None]) -> None:
        self._send, self._numbers, self._waiting = send, itertools.count(), dict[int, asyncio.Future[str]]()

    async def complete(self, messages: Sequence[llm.Message], *, sample: int = 0) -> str:
        number = next(self._numbers)
        future = self._waiting[number] = asyncio.get_running_loop().create_future()
        self._send(("ask", number, (list(messages), sample)))
        return await future

    def answer(self, number: int, reply: str | llm.LLMError) -> None:
        if (future := self._waiting.pop(number)).done():  # cancelled
            return
        if isinstance(reply, str):
            future.set_result(reply)
        else:
            future.set_exception(reply)


async def serve(job: Job, inbox: asyncio.Queue[Message | None], send: Callable[[Message], None]) -> None:
    """Make the problems of the inbox, as many at once as there are, until a None comes."""
    asking = _Asking(send)

    async def one(problem: Problem) -> None:
        try:
            result = await job.make(pool, other, problem, job.settings, asking, job.seconds)
        except TimeoutError:
            result = late(job.seconds)
        except (SandboxError, llm.LLMError, OSError) as error:  # of the machine or endpoint: no result of the problem's
            return send(("failed", problem.id, f"{problem.id}: {error}"))
        except Exception as error:  # a bug of ours costs one problem, is counted as such, and is told with its place
            place = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{Path(place.filename).name}:{place.lineno}"
            result = {"stages": [], "reason": f"bug: {type(error).__name__}: {error} ({where})"}
        send(("done", problem.id, result))

    async def beat() -> None:
        while True:
            send(("beat", None, None))
            await asyncio.sleep(BEAT_S)

    try:
        async with (
            SandboxPool(original.LIMITS, job.zygotes) as pool,
            SandboxPool(original.LIMITS, 1, hash_seed=1) as other,
        ):
            send(("ready", None, describe(pool.isolation)))
            running = {asyncio.create_task(beat())}
            while (message := await inbox.get()) is not None:
                match message:
                    case ("problem", _, problem):
                        running.add(task := asyncio.create_task(one(problem)))
                        task.add_done_callback(running.discard)
                    case (_, number, reply):
                        asking.answer(number, reply)
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
    except SandboxError as error:
        send(("failed", None, str(error)))


def late(seconds: float) -> dict[str, Any]:
    return {"stages": [], "reason": f"timeout: more than {seconds:g} s", "seconds": seconds}


# ---- processes of this machine ---------------------------------------------------------------------------------------


def _process(connection: Connection, job: Job) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the whole group; the driver closes the connection
    asyncio.run(_listening(connection, job))


async def _listening(connection: Connection, job: Job) -> None:
    inbox, loop = asyncio.Queue[Message | None](), asyncio.get_running_loop()

    def listen() -> None:  # in a thread: the driver never waits for a loop that does not turn, nor is that left over
        message: Message | None = ("", None, None)
        while message is not None:
            try:
                message = connection.recv()
            except (EOFError, OSError):  # the driver has closed it, or was killed
                message = None
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(inbox.put_nowait, message)
        time.sleep(GRACE_S)
        os._exit(1)

    def send(message: Message) -> None:
        with contextlib.suppress(OSError):  # nobody reads any more; listen() sees it too
            connection.send(message)

    threading.Thread(target=listen, daemon=True).start()
    await serve(job, inbox, send)


class _Process:
    """A worker on this machine, from outside."""

    def __init__(self, job: Job) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.process = context.Process(target=_process, args=(theirs, job), daemon=True)
        self.process.start()
        theirs.close()
        self._lock = threading.Lock()  # completions are sent from the client's thread

    def send(self, message: Message) -> None:
        with self._lock, contextlib.suppress(OSError):  # that it is dead is seen by receive
            self.connection.send(message)

    def kill(self) -> None:
        self.process.kill()
        self.process.join()
        self.connection.close()

    def fate(self) -> str:
        self.process.join(5)
        code = self.process.exitcode or 0
        return f"killed by {signal.Signals(-code).name}, out of memory?" if code < 0 else f"exit code {code}"


class Processes:
    """Workers on this machine."""

    def __enter__(self) -> Processes:
        return self

    def __exit__(self, *exception: object) -> None:
        pass

    def __init__(self) -> None:
        self.places = os.cpu_count() or 1

    def start(self, job: Job) -> _Process:
        return _Process(job)

    def receive(self, workers: Sequence[Any], seconds: float) -> Iterator[tuple[Any, Message | None]]:
        """A message of each worker that has one; None: it is dead."""
        ready = set(wait([worker.connection for worker in workers], seconds))
        for worker in workers:
            if worker.connection in ready:
                try:
                    yield worker, worker.connection.recv()
                except (EOFError, OSError):
                    yield worker, None

    def stop(self, workers: Sequence[Any]) -> None:
        for worker in workers:
            worker.connection.close()
        for worker in workers:
            worker.process.join(GRACE_S)
            worker.process.kill()


# ---- actors of a Ray cluster -----------------------------------------------------------------------------------------


class Actor:
    """A worker in a process of Ray's. Its messages are one long stream of results."""

    def __init__(self, job: Job) -> None:
        self._job, self._inbox = job, asyncio.Queue[Message | None]()

    async def messages(self) -> Any:
        outbox = asyncio.Queue[Message | None]()
        task = asyncio.create_task(serve(self._job, self._inbox, outbox.put_nowait))
        task.add_done_callback(lambda _: outbox.put_nowait(None))
        while (message := await outbox.get()) is not None:
            yield message
        await task

    async def take(self, message: Message | None) -> None:
        self._inbox.put_nowait(message)


class _RayWorker:
    def __init__(self, handle: Any) -> None:
        self.actor, self.stream, self._fate = handle, handle.messages.options(num_returns="streaming").remote(), ""

    def send(self, message: Message) -> None:
        self.actor.take.remote(message)

    def kill(self) -> None:
        import ray

        ray.kill(self.actor)

    def fate(self) -> str:
        return self._fate


class Cluster:
    """Workers in a Ray cluster: a local one without an address. The package goes along: nodes need what it imports."""

    def __enter__(self) -> Cluster:
        return self

    def __init__(self, address: str = "") -> None:
        if address.startswith("ray://"):
            fix = "run this on a node of the cluster with --ray-address auto, or by `ray job submit`"
            raise ExecutorError(f"--ray-address: {address}: Ray Client cannot stream results; {fix}")
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        try:
            import ray
        except ImportError:
            fix = "pip install 'codegym-jax[ray]'"
            raise ExecutorError(f"--executor ray: the package ray is not installed; {fix}") from None
        host, _, port = address.rpartition(":")
        with contextlib.suppress(ValueError):  # auto; Ray itself tries for ever
            try:
                socket.create_connection((host, int(port)), CONNECT_S).close()
            except OSError as error:
                raise ExecutorError(f"--ray-address: {address}: {error}; is the cluster up?") from None
        if address:  # the driver's code, whatever the nodes have installed
            chosen: dict[str, Any] = {"runtime_env": {"py_modules": [str(Path(stages.__file__).parents[1])]}}
        else:
            chosen = {"include_dashboard": False, "object_store_memory": 100 * 2**20}
        try:
            ray.init(address or "local", log_to_driver=False, logging_level=logging.ERROR, **chosen)
        except (ConnectionError, RuntimeError, ValueError) as error:
            said = " ".join(str(error).split())[:300]
            raise ExecutorError(f"--ray-address: {address or 'local'}: {said}; is the cluster up?") from error
        self.places = int(ray.cluster_resources().get("CPU", 1))
        self._actor = ray.remote(num_cpus=1, max_restarts=0)(Actor)

    def start(self, job: Job) -> _RayWorker:
        return _RayWorker(self._actor.remote(job))

    def receive(self, workers: Sequence[Any], seconds: float) -> Iterator[tuple[Any, Message | None]]:
        """A message of each worker that has one; None: it is dead."""
        import ray

        streams: dict[Any, Any] = {worker.stream: worker for worker in workers}
        ready: list[Any] = ray.wait(list(streams), num_returns=1, timeout=seconds)[0]
        if ready:
            ready = ray.wait(list(streams), num_returns=len(streams), timeout=0)[0] or ready
        for stream in ready:
            try:
                message: Any = ray.get(next(stream))
                yield streams[stream], message
            except (ray.exceptions.RayError, StopIteration) as error:
                streams[stream]._fate = " ".join(str(error).split())[:300]
                yield streams[stream], None

    def stop(self, workers: Sequence[Any]) -> None:
        for worker in workers:
            worker.kill()

    def __exit__(self, *exception: object) -> None:
        import ray

        ray.shutdown()


class Worker(Protocol):
    """A worker from outside."""

    def send(self, message: Message) -> None: ...
    def kill(self) -> None: ...
    def fate(self) -> str: ...


# ---- the driver ------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def completions(config: llm.LLMConfig, progress: Progress) -> Iterator[tuple[llm.Usage, Ask]]:
    """The driver's client on a thread of its own: what it used so far, and how to ask it."""
    client, loop = llm.Client(config, progress), asyncio.new_event_loop()

    def ask(messages: Sequence[llm.Message], sample: int, answer: Answer) -> None:
        async def complete() -> None:
            try:
                answer(await client.complete(messages, sample=sample))
            except Exception as error:  # whatever it is, somebody waits for it
                answer(error if isinstance(error, llm.LLMError) else llm.LLMError(f"completion: {error!r}"))

        asyncio.run_coroutine_threadsafe(complete(), loop)

    async def end() -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await client.__aexit__()

    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(client.__aenter__(), loop).result()
    try:
        yield client.usage, ask
    finally:
        asyncio.run_coroutine_threadsafe(end(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def _answer(worker: Worker, number: int, reply: str | llm.LLMError) -> None:
    worker.send(("answer", number, reply))


@dataclasses.dataclass(slots=True)
class _Place:
    """What the driver knows of a worker."""

    given: dict[str, Problem] = dataclasses.field(default_factory=dict)
    heard: float = 0.0
    ready: bool = False
    alone: bool = False  # with the one problem it has


def run(
    todo: Sequence[Problem], job: Job, executor: Processes | Cluster, workers: int, ask: Ask | None = None
) -> Generator[tuple[str, Any, Any], None, None]:
    """Make the problems; yields ("ready", None, isolation), ("beat", None, None) now and then and ("done", id, result).

    Raises SandboxError for whatever is the fault of this machine, the cluster or the endpoint.
    """
    requests = -(-job.settings.llm.concurrency // (REQUESTS * workers)) if job.settings.llm else 0
    queue, suspects = collections.deque(todo), collections.deque[Problem]()
    places: dict[Any, _Place] = {}
    left, deaths = len(todo), 0

    def feed(worker: Worker, place: _Place) -> None:
        if not place.given:
            place.alone = bool(suspects)
        while place.ready and len(place.given) < (1 if place.alone else max(IN_FLIGHT, requests)):
            if not (source := suspects if place.alone else queue):
                break
            problem = source.popleft()
            if not place.given:
                place.heard = time.monotonic()
            place.given[problem.id] = problem
            worker.send(("problem", None, problem))

    try:
        while left:
            while len(places) < min(workers, left):
                places[executor.start(job)] = _Place()
            lost = {}
            for worker, message in executor.receive(list(places), BEAT_S):
                place = places[worker]
                place.heard = time.monotonic()
                match message:
                    case None:
                        lost[worker] = {"stages": [], "reason": f"worker_died: {worker.fate()}"}
                    case ("failed", _, text):
                        raise SandboxError(text)
                    case ("ask", number, (messages, sample)):
                        assert ask
                        ask(messages, sample, functools.partial(_answer, worker, number))
                    case ("done", id, result):
                        del place.given[id]
                        left, deaths = left - 1, 0
                        yield "done", id, result
                    case _:
                        place.ready = True
                        yield message
            now = time.monotonic()
            lost |= {w: late(job.seconds) for w, p in places.items() if p.given and now - p.heard > job.seconds}
            for worker, result in lost.items():
                place, deaths = places.pop(worker), deaths + 1
                worker.kill()
                if deaths > DEATHS + 2 * workers:
                    fix = "use fewer --workers"
                    raise ExecutorError(
                        f"{deaths} workers in a row came to nothing; the last: {result['reason']}; {fix}"
                    )
                if not place.alone:
                    suspects += place.given.values()
                else:
                    for id in place.given:
                        left -= 1
                        yield "done", id, result
            for worker, place in places.items():
                feed(worker, place)
    finally:
        executor.stop(list(places))
