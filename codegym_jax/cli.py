"""What the launch scripts share: one clear message for whatever is wrong with the input, the disk or the machine."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from absl import logging

USER_ERRORS = {  # module → its error that a user can mend
    "chat": "ChatError",
    "config": "ConfigError",
    "environments": "EnvironmentFormatError",
    "inference.client": "InferenceError",
    "metrics": "RunError",
    "sandbox.pool": "SandboxError",
    "weights": "WeightsError",
}


def user_errors() -> tuple[type[Exception], ...]:
    """Of the modules in use: importing JAX and transformers here would cost a server of environments 4 s and 400 MB."""
    loaded = {name: sys.modules.get(f"codegym_jax.{name}") for name in USER_ERRORS}
    return tuple(getattr(module, USER_ERRORS[name]) for name, module in loaded.items() if module)


@contextlib.contextmanager
def clear_errors(prog: str, folder: Path | None = None) -> Iterator[None]:
    """Turn errors the user can mend into one line and exit code 2; a bug of ours keeps its traceback.

    Ctrl-C exits with 130, SIGTERM where it is handled with 143, and both say how to go on.
    """
    logging.set_verbosity(logging.FATAL)  # Orbax logs the traceback of an error and then raises it
    try:
        yield
        return
    except user_errors() as error:
        message, code = f"error: {error}", 2
    except OSError as error:  # a full disk, a missing permission
        message, code = f"error: {f'{error.filename}: ' if error.filename else ''}{error.strerror or error}", 2
    except (KeyboardInterrupt, asyncio.CancelledError) as error:
        message = "interrupted" + (f"; {folder} is whole, --resume goes on" if folder else "")
        code = 130 if isinstance(error, KeyboardInterrupt) else 143
    print(f"{prog}: {message}", file=sys.stderr)
    raise SystemExit(code)


@contextlib.asynccontextmanager
async def together() -> AsyncIterator[asyncio.TaskGroup]:
    """A group of tasks whose first error is raised as it is, for the one line that it becomes."""
    try:
        async with asyncio.TaskGroup() as group:
            yield group
    except BaseExceptionGroup as errors:
        raise errors.exceptions[0] from None
