"""The static synthesizer: a Python solution becomes an environment, without any language model.

Every parameter becomes hidden state behind accessors that show one leaf a call (length, item, cell, lookup, setting).
What the solution then does with the values stays its own control flow, in `solve()`, where pieces of it are calls of
step tools: pure functions of explicit parameters, cut out of conditions, assignments and calls of helper functions.
A piece is cut at the values it lives on: `dp[i - 1]` in `max(dp[i - 1], x + 1)` becomes a parameter. So a step tool
sees what the policy hands it, never the hidden input, and one call shows at most one leaf by construction.

Which pieces become tools is decided by running them all: a piece whose parameters and results JSON cannot carry stays
in solve(), and so do the least of them where there are too many tools or calls. A function of the solution that works
on whole containers, changes them or yields is no tool but control flow, and cut like the rest; so is any that hides
what little there is to do. A parameter that the solution only indexes, measures and walks is read as it goes; any
other is read whole before it starts.

What takes less than ten calls whatever the input, a formula of two numbers say, is refused: nothing has to be found
out there, and arithmetic cut finer would only look like work.
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
from codegym_jax.synthesis.accessors import Accessor, Names, Shape, Unsupported, accessors, camel, indent, shape
from codegym_jax.synthesis.accessors import fits as fits
from codegym_jax.synthesis.pieces import CHANGING, Cutter, Opened, Piece, Reads, changes, stored_names
from codegym_jax.types import Environment, StopReason

FEWEST_TOOLS, MOST_TOOLS = 4, 14
FEWEST_CALLS, MOST_CALLS = 10, 256  # of an oracle (arXiv:2509.17325)
EASY = ("list", "text", "grid")  # shapes that can be read as the solution goes
ENDLESS = 2048  # calls after which a configuration is of no use, whatever comes


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


class _Endless(BaseException):
    pass


def _record(env, name, parameters):
    env.step_count += 1
    if any(type(item) is int and abs(item) > 10**400 for item in parameters.values()):
        env.step_count = ENDLESS + 1
    if env.step_count > ENDLESS:
        raise _Endless
    value = getattr(env, name)(**parameters)
    count, kinds, example = _seen.setdefault(name, [0, {}, ""])
    _seen[name][0] += 1
    for key, item in {**parameters, "return": value}.items():
        kinds.setdefault(key, set()).add(_kind(item))
    if not example and name not in ("Observe", "Done"):
        _seen[name][2] = _json.dumps(value) if _kind(value) or name.endswith("Parts") else ""
    return value


def _profile(text):
    env = CLS(CLS.__name__ + "@" + text)
    try:
        env.solve()
    except _Endless:
        pass
    seen = {name: [n, {k: sorted(v) for k, v in kinds.items()}, e] for name, (n, kinds, e) in _seen.items()}
    return _json.dumps([env.reward if env.step_count <= ENDLESS else None, env.step_count, seen])
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
        inside = [n for f in nodes if not isinstance(f, (ast.Import, ast.ImportFrom)) for n in ast.walk(f)]
        imports: list[ast.stmt] = [n for n in inside if isinstance(n, (ast.Import, ast.ImportFrom))]
        self.module = ast.unparse(ast.Module([*imports, *nodes], []))  # tools know only what the module does
        functions = {n.name: n for n in nodes if isinstance(n, ast.FunctionDef)}
        every = dict(functions)
        name = problem.entry_point.rsplit(".", 1)[-1]
        self.method = "." in problem.entry_point
        if self.method:
            classes = [
                n for n in nodes if isinstance(n, ast.ClassDef) and f"{n.name}()" == problem.entry_point.split(".")[0]
            ]
            functions = {n.name: n for c in classes for n in c.body if isinstance(n, ast.FunctionDef)}
            every |= {f"self.{n}": f for n, f in functions.items() if not f.decorator_list and f.args.args}
        if name not in functions:
            raise Unsupported(f"entry_point: no function {problem.entry_point}")
        self.entry = functions[name]
        own = {name, f"self.{name}", "self.__init__"}
        every = {n: f for n, f in every.items() if n not in own}
        self.helpers = {n: f for n, f in every.items() if _is_pure(f)}
        # what is no tool can be part of the control flow, unless it keeps state outside
        self.flows = {n: f for n, f in every.items() if not any(isinstance(x, ast.Global) for x in ast.walk(f))}
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


RESERVED = (
    "step reset solve reward finished config parameters func_mapping Observe Done ReadSetting get_ref_answer KINDS"
)


class Build:
    """One attempt at an environment. eager: every parameter is read whole before the solution starts."""

    def __init__(self, problem: Problem, solution: Solution, shapes: dict[str, Shape], eager: bool) -> None:
        self.problem, self.solution, self.shapes, self.eager = problem, solution, shapes, eager
        self.cls = camel(solution.entry.name) + "Env"
        self.banned: set[str] = set()
        self.nested = set(solution.flows) - set(solution.helpers)  # functions of the control flow, not tools
        self.examples: list[str] = []
        self.answers: list[Any] = []

    def oracle(self, names: Names, table: dict[str, dict[str, str]]) -> tuple[str, list[Piece]]:
        """The source of solve()'s control flow, and the pieces it calls."""
        entry = self.solution.entry
        stored = stored_names(entry) | {"self"}
        flows = {n: f for n, f in self.solution.flows.items() if n in self.nested}
        local = {n: Names([*stored, *flows]).new(n[5:]) if n.startswith("self.") else n for n in flows}
        methods = {n[5:]: new for n, new in local.items() if n.startswith("self.")}
        methods |= {entry.name: entry.name} if self.solution.method else {}
        entry = Opened(methods).visit(copy.deepcopy(entry))
        bound = {n.id for n in ast.walk(entry) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}
        bound |= {
            name
            for f in ast.walk(entry)
            if f is not entry and isinstance(f, (ast.FunctionDef, ast.Lambda))
            for name in stored_names(f)
        }
        recursive = any(isinstance(n, ast.Name) and n.id == entry.name for n in ast.walk(entry))
        whole = self.eager or recursive or any(isinstance(n, (ast.Try, ast.Nonlocal)) for n in ast.walk(entry))
        lazy = {n: s for n, s in self.shapes.items() if not whole and s.kind in EASY and n not in bound}
        lazy = {n: s for n, s in lazy.items() if s.inner is not list or not changes(entry, n)}
        while True:
            tree = copy.deepcopy(entry)
            tree.body = [Reads(lazy, table).visit(node) for node in tree.body]
            left = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)} & lazy.keys()
            if not left:
                break
            lazy = {name: form for name, form in lazy.items() if name not in left}
        helpers = {n: f for n, f in self.solution.helpers.items() if n not in self.nested}
        cutter = Cutter(names, helpers, stored | set(methods.values()), self.banned)
        cutter.visit(tree)
        nested: list[ast.FunctionDef] = []
        used, reached = _names(tree), set[str]()
        while todo := [n for n in flows if local[n] in used and n not in reached]:
            reached |= {*todo}
            for name in todo:
                helper = Opened(methods).visit(copy.deepcopy(flows[name]))
                if name.startswith("self."):
                    helper.name, helper.args.args = local[name], helper.args.args[1:]
                cutter.stored = stored_names(helper) | {"self", *methods.values()}
                nested.append(_bare(cutter.visit(helper)))
                used |= _names(helper)
        cutter.name()
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
            for node in (n for function in (tree, *nested) for n in ast.walk(function)):
                if isinstance(node, ast.Name) and node.id == "self":
                    node.id = "solution"
        tree.decorator_list, tree.name = [], entry.name
        lines = [ast.unparse(ast.fix_missing_locations(node)) for node in (*nested, tree)]
        if self.solution.method:
            lines.insert(0, f"solution = {self.problem.entry_point.split('.')[0]}")
        given = ", ".join(f"{name}=read_{name}()" for name in read)
        lines.append(f'call("Done", answer=canonical({entry.name}({given})))')
        called = {n.value for n in ast.walk(ast.parse("\n".join(lines))) if isinstance(n, ast.Constant)}
        return "\n\n".join(lines), [piece for piece in cutter.pieces.values() if piece.name in called]

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
            texts = {name: (kind, wording.given(name)) for name, kind in kinds.items()}
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
        observed = [_observe(name, form) for name, form in self.shapes.items()]
        default = ast.literal_eval(self.examples[0])
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
            observed=_quoted(
                "\\n".join(told.format(len(default[n]) if "{" in told else "") for n, told in zip(default, observed))
            ),
            shapes=", ".join(
                repr(told) + (f".format(len(self.config[{name!r}]))" if "{" in told else "")
                for name, told in zip(self.shapes, observed)
            ),
            tools="".join(parts),
            answer_kind=kind,
            answer_text=text,
            oracle=indent(readers + "\n" + oracle, 8),
            make_call=REAL_CALL if uses is not None else "return _record(self, name, parameters)",
        )
        return source, pieces


def _observe(name: str, form: Shape) -> str:
    """What Observe says of a parameter, with a place for its length."""
    words = {
        "scalar": f"a single {form.leaf}",
        "text": "a text of {} characters",
        "list": "{} " + form.leaf + "s" + (" in ascending order, each once" if form.outer is set else ""),
        "grid": "{} rows of " + form.leaf + "s",
        "table": "{} keys, each with a " + form.leaf,
        "nested": "{} elements, some of which have parts; innermost are " + form.leaf + "s",
    }
    return f"{name}: {words[form.kind]}".replace("values", "values of several kinds")


def _names(tree: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _bare(function: ast.FunctionDef) -> ast.FunctionDef:
    """Without annotations and docstring."""
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


async def draw(pool: SandboxPool, problem: Problem, each: int, reach: int = 0) -> dict[str, tuple[int, str]]:
    """Configurations that the original answers, with their difficulty and the answer: the examples (0), and up to
    `each` of every size from 1 to 5."""
    drawn: dict[str, tuple[int, str]] = {}

    async def add(configs: Sequence[str], size: int) -> bool:
        outcomes = await original.answers(pool, problem, configs)
        drawn.update({t: (size, o.value) for t, o in zip(configs, outcomes) if o.stop is None})
        return any(o.stop in (StopReason.ENV_TIMEOUT, StopReason.ENV_MEMORY) for o in outcomes)

    await add(list(dict.fromkeys(problem.inputs)), 0)
    for size in original.SIZES if problem.generator or problem.inputs else ():
        seeds = range(size * 1000, size * 1000 + each + 4)
        new = [text for text in await original.propose(pool, problem, size, seeds, reach) if text not in drawn]
        before = len(drawn)
        while (missing := before + each - len(drawn)) > 0 and new:
            if await add(new[:missing], size):
                return drawn  # what is too slow here is slower from here on
            new = new[missing:]
    return drawn


async def synthesize(
    pool: SandboxPool, problem: Problem, each: int = 6, fewest: int = FEWEST_CALLS
) -> Compiled | Refused:
    """Compile one problem. Deterministic: the same problem gives the same environment and configurations.

    each: how many configurations of every difficulty to draw. fewest: what has no configuration of so many calls, or
    not four tools, is too simple to be one. Refused.reason says why there is no environment.
    """
    try:
        solution = Solution(problem)
        made = await _compile(pool, problem, solution, each, fewest)
        if made.reach and not problem.generator:
            other = await _compile(pool, problem, solution, each, fewest, made.reach)
            made = other if other.inside > made.inside else made
        result, inside = made.result, made.inside
        if isinstance(result, Compiled) and (not inside or len(result.environment.tools) < FEWEST_TOOLS):
            tools = len(result.environment.tools)
            return Refused(f"too_simple: {inside} configurations of {fewest}-{MOST_CALLS} calls, {tools} tools")
        return result
    except Unsupported as error:
        return Refused(str(error))
    except (SyntaxError, RecursionError, EnvironmentFormatError) as error:
        return Refused(f"syntax: {error}")


@dataclasses.dataclass(slots=True)
class Made:
    """A way to compile: how many of its configurations are of use, and the reach of numbers that may give more."""

    result: Compiled | Refused
    inside: int = -1
    reach: int = 0


async def _compile(
    pool: SandboxPool, problem: Problem, solution: Solution, each: int, fewest: int, reach: int = 0
) -> Made:
    """The best of the ways to compile with inputs of this reach."""
    answered = await draw(pool, problem, each, reach)
    if not answered:
        raise Unsupported("inputs: the solution answers none of its examples, or has none")
    given = {text: ast.literal_eval(text) for text in answered}
    keys = list(next(iter(given.values())))
    drawn = [(text, size) for text, (size, _) in answered.items() if list(given[text]) == keys]
    if not keys:
        raise Unsupported("inputs: the solution has no parameters")
    values = {key: [given[text][key] for text, _ in drawn] for key in keys}
    shapes = {key: dataclasses.replace(shape(values[key]), leaf=_leaf_word(values[key])) for key in keys}
    best = Made(Refused(""))
    ways = ((False, True), (True, True), (True, False))
    for eager, cuts in ways if any(form.kind in EASY for form in shapes.values()) else ways[1:]:
        if not cuts and isinstance(best.result, Compiled):
            break
        build = Build(problem, solution, shapes, eager)
        build.examples = [text for text, _ in drawn]
        build.answers = [json.loads(answered[text][1]) for text, _ in drawn]
        result, calls = await _attempt(pool, build, drawn, cuts, fewest)
        inside = sum(fewest <= count <= MOST_CALLS for count in calls)
        if isinstance(result, Refused):
            long = -1 if calls else 0
            best = best if isinstance(best.result, Compiled) else Made(result, -1, long)
        elif inside > best.inside:
            small = not inside and max(calls) < fewest and len(set(calls)) > 1
            large = inside < len(calls) / 3 and sum(count > MOST_CALLS for count in calls) > len(calls) / 3
            best = Made(result, inside, 1 if small else -1 if large else 0)
        if inside >= len(drawn) / 3 or (calls and max(calls) < fewest):
            break
    return best


@dataclasses.dataclass(slots=True)
class Run:
    """solve() on one configuration: its reward (None: endless) and its calls by tool."""

    reward: float | None
    calls: int
    seen: dict[str, Any]


async def _watch(pool: SandboxPool, build: Build, source: str, configs: Sequence[str]) -> list[Run] | Refused:
    harness = RECORD.replace("CLS", build.cls).replace("ENDLESS", str(ENDLESS))
    outcomes = await pool.map(source + harness, "_profile", configs)
    if bad := [o for o in outcomes if o.stop is not None]:
        return Refused(f"oracle: {bad[0].detail}")
    return [Run(*json.loads(o.value)) for o in outcomes]


async def _attempt(
    pool: SandboxPool, build: Build, drawn: list[tuple[str, int]], cuts: bool, fewest: int
) -> tuple[Compiled | Refused, list[int]]:
    """Watch it run until what is cut can be carried, then cut less or more as long as that helps; write what kept most
    configurations within bounds, and have the sandbox solve every one. Also the calls that each takes."""
    sample = [text for text, size in drawn if size <= 2][:8] + [text for text, size in drawn if size == 3][:3]
    sample = sample or [text for text, _ in drawn]
    states: list[tuple[int, set[str], set[str], dict[str, Use]]] = []
    for _ in range(16):
        source, pieces = build.source(None)
        if not cuts and pieces:
            build.banned |= {piece.key for piece in pieces}
            continue
        runs = await _watch(pool, build, source, sample)
        if isinstance(runs, Refused):
            return runs, []
        uses: dict[str, Use] = {}
        for run in runs:
            for name, (count, kinds, example) in run.seen.items():
                use = uses.setdefault(name, Use())
                use.calls.append(count)
                use.example = use.example or example
                for key, found in kinds.items():
                    use.kinds.setdefault(key, set()).update(found)
        unfit = _unfit(build, pieces, uses)
        if not unfit:
            if any(run.reward not in (1.0, None) for run in runs):
                return Refused("oracle: it disagrees with the original"), []
            tools = len(uses.keys() - {piece.name for piece in pieces}) + len(pieces) + 1
            inside = sum(fewest <= run.calls <= MOST_CALLS for run in runs) if tools <= MOST_TOOLS else -1
            states.append((inside, {*build.banned}, {*build.nested}, uses))
            unfit = _surplus(build, pieces, uses, runs, fewest)
            if not unfit:
                break
        build.banned |= unfit
    if not states:
        return Refused("pieces: none that can be carried within 16 tries"), []
    enough = [state for state in states if state[0] >= len(sample) / 2]
    _, build.banned, build.nested, uses = enough[-1] if enough else max(states[::-1], key=lambda state: state[0])
    source, _ = build.source(uses)
    runs = await _watch(pool, build, build.source(None)[0], [text for text, _ in drawn])
    if isinstance(runs, Refused):
        return runs, []
    calls = [run.calls for run in runs]
    drawn = [pair for pair, count in zip(drawn, calls) if count <= 2 * MOST_CALLS]
    if not drawn:
        return Refused(f"too_long: no configuration of at most {2 * MOST_CALLS} calls"), calls
    environment = parse_environment(source, f"{build.problem.id}__{build.cls}", build.problem.id)
    verdicts = await pool.verify(source, build.cls, [text for text, _ in drawn])
    kept = tuple(pair for pair, verdict in zip(drawn, verdicts) if verdict.reward == 1.0)
    if len(kept) < max(1, 0.9 * len(drawn)):
        lost = next(verdict for verdict in verdicts if verdict.reward != 1.0)
        return Refused(f"oracle: {lost.stop} {lost.detail}"), []
    return Compiled(environment, kept), calls


def _unfit(build: Build, pieces: list[Piece], uses: dict[str, Use]) -> set[str]:
    """Keys of the pieces that stay in solve() because they never ran, or JSON cannot carry what they work on."""
    unfit = set()
    for piece in pieces:
        use = uses.get(piece.name)
        kinds = [kind for found in use.kinds.values() for kind in found] if use else [""]
        arrays = isinstance(piece.body, ast.BinOp) and "array" in (use.kinds["return"] if use else ())
        whole = piece.helper and ("array" in kinds or "" in kinds)
        if whole and piece.helper in build.solution.flows:
            build.nested.add(piece.helper)
        if "" in kinds or arrays or whole:
            unfit.add(piece.key)
    return unfit


def _surplus(build: Build, pieces: list[Piece], uses: dict[str, Use], runs: list[Run], fewest: int) -> set[str]:
    """Keys of the pieces to do without: the least of too many tools, what makes too many calls; or a function whose
    inside becomes part of the control flow because there are too few."""
    totals = sorted(run.calls for run in runs)
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
    opaque = [piece for piece in pieces if piece.helper in build.solution.flows]
    if most < fewest and opaque:
        build.nested |= {piece.helper for piece in opaque}
        return {piece.key for piece in opaque}
    return set()
