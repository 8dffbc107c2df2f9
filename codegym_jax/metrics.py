"""What a person sees of a run, and what is left of it in its folder.

A run's folder holds metrics.jsonl (one record a line, key `update`), episodes.jsonl (every episode's task and actions,
enough to replay it), TensorBoard events, transcripts/, curve.png and summary.json. Lines are appended and flushed as
they come, everything else is replaced whole, so a kill at any moment costs at most a torn last line, which readers
skip. `RunLog.resume` cuts the folder back to a checkpoint: a resumed run has no line twice and none missing.
"""

from __future__ import annotations

import contextlib
import io
import json
import math
import resource
import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console
from rich.live import Live
from rich.progress import MofNCompleteColumn, Progress, TextColumn
from rich.text import Text
from tensorboardX.event_file_writer import EventsWriter
from tensorboardX.proto.event_pb2 import Event, SessionLog
from tensorboardX.proto.summary_pb2 import Summary

from codegym_jax.types import Episode

SHOWN = (  # metric, its name in the progress line, format
    ("reward", "reward", "{:.3f}"),
    ("loss", "loss", "{:.4f}"),
    ("eval/unseen_config", "unseen configs", "{:.1%}"),
    ("eval/unseen_env", "unseen envs", "{:.1%}"),
    ("tokens_per_s", "tokens/s", "{:,.0f}"),
    ("env_steps_per_s", "env steps/s", "{:,.0f}"),
    ("max_logprob_gap", "logprob gap", "{:.1e}"),
)


class RunError(RuntimeError):
    """The run's folder cannot be written or read: what failed, where, and what is safe."""


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn an OSError while writing `path` (disk full, no permission, no folder) into one RunError."""
    try:
        yield
    except OSError as error:
        saved = "what was written before is whole; make room or choose another --out, then --resume"
        raise RunError(f"{path}: cannot write: {error.strerror or error}; {saved}") from error


def replace(path: Path, data: str | bytes | Iterable[str]) -> None:
    """Write a whole file or leave the old one."""
    part = path.with_name(path.name + ".part")
    pieces = [data] if isinstance(data, str | bytes) else data
    with writing(path):
        try:
            with part.open("wb") as file:
                file.writelines(each.encode() if isinstance(each, str) else each for each in pieces)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


def plain(value: Any) -> Any:
    """A number of Python from one of NumPy or JAX; what is not finite becomes None, for JSON has no NaN."""
    value = value.item() if hasattr(value, "item") else value
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _line(record: dict[str, Any]) -> str:
    return json.dumps({key: plain(value) for key, value in record.items()}, ensure_ascii=False, allow_nan=False) + "\n"


def lines(path: Path) -> Iterator[dict[str, Any]]:
    """The records of a JSON-lines file; a torn last line (the writer was killed) is left out, null is NaN."""
    if not path.exists():
        return
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if not line.endswith("\n"):
                return
            try:
                record = json.loads(line)
                record["update"] + 0
            except (ValueError, TypeError, KeyError) as error:
                raise RunError(f"{path}:{number}: not a record of a run ({error!r}): delete this line") from error
            yield {key: math.nan if value is None else value for key, value in record.items()}


def records(folder: Path) -> list[dict[str, Any]]:
    return list(lines(folder / "metrics.jsonl"))


def _evaluates(record: dict[str, Any]) -> bool:
    return any(key.startswith("eval/") for key in record)


class RunLog:
    """Context manager over one run's folder. `total` is the updates of the whole run; 0 where there are none."""

    def __init__(self, folder: Path, total: int, tensorboard: bool = True) -> None:
        self.folder, self.total = folder, total
        with writing(folder):
            (folder / "transcripts").mkdir(parents=True, exist_ok=True)
        self._read()
        self._tensorboard, self._purge = tensorboard, 0
        self._events: EventsWriter | None = None
        self._phases: list[tuple[str, list[None], int]] = []  # what is going on, its parts that are done, of how many
        self._console = Console(highlight=False)
        self._live = Live(get_renderable=self._render, console=self._console, refresh_per_second=4)

    def _read(self) -> None:
        self.records = records(self.folder)
        self._latest = {key: value for record in self.records for key, value in record.items()}

    def __enter__(self) -> RunLog:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._live.stop()
        if self._events and kind is None:  # after an error, closing could only fail again and hide the first one
            with writing(self.folder):
                self._events.close()

    def resume(self, update: int) -> None:
        """Forget everything after `update`: the run goes on from there. 0 keeps the evaluation before the first."""
        for path in (self.folder / "metrics.jsonl", self.folder / "episodes.jsonl"):
            if path.exists():
                replace(path, (_line(record) for record in lines(path) if record["update"] <= update))
        for path in self.folder.glob("transcripts/*.txt"):
            if path.stem.isdigit() and int(path.stem) > update:
                path.unlink()
        self._purge = update + 1
        self._read()

    def has(self, update: int, key: str) -> bool:
        return any(record["update"] == update and key in record for record in self.records)

    def log(self, update: int, metrics: dict[str, Any]) -> None:
        """One record: a line of metrics.jsonl, TensorBoard scalars, and the progress line (or a plain one)."""
        record = {"update": update} | metrics
        self._append("metrics.jsonl", [record])
        max_rss_gb()
        self.records.append(record)
        self._latest |= record
        if self._tensorboard:
            self._scalars(update, metrics)
        if not self._console.is_terminal or _evaluates(metrics):
            self._console.print(self._status(), soft_wrap=True)

    def phase(self, name: str, total: int) -> Callable[[Any], None]:
        """Show `name` beside what else is going on; the callable counts one of `total` done, whatever it is called
        with."""
        done: list[None] = []
        self._phases = [phase for phase in self._phases if len(phase[1]) < phase[2]] + [(name, done, total)]
        return lambda _: done.append(None)

    def episodes(self, update: int, groups: Sequence[Sequence[Episode]]) -> None:
        """Append every episode's task and actions, which replay to the same observations and reward (through
        perturb.spawn where [perturb] is set)."""
        names = ("group", "sample", "reward", "stop", "detail", "calls", "malformed", "actions", "observations")
        about = lambda e: {"update": update, "task": e.task.id} | {name: getattr(e, name) for name in names}  # noqa: E731
        self._append("episodes.jsonl", [about(episode) for group in groups for episode in group])

    def transcript(self, update: int, episode: Episode, text: str) -> None:
        """Append an episode to transcripts/<update>.txt: how it ended, its turns, and `text`, what the policy saw."""
        task = episode.task
        head = (
            f"{'=' * 100}\ntask    {task.id}\n"
            f"        {task.split}, difficulty {task.difficulty}, group {episode.group}, sample {episode.sample}\n"
            f"ended   {episode.stop}{f' ({episode.detail})' if episode.detail else ''}, reward {episode.reward:g}\n"
            f"calls   {episode.calls} (oracle {task.oracle_calls}), malformed {episode.malformed}, "
            f"{episode.sampled_tokens} tokens sampled\n"
        )
        replies = [*episode.observations, *[f"({episode.stop})"] * len(episode.actions)]
        turns = "".join(f"\n[{i}] {a}\n    -> {o}\n" for i, (a, o) in enumerate(zip(episode.actions, replies), 1))
        path = self.folder / "transcripts" / f"{update:05d}.txt"
        with writing(path), path.open("a", encoding="utf-8") as file:
            file.write(f"{head}{turns}\n{'-' * 40} as the policy saw it\n{text}\n\n")

    def _append(self, name: str, records: Sequence[dict[str, Any]]) -> None:
        path = self.folder / name
        with writing(path), path.open("a", encoding="utf-8") as file:
            file.write("".join(map(_line, records)))

    def _scalars(self, update: int, metrics: dict[str, Any]) -> None:
        # The synchronous writer: the queue and thread of SummaryWriter hang for ever once the disk is full.
        with writing(self.folder):
            if self._events is None:
                self._events = EventsWriter(str(self.folder / "events"), f".{time.time_ns()}")
                start = SessionLog(status=SessionLog.START)  # hides what an earlier process wrote from here on
                self._events.write_event(Event(wall_time=time.time(), step=self._purge, session_log=start))
            numbers = {key: n for key, value in metrics.items() if isinstance(n := plain(value), int | float)}
            summary = Summary(value=[Summary.Value(tag=key, simple_value=n) for key, n in numbers.items()])
            self._events.write_event(Event(wall_time=time.time(), step=update, summary=summary))
            self._events.flush()

    def _status(self) -> str:
        shown = [f"{label} {form.format(self._latest[key])}" for key, label, form in SHOWN if key in self._latest]
        done = self._latest.get("update", 0)
        seconds = [r["seconds"] for r in self.records[-40:] if "seconds" in r and not _evaluates(r)][-20:]
        left = statistics.median(seconds) * (self.total - done) if seconds else 0
        eta = [f"ETA {timedelta(seconds=round(left))}"] if left > 0 else []
        return " · ".join([f"update {done}/{self.total}", *shown, *eta])

    def _render(self) -> Text:
        going = [f"{name} {len(done)}/{total}" for name, done, total in self._phases]
        return Text(f"{self._status()}\n{', '.join(going)}" if going else self._status())


def wilson(successes: float, n: int, z: float = 1.959964) -> tuple[float, float]:
    """95 % interval of a proportion (Wilson, J. Am. Stat. Assoc. 22, 1927); (0, 1) for n = 0."""
    if n == 0:
        return 0.0, 1.0
    p, scale = successes / n, 1 + z * z / n
    centre, width = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return min(p, max(0.0, (centre - width) / scale)), max(p, min(1.0, (centre + width) / scale))


_peak_gb = 0.0  # what max_rss_gb has seen so far


def max_rss_gb() -> float:
    """Peak resident memory, GB (10**9 bytes), of this process and its descendants, which RunLog.log samples.

    Not by getrusage on Linux: there ru_maxrss is handed down through fork and exec, so that a small process started by
    one of 4 GB counts 4 GB. Pages that forked children share are counted in each.
    """
    global _peak_gb
    try:
        total = int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) * 1024
    except FileNotFoundError:  # macOS, in bytes
        total = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):  # it ended
            total += child.memory_info().rss
    _peak_gb = max(_peak_gb, total / 1e9)
    return _peak_gb


def write_summary(folder: Path, summary: dict[str, Any]) -> None:
    replace(folder / "summary.json", json.dumps({k: plain(v) for k, v in summary.items()}, indent=2) + "\n")


def curve(folder: Path) -> Path:
    """curve.png from metrics.jsonl: training reward, held-out success with 95 % bands, and the logprob gap."""
    from matplotlib.figure import Figure  # takes 0.5 s, which only the end of a run has to pay

    run = records(folder)

    def points(key: str) -> list[tuple[Any, ...]]:
        return list(zip(*((record["update"], record[key]) for record in run if key in record))) or [(), ()]

    figure = Figure(figsize=(9, 6), dpi=120, layout="constrained")
    top, bottom = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    top.plot(*points("reward"), color="0.6", lw=1, label="training reward")
    for split, color in (("unseen_config", "C0"), ("unseen_env", "C1")):
        (x, y), (_, n) = points(f"eval/{split}"), points(f"eval/{split}_tasks")
        if x:
            low, high = zip(*(wilson(p * k, k) for p, k in zip(y, n)))
            top.plot(x, y, color=color, marker="o", ms=3, label=f"success, {split.replace('_', ' ')}")
            top.fill_between(x, low, high, color=color, alpha=0.2, lw=0)
            top.axhline(y[0], color=color, ls="--", lw=1)
    top.set(ylabel="success", ylim=(0, 1), title=f"{folder.name} (dashed: warm start)")
    top.legend(loc="upper left")
    updates, gaps = points("max_logprob_gap")
    bottom.plot(updates, gaps, color="C3", lw=1)
    bottom.set(xlabel="update", ylabel="max logprob gap", yscale="log" if any(gap > 0 for gap in gaps) else "linear")
    image = io.BytesIO()
    figure.savefig(image, format="png")
    replace(folder / "curve.png", image.getvalue())
    return folder / "curve.png"


@contextlib.contextmanager
def progress(name: str) -> Iterator[Callable[[Any], None]]:
    """A counter for one piece of work outside a run; call the function as each part is done."""
    with Progress(TextColumn("{task.description}"), MofNCompleteColumn(), console=Console(stderr=True)) as bar:
        task = bar.add_task(name, total=None)
        yield lambda _: bar.advance(task)
