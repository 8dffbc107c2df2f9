"""An environment's source, read with `ast`: what solve() does besides calling step, and mutants of the rest."""

from __future__ import annotations

import ast
import random
import textwrap
from collections.abc import Collection, Iterator
from typing import Any

from codegym_jax.types import Environment

FORBIDDEN = {"getattr", "setattr", "delattr", "hasattr", "vars", "dir", "globals", "locals", "exec", "compile", "open"}
FORBIDDEN |= {"__import__", "super", "breakpoint", "input", "memoryview"}
MODULES = {"gc", "sys", "inspect", "os", "ctypes", "importlib", "builtins", "marshal", "pickle", "traceback", "types"}
CONSTANTS = {"maxsize", "float_info"}  # of sys, which anybody may read
FRAMES = {"gi_frame", "cr_frame", "ag_frame", "tb_frame", "f_back", "f_locals", "f_globals", "gi_code"}
OPERATORS: dict[type[ast.AST], type[Any]] = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.Mult}
OPERATORS |= {ast.FloorDiv: ast.Mult, ast.Mod: ast.FloorDiv, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd}
OPERATORS |= {ast.BitXor: ast.BitAnd, ast.And: ast.Or, ast.Or: ast.And, ast.Lt: ast.LtE, ast.LtE: ast.Lt}
OPERATORS |= {ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.In: ast.NotIn}
OPERATORS |= {ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is}


# The oracle's source


def _methods(source: str, class_name: str) -> tuple[dict[str, ast.FunctionDef], dict[str, ast.stmt]]:
    """The methods of the class, and what else is defined at module level."""
    tree = ast.parse(source)
    top = {node.name: node for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    body = top.pop(class_name).body  # type: ignore[attr-defined]
    return {node.name: node for node in body if isinstance(node, ast.FunctionDef)}, dict(top)


def _own(function: ast.AST) -> set[str]:
    """Names that a function binds in its own scope, and that so are no builtins anywhere in it."""
    if not isinstance(function, ast.FunctionDef):
        return set()
    functions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
    nested = (*functions, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
    given, queue = function.args, list[ast.AST](function.body)
    args = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
    names = {arg.arg for arg in args if arg}
    for node in queue:  # grows
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        queue += [] if isinstance(node, nested) else ast.iter_child_nodes(node)
    return names


def _shadowed(function: ast.AST) -> set[int]:
    """Names (by id of the node) that are no builtins, since a function around them binds them."""
    found = set[int]()

    def visit(node: ast.AST, bound: set[str]) -> None:
        if isinstance(node, ast.Name) and node.id in bound:
            found.add(id(node))
        inner = node.body if isinstance(node, ast.FunctionDef) else []
        for child in ast.iter_child_nodes(node):  # decorators, defaults and annotations belong outside
            visit(child, bound | _own(node) if any(child is statement for statement in inner) else bound)

    visit(function, set())
    return found


def oracle(source: str, class_name: str) -> tuple[list[str], list[str]]:
    """What solve() does besides calling step, as its source tells; and the helper methods it calls."""
    methods, top = _methods(source, class_name)
    faults, reached, queue = [], [], ["solve"]

    def look(function: ast.AST, me: str) -> None:
        called = {id(node.func) for node in ast.walk(function) if isinstance(node, ast.Call)}
        owned, shadowed = {}, _shadowed(function)
        plain = {id(n.value) for n in ast.walk(function) if isinstance(n, ast.Attribute) and n.attr in CONSTANTS}
        for node in ast.walk(function):
            at = f"line {getattr(node, 'lineno', 0)}: "
            match node:
                case ast.Attribute(value=ast.Name(id=name), attr=attr) if me and name == me:
                    owned[id(node.value)] = True
                    if attr in methods and attr not in ("step", "solve") and id(node) in called:
                        queue.append(attr) if attr not in queue else None
                    elif attr != "step":
                        faults.append(f"{at}self.{attr}")
                    if attr in ("get_ref_answer", "__init__", "reset"):
                        faults.append(f"{at}calls self.{attr}")
                case ast.Attribute(attr=attr) if (attr.startswith("__") and attr != "__name__") or attr in FRAMES:
                    faults.append(f"{at}.{attr}")
                case ast.Name(id=name) if name == class_name or name.startswith("__"):
                    faults.append(f"{at}{name}")
                case ast.Name(id=name) if name in FORBIDDEN and id(node) not in shadowed:
                    faults.append(f"{at}{name}")
                case ast.Name(id="eval") if id(node) not in called:
                    faults.append(f"{at}eval")
                case ast.Name(id=name) if me and name == me and id(node) not in owned:
                    faults.append(f"{at}self is passed on")
                case ast.Import(names=names) if {alias.name.split(".")[0] for alias in names} & MODULES:
                    faults.append(f"{at}{ast.unparse(node)}")
                case ast.ImportFrom(module=module) if (module or "").split(".")[0] in MODULES:
                    faults.append(f"{at}{ast.unparse(node)}")
                case ast.Name(id=name) if name in MODULES and id(node) not in plain and isinstance(node.ctx, ast.Load):
                    faults.append(f"{at}{name}")
                case ast.Global():
                    faults.append(f"{at}{ast.unparse(node)}")
                case ast.Name(id=name) if name in top and name not in reached:
                    reached.append(name)
                    look(top[name], "")

    for name in queue:  # grows
        if (method := methods.get(name)) is None:
            return ["no method solve"], []
        static = any(isinstance(d, ast.Name) and d.id in ("staticmethod", "classmethod") for d in method.decorator_list)
        look(method, "" if static or not method.args.args else method.args.args[0].arg)
    return list(dict.fromkeys(faults)), queue[1:]


# Mutants


def _variants(node: ast.AST) -> Iterator[tuple[str, ast.AST, str, Any]]:
    """(what, where, field, new value) of each small change to one node; it means something if `where` is executed."""
    match node:
        case ast.BinOp(op=op) | ast.AugAssign(op=op) | ast.BoolOp(op=op) if type(op) in OPERATORS:
            yield "operator", node, "op", OPERATORS[type(op)]()
        case ast.Compare(ops=[op, *rest]) if type(op) in OPERATORS:
            yield "comparison", node, "ops", [OPERATORS[type(op)](), *rest]
        case ast.Constant(value=int(value)) if not isinstance(value, bool):
            yield "constant", node, "value", value + 1
        case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Constant):
            yield "return", node, "value", ast.UnaryOp(ast.Not(), value)
        case ast.If(test=test):
            yield "condition", test, "test", ast.UnaryOp(ast.Not(), test)
        case ast.Subscript(slice=ast.Name() | ast.BinOp() as index, ctx=ast.Load()):
            yield "index", node, "slice", ast.BinOp(index, ast.Sub(), ast.Constant(1))
    for i, statement in enumerate(
        body := node.body if isinstance(node, (ast.FunctionDef, ast.If, ast.For, ast.While)) else []
    ):
        if isinstance(statement, (ast.Assign, ast.AugAssign, ast.Break, ast.Continue)) or (
            isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)
        ):
            yield "dropped", statement, "body", [*body[:i], ast.Pass(), *body[i + 1 :]]


def reached(environment: Environment) -> dict[str, ast.FunctionDef]:
    """The functions that reference and tools reach by name, by path."""
    methods, top = _methods(environment.source, environment.class_name)
    queue = ["get_ref_answer", *(tool.name for tool in environment.tools)]
    kept = {"__init__", "from_env_str", "reset", "step", "solve", "finished", "reward", "generate"}
    functions: dict[str, ast.FunctionDef] = {}
    for name in queue:  # grows
        if name in methods:
            functions[f"{environment.class_name}.{name}"] = methods[name]
        elif isinstance(found := top.get(name), ast.FunctionDef):
            functions[name] = found
        elif isinstance(found, ast.ClassDef):
            functions |= {f"{name}.{f.name}": f for f in found.body if isinstance(f, ast.FunctionDef)}
        for function in [f for path, f in functions.items() if name in path.split(".")]:
            named = {getattr(n, "attr", getattr(n, "id", "")): None for n in ast.walk(function)}
            queue += [n for n in named if n not in queue and n not in kept and (n in methods or n in top)]
    return functions


def extent(functions: dict[str, ast.FunctionDef]) -> set[int]:
    """All lines of some functions."""
    found = set[int]()
    for function in functions.values():
        first = min([function.lineno, *(decorator.lineno for decorator in function.decorator_list)])
        found.update(range(first, (function.end_lineno or first) + 1))
    return found


def mutants(
    functions: dict[str, ast.FunctionDef], count: int, executed: Collection[int], seed: int = 0
) -> list[tuple[str, str, str]]:
    """(path, source, what) of functions changed in one place each, on one of the lines that are executed: elsewhere a
    change makes no difference."""
    sites = [
        (path, function, node, variant)
        for path, function in functions.items()
        for node in ast.walk(function)
        for variant in _variants(node)
        if any(line in executed for line in range(variant[1].lineno, variant[1].end_lineno + 1))  # type: ignore[attr-defined]
    ]
    made = []
    for path, function, node, (what, _, field, value) in random.Random(seed).sample(sites, min(count, len(sites))):
        old, line = getattr(node, field), getattr(node, "lineno", function.lineno)
        setattr(node, field, value)
        source = textwrap.indent(ast.unparse(function), " " * path.count("."))
        owner = f"class {path.split('.')[0]}:\n" if "." in path else ""  # as there, for names like self.__x
        made.append((path, owner + source, f"{path} line {line}: {what}"))
        setattr(node, field, old)
    return made
