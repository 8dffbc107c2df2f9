"""Perturbations: the same task under other names, in other words, over a line that fails and chatters.

The paper (arXiv 2509.17325) leaves stochastic workflows open. All of it happens outside the sandbox, between policy
and Session, and everything is a function of the seed, the task and the number of the call: samples of one group see the
same tools and failures, and what the policy said (Episode.actions) replays through a PerturbedSession to the same
replies. What each does, and why an oracle that retries still succeeds:

- rename: tools and parameters get other names of the same meaning, in tools, statement and the replies that are errors
  (they start with "error"). Done keeps its name, which the rules speak of. An old name is no tool any more.
- paraphrase: statement and docs in other words, by rules; what stands in quotes or names a tool is left alone.
- distractors: documented tools that never reach the environment. Their calls count towards the limit of calls.
- failures: a call is answered with TRY_AGAIN, never reaches the environment and costs no call of the limit; after
  `failures_in_a_row` of them the next call goes through. A Done that failed was not handed in. The statement says so.
- noise: a reply stands between the first <reply> and the last </reply>; the chatter around them contains neither.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import random
import re
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from functools import partial

from codegym_jax.config import PerturbSection as Perturbations
from codegym_jax.sandbox import SandboxPool
from codegym_jax.sandbox.pool import Session
from codegym_jax.types import Call, Environment, StepReply, StopReason, Task, Tool, Trajectory

NONE = Perturbations()
TRY_AGAIN = "error: the line is busy and nothing was done; try again"
_FAILURES = (
    f'A call may fail for a moment: its reply is then "{TRY_AGAIN}". It had no effect and costs none of your calls, so '
    "make it again; at most {} in a row fail."
)
_NOISE = "The reply to a call stands between <reply> and </reply>. What is written around them is chatter: ignore it."
_CHATTER = "[line {0}] up, {1} ms|[note] {0} requests served|[cache] {1} entries kept|[clock] {0} ticks".split("|")
# Words of tool names, and others that mean the same. A name without any gets a neutral word around it.
_SAME = (
    "Observe=Survey|LookAround|Overview Compare=Contrast|HowCompares Check=Inspect|Examine|Verify Get=Fetch|Retrieve "
    "Calculate=WorkOut|Evaluate Compute=WorkOut|Evaluate Find=Locate|Seek Update=Refresh|Revise Create=Make|Build "
    "Remove=Discard|TakeOut Delete=Discard|TakeOut Swap=Exchange|Interchange Move=Shift Next=Following|Subsequent "
    "Decode=Decipher Withdraw=TakeOut|Debit Deposit=PayIn|Credit Count=Tally|HowMany Initialize=Prepare|SetUp"
)
_NAMES = {word: others.split("|") for word, others in (pair.split("=") for pair in _SAME.split())}
_AROUND = ("Do{}", "Use{}", "{}Tool", "{}Now", "Run{}", "{}Action")
_PARAMETERS = ("{}_arg", "the_{}", "arg_{}", "{}_in", "given_{}")
_WORDS = {  # whole words and phrases of docs; where a word has several meanings, only with what tells them apart
    r"tell(?= (?:how|whether|which|where|what|the)\b)": ("say", "state", "let you know"),
    r"returns?(?= (?:the|a|an|whether)\b)": ("give back", "hand back"),
    r"(?:obtain|get)(?= (?:the|a|an)\b)": ("fetch", "retrieve"),
    r"(?:calculate|compute)s?(?= (?:the|a|an)\b)": ("work out", "determine"),
    r"checks? (?:if|whether)": ("find out whether", "determine whether"),
    r"report(?= the\b)": ("find out and hand in", "determine and hand in"),
    r"count(?= the\b)": ("tell the number of", "find the number of"),
    r"exactly one": ("precisely one", "one and only one"),
    r"numbered from 0": ("numbered starting at 0", "numbered 0, 1, 2 and so on"),
    r"hidden": ("unseen", "concealed"),
    r"so far": ("up to now", "until now"),
    r"works (?:only )?once": ("can be used a single time", "works one time only"),
    r"your task is to": ("you are asked to", "what you have to do is"),
}
_TOOL_FRAMES = ("What it does: {}", "Purpose: {}", "In short: {}")
_TASK_FRAMES = ("Here is what to do. {}", "This is the situation. {}", "{} That is all there is to it.")


def _distractor(name: str, about: str, returns: str, *replies: str, asks: bool = False) -> tuple[Tool, tuple[str, ...]]:
    properties = {"topic": {"type": "string", "description": "what to ask about"}} if asks else {}
    parameters = {"type": "object", "properties": properties, "required": [*properties]}
    return Tool(name, about, parameters, f"str: {returns}"), replies


DISTRACTORS = (  # tools of ours, and what they reply: formats of two random numbers
    _distractor("Uptime", "Tell for how long this service has been up.", "a time", "{0} hours", "{0} days"),
    _distractor("Motto", "Read the motto over the door.", "a sentence", "Slow and steady.", "Measure twice."),
    _distractor("Weather", "Ask what the weather is like outside.", "the weather", "{1} hPa, dry", "rain"),
    _distractor("Visitors", "Tell how many people have visited today.", "a number", "{0}", "{1}"),
    _distractor("Manual", "Search the manual of the house.", "where it is", "see page {0}", "none", asks=True),
    _distractor("Opinion", "Ask a passer-by, who knows no more than you.", "an opinion", "hard to say", "maybe"),
    _distractor("Serial", "Read the serial number of this terminal.", "a number", "{0}-{1}"),
    _distractor("Footprint", "Tell how much memory this terminal uses.", "an amount", "{0} MiB"),
)


@dataclasses.dataclass(frozen=True, slots=True)
class View:
    """A task as the policy sees it, and the way back."""

    statement: str
    tools: tuple[Tool, ...]
    names: dict[str, str]  # visible tool → the environment's
    parameters: dict[str, dict[str, str]]  # visible tool → its visible parameters → the environment's
    distractors: dict[str, tuple[str, ...]]  # visible tool of ours → what it may reply


def _random(p: Perturbations, task: Task, *what: object) -> random.Random:
    text = "/".join(map(str, (p.seed, task.id, *what)))  # seeded by its SHA-512: everywhere alike
    return random.Random(text.encode("utf-8", "surrogatepass"))


def _numbers(line: str, rng: random.Random) -> str:
    return line.format(rng.randrange(1, 99), rng.randrange(100, 999))


def _substitute(text: str, names: dict[str, str]) -> str:
    """All whole words at once: a new name that equals another old one is not replaced again."""
    pattern = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    return re.sub(rf"(?<![\w'’])(?:{pattern})(?!\w)", lambda match: names[match[0]], text) if names else text


def _unquoted(text: str, change: Callable[[str], str]) -> str:
    """Change what is not in quotes: there stands what an environment says literally."""
    pieces = re.split(r"(\"[^\"]*\"|`[^`]*`|(?<!\w)'[^']*'(?!\w))", text)
    return "".join(piece if n % 2 else change(piece) for n, piece in enumerate(pieces))


def _names(tools: Sequence[Tool], rng: random.Random) -> dict[str, str]:
    """The environment's names of tools → new ones."""
    taken, names, snake, around = {tool.name for tool in tools}, {}, rng.random() < 0.5, rng.choice(_AROUND)
    for old in (tool.name for tool in tools):
        words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+|.", old)
        new = "".join(rng.choice(_NAMES[word]) if word in _NAMES else word for word in words)
        new = around.format(new) if new == old else new
        new = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", new).lower() if snake else new
        while new in taken:
            new += "_it" if snake else "It"
        names[old] = "Done" if old == "Done" else new
        taken.add(new)
    return names


def _paraphrase(text: str, rng: random.Random, names: Collection[str]) -> str:
    """The text in other words; what is quoted and the names of tools stay."""
    for pattern, others in _WORDS.items():
        fresh = [other for other in others if other.split()[0].capitalize() not in names]
        other = rng.choice(fresh or others[:1])

        def say(match: re.Match[str], other: str = other, keep: bool = not fresh) -> str:
            return match[0] if keep or match[0] in names else other.capitalize() if match[0][0].isupper() else other

        text = _unquoted(text, partial(re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE).sub, say))
    return text


def view(p: Perturbations, environment: Environment, task: Task) -> View:
    """Statement and tools of a task under `p`. Same seed and task, same view."""
    statement, tools = task.statement or environment.statement, list(environment.tools)
    if p == NONE:
        return View(statement, environment.tools, {}, {}, {})
    rng, known, added = _random(p, task, "distractors"), {tool.name for tool in tools}, {}
    for tool, replies in rng.sample(DISTRACTORS, p.distractors):
        while tool.name in known:
            tool = dataclasses.replace(tool, name=tool.name + "Desk")
        added[tool.name] = replies
        tools.insert(rng.randrange(len(tools) or 1), tool)  # never the last: that is mostly Done
    names, style, rng = {tool.name: tool.name for tool in tools}, "{}", _random(p, task, "words")
    if p.rename:
        names, style = _names(tools, rng), rng.choice(_PARAMETERS)
    renamed, back, seen = {old: new for old, new in names.items() if old != new}, {}, []
    reword = (lambda text: _paraphrase(text, rng, names)) if p.paraphrase else str
    for tool in tools:
        schemas = tool.parameters["properties"]
        # "a" and "I" are words too: renamed in the docs they would go wrong, and not there they would mean nothing.
        keys = {key: key if key in set("aAI") else style.format(key) for key in schemas}
        # "value" may be just a word of the docs and stays there; "i" or "max_len" do not.
        odd = {k: new for k, new in keys.items() if k != new and (len(k) == 1 or not (k.isalpha() and k.islower()))}
        others = {old: new for old, new in renamed.items() if old != tool.name} | odd  # "Weigh it": there it is a verb
        say = partial(_substitute, names=others)
        properties = {keys[k]: s | {x: say(reword(s[x])) for x in s if x == "description"} for k, s in schemas.items()}
        parameters = tool.parameters | {"properties": properties}
        parameters |= {x: [keys[k] for k in tool.parameters[x]] for x in parameters if x == "required"}
        about, returns = say(reword(tool.description)), _unquoted(reword(tool.returns), say)
        about = rng.choice(_TOOL_FRAMES).format(about) if p.paraphrase else about
        seen.append(Tool(names[tool.name], about, parameters, returns))
        back[names[tool.name]] = {new: key for key, new in keys.items()}
    statement = _substitute(reword(statement), renamed)
    statement = rng.choice(_TASK_FRAMES).format(statement.strip()) if p.paraphrase else statement
    notes = [_FAILURES.format(p.failures_in_a_row)] * (p.failure_rate > 0) + [_NOISE] * p.noise
    added = {names[old]: replies for old, replies in added.items()}
    return View("\n\n".join([statement, *notes]), tuple(seen), {n: o for o, n in names.items()}, back, added)


def say(view: View, action: str) -> str:
    """An action of the environment, such as its oracle's, as a policy that sees `view` has to say it."""
    call = json.loads(action)
    name = next((new for new, old in view.names.items() if old == call["name"]), call["name"])
    keys = {old: new for new, old in view.parameters.get(name, {}).items()}
    return Call(name, {keys.get(key, key): value for key, value in call["parameters"].items()}).action


def read(observation: str) -> str:
    """What a reply says, without the noise around it."""
    match = re.search("<reply>(.*)</reply>", observation, re.DOTALL)
    return match[1] if match else observation


class PerturbedSession:
    """A Session whose policy sees `view`. `failed` counts the calls made to fail; all others were answered."""

    def __init__(self, session: Session, p: Perturbations, view: View, task: Task) -> None:
        self.session, self._p, self.view, self._task = session, p, view, task
        self.failed = self._made = self._row = 0

    async def step(self, action: str) -> StepReply:
        """What Session.step does, perturbed. Which calls fail depends on nothing but seed, task and number of call."""
        if self._p == NONE:
            return await self.session.step(action)
        rng, self._made = _random(self._p, self._task, "call", self._made), self._made + 1
        busy = rng.random() < self._p.failure_rate and self._row < self._p.failures_in_a_row
        self._row = self._row + 1 if busy else 0
        self.failed += busy
        reply = StepReply(TRY_AGAIN) if busy else await self._answer(action, rng)
        if self._p.noise:
            before, after = (_numbers(line, rng) for line in rng.sample(_CHATTER, 2))
            reply = reply._replace(observation=f"{before}\n<reply>{reply.observation}</reply>\n{after}")
        return reply

    async def _answer(self, action: str, rng: random.Random) -> StepReply:
        call, view = json.loads(action), self.view
        name, given = call["name"], call["parameters"]
        ours = view.distractors.get(name)
        if not (self._p.rename or ours):
            return await self.session.step(action)
        if (keys := view.parameters.get(name)) is None:
            return StepReply(f"error: no tool {name}; the tools are {', '.join(view.names)}")
        if given.keys() - keys.keys() or (ours and given.keys() != keys.keys()):
            return StepReply(f"error: {name} takes {', '.join(keys) or 'no parameters'}")
        if ours:
            return StepReply(_numbers(rng.choice(ours), rng))
        old = Call(view.names[name], {keys[key]: value for key, value in given.items()})
        reply = await self.session.step(old.action)
        if reply.observation[:5].lower() == "error":
            words = {old: new for new, old in [*view.names.items(), *keys.items()]}
            reply = reply._replace(observation=_substitute(reply.observation, words))
        return reply


@contextlib.asynccontextmanager
async def spawn(pool: SandboxPool, p: Perturbations, env: Environment, task: Task) -> AsyncIterator[PerturbedSession]:
    """A perturbed session, closed at the end. Its steps replay Episode.actions, without the malformed turns."""
    session = await pool.spawn(env.source, env.class_name, task.config)
    try:
        yield PerturbedSession(session, p, view(p, env, task), task)
    finally:
        await session.close()


async def played(pool: SandboxPool, p: Perturbations, env: Environment, task: Task, oracle: Trajectory) -> Trajectory:
    """An oracle's trajectory under `p`: in the words of the view, each call again until it goes through."""
    steps, reply = [], StepReply("")
    async with spawn(pool, p, env, task) as session:
        for action in (say(session.view, action) for action, _ in oracle.steps):
            for _ in range(p.failures_in_a_row + 1):
                reply = await session.step(action)
                steps.append((action, reply.observation))
                if read(reply.observation) != TRY_AGAIN:
                    break
        return Trajectory(tuple(steps), reply.reward, reply.stop or StopReason.TURN_BUDGET, session.session.detail)
