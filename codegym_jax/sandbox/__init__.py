"""The only place that runs environment code: see pool.py."""

from codegym_jax.sandbox.pool import Limits, SandboxError, SandboxPool, Session

__all__ = ["Limits", "SandboxError", "SandboxPool", "Session"]
