"""The static synthesizer: a Python solution becomes an environment, without any language model.

Every parameter becomes hidden state behind accessors that show one leaf a call (length, item, cell, lookup, setting).
What the solution then does with the values stays its own control flow, in `solve()`, where pieces of it are calls of
step tools: pure functions of explicit parameters, cut out of conditions, assignments and calls of helper functions.
A piece is cut at the values it lives on: `dp[i - 1]` in `max(dp[i - 1], x + 1)` becomes a parameter. So a step tool
sees what the policy hands it, never the hidden input, and one call shows at most one leaf by construction.

Which pieces become tools is decided by running them all: a piece whose parameters and results JSON cannot carry stays
in solve(), and so do the least of them where there are too many tools or calls. A parameter that the solution only
indexes, measures and walks is read as it goes; any other is read whole before it starts.
"""

from __future__ import annotations

import ast
import copy
import dataclasses
import json
from collections.abc import Sequence
from typing import Any

from codegym_jax.environments import EnvironmentFormatError, parse_environment
from codegym_jax.problems import Problem
from codegym_jax.sandbox import SandboxPool
from codegym_jax.synthesis import original, wording
from codegym_jax.synthesis.accessors import Accessor, Names, Shape, Unsupported, accessors, camel, fits, indent, shape
from codegym_jax.synthesis.pieces import Cutter, Piece, Reads, stored_names
from codegym_jax.types import Environment

MOST_TOOLS, MOST_CALLS = 14, 256


@dataclasses.dataclass(frozen=True, slots=True)
class Refused:
    """Why a problem has no environment: a short slug, with a detail behind a colon."""

    reason: str


@dataclasses.dataclass(frozen=True, slots=True)
class Compiled:
    """An environment with configurations, each with its difficulty, 1 to 5 (0: an example of the problem)."""

    environment: Environment
    configs: tuple[tuple[str, int], ...]


SOURCE = '''"""Compiled from problem {problem}{licence}."""

import ast as _ast
import json as _json

import gymnasium

{solution}

{canonical}

{same}

class {cls}(gymnasium.Env):
    """{statement}"""

    KINDS = {{
        "integer": int, "number": (int, float), "string": str, "boolean": bool, "array": list, "any": object
    }}

    def __init__(self, env_str: str | None = None):
        super().__init__()
        self.func_mapping = {mapping}
        self.parameters = {parameters}
        self.config = {default}
        self.reset(None if env_str is None else _ast.literal_eval(env_str.split("@", 1)[1]))

    @staticmethod
    def from_env_str(env_str: str):
        return {cls}(env_str) if env_str.startswith("{cls}@") else None

    @property
    def finished(self) -> bool:
        return self._finished

    @property
    def reward(self) -> float:
        return self._reward

    def reset(self, options: dict | None = None) -> str:
        self.config = options or self.config
        self._finished, self._reward, self.step_count = False, 0.0, 0
        return "reset"

    def step(self, action: str) -> tuple[bool, str]:
        """Run one JSON action; a malformed one changes nothing and is told what is wrong with it."""
        self.step_count += 1
        if self._finished:
            return True, "finished"
        try:
            call = _json.loads(action)
            name, given = call["name"], {{**call["parameters"]}}
            kinds = self.parameters[name]
        except (KeyError, TypeError, ValueError, RecursionError):
            tools = ", ".join(self.parameters)
            return True, 'error: expected {{"name": ..., "parameters": {{...}}}}, name one of ' + tools
        if given.keys() != kinds.keys():
            return True, "error: " + name + " takes " + (", ".join(kinds) or "no parameters")
        for key, kind in kinds.items():
            number = kind in ("integer", "number")
            if not isinstance(given[key], self.KINDS[kind]) or (number and type(given[key]) is bool):
                return True, "error: " + key + " must be of type " + kind
            if type(given[key]) is int and abs(given[key]) > 10**400:
                return True, "error: " + key + " is too large"
        try:
            value = getattr(self, name)(**given)
            return True, value if name == "Observe" else _json.dumps(value)
        except (ArithmeticError, LookupError, TypeError, ValueError, AttributeError, RecursionError):
            return True, "error: " + name + " cannot work with these parameters"

    def get_ref_answer(self):
        return canonical(({entry})(**_ast.literal_eval(repr(self.config))))

    def Observe(self) -> str:
        """Tell what is hidden, and how much of it; not the values.
        Args:
            None
        Returns:
            str: one line for each hidden thing
        Example Output:
            "{observed}"
        """
        return "\\n".join([{shapes}])
{tools}
    def Done(self, answer) -> str:
        """Hand in the answer. The first one counts.
        Args:
            answer{answer_kind}: {answer_text}
        Returns:
            str: "recorded"
        Example Output:
            "\\"recorded\\""
        """
        self._finished, self._reward = True, float(same(answer, self.get_ref_answer()))
        return "recorded"

    def solve(self):
        """The original's control flow, with a call wherever a tool does it."""

        def call(name, /, **parameters):
            {make_call}

{oracle}
'''
TOOL = '''
    def {name}(self{signature}){arrow}:
        """{doc}
        Args:
            {arguments}
        Returns:
            {returns}
        Example Output:
            "{example}"
        """
        {body}
'''
REAL_CALL = 'return _json.loads(self.step(_json.dumps({"name": name, "parameters": parameters}))[1])'
WORDS = {"integer": "int", "number": "float", "string": "str", "boolean": "bool", "array": "list", "any": "Any"}
LEAVES: dict[type, str] = {int: "whole number", str: "text", float: "number", bool: "truth value"}


def _quoted(text: str) -> str:
    """Text that can stand in a docstring."""
    text = text.replace("\\", "\\\\").replace('"""', "'''").replace("\x00", "")
    return text[:-1] + '\\"' if text.endswith('"') else text


RECORD = """

_seen = {}


def _kind(value, depth=0):
    if value is None or type(value) in (bool, int) or (type(value) is str and len(value) <= 300):
        return {bool: "boolean", int: "integer", str: "string"}.get(type(value), "any")
    if type(value) is float and value - value == 0:
        return "number"
    if type(value) is list and len(value) <= 64 and depth < 2 and "" not in {_kind(item, depth + 1) for item in value}:
        return "array"
    return ""


def _record(env, name, parameters):
    value = getattr(env, name)(**parameters)
    count, kinds, example = _seen.setdefault(name, [0, {}, ""])
    _seen[name][0] += 1
    for key, item in {**parameters, "return": value}.items():
        kinds.setdefault(key, set()).add(_kind(item))
    if not example and name not in ("Observe", "Done"):
        _seen[name][2] = _json.dumps(value) if _kind(value) else ""
    return value


def _profile(text):
    env = CLS(CLS.__name__ + "@" + text)
    env.solve()
    seen = {name: [n, {k: sorted(v) for k, v in kinds.items()}, e] for name, (n, kinds, e) in _seen.items()}
    return _json.dumps([env.reward, seen])
"""


@dataclasses.dataclass(slots=True)
class Use:
    """What a tool was seen to be called with: calls a configuration, JSON types, "" for what JSON cannot carry."""

    calls: list[int] = dataclasses.field(default_factory=list)
    kinds: dict[str, set[str]] = dataclasses.field(default_factory=dict)
    example: str = ""


class Solution:
    """The parsed solution: its module, its entry function and what that calls."""

    def __init__(self, problem: Problem) -> None:
        tree = ast.parse(problem.solution)
        kept = (
            ast.Import,
            ast.ImportFrom,
            ast.FunctionDef,
            ast.ClassDef,
            ast.Assign,
            ast.AnnAssign,
            ast.AugAssign,
            ast.Try,
        )
        nodes: list[ast.stmt] = [
            n for n in tree.body if isinstance(n, kept) and getattr(n, "module", "") != "__future__"
        ]
        self.module = ast.unparse(ast.Module(nodes, []))
        functions = {n.name: n for n in nodes if isinstance(n, ast.FunctionDef)}
        self.helpers = dict(functions)
        name = problem.entry_point.rsplit(".", 1)[-1]
        self.method = "." in problem.entry_point
        if self.method:
            classes = [
                n for n in nodes if isinstance(n, ast.ClassDef) and f"{n.name}()" == problem.entry_point.split(".")[0]
            ]
            methods = {n.name: n for c in classes for n in c.body if isinstance(n, ast.FunctionDef)}
            functions = methods
            self.helpers |= {f"self.{n}": f for n, f in methods.items() if n != name}
        if name not in functions:
            raise Unsupported(f"entry_point: no function {problem.entry_point}")
        self.entry = functions[name]
        self.helpers.pop(name, None)
        self.helpers = {n: f for n, f in self.helpers.items() if _is_pure(f)}
        if any(isinstance(n, (ast.Yield, ast.YieldFrom, ast.Await, ast.Global)) for n in ast.walk(self.entry)):
            raise Unsupported("generator: the solution yields, awaits or keeps global state")


def _is_pure(function: ast.FunctionDef) -> bool:
    """Whether a helper neither changes what it is given nor anything around it, as far as its text shows."""
    given = {argument.arg for argument in function.args.args}
    for node in ast.walk(function):
        if isinstance(node, (ast.Global, ast.Nonlocal, ast.Yield, ast.YieldFrom)):
            return False
        changed: ast.expr | None = None
        if isinstance(node, (ast.Subscript, ast.Attribute)) and not isinstance(node.ctx, ast.Load):
            changed = node.value
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CHANGING:
            changed = node.func.value
        if isinstance(changed, ast.Name) and changed.id in given:
            return False
    return not function.decorator_list and not function.args.vararg and not function.args.kwarg


CHANGING = set("append pop sort extend insert remove reverse add update clear popleft appendleft discard".split())
RESERVED = (
    "step reset solve reward finished config parameters func_mapping Observe Done ReadSetting get_ref_answer KINDS"
)


class Build:
    """One attempt at an environment. eager: every parameter is read whole before the solution starts."""

    def __init__(self, problem: Problem, solution: Solution, shapes: dict[str, Shape], eager: bool) -> None:
        self.problem, self.solution, self.shapes, self.eager = problem, solution, shapes, eager
        self.cls = camel(solution.entry.name) + "Env"
        self.banned: set[str] = set()
        self.nested: set[str] = set()  # helpers that are part of the control flow, not tools
        self.examples: list[str] = []
        self.answers: list[Any] = []

    def oracle(self, names: Names, table: dict[str, dict[str, str]]) -> tuple[str, list[Piece]]:
        """The source of solve()'s control flow, and the pieces it calls."""
        entry = self.solution.entry
        bound = {n.id for n in ast.walk(entry) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}
        bound |= {
            name
            for f in ast.walk(entry)
            if f is not entry and isinstance(f, (ast.FunctionDef, ast.Lambda))
            for name in stored_names(f)
        }
        recursive = any(isinstance(n, ast.Name) and n.id == entry.name for n in ast.walk(entry))
        whole = self.eager or recursive or any(isinstance(n, (ast.Try, ast.Nonlocal)) for n in ast.walk(entry))
        easy = ("list", "text", "grid")
        lazy = {n: s for n, s in self.shapes.items() if not whole and s.kind in easy and n not in bound}
        while True:
            tree = copy.deepcopy(entry)
            tree.body = [Reads(lazy, table).visit(node) for node in tree.body]
            left = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)} & lazy.keys()
            if not left:
                break
            lazy = {name: form for name, form in lazy.items() if name not in left}
        helpers = {n: f for n, f in self.solution.helpers.items() if n not in self.nested}
        cutter = Cutter(names, helpers, stored_names(entry) | {"self"}, self.banned)
        nested = []
        for name in sorted(self.nested):
            if not name.startswith("self."):
                helper = copy.deepcopy(self.solution.helpers[name])
                cutter.stored = stored_names(helper)
                nested.append(_bare(cutter.visit(helper)))
        cutter.stored = stored_names(entry) | {"self"}
        cutter.visit(tree)
        read = [name for name in self.shapes if name not in lazy]
        _bare(tree)
        arguments = [*tree.args.posonlyargs, *tree.args.args, *tree.args.kwonlyargs]
        defaults = dict(zip([a.arg for a in (*tree.args.posonlyargs, *tree.args.args)][::-1], tree.args.defaults[::-1]))
        defaults |= {a.arg: d for a, d in zip(tree.args.kwonlyargs, tree.args.kw_defaults) if d}
        kept = [a for a in arguments if a.arg in read or (a.arg in defaults and a.arg not in self.shapes)]
        first = next((i for i, a in enumerate(kept) if a.arg not in read), len(kept))
        after = [defaults.get(a.arg) or ast.Constant(None) for a in kept[first:]]
        tree.args = ast.arguments([], kept, None, [], [], None, after)
        if self.solution.method:
            for node in ast.walk(tree):
                if isinstance(node, ast.Name) and node.id == "self":
                    node.id = "solution"
        tree.decorator_list, tree.name = [], entry.name
        lines = [ast.unparse(ast.fix_missing_locations(node)) for node in (*nested, tree)]
        if self.solution.method:
            lines.insert(0, f"solution = {self.problem.entry_point.split('.')[0]}")
        given = ", ".join(f"{name}=read_{name}()" for name in read)
        lines.append(f'call("Done", answer=canonical({entry.name}({given})))')
        used = {
            n.value
            for n in ast.walk(ast.parse("\n".join(lines)))
            if isinstance(n, ast.Constant) and isinstance(n.value, str)
        }
        return "\n\n".join(lines), [piece for piece in cutter.pieces.values() if piece.name in used]

    def source(self, uses: dict[str, Use] | None) -> tuple[str, list[Piece]]:
        """The environment. uses None: one whose solve() calls the tools past step(), to be watched."""
        names = Names(RESERVED.split())
        table, tools, readers = accessors(self.shapes, names)
        oracle, pieces = self.oracle(names, table)
        for piece in pieces:
            use = (uses or {}).get(piece.name, Use())
            kinds = {name: _json_type(use.kinds.get(name, set())) for name in piece.parameters}
            function = self.solution.helpers.get(piece.helper)
            said = (ast.get_docstring(function) or "").split("\n")[0] if function else ""
            doc = said if said else f"Work out {wording.sentence(piece.body)}."
            doc = doc.replace("Work out whether", "Tell whether")
            texts = {name: (kind, wording.words(name)) for name, kind in kinds.items()}
            back = WORDS[_json_type(use.kinds.get("return", set()))]
            tools.append(Accessor(piece.name, doc, texts, f"{back}: the result", f"return {ast.unparse(piece.body)}"))
        parts = []
        for tool in tools:
            use = (uses or {}).get(tool.name, Use())
            typed = {name: WORDS[kind] for name, (kind, _) in tool.parameters.items()}
            signature = "".join(f", {n}" + (f": {t}" if t != "Any" else "") for n, t in typed.items())
            lines = [
                f"{n}" + (f" ({t})" if t != "Any" else "") + f": {tool.parameters[n][1]}" for n, t in typed.items()
            ]
            returns, back = tool.returns, WORDS[_json_type(use.kinds.get("return", set()))]
            if returns.startswith("Any"):
                returns = back.replace("Any", "int, float, str, bool or list") + returns[3:]
            parts.append(
                TOOL.format(
                    name=tool.name,
                    signature=signature,
                    arrow="" if back == "Any" else f" -> {back}",
                    doc=_quoted(tool.doc),
                    arguments=_quoted(indent("\n".join(lines), 12).strip() or "None"),
                    returns=_quoted(returns),
                    example=_quoted(use.example),
                    body=indent(tool.body, 8).strip(),
                )
            )
        every = ["Observe", *(tool.name for tool in tools), "Done"]
        parameters = {tool.name: {n: kind for n, (kind, _) in tool.parameters.items()} for tool in tools}
        parameters = {"Observe": {}, **parameters, "Done": {"answer": "any"}}
        observed = [self._observe(name, form) for name, form in self.shapes.items()]
        kind, text = answer_kind(self.answers)
        source = SOURCE.format(
            problem=self.problem.id,
            licence=f" ({self.problem.licence})" if self.problem.licence else "",
            solution=self.solution.module,
            canonical=original.CANONICAL,
            same=original.SAME,
            cls=self.cls,
            statement=_quoted(indent(wording.statement(self.problem.statement), 4).strip()),
            mapping=repr({name: i for i, name in enumerate(every)}),
            parameters=repr(parameters),
            default=self.examples[0],
            entry=self.problem.entry_point,
            observed=_quoted(self._observed_example()),
            shapes=", ".join(observed),
            tools="".join(parts),
            answer_kind=kind,
            answer_text=text,
            oracle=indent(readers + "\n" + oracle, 8),
            make_call=REAL_CALL if uses is not None else "return _record(self, name, parameters)",
        )
        return source, pieces

    def _observe(self, name: str, form: Shape) -> str:
        words, get = f"{name}: ", f"self.config[{name!r}]"
        if form.kind == "scalar":
            return repr(f"{words}a single value ({form.leaf})")
        what = {"text": " characters", "grid": f" rows of {form.leaf}s", "table": f" keys, each with a {form.leaf}"}
        return f"{words!r} + str(len({get})) + {what.get(form.kind, f' elements ({form.leaf})')!r}"

    def _observed_example(self) -> str:
        first = next(iter(self.shapes), "")
        return f"{first}: ..."


def _bare(function: ast.FunctionDef) -> ast.FunctionDef:
    """Without annotations, decorators and docstring."""
    for node in ast.walk(function):
        if isinstance(node, ast.arg):
            node.annotation = None
        if isinstance(node, ast.FunctionDef):
            node.returns = None
            if ast.get_docstring(node) is not None:
                node.body = node.body[1:] or [ast.Pass()]
    return function


def _json_type(kinds: set[str]) -> str:
    if kinds == {"integer", "number"}:
        return "number"
    return next(iter(kinds)) if len(kinds) == 1 and "" not in kinds else "any"


def answer_kind(answers: Sequence[Any]) -> tuple[str, str]:
    """How Done's parameter is documented: its type, and in words."""
    kinds = {type(answer) for answer in answers}
    if kinds == {int, float}:
        kinds = {float}
    if len(kinds) != 1:
        return "", "the answer, as JSON"
    (kind,) = kinds
    word = {int: "int", float: "float", str: "str", bool: "bool", list: "list", dict: "dict"}.get(kind)
    text = {
        int: "a whole number",
        float: "a number",
        str: "a text",
        bool: "true or false",
        list: "a list, in the order asked for; where order does not matter, ascending",
    }
    return (f" ({word})" if word else ""), "the answer, " + text.get(kind, "as JSON")


def _leaf_word(values: Sequence[Any]) -> str:
    found: set[type] = set()

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            value = list(value.values())
        if isinstance(value, (list, tuple, set, frozenset)):
            for item in value:
                walk(item)
        else:
            found.add(type(value))

    walk(list(values))
    return LEAVES.get(found.pop(), "value") if len(found) == 1 else "value"


async def draw(
    pool: SandboxPool, problem: Problem, each: int, shapes: dict[str, Shape] | None = None
) -> list[tuple[str, int]]:
    """Configurations with their difficulty: the examples (0), and up to `each` of every size from 1 to 5; those that
    the original answers and that have the given shapes."""
    given = [(text, 0) for text in dict.fromkeys(problem.inputs)]
    outcomes = await original.answers(pool, problem, [text for text, _ in given])
    drawn = [pair for pair, outcome in zip(given, outcomes) if outcome.stop is None]
    if not problem.generator and not problem.inputs:
        return []
    for size in original.SIZES:
        seeds = range(size * 1000, size * 1000 + each + 4)
        drawn += [(text, size) for text in (await original.generate(pool, problem, size, seeds))[:each]]
    return [(text, size) for text, size in dict(drawn).items() if shapes is None or fits(text, shapes)]


async def synthesize(pool: SandboxPool, problem: Problem, each: int = 6) -> Compiled | Refused:
    """Compile one problem. Deterministic: the same problem gives the same environment and configurations.

    each: how many configurations of every difficulty to draw. Refused.reason says why there is no environment.
    """
    try:
        solution = Solution(problem)
        drawn = await draw(pool, problem, each)
        if not drawn:
            raise Unsupported("inputs: the solution answers none of its examples, or has none")
        keys = list(ast.literal_eval(drawn[0][0]))
        drawn = [(text, size) for text, size in drawn if list(ast.literal_eval(text)) == keys]
        if not keys:
            raise Unsupported("inputs: the solution has no parameters")
        values = {key: [ast.literal_eval(text)[key] for text, _ in drawn] for key in keys}
        shapes = {key: dataclasses.replace(shape(values[key]), leaf=_leaf_word(values[key])) for key in keys}
        found = [
            json.loads(o.value)
            for o in await original.answers(pool, problem, [text for text, _ in drawn])
            if o.stop is None
        ]
        reason = ""
        for eager, cuts in ((False, True), (True, True), (True, False)):
            build = Build(problem, solution, shapes, eager)
            build.examples, build.answers = [text for text, _ in drawn], found
            result = await _attempt(pool, build, drawn, cuts)
            if isinstance(result, Compiled):
                return result
            reason = result.reason
        return Refused(reason)
    except Unsupported as error:
        return Refused(str(error))
    except (SyntaxError, RecursionError, EnvironmentFormatError) as error:
        return Refused(f"syntax: {error}")


async def _attempt(pool: SandboxPool, build: Build, drawn: list[tuple[str, int]], cuts: bool) -> Compiled | Refused:
    """Watch it run until what is cut can be carried, then write it and have the sandbox solve every configuration."""
    sample = [text for text, size in drawn if size <= 2][:8] + [text for text, size in drawn if size == 3][:3]
    sample = sample or [text for text, _ in drawn]
    uses: dict[str, Use] = {}
    for _ in range(12):
        source, pieces = build.source(None)
        if not cuts and pieces:
            build.banned |= {piece.key for piece in pieces}
            continue
        outcomes = await pool.map(source + RECORD.replace("CLS", build.cls), "_profile", sample)
        bad = [o for o in outcomes if o.stop is not None]
        runs = [json.loads(o.value) for o in outcomes if o.stop is None]
        if bad:
            return Refused(f"oracle: {bad[0].detail}")
        uses = {}
        for _, seen in runs:
            for name, (count, kinds, example) in seen.items():
                use = uses.setdefault(name, Use())
                use.calls.append(count)
                use.example = use.example or example
                for key, found in kinds.items():
                    use.kinds.setdefault(key, set()).update(found)
        unfit = _unfit(build, pieces, uses, runs)
        if not unfit:
            break
        build.banned |= unfit
    if any(reward != 1.0 for reward, _ in runs):
        return Refused("oracle: it disagrees with the original")
    source, _ = build.source(uses)
    environment = parse_environment(source, f"{build.problem.id}__{build.cls}", build.problem.id)
    verdicts = await pool.verify(source, build.cls, [text for text, _ in drawn])
    kept = tuple(pair for pair, verdict in zip(drawn, verdicts) if verdict.reward == 1.0)
    if len(kept) < max(1, 0.9 * len(drawn)):
        lost = next(verdict for verdict in verdicts if verdict.reward != 1.0)
        return Refused(f"oracle: {lost.stop} {lost.detail}")
    return Compiled(environment, kept)


def _unfit(build: Build, pieces: list[Piece], uses: dict[str, Use], runs: list[Any]) -> set[str]:
    """Keys of the pieces that stay in solve(): never run, not to be carried by JSON, or the least of too many."""
    unfit = set()
    for piece in pieces:
        use = uses.get(piece.name)
        kinds = [kind for found in use.kinds.values() for kind in found] if use else [""]
        arrays = isinstance(piece.body, ast.BinOp) and "array" in (use.kinds["return"] if use else ())
        whole = piece.helper and "array" in kinds
        if whole:
            build.nested.add(piece.helper)
        if "" in kinds or arrays or whole:
            unfit.add(piece.key)
    if unfit:
        return unfit
    totals = sorted(sum(count for count, _, _ in seen.values()) for _, seen in runs)
    most, accessors = totals[len(totals) // 2], len([name for name in uses if name not in {p.name for p in pieces}])
    ranked = sorted(pieces, key=lambda piece: (piece.weight, piece.name))
    spare = len(pieces) + accessors + 2 - MOST_TOOLS
    light = [p for p in ranked if p.weight == 0]
    if light and len(pieces) - len(light) + accessors >= 3 and most - sum(max(uses[p.name].calls) for p in light) >= 12:
        return {piece.key for piece in light}
    if spare > 0:
        return {piece.key for piece in ranked[:spare]}
    if most > 0.6 * MOST_CALLS and pieces:
        return {max(ranked, key=lambda piece: sum(uses[piece.name].calls) / (1 + piece.weight)).key}
    return set()
