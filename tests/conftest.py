import signal

import pytest
from hostile import TIGHT

from codegym_jax.sandbox import SandboxPool
from codegym_jax.sandbox.pool import LEVELS

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
