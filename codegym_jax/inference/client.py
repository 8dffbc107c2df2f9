"""The one interface between rollouts and whatever samples tokens: the embedded engine or SGLang servers.

Token ids in, token ids out, with the logprob each token was sampled under and the version of the weights that
sampled it. Logprobs follow SGLang's definition: log_softmax(logits / temperature) of the chosen token, not
renormalised by top-p or top-k; temperature 0 is greedy and reports the logprobs of temperature 1.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol


@dataclasses.dataclass(frozen=True, slots=True)
class Sampling:
    """Names and meanings are SGLang's `sampling_params`. top_k = 0 means no limit."""

    temperature: float = 1.0
    top_p: float = 1.0
    top_k: int = 0
    max_new_tokens: int = 256
    stop_token_ids: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if self.temperature < 0:
            raise ValueError(f"temperature={self.temperature}: must be >= 0 (0 is greedy)")
        if not 0 < self.top_p <= 1:
            raise ValueError(f"top_p={self.top_p}: must be in (0, 1]")
        if self.top_k < 0:
            raise ValueError(f"top_k={self.top_k}: must be >= 0 (0 is no limit)")
        if self.max_new_tokens < 1:
            raise ValueError(f"max_new_tokens={self.max_new_tokens}: must be >= 1")


@dataclasses.dataclass(frozen=True, slots=True)
class Generation:
    """One reply. `tokens` includes the stop token that ended it, as sampled; the three lists are aligned."""

    tokens: list[int]
    logprobs: list[float]
    versions: list[int]
    finish: Literal["stop", "length", "abort"]
    cached_tokens: int = 0


class InferenceError(RuntimeError):
    """The sampler failed (server gone, request refused). A rollout turns it into StopReason.INFRASTRUCTURE."""


class InferenceClient(Protocol):
    @property
    def version(self) -> int:
        """Version of the weights the next token will be sampled under."""

    @property
    def counters(self) -> Mapping[str, float]:
        """What was done so far: at least `sampled`, `cached` (tokens) and `compilations`."""

    def open(self, sessions: Sequence[str]) -> None:
        """Announce conversations before their first request; the embedded engine can then run them in lockstep."""

    async def generate(self, tokens: Sequence[int], sampling: Sampling, *, session: str, seed: int) -> Generation:
        """Continue `tokens`. `session` names the conversation whose KV cache to extend; `seed` fixes the noise.

        Raises InferenceError if the request cannot be served and ValueError if it is malformed (a token id
        outside the vocabulary, a prompt that leaves no room).
        """

    def release(self, session: str) -> None:
        """The conversation is over: its cache may go."""

    async def update_weights(self, params: Any, version: int) -> None:
        """Sample from these parameters from now on; every cached key and value of older weights is dropped."""

    async def pause(self) -> None:
        """Stop sampling after the token in flight; requests wait."""

    async def resume(self) -> None: ...

    async def close(self) -> None: ...
