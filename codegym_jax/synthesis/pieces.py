"""Cuts the pieces of a solution that become step tools, and puts calls in their place.

A piece is an expression cut at the values it lives on; it may be run wherever those values are, as often as one likes:
it is pure, and looks at nothing that the original would not have looked at.
"""

from __future__ import annotations

import ast
import copy
import dataclasses
from collections.abc import Iterator
from typing import Any

from codegym_jax.synthesis import wording
from codegym_jax.synthesis.accessors import Names, Shape, camel

PURE = set("abs min max round int float str bool ord chr divmod pow sum sorted len hex bin oct".split())
PURE |= set("gcd lcm sqrt isqrt floor ceil factorial comb log log2 log10 hypot fabs trunc".split())
METHODS = set("isalpha isdigit isalnum isupper islower isspace lower upper title strip swapcase".split())
METHODS |= set("startswith endswith count find replace capitalize join split index zfill".split())
WALKERS = set("enumerate zip any all set list tuple map filter iter frozenset Counter deque accumulate".split())
CHANGING = set("append pop sort extend insert remove reverse add update clear popleft appendleft discard".split())
OPERATORS = (ast.BinOp, ast.UnaryOp, ast.Compare, ast.BoolOp, ast.IfExp, ast.Call)
NEUTRAL = ["first", "second", "third", "fourth", "fifth", "sixth"]
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)


@dataclasses.dataclass(slots=True)
class Piece:
    """A step tool: `body` is an expression over `parameters`, and `weight` how much it does."""

    key: str  # the expression with its parameters numbered
    body: ast.expr
    parameters: list[str]
    weight: int
    helper: str  # the function it is a call of, if it is
    wish: str  # what its name should be, as far as all its uses agree
    calls: list[ast.Call] = dataclasses.field(default_factory=list)
    name: str = ""  # once all its uses are known


def call(name: str, /, **parameters: ast.expr) -> ast.Call:
    keywords = [ast.keyword(key, value) for key, value in parameters.items()]
    return ast.Call(ast.Name("call", ast.Load()), [ast.Constant(name)], keywords)


class Reads(ast.NodeTransformer):
    """Replaces what only reads a hidden parameter by calls of its accessors. Whatever is left of its name afterwards
    is a use that needs it whole."""

    def __init__(self, shapes: dict[str, Shape], accessors: dict[str, dict[str, str]]) -> None:
        self.shapes, self.accessors = shapes, accessors

    def hidden(self, node: ast.AST) -> str:
        return node.id if isinstance(node, ast.Name) and node.id in self.shapes else ""

    def each(self, node: ast.expr) -> ast.expr:
        name = self.hidden(node)
        return ast.Name(f"each_{name}()", ast.Load()) if name else self.visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        name = self.hidden(node.value)
        if not isinstance(node.ctx, ast.Load) or isinstance(node.slice, (ast.Slice, ast.Tuple)):
            return self.generic_visit(node)
        if name and self.shapes[name].kind in ("list", "text") and self.shapes[name].outer is not set:
            return call(self.accessors[name]["item"], index=self.visit(node.slice))
        if name and self.shapes[name].kind == "grid":
            return ast.Call(ast.Name(f"row_{name}", ast.Load()), [self.visit(node.slice)], [])
        if isinstance(node.value, ast.Subscript) and isinstance(node.value.ctx, ast.Load):
            name = self.hidden(node.value.value)
            if name and self.shapes[name].kind == "grid" and not isinstance(node.value.slice, (ast.Slice, ast.Tuple)):
                row, column = self.visit(node.value.slice), self.visit(node.slice)
                return call(self.accessors[name]["cell"], row=row, column=column)
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if isinstance(node.func, ast.Name) and not node.keywords and len(node.args) == 1:
            (argument,) = node.args
            name = self.hidden(argument)
            if node.func.id == "len" and name and "length" in self.accessors[name]:
                return call(self.accessors[name]["length"])
            if node.func.id == "len" and isinstance(argument, ast.Subscript):
                name = self.hidden(argument.value)
                if name and self.shapes[name].kind == "grid" and not isinstance(argument.slice, ast.Slice):
                    return call(self.accessors[name]["width"], row=self.visit(argument.slice))
        walks = isinstance(node.func, ast.Name) and node.func.id in WALKERS
        single = isinstance(node.func, ast.Name) and node.func.id in ("sum", "sorted", "max", "min")
        if walks or (single and (len(node.args) == 1 or node.func.id == "sum")):  # type: ignore[attr-defined]
            if walks:
                node.args = [self.each(argument) for argument in node.args]
            else:
                name = self.hidden(node.args[0])
                first = ast.Name(f"read_{name}()", ast.Load()) if name else self.visit(node.args[0])
                node.args = [first, *(self.visit(argument) for argument in node.args[1:])]
            node.keywords = [self.visit(keyword) for keyword in node.keywords]
            return node
        return self.generic_visit(node)

    def visit_For(self, node: ast.For) -> ast.AST:
        node.iter = self.each(node.iter)
        node.body = [self.visit(child) for child in node.body]
        node.orelse = [self.visit(child) for child in node.orelse]
        return node

    def visit_comprehension(self, node: ast.comprehension) -> ast.AST:
        node.iter = self.each(node.iter)
        node.ifs = [self.visit(child) for child in node.ifs]
        return node


class Opened(ast.NodeTransformer):
    """Writes map and filter as the comprehensions they are, and calls of the solution's own methods that are part of
    the control flow as calls of functions: what is done to each element is then seen, and can be cut."""

    def __init__(self, methods: dict[str, str]) -> None:
        self.methods = methods

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        if isinstance(node.value, ast.Name) and node.value.id == "self" and node.attr in self.methods:
            return ast.Name(self.methods[node.attr], ast.Load())
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if not isinstance(node.func, ast.Name) or node.keywords or any(isinstance(a, ast.Starred) for a in node.args):
            return node
        match node.func.id, node.args:
            case "map", [ast.Lambda(args=given, body=body), *series] if _plain(given, len(series)):
                targets: list[ast.expr] = [ast.Name(argument.arg, ast.Store()) for argument in given.args]
                one = len(series) == 1
                walked = series[0] if one else ast.Call(ast.Name("zip", ast.Load()), series, [])
                target = targets[0] if one else ast.Tuple(targets, ast.Store())
                return ast.GeneratorExp(body, [ast.comprehension(target, walked, [], 0)])
            case "filter", [ast.Lambda(args=given, body=body), walked] if _plain(given, 1):
                (name,) = (argument.arg for argument in given.args)
                clause = ast.comprehension(ast.Name(name, ast.Store()), walked, [body], 0)
                return ast.GeneratorExp(ast.Name(name, ast.Load()), [clause])
            case "map", [ast.Name() as function, walked] if function.id not in ("list", "tuple", "set", "dict"):
                item = ast.Call(function, [ast.Name("part", ast.Load())], [])
                return ast.GeneratorExp(item, [ast.comprehension(ast.Name("part", ast.Store()), walked, [], 0)])
        return node


def _plain(given: ast.arguments, count: int) -> bool:
    return len(given.args) == count and not (given.defaults or given.kwonlyargs or given.vararg or given.kwarg)


def stored_names(tree: ast.AST) -> set[str]:
    """Names that are bound somewhere in a function, its nested ones included."""
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)}
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.Lambda)):
            every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            names |= {argument.arg for argument in every}
            names |= {argument.arg for argument in (node.args.vararg, node.args.kwarg) if argument}
            names |= {node.name} if isinstance(node, ast.FunctionDef) else set()
    return names


def _root(node: ast.AST) -> str:
    while isinstance(node, (ast.Subscript, ast.Attribute, ast.Starred)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def changes(tree: ast.AST, name: str) -> bool:
    """Whether a function may change a row of this grid: through the grid, or what a row was bound to or put into."""
    flows: list[tuple[list[ast.expr], ast.expr]] = []  # from the second into the names of the first
    changed = set()
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=targets, value=value):
                flows.append(([*targets], value))
            case ast.For() | ast.comprehension():
                flows.append(([node.target], node.iter))
            case ast.NamedExpr():
                flows.append(([node.target], node.value))
            case ast.Call(func=ast.Attribute(value=held, attr=attr), args=arguments) if attr in CHANGING:
                changed.add(_root(held))
                flows += [([held], argument) for argument in arguments]
            case ast.AugAssign(target=ast.Name(id=target), value=ast.List() | ast.ListComp()):
                changed.add(target)
            case ast.Subscript() if not isinstance(node.ctx, ast.Load):
                changed.add(_root(node))

    def rows_in(value: ast.AST) -> Iterator[str]:
        """Names of what the value may hold a row of; a length or a cell is none."""
        match value:
            case ast.Name(id=found):
                yield found
            case ast.Call(func=ast.Name(id="len" | "sum")):
                return
            case ast.Subscript(value=ast.Subscript(value=ast.Name(id=found))) if found == name:
                return
            case _:
                for part in ast.iter_child_nodes(value):
                    yield from rows_in(part)

    rows, before = {name}, 0
    while len(rows) > before:
        before = len(rows)
        for targets, value in flows:
            if rows & set(rows_in(value)):
                rows |= {part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)}
    return bool(rows & changed)


class Cutter(ast.NodeTransformer):
    """Cuts pieces out of a function's expressions, the largest first, and puts calls in their place."""

    def __init__(self, names: Names, helpers: dict[str, ast.FunctionDef], stored: set[str], banned: set[str]) -> None:
        self.names, self.helpers, self.stored, self.banned = names, helpers, stored, banned
        self.pieces: dict[str, Piece] = {}  # by normalized body

    def helper(self, node: ast.Call) -> str:
        """The name of the pure helper function that is called, if one is."""
        match node.func:
            case ast.Name(id=name) if name in self.helpers and name not in self.stored:
                return name
            case ast.Attribute(value=ast.Name(id="self"), attr=name) if f"self.{name}" in self.helpers:
                return f"self.{name}"
        return ""

    def pure(self, node: ast.expr) -> bool:
        """Whether the node itself is an operation of a piece; its operands may be atoms."""
        if isinstance(node, ast.Call):
            if any(isinstance(argument, ast.Starred) for argument in node.args):
                return False
            if any(keyword.arg is None or keyword.arg == "key" for keyword in node.keywords):
                return False
            if self.helper(node):
                return not any(isinstance(argument, COMPREHENSIONS) for argument in node.args)
            match node.func:
                case ast.Name(id=name):
                    return name in PURE and name not in self.stored
                case ast.Attribute(value=ast.Name(id="math"), attr=name):
                    return name in PURE
                case ast.Attribute(attr=name):
                    return name in METHODS
            return False
        if isinstance(node, ast.Compare):
            if any(isinstance(op, (ast.Is, ast.IsNot)) for op in node.ops):
                return False
            operands = [node.left, *node.comparators]
            return len(node.ops) == 1 or all(isinstance(o, (ast.Name, ast.Constant)) for o in operands)
        if isinstance(node, (ast.BoolOp, ast.IfExp)):  # looks at names only, not at what it would not have reached
            kept = (ast.Name, ast.Constant, ast.BinOp, ast.UnaryOp, ast.Compare, ast.BoolOp, ast.IfExp)
            return all(isinstance(n, kept) for n in ast.walk(node) if isinstance(n, ast.expr))
        return isinstance(node, (ast.BinOp, ast.UnaryOp))

    def cut(self, node: ast.expr, wish: str) -> ast.expr:
        """The node as a call of a piece, or with pieces cut out of its parts."""
        if not isinstance(node, OPERATORS) or not self.pure(node):
            return self.visit(node)
        atoms: dict[str, tuple[str, ast.expr]] = {}  # by text: the parameter's name, and the expression
        local = Names(["self"])

        def body(part: ast.expr) -> ast.expr:
            if isinstance(part, ast.Constant):
                return part
            if isinstance(part, ast.Name) and part.id not in self.stored and "(" not in part.id:
                return part  # a name of the module
            if isinstance(part, OPERATORS) and self.pure(part):
                new = copy.copy(part)
                for field, value in ast.iter_fields(part):
                    if field == "func":
                        if isinstance(value, ast.Attribute) and not self.helper(part):  # type: ignore[arg-type]
                            attribute = copy.copy(value)
                            is_math = isinstance(value.value, ast.Name) and value.value.id == "math"
                            attribute.value = value.value if is_math else body(value.value)
                            setattr(new, field, attribute)
                        elif isinstance(value, ast.Attribute):  # a method of the solution's class, on one of its own
                            setattr(
                                new, field, ast.Attribute(ast.Name("Solution()", ast.Load()), value.attr, ast.Load())
                            )
                    elif isinstance(value, list):
                        setattr(new, field, [self._inner(item, body) for item in value])
                    elif isinstance(value, ast.expr):
                        setattr(new, field, body(value))
                return new
            text = ast.unparse(part)
            if text not in atoms:
                atoms[text] = (local.new(wording.parameter(part)), part)
            return ast.Name(atoms[text][0], ast.Load())

        expression = body(node)
        parameters = [name for name, _ in atoms.values()]
        operations = [n for n in ast.walk(expression) if isinstance(n, OPERATORS)]
        counts = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "len"
        if not parameters or not operations or len(parameters) > 6 or (counts and len(operations) == 1):
            return self._parts(node)
        helper = self.helper(node) if isinstance(node, ast.Call) else ""
        places = {name: f"_{i}" for i, name in enumerate(parameters)}
        key = ast.unparse(_renamed(expression, places))
        if key in self.banned:
            return self._parts(node)
        if (piece := self.pieces.get(key)) is None:
            weight = (
                2 * len(operations) + 3 * bool(helper) + sum(isinstance(n, (ast.Compare, ast.Call)) for n in operations)
            )
            if len(operations) == 1 and isinstance(node, ast.BinOp) and isinstance(node.right, ast.Constant):
                weight = 0  # i + 1
            piece = Piece(key, expression, parameters, weight, helper, wish)
            if helper and isinstance(expression, ast.Call) and not expression.keywords:
                own = [a.arg for a in self.helpers[helper].args.args if a.arg != "self"]
                plain = [a.id for a in expression.args if isinstance(a, ast.Name)]
                if plain == parameters and len(plain) == len(expression.args) <= len(own):
                    piece.parameters = own[: len(plain)]
                    piece.body = _renamed(expression, dict(zip(plain, own)))
            self.pieces[key] = piece
        elif not helper:
            piece.wish = piece.wish if piece.wish == wish else ""
            neutral = ["value"] if len(parameters) == 1 else NEUTRAL[: len(parameters)]
            if parameters != piece.parameters != neutral:  # named after one use it would mislead at the other
                piece.body = _renamed(piece.body, dict(zip(piece.parameters, neutral)))
                for made in piece.calls:
                    for keyword, name in zip(made.keywords, neutral):
                        keyword.arg = name
                piece.parameters = neutral
        new = call(key, **{name: self.visit(part) for name, (_, part) in zip(piece.parameters, atoms.values())})
        for keyword, name in zip(new.keywords, piece.parameters):  # its parts may be uses of the same piece
            keyword.arg = name
        piece.calls.append(new)
        return new

    def name(self) -> None:
        """Name the pieces, after the last visit."""
        for piece in self.pieces.values():
            wish = camel(piece.helper.removeprefix("self.")) if piece.helper else ""
            piece.name = self.names.new(wish or wording.tool(piece.body, piece.wish))
            for made in piece.calls:
                made.args = [ast.Constant(piece.name)]

    def _inner(self, item: Any, body: Any) -> Any:
        if isinstance(item, ast.keyword):
            return ast.keyword(item.arg, body(item.value))
        return body(item) if isinstance(item, ast.expr) else item

    def _parts(self, node: ast.expr) -> ast.expr:
        return super().generic_visit(node)  # type: ignore[return-value]

    def visit(self, node: ast.AST) -> Any:
        if isinstance(node, OPERATORS) and not (isinstance(node, ast.Call) and _is_call(node)):
            return self.cut(node, "") if self.pure(node) else self.generic_visit(node)
        return super().visit(node)

    def visit_If(self, node: ast.If | ast.While) -> ast.AST:
        node.test = self.cut(node.test, "Check")
        node.body = [self.visit(child) for child in node.body]
        node.orelse = [self.visit(child) for child in node.orelse]
        return node

    visit_While = visit_If

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        target = node.targets[0]
        wish = ""
        if isinstance(target, ast.Name):
            again = any(isinstance(n, ast.Name) and n.id == target.id for n in ast.walk(node.value))
            wish = f"{'Update' if again else 'WorkOut'}{camel(target.id)}"
        node.value = self.cut(node.value, wish)
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        if isinstance(node.target, ast.Name) and not isinstance(node.value, (ast.List, *COMPREHENSIONS)):
            value = ast.BinOp(ast.Name(node.target.id, ast.Load()), node.op, node.value)
            new = self.cut(value, f"Update{camel(node.target.id)}")
            if isinstance(new, ast.Call):  # else it stays in place: += of a list changes the list
                return ast.Assign([node.target], new)
        node.value = self.visit(node.value)
        return node

    def visit_Return(self, node: ast.Return) -> ast.AST:
        node.value = node.value and self.cut(node.value, "WorkOutAnswer")
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        node.value = node.value and self.visit(node.value)
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        node.body = self.visit(node.body)
        return node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.body = [self.visit(child) for child in node.body]
        return node


def _renamed(node: ast.expr, names: dict[str, str]) -> ast.expr:
    node = copy.deepcopy(node)
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            part.id = names.get(part.id, part.id)
    return node


def _is_call(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Name) and node.func.id == "call"
