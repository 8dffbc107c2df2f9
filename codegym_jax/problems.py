"""Coding problems, read from the public formats: a statement, a solution, and example calls of it.

    problems, rejected = read("humaneval.jsonl.gz")

Formats are told by their columns (FORMATS): HumanEval (arXiv:2107.03374), MBPP (arXiv:2108.07732), LeetCodeDataset
(arXiv:2504.14655), KodCode (arXiv:2503.02951), APPS (arXiv:2105.09938) and TACO (arXiv:2312.14852), the raw problems
of CodeGym (arXiv:2509.17325), as JSON lines or Parquet, gzipped or not; and a folder of problem files of our own:
docstring = statement, `def <file name>` = solution, `def generate(rng, size)` = inputs of difficulty `size` 1..5.

Everything is read with `ast`, and nothing of a problem is executed here. Tests are asserts: the calls of the entry
point in them are its example inputs wherever their arguments come down to Python literals, and what the assert
compares the call with is the expected output. A solution is cut down to what its entry point can reach. A row that
cannot be used is an item of the second list with its reason; only a file that is none of these formats is an error.
"""

from __future__ import annotations

import ast
import copy
import dataclasses
import doctest
import gzip
import json
import operator
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

FORMATS: dict[str, tuple[set[str], str]] = {  # name -> columns that tell it, licence of the published set
    "HumanEval": ({"task_id", "prompt", "entry_point", "canonical_solution", "test"}, "MIT"),
    "MBPP": ({"task_id", "code", "test_list"}, "CC-BY-4.0"),
    "LeetCodeDataset": ({"task_id", "prompt", "completion", "entry_point", "input_output"}, "MIT"),
    "KodCode": ({"question", "solution", "test"}, "CC-BY-NC-4.0"),
    "KodCode-SFT": ({"question", "solution", "test_code"}, "CC-BY-NC-4.0"),
    "TACO": ({"question", "solutions", "input_output", "skill_types"}, "Apache-2.0"),
    "APPS": ({"question", "solutions", "input_output"}, "MIT"),
    "CodeGym": ({"question", "solution"}, "CC-BY-NC-4.0"),
}
OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Not: operator.not_,
}
BUILTINS: dict[str, Callable[..., Any]] = {"set": set, "list": list, "tuple": tuple, "dict": dict, "range": range}
BUILTINS |= {"sorted": sorted, "len": len, "str": str, "int": int, "float": float, "frozenset": frozenset}
LARGEST = 100_000  # elements of one value, and the unrolled turns of a test's loop
Names = dict[str, ast.expr]


class ProblemFormatError(ValueError):
    """A file of no known format, or not readable as what its name says. Names the file and the fix."""


class _Unusable(ValueError):
    """A row that cannot be used; its text is the reason."""


class _NotConstant(ValueError):
    """An expression that is no constant."""


@dataclasses.dataclass(frozen=True, slots=True)
class Problem:
    """One coding problem. `inputs` and `outputs` are Python literals (`ast.literal_eval`)."""

    id: str  # [A-Za-z0-9_-]+, unique in its set
    statement: str
    solution: str  # self-contained source that defines the entry point
    entry_point: str  # "name" or "Solution().name": in the solution's module it evaluates to the callable
    inputs: tuple[str, ...]  # example calls: repr of {parameter: value}
    outputs: tuple[str, ...] = ()  # repr of the expected value of inputs[i], "" where unknown
    licence: str = ""
    origin: str = ""  # name of the set and row id in it
    generator: str = ""  # source that defines generate(rng: random.Random, size: int) -> {parameter: value}
    difficulty: int = 0  # as the set says: 1 easy .. 5; 0 unknown


@dataclasses.dataclass(frozen=True, slots=True)
class Rejected:
    """A row that is no problem for us. `reason` starts with a slug: "no_tests", or "syntax: invalid syntax"."""

    id: str
    where: str
    reason: str

    @property
    def slug(self) -> str:
        return self.reason.partition(":")[0]


# ---- constants -------------------------------------------------------------------------------------------------------


def constant(node: ast.expr) -> Any:
    """The value of a constant expression: literals, arithmetic, conversions like set() or range(3). ValueError if none.

    The result has a literal as its repr: no inf and no function. Sizes are bounded before anything is computed.
    """
    try:
        value = _constant(node)
        if ast.literal_eval(text := repr(value)) != value or len(text) > 100 * LARGEST:
            raise _NotConstant("no literal")
    except (ArithmeticError, TypeError, ValueError, RecursionError, MemoryError, SyntaxError) as error:
        raise _NotConstant(f"{type(error).__name__}: {error}") from None
    return value


def _constant(node: ast.expr) -> Any:
    match node:
        case ast.Constant(value=value) if value is not ...:
            return value
        case ast.Name(id="true" | "false" | "null" as name):  # JSON's
            return {"true": True, "false": False, "null": None}[name]
        case ast.List(elts=elements):
            return [_constant(element) for element in elements]
        case ast.Tuple(elts=elements):
            return tuple(_constant(element) for element in elements)
        case ast.Set(elts=elements):
            return {_constant(element) for element in elements}
        case ast.Dict(keys=keys, values=values) if None not in keys:
            return {_constant(key): _constant(value) for key, value in zip(keys, values) if key}
        case ast.UnaryOp(op=op, operand=operand) if type(op) in OPERATORS:
            return OPERATORS[type(op)](_constant(operand))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
            a, b = _constant(left), _constant(right)
            if isinstance(op, ast.Pow) and not (abs(a) < 2**64 and abs(b) <= 1000):
                raise _NotConstant("too large")
            if isinstance(op, ast.Mult) and any(
                isinstance(x, int) and hasattr(y, "__len__") and x * len(y) > LARGEST for x, y in ((a, b), (b, a))
            ):
                raise _NotConstant("too long")
            return OPERATORS[type(op)](a, b)
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in BUILTINS:
            values = [_constant(argument) for argument in arguments]
            if name == "range" and len(range(*values)) > LARGEST:
                raise _NotConstant("too long")
            return list(range(*values)) if name == "range" else BUILTINS[name](*values)
    raise _NotConstant(type(node).__name__)


# ---- tests -----------------------------------------------------------------------------------------------------------


class _Substitute(ast.NodeTransformer):
    """Names that stand for an expression replaced by it."""

    def __init__(self, names: Names) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.names.get(node.id, node)


def _assign(target: ast.expr, value: ast.expr, names: Names) -> None:
    """names |= what `target = value` binds; what cannot be told is forgotten."""
    if isinstance(target, ast.Name):
        names[target.id] = value
    elif isinstance(target, (ast.Tuple, ast.List)) and isinstance(value, (ast.Tuple, ast.List)):
        for part, element in zip(target.elts, value.elts):
            _assign(part, element, names)
    else:
        for node in ast.walk(target):
            names.pop(getattr(node, "id", ""), None)


def _asserted(body: Sequence[ast.stmt], names: Names, budget: list[int]) -> Iterator[ast.expr]:
    """What the asserts of a test say: local names replaced by what they stand for, loops over literals unrolled."""
    for statement in body:
        budget[0] -= 1
        if budget[0] < 0:
            return

        def expand(node: ast.expr) -> ast.expr:
            return _Substitute(names).visit(copy.deepcopy(node))

        match statement:
            case ast.Assert(test=test):
                yield expand(test)
            case ast.Assign(targets=[target], value=value) | ast.AnnAssign(target=target, value=ast.expr() as value):
                _assign(target, expand(value), names)
            case ast.For(target=target, iter=over, body=inner):
                turns = expand(over)
                for element in turns.elts if isinstance(turns, (ast.List, ast.Tuple)) else []:
                    _assign(target, element, names)
                    yield from _asserted(inner, names, budget)
            case ast.FunctionDef(name=name, body=inner, decorator_list=marks) if name.startswith(("test", "check")):
                for mark in marks:  # @pytest.mark.parametrize("a, b", [(1, 2), ...])
                    match expand(mark):
                        case ast.Call(args=[given, ast.List(elts=cases)]) if "parametrize" in ast.unparse(mark):
                            try:
                                keys = constant(given)
                            except _NotConstant:
                                break
                            keys = re.findall(r"\w+", keys) if isinstance(keys, str) else list(keys)
                            target = ast.Tuple([ast.Name(key) for key in keys]) if keys[1:] else ast.Name(keys[0])
                            for case in cases:
                                if isinstance(case, ast.Call) and case.args:  # pytest.param(1, 2)
                                    case = ast.Tuple(case.args) if keys[1:] else case.args[0]
                                local = dict(names)
                                _assign(target, case, local)
                                yield from _asserted(inner, local, budget)
                            break
                else:
                    yield from _asserted(inner, dict(names), budget)
            case ast.ClassDef(body=inner) | ast.With(body=inner) if "raises" not in ast.unparse(statement)[:200]:
                yield from _asserted(inner, dict(names), budget)
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr=name), args=[a, *more])):
                if name in ("assertEqual", "assertEquals", "assertListEqual", "assertAlmostEqual") and more:
                    yield ast.Compare(expand(a), [ast.Eq()], [expand(more[0])])
                elif name in ("assertTrue", "assertFalse"):
                    yield expand(a) if name == "assertTrue" else ast.UnaryOp(ast.Not(), expand(a))
            case _:  # it may change what these names stand for
                for node in ast.walk(statement):
                    names.pop(getattr(node, "id", ""), None)


def _claims(node: ast.expr, called: Callable[[ast.expr], bool]) -> Iterator[tuple[ast.Call, ast.expr | None]]:
    """(call of the entry point, the value it is said to have or None) of one asserted expression."""
    match node:
        case ast.BoolOp(op=ast.And(), values=values):
            for value in values:
                yield from _claims(value, called)
            return
        case ast.Call() if called(node):
            yield node, ast.Constant(True)
            return
        case ast.UnaryOp(op=ast.Not(), operand=ast.Call() as call) if called(call):
            yield call, ast.Constant(False)
            return
        case ast.Compare(left=a, ops=[ast.Eq() | ast.Is()], comparators=[b]):
            for call, value in ((a, b), (b, a)):
                match value:
                    case ast.Call(func=ast.Name(id="approx") | ast.Attribute(attr="approx"), args=[inner, *_]):
                        value = inner
                if isinstance(call, ast.Call) and called(call):
                    yield call, value
                    return
        case (
            ast.Compare(
                left=ast.Call(func=ast.Name(id="abs"), args=[ast.BinOp(left=a, op=ast.Sub(), right=b)]),
                ops=[ast.Lt() | ast.LtE()],
            )
            | ast.Call(func=ast.Name(id="isclose") | ast.Attribute(attr="isclose"), args=[a, b, *_])
        ):
            for call, value in ((a, b), (b, a)):
                if isinstance(call, ast.Call) and called(call):
                    yield call, value
                    return
    for inner in ast.walk(node):  # set(f(x)) == {1, 2}: a good input, and the order of its output is not known
        if isinstance(inner, ast.Call) and called(inner):
            yield inner, None


# ---- solutions -------------------------------------------------------------------------------------------------------


def _parse(source: str, what: str = "solution") -> ast.Module:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # "\d" in somebody's string
            return ast.parse(source.replace("\r\n", "\n").replace("\t", "    "))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise _Unusable(f"syntax: {what}: {getattr(error, 'msg', error)}") from None


def _bound(statement: ast.stmt) -> set[str]:
    """Names that a module-level statement defines."""
    match statement:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return {name}
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            return {(alias.asname or alias.name).split(".")[0] for alias in names}
    stored = (node for node in ast.walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))
    return {node.id for node in stored}


def reachable(tree: ast.Module, name: str) -> str:
    """The source of what module-level `name` can reach: imports, helpers, constants; no demo code, no main guard."""
    keep = []
    for statement in tree.body:
        said = ast.unparse(statement)
        demo = isinstance(statement, (ast.Expr, ast.Assert)) or said.startswith("if __name__")
        if not demo or said.startswith(("sys.setrecursionlimit", "sys.set_int_max")):
            keep.append((statement, _bound(statement), {n.id for n in ast.walk(statement) if isinstance(n, ast.Name)}))
    used, size = {name}, 0
    always = (ast.Expr, ast.If, ast.For, ast.While, ast.Try, ast.With, ast.AugAssign)
    while size != len(used):
        size = len(used)
        for statement, bound, loads in keep:
            if bound & used or isinstance(statement, always):
                used |= loads | bound
    chosen = [s for s, bound, _ in keep if bound & (used | {"*", "annotations"}) or isinstance(s, always)]
    return ast.unparse(ast.Module(chosen, []))


def _function(tree: ast.Module, entry_point: str) -> ast.FunctionDef:
    """The definition of the entry point. _Unusable where it is none, or nothing that can be called with literals."""
    owner, _, name = entry_point.rpartition("().")
    body = tree.body
    if owner:
        body = next((n.body for n in reversed(body) if isinstance(n, ast.ClassDef) and n.name == owner), [])
    node = next((node for node in reversed(body) if getattr(node, "name", "") == name), None)
    if isinstance(node, ast.ClassDef):
        raise _Unusable(f"class_design: {name} is a class")
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        raise _Unusable(f"no_entry_point: the solution defines no {entry_point}")
    inner = [n for n in ast.walk(node) if isinstance(n, (ast.Yield, ast.YieldFrom))]
    nested = [n for f in ast.walk(node) if isinstance(f, ast.FunctionDef) and f is not node for n in ast.walk(f)]
    if isinstance(node, ast.AsyncFunctionDef) or any(n not in nested for n in inner):
        raise _Unusable(f"generator/async: {name} is no plain function")
    arguments = node.args
    if arguments.vararg or arguments.kwarg or arguments.posonlyargs:
        raise _Unusable(f"varargs: {name}({ast.unparse(arguments)})")
    annotations = [a.annotation for a in [*arguments.args, *arguments.kwonlyargs]] + [node.returns]
    for annotation in filter(None, annotations):
        if re.search(r"\b(ListNode|TreeNode|Node)\b", ast.unparse(annotation)):
            raise _Unusable(f"linked_input: {ast.unparse(annotation)}")
    for call in ast.walk(tree):
        if (isinstance(call, ast.Call) and getattr(call.func, "id", "") == "input") or (
            isinstance(call, ast.Attribute) and ast.unparse(call) in ("sys.stdin", "os.read")
        ):
            raise _Unusable("stdin: the solution reads its input")
    if not _parameters(node, owner):
        raise _Unusable(f"no_arguments: {name}()")
    return node


def _parameters(node: ast.FunctionDef, owner: str) -> dict[str, ast.expr | None]:
    """Parameter -> its default, of the callable that the entry point evaluates to (a bound method has no self)."""
    names = [argument.arg for argument in node.args.args]
    bound: dict[str, ast.expr | None] = dict.fromkeys(names)
    bound |= zip(names[len(names) - len(node.args.defaults) :], node.args.defaults)
    static = any(ast.unparse(d) == "staticmethod" for d in node.decorator_list)
    if owner and names and not static:
        del bound[names[0]]
    return bound | {a.arg: d for a, d in zip(node.args.kwonlyargs, node.args.kw_defaults)}


def _bind(parameters: dict[str, ast.expr | None], call: ast.Call) -> dict[str, Any]:
    """{parameter: value} of a call as written, in the order of the signature. ValueError if it does not fit."""
    given: dict[str, Any] = {}
    if len(call.args) > len(parameters):
        raise ValueError("too many arguments")
    for name, node in zip(parameters, call.args):
        given[name] = constant(node)
    for keyword in call.keywords:
        if keyword.arg not in parameters or keyword.arg in given:
            raise ValueError(f"argument {keyword.arg}")
        given[keyword.arg] = constant(keyword.value)
    if missing := [name for name, default in parameters.items() if name not in given and default is None]:
        raise ValueError(f"no {missing}")
    return {name: given[name] for name in parameters if name in given}


def _examples(
    entry_point: str, parameters: dict[str, ast.expr | None], claims: Iterator[tuple[ast.Call, ast.expr | None]]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Inputs and outputs of the calls that have literal arguments. A parameter that some call gives, all of them do."""
    seen: dict[str, str] = {}
    calls = []
    for call, value in claims:
        try:
            calls.append((_bind(parameters, call), "" if value is None else repr(constant(value))))
        except _NotConstant:
            try:
                calls.append((_bind(parameters, call), ""))
            except ValueError:
                continue
        except ValueError:
            continue
    used = {name for arguments, _ in calls for name in arguments}
    for arguments, output in calls:
        try:
            full = {
                n: arguments[n] if n in arguments else constant(d)
                for n, d in parameters.items()
                if n in used and (n in arguments or d)
            }
        except _NotConstant:
            continue
        seen[text] = seen.get(text := repr(full)) or output
    return tuple(seen), tuple(seen.values())


# ---- statements ------------------------------------------------------------------------------------------------------

ORDER = re.compile(
    r"^(?:Please )?(?:Write|Implement|Create|Develop|Design|Define) (?:a|an|the|your)?\s*(?:\w+ )?(?:python )?"
    r"(?:function|program|method|code|script)(?: called \S+| named \S+)?(?: in python)?,? "
    r"(?:to|that will|which will|that can) (\w)",
    re.IGNORECASE,
)
MEANS = re.compile(
    r",?\s+(?:by |with )?(?:using|the use of|the help of) (?:the |a |an )?"
    r"(?:lambda(?: function)?|regex|regular expressions?|heap ?queue(?: algorithm)?|list comprehension|recursion|"
    r"dictionary comprehension|collections(?: module)?|itertools(?: module)?|python)(?= and |[\s.,]|$)",
    re.IGNORECASE,
)


def clean(text: str) -> str:
    """The prose of a statement: no fenced code, doctests, examples, or the order to write a function."""
    text = text.replace("\r\n", "\n").replace("\xa0", " ")
    text = re.split(
        r"(?im)^\W*(?:sample |for )?(?:examples?|input/output)\b[ \d:*(.]*$|^\W*-+ ?examples? ?-+\s*$", text
    )[0]
    text = re.split(r"(?m)^Please complete the following python code", text)[0]
    text = re.sub(r"(?s)```.*?(?:```|$)", "", text)
    text = re.sub(r"(?m)^[ \t]*>>>.*(?:\n(?![ \t]*(?:>>>|$)).*)*", "", text)
    text = re.sub(r"(?im)^\W*(?:for )?examples?\W*$", "", text)
    text = ORDER.sub(lambda m: m.group(1).upper(), MEANS.sub("", text.strip()))
    return re.sub(r"\n\s*\n+", "\n\n", re.sub(r"(?m)[ \t]+$", "", text)).strip()


# ---- formats ---------------------------------------------------------------------------------------------------------


def _text(row: dict[str, Any], *columns: str) -> str:
    return next((str(row[column]) for column in columns if row.get(column)), "")


def _difficulty(row: dict[str, Any]) -> int:
    said = _text(row, "difficulty", "gpt_difficulty") or _text(row.get("meta") or {}, "difficulty")
    words = {"introductory": 1, "easy": 1, "medium": 2, "interview": 2, "medium_hard": 3, "hard": 3}
    words |= {"competition": 4, "very_hard": 4}
    return words.get(said.lower(), int(said) if said.isdecimal() else 0)


def _claimed(test: str, names: set[str]) -> Iterator[tuple[ast.Call, ast.expr | None]]:
    """Calls of any of `names` in a test module, and what it says about them."""

    def called(node: ast.expr) -> bool:
        return isinstance(node, ast.Call) and ast.unparse(node.func).removeprefix("solution.") in names

    for node in _asserted(_parse(test, "test").body, {}, [LARGEST]):
        yield from _claims(node, called)


def _doctests(text: str, names: set[str]) -> str:
    """The doctests of a text, written as asserts."""
    try:
        examples = doctest.DocTestParser().get_examples(text)
    except ValueError:
        return ""
    said = []
    for example in examples:
        try:
            said.append(ast.unparse(ast.parse(f"assert ({example.source.strip()}) == ({example.want.strip()})")))
        except (SyntaxError, ValueError):
            continue
    return "\n".join(said)


def _problem(format: str, row: dict[str, Any]) -> Problem:
    """The problem of one row, its id still as it is in the set. _Unusable with the reason."""
    test, statement, claims = "", _text(row, "question", "text"), None
    if format == "HumanEval":
        source = row["prompt"] + row["canonical_solution"]
        entry_point, test = row["entry_point"], row["test"]
        function = _function(_parse(source), entry_point)
        statement = ast.get_docstring(function) or ""
        test += "\n" + _doctests(row["prompt"], {entry_point})
    elif format == "MBPP":
        source, statement = row["code"], _text(row, "text", "prompt")
        tests = [*row["test_list"], *(row.get("challenge_test_list") or [])]
        setup = row.get("test_setup_code") or "\n".join(row.get("test_imports") or [])
        test = "\n".join([setup, *tests]) if tests else ""
        called = [
            n.func.id
            for n in ast.walk(_parse(test, "test"))
            if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)
        ]
        defined = {n.name for n in _parse(source).body if isinstance(n, (ast.FunctionDef, ast.ClassDef))}
        entry_point = next((name for name in called if name in defined), called[0] if called else "?")
    elif format == "LeetCodeDataset":
        source, entry_point = row["prompt"] + "\n" + row["completion"], row["entry_point"]
        statement = _text(row, "problem_description", "query") or _text(row.get("meta") or {}, "query")
        examples = [f"assert candidate({e['input']}) == ({e['output']})" for e in row["input_output"] or []]
        test = row.get("test") or ""
        for example in examples:
            try:
                test = ast.unparse(ast.parse(example)) + "\n" + test
            except (SyntaxError, ValueError):
                continue
    elif format.startswith("KodCode"):
        source, test = row["solution"], _text(row, "test", "test_code")
        info = row.get("test_info") or [{}]
        imported = re.search(r"^from solution import (\w+)", test, re.MULTILINE)
        entry_point = (
            _text(row, "test_entry_point") or _text(info[0], "function_name") or (imported[1] if imported else "?")
        )
        if len(info) > 1 and imported:
            entry_point = imported[1]
    elif format in ("APPS", "TACO"):
        cases = row["input_output"]
        cases = (json.loads(cases) if isinstance(cases, str) and cases else cases) or {}
        if not cases.get("fn_name"):
            raise _Unusable("stdin: no fn_name" if cases.get("inputs") else "no_tests: input_output is empty")
        solutions = json.loads(row["solutions"] or "[]") if isinstance(row["solutions"], str) else row["solutions"]
        source, entry_point = _choose(solutions, cases["fn_name"])
        outputs = [json.loads(o) if isinstance(o, str) and o[:1] in '["{' else o for o in cases["outputs"]]
        if all(isinstance(o, list) and len(o) == 1 for o in outputs):
            outputs = [o[0] for o in outputs]
        claims = []
        for given, output in zip(cases["inputs"], outputs):
            given = [json.loads(line) for line in given.splitlines()] if isinstance(given, str) else given
            said = ast.parse(f"f(*{given!r}) == {output!r}", mode="eval").body
            call = ast.Call(said.left, said.left.args[0].value.elts, [])
            claims.append((call, said.comparators[0]))
    else:
        source = row["solution"]
        tree = _parse(source)
        defined = [n.name for n in tree.body if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))]
        inner = {
            c.func.id
            for n in tree.body
            if isinstance(n, (ast.FunctionDef, ast.ClassDef))
            for c in ast.walk(n)
            if isinstance(c, ast.Call) and isinstance(c.func, ast.Name) and c.func.id != getattr(n, "name", "")
        }
        entry_point = next((name for name in reversed(defined) if name not in inner), "?")
        if not defined and any(isinstance(n, ast.ClassDef) for n in tree.body):
            raise _Unusable("class_design: only classes")
    if not source.strip():
        raise _Unusable("no_solution")
    tree = _parse(source)
    owner, _, name = entry_point.rpartition("().")
    function = _function(tree, entry_point)
    parameters = _parameters(function, owner)
    inputs: tuple[str, ...] = ()
    outputs_: tuple[str, ...] = ()
    if format != "CodeGym":
        if claims is None and not test.strip():
            raise _Unusable("no_tests")
        claimed = iter(claims) if claims is not None else _claimed(test, {name, entry_point, "candidate"})
        inputs, outputs_ = _examples(entry_point, parameters, claimed)
        if not inputs:
            raise _Unusable(f"no_literal_calls: no call of {name} in the tests has arguments that are literals")
    if not (statement := clean(statement)):
        raise _Unusable("no_statement")
    solution = reachable(tree, owner or name)
    number = _text(row, "task_id", "question_id", "problem_id", "id", "name")
    licence = _text(row, "licence", "license") or FORMATS[format][1]
    return Problem(
        number,
        statement,
        solution,
        entry_point,
        inputs,
        outputs_,
        licence,
        f"{format} {number}".strip(),
        difficulty=_difficulty(row),
    )


def _choose(solutions: Sequence[str], name: str) -> tuple[str, str]:
    """The first solution that is Python 3 and defines `name`, as a function or in class Solution."""
    reason = "no_solution"
    for source in solutions or []:
        for entry_point in (name, f"Solution().{name}"):
            try:
                _function(_parse(source), entry_point)
            except _Unusable as error:
                reason = str(error)
            else:
                return source, entry_point
    raise _Unusable(reason)


def _own(file: Path) -> Problem:
    """A problem file of our own."""
    tree = _parse(file.read_text(encoding="utf-8"))
    if not (statement := ast.get_docstring(tree)):
        raise _Unusable("no_statement: the module has no docstring")
    if not any(isinstance(node, ast.FunctionDef) and node.name == "generate" for node in tree.body):
        raise _Unusable("no_generator: the module defines no generate(rng, size)")
    _function(tree, file.stem)
    solution, generator = reachable(tree, file.stem), reachable(tree, "generate")
    return Problem(file.stem, statement, solution, file.stem, (), (), "Apache-2.0", f"own {file.stem}", generator)


def _rows(file: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """(place, row) of a JSON lines or Parquet file."""
    i = 1
    try:
        if file.suffix == ".parquet":
            import pyarrow.parquet

            batches = pyarrow.parquet.ParquetFile(file).iter_batches(batch_size=256)
            for i, row in enumerate((row for batch in batches for row in batch.to_pylist()), start=1):
                yield f"{file}:{i}", row
            return
        with gzip.open(file, "rt", encoding="utf-8") if file.suffix == ".gz" else file.open(encoding="utf-8") as lines:
            for i, line in enumerate(lines, start=1):
                if line.strip():
                    if not isinstance(row := json.loads(line), dict):
                        raise ValueError("not an object")
                    yield f"{file}:{i}", row
    except (ValueError, EOFError, gzip.BadGzipFile) as error:
        raise ProblemFormatError(f"{file}:{i}: {error}; expected JSON lines or Parquet of problems") from None


def read(path: str | Path) -> tuple[list[Problem], list[Rejected]]:
    """Read one file of a public format, or a folder (our own *.py, and every *.jsonl, *.jsonl.gz, *.parquet in it).

    Raises ProblemFormatError for a file of no known format, FileNotFoundError.
    """
    root = Path(path)
    suffixes = (".py", ".jsonl", ".jsonl.gz", ".parquet")
    files = [root]
    if root.is_dir():
        files = [f for f in sorted(root.iterdir()) if f.name.endswith(suffixes) and f.name[0] not in "_."]
        if not files:
            raise ProblemFormatError(f"{root}: no problems; expected files *{', *'.join(suffixes)}")
    problems: dict[str, Problem] = {}
    rejected: list[Rejected] = []

    def add(where: str, name: str, make: Callable[[], Problem]) -> None:
        id = re.sub(r"[^A-Za-z0-9-]+", "_", name).strip("_-") or "problem"
        try:
            problem = make()
            if id in problems:
                raise _Unusable(f"duplicate_id: {id}")
            problems[id] = dataclasses.replace(problem, id=id)
        except _Unusable as error:
            rejected.append(Rejected(id, where, str(error)))
        except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
            rejected.append(Rejected(id, where, f"malformed_row: {type(error).__name__}: {error}"))

    for file in files:
        if file.suffix == ".py":
            add(str(file), file.stem, lambda file=file: _own(file))
            continue
        format, stem = "", file.name.split(".")[0]
        for where, row in _rows(file):
            format = format or next((name for name, (columns, _) in FORMATS.items() if columns <= row.keys()), "")
            if not format:
                known = "; ".join(f"{name}: {', '.join(sorted(columns))}" for name, (columns, _) in FORMATS.items())
                raise ProblemFormatError(f"{where}: columns {sorted(row)} are of no known format ({known})")
            number = _text(row, "task_id", "question_id", "problem_id", "id", "name") or where.rpartition(":")[2]
            name = f"{stem}_{number}" if number.isdecimal() else number
            add(where, name, lambda format=format, row=row: _problem(format, row))
    return list(problems.values()), rejected
