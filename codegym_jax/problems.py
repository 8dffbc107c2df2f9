"""Coding problems, read from the public formats: a statement, a solution, and example calls of it.

    problems, rejected = read("humaneval.jsonl.gz")

Formats are told by their columns (FORMATS): HumanEval (arXiv:2107.03374), MBPP (arXiv:2108.07732), LeetCodeDataset
(arXiv:2504.14655), KodCode (arXiv:2503.02951), APPS (arXiv:2105.09938) and TACO (arXiv:2312.14852), the raw problems
of CodeGym (arXiv:2509.17325), as JSON lines or Parquet, gzipped or not; and a folder of problem files of our own:
docstring = statement, `def <file name>` = solution, `def generate(rng, size)` = inputs of difficulty `size` 1..5.

Everything is read with `ast`; nothing of a problem is executed here. Tests are asserts: the calls of the entry point
in them are its example inputs where their arguments come down to Python literals, and what the assert compares the
call with is the expected output. A solution is cut down to what its entry point can reach. A row that cannot be used
is an item of the second list with its reason; only a file that is of none of these formats is an error.
"""

from __future__ import annotations

import ast
import copy
import dataclasses
import functools
import gzip
import inspect
import itertools
import json
import operator
import re
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

FORMATS = {  # name -> columns that tell it, licence of the published set (statements of LeetCodeDataset: LeetCode's)
    "HumanEval": ("task_id prompt entry_point canonical_solution test", "MIT"),
    "MBPP": ("task_id code test_list", "CC-BY-4.0"),
    "LeetCodeDataset": ("task_id prompt completion entry_point input_output test", "MIT"),
    "KodCode": ("question solution test", "CC-BY-NC-4.0"),
    "KodCode-SFT": ("question solution test_code", "CC-BY-NC-4.0"),
    "TACO": ("question solutions input_output skill_types", "Apache-2.0"),
    "APPS": ("question solutions input_output", "MIT"),
    "CodeGym": ("question solution", "CC-BY-NC-4.0"),
}
LEVELS = {"introductory": 1, "easy": 1, "medium": 2, "interview": 2, "medium_hard": 3, "hard": 3, "competition": 4}
OPERATORS = {"Add": "add", "Sub": "sub", "Mult": "mul", "Div": "truediv", "FloorDiv": "floordiv", "Mod": "mod"}
OPERATORS |= {"Pow": "pow", "USub": "neg", "UAdd": "pos", "Not": "not_"}
FUNCTIONS: dict[str, Callable] = {f.__name__: f for f in (set, list, tuple, dict, sorted, str, int, float, len, range)}
LARGEST = 1_000_000  # characters of one value, nodes of one expression, statements of one test


class ProblemFormatError(ValueError):
    """A file of no known format, or not readable as what its name says. Names the file and the fix."""


class _Unusable(ValueError):
    """A row that cannot be used; its text is the reason."""


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
    difficulty: int = 0  # as the set says: 1 easy .. 4; 0 unknown


@dataclasses.dataclass(frozen=True, slots=True)
class Rejected:
    """A row that is no problem for us. `reason` starts with a slug: "no_tests", or "syntax: invalid syntax"."""

    id: str
    where: str
    reason: str

    @property
    def slug(self) -> str:
        return self.reason.partition(":")[0]


# ---- tests -----------------------------------------------------------------------------------------------------------


def constant(node: ast.AST) -> Any:
    """The value of a constant expression: literals, arithmetic, conversions like set() or range(3); else ValueError.

    The repr of the value is a literal: no inf, no function. Sizes are bounded before anything is computed.
    """
    try:
        value = _value(node, iter(range(LARGEST)))
        if ast.literal_eval(repr(value)) != value:
            raise ValueError("no literal")
    except (ArithmeticError, AttributeError, MemoryError, RecursionError, SyntaxError, TypeError, ValueError) as error:
        raise ValueError(f"no constant: {type(error).__name__}: {error}") from None
    return value


def _value(node: ast.AST | None, budget: Iterator[int]) -> Any:
    if next(budget, None) is None:
        raise ValueError("too large")
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Name(id="true" | "false" | "null" as name):  # JSON's
            return json.loads(name)
        case ast.List(elts=elements) | ast.Tuple(elts=elements) | ast.Set(elts=elements):
            values = [_value(element, budget) for element in elements]
            return values if isinstance(node, ast.List) else FUNCTIONS[type(node).__name__.lower()](values)
        case ast.Dict(keys=keys, values=elements):
            return {_value(key, budget): _value(element, budget) for key, element in zip(keys, elements)}
        case ast.UnaryOp(op=op, operand=operand):
            return getattr(operator, OPERATORS.get(type(op).__name__, "?"))(_value(operand, budget))
        case ast.BinOp(left=left, op=op, right=right):
            a, b = _value(left, budget), _value(right, budget)
            many, times = (a, b) if hasattr(a, "__len__") else (b, a)
            if isinstance(op, ast.Mult) and hasattr(many, "__len__") and len(repr(many)) * times > LARGEST:
                raise ValueError("too large")
            if isinstance(op, ast.Pow) and not (abs(a) < 2**64 and abs(b) <= 1000):
                raise ValueError("too large")
            return getattr(operator, OPERATORS.get(type(op).__name__, "?"))(a, b)
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in FUNCTIONS:
            value = FUNCTIONS[name](*[_value(argument, budget) for argument in arguments])
            if isinstance(value, range) and len(value) > LARGEST // 10:
                raise ValueError("too large")
            return list(value) if isinstance(value, range) else value
    raise ValueError(type(node).__name__)


class _Substitute(ast.NodeTransformer):
    """Names replaced by the expressions they stand for."""

    def __init__(self, names: dict[str, ast.expr]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.names.get(node.id, node)


def _assigned(target: ast.AST, value: ast.expr | None) -> dict[str, ast.expr]:
    """What names stand for after `target = value`; for themselves, which is no constant, where that cannot be told."""
    match target, value:
        case ast.Name(id=name), ast.expr():
            return {name: value}
        case ((ast.Tuple(elts=parts) | ast.List(elts=parts)), (ast.Tuple(elts=values) | ast.List(elts=values))):
            return {name: node for pair in zip(parts, values) for name, node in _assigned(*pair).items()}
    return {node.id: node for node in ast.walk(target) if isinstance(node, ast.Name)}


def _asserted(body: list[ast.stmt], names: dict[str, ast.expr], budget: Iterator[int]) -> Iterator[ast.expr]:
    """What the asserts of a test say, with local names replaced by what they stand for and literal loops unrolled."""

    def expand(node: ast.AST) -> ast.expr:
        return _Substitute(names).visit(copy.deepcopy(node))

    for statement in itertools.takewhile(lambda _: next(budget, None) is not None, body):
        match statement:
            case ast.Assert(test=test):
                yield expand(test)
            case ast.Assign(targets=[target], value=value) | ast.AnnAssign(target=target, value=ast.expr() as value):
                names |= _assigned(target, expand(value))
            case ast.For(target=target, iter=(ast.List() | ast.Tuple() | ast.Name()) as over, body=inner):
                for element in getattr(expand(over), "elts", ()):
                    names |= _assigned(target, element)
                    yield from _asserted(inner, names, budget)
            case ast.FunctionDef(name=name, body=inner, decorator_list=marks) if re.match("test|check", name):
                turns = [dict(names)]
                for mark in marks:  # @pytest.mark.parametrize("a, b", [(1, 2), ...])
                    match expand(mark):
                        case ast.Call(args=[ast.Constant(value=str(keys)), ast.List(elts=cases), *_]):
                            target = ast.parse(keys, mode="eval").body
                            turns = [turn | _assigned(target, case) for turn in turns for case in cases]
                for turn in turns:
                    yield from _asserted(inner, turn, budget)
            case ast.ClassDef(body=inner):
                yield from _asserted(inner, dict(names), budget)
            case _:  # it may change what these names stand for
                names |= _assigned(statement, None)


def _claims(node: ast.expr, called: Callable[[ast.AST], bool]) -> Iterator[tuple[ast.Call, ast.expr | None]]:
    """(call of the entry point, the value it is said to have or None) of one asserted expression."""
    match node:
        case ast.BoolOp(op=ast.And(), values=values):
            for value in values:
                yield from _claims(value, called)
            return
        case ast.Compare(left=a, ops=[ast.Eq() | ast.Is()], comparators=[b]):
            pass
        case ast.Compare(left=ast.Call(func=ast.Name(id="abs"), args=[ast.BinOp(a, ast.Sub(), b)]), ops=[ast.Lt()]):
            pass
        case ast.Call(func=ast.Name(id="isclose") | ast.Attribute(attr="isclose"), args=[a, b, *_]):
            pass
        case ast.UnaryOp(op=ast.Not(), operand=a):
            b = ast.Constant(False)
        case _:
            a, b = node, ast.Constant(True)
    for call, value in ((a, b), (b, a)):
        if isinstance(call, ast.Call) and called(call):
            match value:
                case ast.Call(func=ast.Attribute(attr="approx") | ast.Name(id="approx"), args=[inner, *_]):
                    value = inner
            yield call, value
            return
    for part in itertools.islice(ast.walk(node), LARGEST):  # set(f(x)) == {1, 2}: an input, and an output in any order
        if isinstance(part, ast.Call) and called(part):
            yield part, None


def _examples(test: str, names: set[str], signature: inspect.Signature) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Inputs and outputs of the calls of `names` with constant arguments. A parameter that one gives, all give."""

    def called(node: ast.AST) -> bool:
        return isinstance(node, ast.Call) and ast.unparse(node.func).removeprefix("solution.") in names

    calls, examples = [], dict[str, str]()
    for said in _asserted(_parse(test, "test").body, {}, iter(range(LARGEST))):
        for call, value in _claims(said, called):
            try:
                keywords = {str(keyword.arg): constant(keyword.value) for keyword in call.keywords}
                arguments = signature.bind(*[constant(node) for node in call.args], **keywords).arguments
            except (TypeError, ValueError):
                continue
            calls.append((arguments, value))
    given = {name for arguments, _ in calls for name in arguments}
    defaults = {name: p.default for name, p in signature.parameters.items() if name in given}
    for arguments, value in calls:
        try:
            key = repr({n: arguments[n] if n in arguments else constant(node) for n, node in defaults.items()})
        except ValueError:  # a default that is no constant
            continue
        try:
            examples[key] = examples.get(key) or (repr(constant(value)) if value else "")
        except ValueError:
            examples[key] = ""
    return tuple(examples), tuple(examples.values())


# ---- solutions -------------------------------------------------------------------------------------------------------


def _parse(source: str, what: str = "solution") -> ast.Module:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # "\d" in somebody's string
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise _Unusable(f"syntax: {what}: {getattr(error, 'msg', error)}") from None


def reachable(tree: ast.Module, name: str) -> str:
    """The source of what module-level `name` can reach: imports, helpers, constants; no demo code, no main guard."""
    parts, used, seen = [], {name}, set[str]()
    for node in tree.body:
        if isinstance(node, ast.Assert) or ast.unparse(node).startswith(("if __name__", "'", '"')):
            continue
        names = [part for part in ast.walk(node) if isinstance(part, ast.Name)]
        bound = {part.id for part in names if isinstance(part.ctx, ast.Store)}
        match node:
            case ast.Import(names=imported) | ast.ImportFrom(names=imported):
                bound = {(alias.asname or alias.name).split(".")[0] for alias in imported}
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                bound = {node.name}
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=attribute))):
                bound = {name if attribute == "setrecursionlimit" else owner}  # table.append(1) changes the table
            case ast.Expr():
                continue
            case _ if not (isinstance(node, (ast.Assign, ast.AnnAssign)) and bound):
                bound.add(name)  # a loop at module level runs, whatever is used
        parts.append((node, bound, {part.id for part in names}))
    while seen != used:
        seen = set(used)
        for _, bound, loads in parts:
            used |= loads if bound & used else set()
    return ast.unparse(ast.Module([node for node, bound, _ in parts if bound & (used | {"*", "annotations"})], []))


def _signature(tree: ast.Module, entry_point: str) -> inspect.Signature:
    """The signature of the entry point, defaults as expressions. _Unusable if literals cannot call it."""
    owner, _, name = entry_point.rpartition("().")
    body = tree.body
    if owner:
        body = next((node.body for node in body if isinstance(node, ast.ClassDef) and node.name == owner), [])
    function = next((node for node in reversed(body) if getattr(node, "name", "") == name), None)
    if isinstance(function, ast.ClassDef):
        raise _Unusable(f"class_design: {name} is a class")
    if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
        raise _Unusable(f"no_entry_point: the solution defines no {entry_point}")
    nested = [f for f in ast.walk(function) if isinstance(f, (ast.FunctionDef, ast.Lambda)) and f is not function]
    inner = {id(node) for f in nested for node in ast.walk(f)}
    yields = [n for n in ast.walk(function) if isinstance(n, (ast.Yield, ast.YieldFrom)) and id(n) not in inner]
    if yields or isinstance(function, ast.AsyncFunctionDef):
        raise _Unusable(f"generator/async: {name} is no plain function")
    given = function.args
    if given.vararg or given.kwarg or given.posonlyargs:
        raise _Unusable(f"varargs: {name}({ast.unparse(given)})")
    for annotation in [a.annotation for a in [*given.args, *given.kwonlyargs]] + [function.returns]:
        if annotation and re.search(r"\b(ListNode|TreeNode|Node)\b", ast.unparse(annotation)):
            raise _Unusable(f"linked_input: {ast.unparse(annotation)}")
    if re.search(r"(?m)(?<![\w.])input\(|\bsys\.stdin\b", ast.unparse(tree)):
        raise _Unusable("stdin: the solution reads its input")
    kinds, missing = inspect.Parameter, inspect.Parameter.empty
    defaults = [missing] * (len(given.args) - len(given.defaults)) + given.defaults
    parameters = [
        inspect.Parameter(a.arg, kinds.POSITIONAL_OR_KEYWORD, default=d) for a, d in zip(given.args, defaults)
    ]
    parameters = parameters[
        bool(owner) and not any(ast.unparse(d) == "staticmethod" for d in function.decorator_list) :
    ]
    parameters += [
        inspect.Parameter(a.arg, kinds.KEYWORD_ONLY, default=d or missing)
        for a, d in zip(given.kwonlyargs, given.kw_defaults)
    ]
    if not parameters:
        raise _Unusable(f"no_arguments: {name}()")
    return inspect.Signature(parameters)


# ---- statements ------------------------------------------------------------------------------------------------------

CODE = (  # (what is cut from a statement, what stands there instead), in this order
    (r"(?ims)^\W*(?:sample |for )?(?:examples?|input/output)\b[ \d:*(.]*$.*", ""),
    (r"(?ms)^Please complete the following python code.*|```.*?(?:```|\Z)", ""),
    (r"(?m)^[ \t]*>>>.*(?:\n(?![ \t]*(?:>>>|$)).*)*", ""),
    (
        r"(?i),?\s+(?:by )?(?:using|with the help of) (?:the |an? )?(?:lambda(?: function)?|regex|recursion|python|"
        r"regular expressions?|heap queue(?: algorithm)?|(?:list|dictionary) comprehension|\w+ module)(?=[\s.,]|$)",
        "",
    ),
    (
        r"(?i)\A\s*(?:please )?(?:write|implement|create|develop|design|define) (?:an?|the|your) (?:\w+ )?"
        r"(?:function|program|method|code|script)(?: (?:called|named) \S+)?(?: in python)?,? (?:to|that (?:will|can)) ",
        "",
    ),
    (r"(?m)[ \t]+$", ""),
    (r"\n\s*\n+", "\n\n"),
)


def clean(text: str) -> str:
    """The prose of a statement: no fenced code, doctests, examples, nor the order to write a function."""
    text = text.replace("\r\n", "\n").replace("\xa0", " ")
    for pattern, instead in CODE:
        text = re.sub(pattern, instead, text)
    return (text := text.strip())[:1].upper() + text[1:]


# ---- formats ---------------------------------------------------------------------------------------------------------


def _text(row: dict[str, Any] | None, *columns: str) -> str:
    return next((str(row[column]) for column in columns if row.get(column) is not None), "") if row else ""


def _decoded(value: Any) -> Any:
    return json.loads(value or "null") if isinstance(value, str) else value


def _problem(format: str, row: dict[str, Any], id: str, number: str) -> Problem:
    """The problem of one row. _Unusable with the reason if it is none."""
    source, test = _text(row, "solution", "code", "completion"), _text(row, "test", "test_code")
    statement, entry_point = _text(row, "question", "text", "problem_description", "query"), _text(row, "entry_point")
    if format == "HumanEval":
        source = row["prompt"] + row["canonical_solution"]
        bodies = [node for node in _parse(source).body if getattr(node, "name", "") == entry_point]
        strings = [n.value for n in ast.walk(bodies[-1]) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
        statement = inspect.cleandoc(strings[0])  # the docstring, also where an import stands before it
    elif format == "MBPP":
        setup = [_text(row, "test_setup_code"), *(row.get("test_imports") or [])]
        test = "\n".join(setup + list(row["test_list"]) + list(row.get("challenge_test_list") or [])).strip()
        names = [
            n.func.id
            for n in ast.walk(_parse(test, "test"))
            if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)
        ]
        defined = {getattr(node, "name", "") for node in _parse(source).body}
        entry_point = next((name for name in names if name in defined), "?")
        statement = statement or row["prompt"]
    elif format == "LeetCodeDataset":
        source = row["prompt"] + "\n" + source
        calls = [f"assert candidate({case['input']}) == ({case['output']})" for case in row["input_output"] or []]
        test = "\n".join([call for call in calls if _works(_parse, call)] + [test])
        statement = statement or _text(row.get("meta"), "query")
    elif format.startswith("KodCode"):
        imported = re.search(r"^from solution import (\w+)", test, re.MULTILINE)
        infos = row.get("test_info") or [{}]
        entry_point = _text(row, "test_entry_point") or (imported[1] if imported else _text(infos[0], "function_name"))
    elif format in ("APPS", "TACO"):
        cases = _decoded(row["input_output"]) or {}
        if not (name := cases.get("fn_name")):
            raise _Unusable("stdin: no fn_name" if cases.get("inputs") else "no_tests: input_output is empty")
        given, outputs = ([_decoded(value) for value in cases[key]] for key in ("inputs", "outputs"))
        if all(isinstance(output, list) and len(output) == 1 for output in outputs):
            outputs = [output[0] for output in outputs]  # both forms are in use
        calls = [", ".join(map(repr, arguments)) for arguments in given]
        test = "\n".join(f"assert candidate({call}) == {output!r}" for call, output in zip(calls, outputs))
        choices = [(code, entry) for code in _decoded(row["solutions"]) or [] for entry in (name, f"Solution().{name}")]
        usable = [c for c in choices if _works(lambda code, entry: _signature(_parse(code), entry), *c)]
        source, entry_point = (usable or choices or [("", "")])[0]
    else:
        entry_point = _last(_parse(source))
    if not source.strip() or not (test.strip() or format == "CodeGym"):
        raise _Unusable("no_tests" if source.strip() else "no_solution")
    tree = _parse(source)
    examples: tuple[tuple[str, ...], tuple[str, ...]] = (), ()
    signature = _signature(tree, entry_point)
    owner, _, name = entry_point.rpartition("().")
    if format != "CodeGym":
        examples = _examples(test, {name, entry_point, "candidate"}, signature)
        if not examples[0]:
            raise _Unusable(f"no_literal_calls: no call of {name} in the tests has constant arguments")
    if not (statement := clean(statement)):
        raise _Unusable("no_statement")
    solution, licence = reachable(tree, owner or name), _text(row, "licence", "license") or FORMATS[format][1]
    nodes = list(ast.walk(ast.parse(solution)))
    froms = {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}
    imports = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    if packages := {name.split(".")[0] for name in froms | imports} - sys.stdlib_module_names:
        raise _Unusable(
            f"needs_package: {', '.join(sorted(packages))}"
        )  # environments run with the standard library only
    said = _text(row, "difficulty", "gpt_difficulty") or _text(row.get("meta"), "difficulty")
    level, origin = LEVELS.get(said.lower(), 0), f"{format} {number}"
    return Problem(id, statement, solution, entry_point, *examples, licence, origin, difficulty=level)


def _works(read: Callable[..., Any], *arguments: Any) -> bool:
    try:
        return bool(read(*arguments))
    except _Unusable:
        return False


def _last(tree: ast.Module) -> str:
    """The last function that no other function calls."""
    functions = [node for node in tree.body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    calls = {(f.name, ast.unparse(n.func)) for f in functions for n in ast.walk(f) if isinstance(n, ast.Call)}
    called = {name for caller, name in calls if caller != name}
    if not functions and any(isinstance(node, ast.ClassDef) for node in tree.body):
        raise _Unusable("class_design: no function, only classes")
    return next((f.name for f in reversed(functions) if f.name not in called), "?")


def _own(file: Path) -> Problem:
    """A problem file of our own."""
    tree = _parse(file.read_text(encoding="utf-8"))
    if not (statement := ast.get_docstring(tree)):
        raise _Unusable("no_statement: the module has no docstring")
    if all(getattr(node, "name", "") != "generate" for node in tree.body):
        raise _Unusable("no_generator: the module defines no generate(rng, size)")
    _signature(tree, file.stem)
    solution, generator = reachable(tree, file.stem), reachable(tree, "generate")
    return Problem(file.stem, statement, solution, file.stem, (), (), "Apache-2.0", f"own {file.stem}", generator)


def _rows(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """(number, row) of a JSON lines or Parquet file."""
    i = 1
    try:
        if file.suffix == ".parquet":
            import pyarrow.parquet

            batches = pyarrow.parquet.ParquetFile(file).iter_batches(batch_size=256)
            yield from enumerate((row for batch in batches for row in batch.to_pylist()), start=1)
            return
        with gzip.open(file, "rt", encoding="utf-8") if file.suffix == ".gz" else file.open(encoding="utf-8") as lines:
            for i, line in enumerate(lines, start=1):
                if line.strip():
                    if not isinstance(row := json.loads(line), dict):
                        raise ValueError("not an object")
                    yield i, row
    except (ValueError, EOFError, RecursionError, gzip.BadGzipFile) as error:
        raise ProblemFormatError(f"{file}:{i}: {error}; expected JSON lines or Parquet of problems") from None


def read(path: str | Path) -> tuple[list[Problem], list[Rejected]]:
    """Read one file of a public format, or a folder (our own *.py, and every *.jsonl, *.jsonl.gz, *.parquet in it).

    Raises ProblemFormatError for a file of no known format or none to read; OSError.
    """
    root, endings = Path(path), (".py", ".jsonl", ".jsonl.gz", ".parquet")
    inside = sorted(root.iterdir()) if root.is_dir() else [root]
    files = [file for file in inside if file.name.endswith(endings) and file.name[0] not in "_."]
    if not files:
        raise ProblemFormatError(f"{root}: no problems; expected files {', '.join('*' + ending for ending in endings)}")
    problems: dict[str, Problem] = {}
    rejected: list[Rejected] = []

    def add(id: str, where: str, make: Callable[[], Problem]) -> None:
        try:
            problem = make()
            if id in problems:
                raise _Unusable(f"duplicate_id: {id}")
            problems[id] = problem
        except _Unusable as error:
            rejected.append(Rejected(id, where, str(error)))
        except (AttributeError, LookupError, RecursionError, SyntaxError, TypeError, ValueError) as error:
            rejected.append(Rejected(id, where, f"malformed_row: {type(error).__name__}: {error}"))

    for file in files:
        if file.suffix == ".py":
            add(file.stem, str(file), functools.partial(_own, file))
            continue
        for i, row in _rows(file):
            format = next((name for name, (columns, _) in FORMATS.items() if row.keys() >= set(columns.split())), "")
            if not format:
                known = "; ".join(f"{name}: {columns}" for name, (columns, _) in FORMATS.items())
                raise ProblemFormatError(f"{file}:{i}: columns {sorted(row)} are of no known format ({known})")
            number = _text(row, "task_id", "question_id", "conversation_id", "problem_id", "id") or str(i)
            named = f"{file.name.split('.')[0]}_{number}" if number.isdecimal() else number
            id = re.sub(r"[^A-Za-z0-9-]+", "_", named).strip("_-") or f"row_{i}"
            add(id, f"{file}:{i}", functools.partial(_problem, format, row, id, number))
    return list(problems.values()), rejected
