"""The glossary of the system: what an environment, a task, a turn and an episode are.

Plain data that imports nothing of ours (nor JAX): a process that must stay small, like the sandbox, can use it.
"""

from __future__ import annotations

import dataclasses
import enum
import json
from typing import Any, NamedTuple

_PYTHON = {"integer": "int", "number": "float", "string": "str", "boolean": "bool", "array": "list", "object": "dict"}


class StopReason(enum.StrEnum):
    """Why an episode ended. Every episode ends in exactly one of these; none is an exception."""

    ANSWERED = "answered"  # the first Done was right: reward 1
    WRONG = "wrong"  # the first Done was wrong: reward 0
    TURN_BUDGET = "turn_budget"  # the policy used up its calls without Done
    TOKEN_BUDGET = "token_budget"  # the policy used up its tokens without Done
    MALFORMED = "malformed"  # the policy made as many malformed calls as it may
    ENV_TIMEOUT = "env_timeout"  # a step (or the constructor) used up its CPU or wall budget
    ENV_CRASH = "env_crash"  # the environment process died, or raised where the contract forbids it
    ENV_MEMORY = "env_memory"  # the environment used up its memory budget
    PROTOCOL = "protocol_violation"  # the environment's reply had the wrong shape, size or sequence
    NONDETERMINISM = "nondeterminism"  # replayed, the environment did something else
    INFRASTRUCTURE = "infrastructure"  # our side failed (server gone, spawn refused): never a reward of 0

    @property
    def trainable(self) -> bool:
        """Whether the reward says something about the policy. A forged reply, a replay that went another way or our
        own failure does not."""
        return self not in (StopReason.INFRASTRUCTURE, StopReason.PROTOCOL, StopReason.NONDETERMINISM)


@dataclasses.dataclass(frozen=True, slots=True)
class Tool:
    """One callable of an environment as the agent sees it. `parameters` is a JSON schema of type object."""

    name: str
    description: str
    parameters: dict[str, Any]
    returns: str = ""

    def __post_init__(self) -> None:
        if self.parameters.get("type") != "object" or "properties" not in self.parameters:
            raise ValueError(f"tool {self.name}: parameters must be a JSON schema of type object: {self.parameters}")

    @property
    def schema(self) -> dict[str, Any]:
        """The OpenAI function schema, which is what chat templates of transformers take as `tools`."""
        function = {"name": self.name, "description": self.description, "parameters": self.parameters}
        return {"type": "function", "function": function}

    @property
    def signature(self) -> str:
        """The published rendering: a Python function signature with a docstring."""
        kinds = {name: _PYTHON.get(str(p.get("type")), "") for name, p in self.parameters["properties"].items()}
        about = [p.get("description", "") for p in self.parameters["properties"].values()]
        signature = ", ".join(f"{name}: {kind}" if kind else name for name, kind in kinds.items())
        lines = [f"        {name} ({kind or 'any'}): {text}" for (name, kind), text in zip(kinds.items(), about)]
        text = f"    {self.description}\n\n    Args:\n" + ("\n".join(lines) or "        None") + "\n\n"
        text += f"    Returns:\n        {self.returns}\n\n" if self.returns else ""
        return f'\nFunction:\n\ndef {self.name}({signature}):\n    r"""\n\n{text}    """\n'


@dataclasses.dataclass(frozen=True, slots=True)
class Environment:
    """One environment source. `name` is the file stem `<problem id>__<Name>Env`, `class_name` its last part."""

    name: str
    source: str
    statement: str
    tools: tuple[Tool, ...]

    @property
    def class_name(self) -> str:
        return self.name.rsplit("__", 1)[-1]


class Task(NamedTuple):
    """One configuration of one environment. `config` is the text after the @ (a Python literal or JSON)."""

    environment: str
    config: str
    split: str = "train"
    statement: str = ""  # overrides the environment's when the published instance carries its own
    max_turns: int = 256
    oracle_calls: int = 0
    difficulty: int = 0

    @property
    def id(self) -> str:
        """The published `ability` string: codegym_v1@<stem>@<config>."""
        return f"codegym_v1@{self.environment}@{self.config}"


class Call(NamedTuple):
    """A well-formed tool call of the policy."""

    name: str
    arguments: dict[str, Any]

    @property
    def action(self) -> str:
        """What an environment's `step` takes."""
        return json.dumps({"name": self.name, "parameters": self.arguments})


class Malformed(NamedTuple):
    """A turn without a usable call. `problem` becomes the observation: it tells the policy what was wrong."""

    problem: str


class StepReply(NamedTuple):
    """The sandbox's answer to one action. `stop` is None while the episode goes on; `reward` counts only at a stop."""

    observation: str
    stop: StopReason | None = None
    reward: float = 0.0
    truncated: bool = False


class Trajectory(NamedTuple):
    """What `solve()` did inside the sandbox: one (action, observation) a step, and how it ended."""

    steps: tuple[tuple[str, str], ...]
    reward: float
    stop: StopReason
    detail: str = ""


@dataclasses.dataclass(slots=True)
class Row:
    """One growing token list with what each token needs for training; index t describes token t.

    `trained[t]` is 1 where the policy sampled token t, `logprobs[t]` its logprob then and `versions[t]` the weights
    that did it; they are 0, 0 and -1 on tokens from outside. Only `append` grows a row: the lists cannot drift apart.
    """

    tokens: list[int] = dataclasses.field(default_factory=list)
    trained: list[int] = dataclasses.field(default_factory=list)
    logprobs: list[float] = dataclasses.field(default_factory=list)
    versions: list[int] = dataclasses.field(default_factory=list)

    def append(self, tokens: list[int], logprobs: list[float] | None = None, versions: list[int] | None = None) -> None:
        """Append sampled tokens (with their logprobs and weight versions), or context tokens (with neither)."""
        n = len(tokens)
        given = [None if x is None else len(x) for x in (logprobs, versions)]
        if given not in ([None, None], [n, n]):
            raise ValueError(f"{n} tokens, {given} logprobs and versions: one of each a sampled token, else neither")
        self.tokens += tokens
        self.trained += [int(logprobs is not None)] * n
        self.logprobs += [0.0] * n if logprobs is None else logprobs
        self.versions += [-1] * n if versions is None else versions

    def __len__(self) -> int:
        return len(self.tokens)


@dataclasses.dataclass(slots=True)
class Episode:
    """One sample of one task. More than one row only where a chat template rewrote history (see chat.py)."""

    task: Task
    group: int  # which task draw of the run this belongs to: the group of samples that are compared
    sample: int  # 0 .. group size - 1
    rows: list[Row]
    actions: list[str] = dataclasses.field(default_factory=list)  # JSON actions, or the raw text of malformed turns
    observations: list[str] = dataclasses.field(default_factory=list)
    calls: int = 0  # well-formed calls that were answered: all but those that a perturbation made fail
    malformed: int = 0
    reward: float = 0.0
    stop: StopReason = StopReason.INFRASTRUCTURE
    detail: str = ""

    @property
    def sampled_tokens(self) -> int:
        return sum(sum(row.trained) for row in self.rows)
