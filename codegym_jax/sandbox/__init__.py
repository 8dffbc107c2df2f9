"""The only place that runs environment code: see pool.py."""

from codegym_jax.sandbox.pool import SandboxError, SandboxPool, Session, describe
from codegym_jax.sandbox.process import Limits, Outcome, Verdict

__all__ = ["Limits", "Outcome", "SandboxError", "SandboxPool", "Session", "Verdict", "describe"]
