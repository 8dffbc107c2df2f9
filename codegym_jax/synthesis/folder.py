"""The folder of an environment set that launch/synthesize.py and launch/filter.py write.

<stem>.py and tasks.jsonl in the published format, cards/<stem>.json, report.html, and progress/, which makes a rerun
cheap. Whatever is in it is whole: files are written beside their place under a name of this run, and moved there.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
import re
import secrets
import shutil
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from codegym_jax.environments import EnvironmentSet, save

TOKEN = secrets.token_hex(8)  # of this run, in the names of what it is writing
LEFT_OVER_S = 3600.0  # after which a file that was being written is no longer: locks do not reach other machines


def write(path: Path, text: str) -> None:
    """All of it or nothing, whatever happens meanwhile."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{TOKEN}")
    temporary.write_text(text, encoding="utf-8", errors="surrogateescape")
    temporary.replace(path)


def sweep(out: Path) -> None:
    """Remove what killed runs were writing. Running ones, here or elsewhere, have younger files."""
    unfinished = re.compile(r"\.assembling-\w+|\..+\.(\d+|[0-9a-f]{16})|.+\.part")
    folders = (out.glob(".*"), out.glob("progress/.*"), out.glob("cards/.*"), out.glob("progress/llm/*/*.part"))
    for path in itertools.chain.from_iterable(folders):
        with contextlib.suppress(FileNotFoundError):
            if unfinished.fullmatch(path.name) and time.time() - path.stat().st_mtime > LEFT_OVER_S:
                shutil.rmtree(path) if path.is_dir() else path.unlink()


def store(out: Path, made: EnvironmentSet, cards: Iterable[dict[str, Any]]) -> None:
    """Write sources, tasks and cards; drop what earlier runs left of other environments."""
    for old in (out / "cards").glob("*.json"):
        if old.stem not in made.environments:
            (out / f"{old.stem}.py").unlink(missing_ok=True)
            old.unlink(missing_ok=True)
    building = out / f".assembling-{TOKEN}"
    save(made, building)
    for file in building.iterdir():
        file.replace(out / file.name)
    shutil.rmtree(building)
    for card in cards:
        write(out / "cards" / f"{card['environment']}.json", json.dumps(card, indent=1) + "\n")


def bars(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console)


def digest(*said: Any) -> str:
    """A key of what a result depends on."""
    text = json.dumps(said, sort_keys=True, default=str)
    return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()[:32]
