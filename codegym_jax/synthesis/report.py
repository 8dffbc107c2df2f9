"""The report of a synthesized set: one HTML file without scripts or anything to load, from its report cards."""

from __future__ import annotations

import html
import statistics
from collections.abc import Callable, Sequence
from typing import Any

from codegym_jax.environments import EnvironmentSet
from codegym_jax.types import Environment

PAPER_TOOLS, PAPER_CALLS = 6.52, 44.07  # means of the published set (arXiv:2509.17325)
BARS, WIDTH, HEIGHT = 16, 360, 120
EXAMPLES = 3
STYLE = """body{font:15px/1.45 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222}
table{border-collapse:collapse}td,th{padding:.15rem .8rem .15rem 0;text-align:left}td.n{text-align:right}
figure{display:inline-block;margin:0 1.5rem 1rem 0}figcaption{font-size:13px;color:#555}
pre{font-size:12px;white-space:pre-wrap;background:#f6f6f6;padding:.6rem}rect{fill:#4a78b5}text{font-size:11px}"""


def table(rows: Sequence[tuple[Any, ...]]) -> str:
    """Rows of texts and numbers; numbers to the right."""

    def cell(value: Any) -> str:
        if isinstance(value, (int, float)):
            return f'<td class="n">{value:.4g}</td>' if isinstance(value, float) else f'<td class="n">{value:,}</td>'
        return f"<td>{html.escape(str(value))}</td>"

    return "<table>" + "".join(f"<tr>{''.join(map(cell, row))}</tr>" for row in rows) + "</table>"


def histogram(title: str, values: Sequence[float], paper: float | None = None) -> str:
    """Counts of `values` in about BARS equal intervals, with the mean, and the paper's as a line."""
    if not values:
        return ""
    low, high = min(values), max([*values, paper or 0])
    whole = all(float(value).is_integer() for value in values)
    width = max(1.0, -(-(high - low + 1) // BARS)) if whole else (high - low) / BARS or 1.0
    counts = [0] * (int((high - low) / width) + 1)
    for value in values:
        counts[int((value - low) / width)] += 1
    bar, drawn = WIDTH / len(counts), []
    for i, count in enumerate(counts):
        tall = HEIGHT * count / max(counts)
        start = low + i * width
        said = f"{start:g}: {count}" if width == 1 and whole else f"{start:.3g} to {start + width:.3g}: {count}"
        drawn.append(
            f'<rect x="{i * bar:.1f}" y="{HEIGHT - tall:.1f}" width="{bar * 0.9:.1f}" height="{tall:.1f}">'
            f"<title>{said}</title></rect>"
        )
    mean = f"mean {statistics.fmean(values):.4g}, n = {len(values):,}"
    if paper is not None:
        x = (paper - low) / width * bar + bar / 2 * (width == 1)
        drawn.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{HEIGHT}" stroke="#c33" stroke-dasharray="4 3"/>')
        mean += f"; the paper's mean {paper} (dashed)"
    drawn.append(f'<text x="0" y="{HEIGHT + 14}">{low:.4g}</text>')
    drawn.append(f'<text x="{WIDTH}" y="{HEIGHT + 14}" text-anchor="end">{low + len(counts) * width:.4g}</text>')
    svg = f'<svg width="{WIDTH}" height="{HEIGHT + 18}" role="img">{"".join(drawn)}</svg>'
    return f"<figure>{svg}<figcaption><b>{html.escape(title)}</b><br>{mean}</figcaption></figure>"


def transcript(environment: Environment, example: dict[str, Any], twins: dict[str, Any]) -> str:
    """The task, one of its twins, and the oracle's calls and what it was told, shortened in the middle."""
    steps = example["steps"]
    lines = [f"&gt; {html.escape(action)}\n  {html.escape(said[:300])}" for action, said in steps]
    if example["calls"] > len(steps):
        lines.insert(-1, "  …")
    config = html.escape(example["config"][:300])
    head = f"<h3>{html.escape(environment.name)}</h3><p>{html.escape(environment.statement)}</p>"
    for config_of, pairs in twins.items():
        changed = ", ".join(map(str, pairs[0][0]))
        twin = f"{config_of[:300]} has another answer if only ({changed}) is: {pairs[0][1][:300]}"
        head += f"<p>A twin: <code>{html.escape(twin)}</code>, one of {len(pairs):,} such leaves.</p>"
    tools = ", ".join(tool.name for tool in environment.tools)
    head += f"<p>Tools: {html.escape(tools)}. The oracle's {example['calls']} calls on <code>{config}</code>:</p>"
    return f"{head}<pre>{chr(10).join(lines)}</pre>"


def render(
    title: str,
    summary: dict[str, Any],
    cards: Sequence[dict[str, Any]],
    made: EnvironmentSet,
    examples: dict[str, dict[str, Any]],
) -> str:
    """The page. `summary` is the JSON line of launch/synthesize.py or filter.py; examples are of environments, by name,
    each with config, calls and steps."""
    tasks = made.tasks
    audits = [card["audit"] for card in cards if "audit" in card]  # a filtered set may have cards without
    verified = [card["verification"] for card in cards if "verification" in card]

    def per_task(field: str) -> list[float]:
        return [float(value) for audit in audits for value in audit[field].values()]

    def count(holds: Callable[[dict[str, Any]], bool]) -> int:
        return sum(map(holds, audits))

    stages: list[tuple[Any, ...]] = [
        (name, summary[field], f"{summary[field] / max(1, summary['problems']):.1%}")
        for name, field in (
            ("problems", "problems"),
            ("usable", "usable"),
            ("synthesized", "synthesized"),
            ("verified", "verified"),
            ("environments with tasks", "environments"),
        )
    ]
    stages.append(("of them with at least 4 tools", sum(len(card["tools"]) >= 4 for card in cards), ""))
    stages += [("of them by the LLM", summary["by_llm"], "")] if "by_llm" in summary else []
    stages += [("verified configurations", summary["tasks"], ""), ("tasks kept", summary["kept"], "")]
    splits = sorted({task.split for task in tasks})
    levels = sorted({task.difficulty for task in tasks})
    counted = [("difficulty", *splits)] + [
        (str(level), *(sum(t.difficulty == level and t.split == split for t in tasks) for split in splits))
        for level in levels
    ]
    defects = [
        ("leak more than 10 % of the input", count(lambda audit: audit["leak_fraction"] > 0.1)),
        ("a second Done earns", count(lambda audit: audit["double_done"])),
        ("the reply to a wrong Done depends on the answer", count(lambda audit: audit["answer_in_errors"])),
        ("hidden state reached by names that are no tools", count(lambda audit: audit["hidden_access"])),
    ]
    shortcuts: dict[str, list[float]] = {}
    for audit in audits:
        for policy, rate in audit["shortcuts"].items():
            shortcuts.setdefault(policy if not policy.startswith("without ") else "one tool removed", []).append(rate)
    shown = [card for card in cards if card["environment"] in examples]
    shown = shown[:: max(1, len(shown) // EXAMPLES)][:EXAMPLES]
    checks = sum(verification["checked"] for verification in verified)
    against = f"{checks:,} configurations compared with the original solutions"
    if "fuzzed" in summary:
        against += f", {summary['fuzzed']:,} of them fuzzed; environments rejected for disagreeing with the original: "
        against += f"{summary['disagreements']:,}"
    licences = sorted({card["licence"] or "not known" for card in cards})
    parts = [
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{html.escape(title)}</title><style>{STYLE}</style>",
        f"<h1>{html.escape(title)}</h1><p>Licences of the problems: {html.escape(', '.join(licences))}.</p>",
        "<h2>Yield</h2>",
        table(stages),
        "<h3>Rejected, by reason</h3>" + table(list(summary["rejected"].items())) if summary["rejected"] else "",
        "<h2>Environments and tasks</h2>",
        histogram("tools of an environment", [len(card["tools"]) for card in cards], PAPER_TOOLS),
        histogram("oracle calls of a task", [task.oracle_calls for task in tasks], PAPER_CALLS),
        table(counted),
        f"<h2>Verification</h2><p>{against}.</p>",
        histogram("mutants caught, share", [verification["mutation_score"] for verification in verified]),
        "<h2>Audit</h2>",
        histogram("leak fraction of an environment", [audit["leak_fraction"] for audit in audits]),
        histogram("pivotal leaves of a task", per_task("pivotal")),
        histogram("leaves shown by one call at most", [audit["shown"] for audit in audits]),
        histogram("calls that any correct policy needs, a task", per_task("bound")),
        histogram("that bound / oracle calls", per_task("ratio")),
        table(defects),
        "<h3>Shortcut policies: mean success</h3>",
        table([(policy, statistics.fmean(rates)) for policy, rates in sorted(shortcuts.items())]),
        "<h2>What the oracle does</h2>",
        *(
            transcript(made.environments[name], examples[name], card.get("audit", {}).get("twins", {}))
            for card in shown
            for name in [card["environment"]]
        ),
    ]
    return "\n".join(part for part in parts if part) + "\n"
