"""Which tasks of a synthesized set are worth training on: pure functions over records, no environment runs here.

    kept, dropped = measured(records, Thresholds())           # calls, tools, pass rate, leak, twin bound
    kept, more = distinct(kept, sources)                      # near-duplicate environments
    kept, more = uncontaminated(kept, problems, evaluation)   # against the sets that policies are evaluated on
    kept = [record._replace(split=split(record.problem)) for record in kept]

The paper keeps tasks with 10 to 256 oracle calls, 4 or more tools and a base-model pass rate of at most 25 %
(arXiv:2509.17325). Leak fraction and bound are of synthesis/audit.py. Each function gives what it keeps,
in the order it came, and (record, filter, reason) for each it drops.

Two environments are near-duplicates if both their code and their call graph overlap: Jaccard indices of the shingles
of the normalized AST of the tools and solve(), and of the edges from one tool call of solve() to the next one in the
text, where a tool is what its body does. Names, texts and numbers do not count, so that a task told anew, or one
with other constants, is found. The search is exact: sets with a Jaccard index of at least t share one of their
(1 - t) n + 1 rarest elements (prefix filter, doi:10.1145/1242572.1242591), so few pairs are compared.
"""

from __future__ import annotations

import ast
import collections
import dataclasses
import hashlib
import itertools
import math
import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

from codegym_jax.problems import Problem

PLUMBING = {"step", "finished", "reward", "reset", "from_env_str", "get_ref_answer", "Observe", "Done"}
SHINGLE = 6  # nodes of a shingle: about one expression
NGRAM = 13  # words, as contamination checks of language models have it (arXiv:2005.14165, appendix C)
FEWEST_NODES = 25  # of a solution that can be somebody's: smaller ones, like `return a + b`, meet by chance


class Record(NamedTuple):
    """One task and what was measured of it."""

    environment: str  # file stem
    problem: str  # id of the problem it was made of
    config: str
    oracle_calls: int
    tools: int  # distinct tools that the environment offers, Observe and Done included
    leak_fraction: float = 0.0
    bound: float = math.inf  # calls that any correct policy needs
    pass_rate: float | None = None  # None: not measured
    difficulty: int = 0
    split: str = ""


class Dropped(NamedTuple):
    record: Record
    filter: str
    reason: str


Filtered = tuple[list[Record], list[Dropped]]


@dataclasses.dataclass(frozen=True, slots=True)
class Thresholds:
    """What a task has to measure up to; all bounds are inclusive."""

    fewest_calls: int = 10  # Oracle calls of a task, Done included, at least.
    most_calls: int = 256  # Oracle calls of a task at most.
    fewest_tools: int = 4  # Tools that the environment offers, Observe and Done included, at least.
    highest_pass_rate: float = 0.25  # Pass rate of the policy that rolls out at most, where it is measured.
    highest_leak: float = 0.1  # Fraction of the hidden input that calls without arguments give away at most.
    lowest_bound: float = 2.0  # Calls that any correct policy needs at least; an Observe that shows all gives 1.


HARD = Thresholds(most_calls=512, highest_pass_rate=1 / 8)


def measured(records: Iterable[Record], thresholds: Thresholds) -> Filtered:
    """The records within the thresholds. A pass rate that was not measured drops nothing; the first failure counts."""
    kept, dropped, t = [], [], thresholds
    for record in records:
        calls, rate, leak = record.oracle_calls, record.pass_rate, record.leak_fraction
        failures = {
            "oracle_calls": (not t.fewest_calls <= calls <= t.most_calls, f"{calls}, {t.fewest_calls}-{t.most_calls}"),
            "tools": (record.tools < t.fewest_tools, f"{record.tools} < {t.fewest_tools}"),
            "leak_fraction": (not leak <= t.highest_leak, f"{leak:.3g} > {t.highest_leak:.3g}"),
            "bound": (not record.bound >= t.lowest_bound, f"{record.bound:.3g} < {t.lowest_bound:.3g}"),
            "pass_rate": (rate is not None and not rate <= t.highest_pass_rate, f"{rate} > {t.highest_pass_rate:.3g}"),
        }
        found = [Dropped(record, name, reason) for name, (failed, reason) in failures.items() if failed]
        dropped += found[:1]
        kept += [] if found else [record]
    return kept, dropped


# ---- near-duplicates -------------------------------------------------------------------------------------------------


def _nodes(node: ast.AST) -> list[str]:
    """Kinds of the nodes in the order of the text, whatever the names, texts and numbers; no docstrings, no types."""
    if isinstance(node, ast.Constant):
        return [type(node.value).__name__]
    said = [type(node).__name__]
    for name, value in ast.iter_fields(node):
        parts = value if isinstance(value, list) else [value]
        if name == "body" and isinstance(node, ast.FunctionDef) and ast.get_docstring(node) is not None:
            parts = parts[1:]
        if name not in ("annotation", "returns", "ctx", "decorator_list"):
            said += [kind for part in parts if isinstance(part, ast.AST) for kind in _nodes(part)]
    return said


class Fingerprint(NamedTuple):
    code: frozenset[Hashable]
    graph: frozenset[Hashable]


def fingerprint(source: str, class_name: str) -> Fingerprint:
    """Shingles of the tools and solve() of an environment, and the edges between its calls. ValueError: no class."""
    classes = [n for n in ast.parse(source).body if isinstance(n, ast.ClassDef) and n.name == class_name]
    if not classes:
        raise ValueError(f"no class {class_name} in the source; the environment's name says its class")
    methods = {node.name: node for node in classes[-1].body if isinstance(node, ast.FunctionDef)}
    solve = methods.pop("solve", None)
    tools = {name: tuple(_nodes(node)) for name, node in methods.items() if not name.startswith("_")}
    steps = tools | {name: (name,) for name in PLUMBING}
    bodies = [tuple(_nodes(solve)) if solve else (), *(kinds for name, kinds in tools.items() if name not in PLUMBING)]
    code = {kinds[i : i + SHINGLE] for kinds in bodies for i in range(max(1, len(kinds) - SHINGLE + 1))}
    said = [node for node in ast.walk(solve) if isinstance(node, ast.Constant) and node.value in steps] if solve else []
    said.sort(key=lambda node: (node.lineno, node.col_offset))
    called = [(), *(steps[str(node.value)] for node in said), ()]
    return Fingerprint(frozenset(code), frozenset(itertools.pairwise(called)))


def jaccard(a: frozenset[Hashable], b: frozenset[Hashable]) -> float:
    return len(a & b) / len(a | b) if a or b else 1.0


def duplicates(
    prints: Mapping[str, Fingerprint], code: float = 0.75, graph: float = 0.5
) -> dict[str, tuple[str, float]]:
    """{duplicate: (the earlier one it repeats, Jaccard index of their code)}. What repeats nothing kept is kept."""
    rarity = collections.Counter(shingle for print_ in prints.values() for shingle in print_.code)
    index: dict[Hashable, list[str]] = collections.defaultdict(list)
    found: dict[str, tuple[str, float]] = {}
    for name, print_ in prints.items():
        order = sorted(print_.code, key=lambda shingle: (rarity[shingle], repr(shingle)))
        prefix = order[: len(order) - math.ceil(code * len(order) - 1e-9) + 1]
        candidates = dict.fromkeys(other for shingle in prefix for other in index[shingle])
        close = [(jaccard(print_.code, prints[other].code), other) for other in candidates]
        close = [(j, other) for j, other in close if j >= code and jaccard(print_.graph, prints[other].graph) >= graph]
        if close:
            overlap, other = max(close)
            found[name] = (other, overlap)
            continue
        for shingle in prefix:
            index[shingle].append(name)
    return found


def distinct(records: Sequence[Record], sources: Mapping[str, str]) -> Filtered:
    """Without tasks that repeat a task, and without environments that repeat one whose tasks came earlier."""
    names = dict.fromkeys(record.environment for record in records)
    repeated = duplicates({name: fingerprint(sources[name], name.rsplit("__", 1)[-1]) for name in names})
    kept, dropped, seen = [], [], set()
    for record in records:
        if record.environment in repeated:
            other, overlap = repeated[record.environment]
            dropped.append(Dropped(record, "near_duplicate", f"of {other} ({overlap:.2f})"))
        elif (record.environment, record.config) in seen:
            dropped.append(Dropped(record, "duplicate_task", "the same configuration again"))
        else:
            seen.add((record.environment, record.config))
            kept.append(record)
    return kept, dropped


# ---- contamination ---------------------------------------------------------------------------------------------------


def _grams(statement: str) -> set[str]:
    """Runs of NGRAM words; the whole of a shorter statement."""
    words = re.findall(r"\w+", statement.lower())
    return {" ".join(words[i : i + NGRAM]) for i in range(max(1, len(words) - NGRAM + 1))} if words else set()


def normalized(solution: str, entry_point: str) -> str:
    """The entry point's code with its own names numbered in their order; "" if it is too small to be told."""
    name = entry_point.rpartition(".")[2]
    defined = [n for n in ast.walk(ast.parse(solution)) if isinstance(n, ast.FunctionDef) and n.name == name]
    if not defined or sum(1 for _ in ast.walk(defined[-1])) < FEWEST_NODES:
        return ""
    function = defined[-1]
    function.args.args = [argument for argument in function.args.args if argument.arg != "self"]
    own: dict[str, str] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.FunctionDef):
            own.setdefault(node.name, f"v{len(own)}")
            node.returns, node.body = None, node.body[ast.get_docstring(node) is not None :]
        elif isinstance(node, ast.arg):
            node.annotation = None
            own.setdefault(node.arg, f"v{len(own)}")
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            own.setdefault(node.id, f"v{len(own)}")
    for node in ast.walk(function):
        for field in {"name", "arg", "id"} & set(node._fields):
            setattr(node, field, own.get(getattr(node, field), getattr(node, field)))
    return ast.dump(function)


def contamination(problems: Iterable[Problem], evaluation: Iterable[Problem]) -> dict[str, str]:
    """{problem id: reason} of the problems that an evaluation set has too, in words or in code."""
    grams: dict[str, str] = {}
    codes: dict[str, str] = {}
    for problem in evaluation:
        grams |= dict.fromkeys(_grams(problem.statement), problem.origin or problem.id)
        codes[normalized(problem.solution, problem.entry_point)] = problem.origin or problem.id
    codes.pop("", None)
    found = {}
    for problem in problems:
        if shared := sorted(_grams(problem.statement) & grams.keys()):
            found[problem.id] = f"statement of {grams[shared[0]]}: {shared[0]!r}"
        elif (code := normalized(problem.solution, problem.entry_point)) in codes:
            found[problem.id] = f"solution of {codes[code]}"
    return found


def uncontaminated(records: Sequence[Record], problems: Iterable[Problem], evaluation: Iterable[Problem]) -> Filtered:
    """Without the tasks of problems that an evaluation set has too."""
    found = contamination(problems, evaluation)
    kept = [record for record in records if record.problem not in found]
    return kept, [Dropped(r, "contaminated", found[r.problem]) for r in records if r.problem in found]


# ---- splits ----------------------------------------------------------------------------------------------------------


def split(problem: str, held_out: float = 0.1, seed: str = "") -> str:
    """ "unseen_env" for about `held_out` of the problems, else "train": by a hash of the id, whatever the set holds."""
    number = int.from_bytes(hashlib.sha256(f"{seed}/{problem}".encode()).digest()[:8], "big")
    return "unseen_env" if number < held_out * 2**64 else "train"
