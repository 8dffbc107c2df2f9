import os
import signal
import tempfile

import pytest
from hostile import TIGHT

from codegym_jax.sandbox import SandboxPool
from codegym_jax.sandbox.pool import LEVELS

# Most of the time goes into compiling, and the commands that tests start compile the same again: each once a run.
COMPILED = tempfile.TemporaryDirectory(prefix="compiled-")
os.environ |= {"JAX_COMPILATION_CACHE_DIR": COMPILED.name, "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0"}

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # in a shell's background, and inherited by what tests interrupt
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
async def pool():
    async with SandboxPool(TIGHT, zygotes=1) as pool:
        yield pool


@pytest.fixture
async def full(pool):
    """The same where the kernel offers every mechanism; elsewhere the attack is not covered, and the report says so."""
    missing = [name for name in LEVELS["full"] if not pool.isolation.get(name)]
    if missing:
        pytest.skip(f"this machine lacks {', '.join(missing)}")
    return pool
