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
import keyword
import re
from collections.abc import Sequence
from typing import Any

from codegym_jax.environments import EnvironmentFormatError, parse_environment
from codegym_jax.problems import Problem
from codegym_jax.sandbox import SandboxPool
from codegym_jax.synthesis import original, wording
from codegym_jax.types import Environment

MOST_TOOLS, MOST_CALLS = 14, 256
# Calls of these are pieces like any operator. What only walks its argument can be given a hidden one as it is read.
PURE = set("abs min max round int float str bool ord chr divmod pow sum sorted len hex bin oct".split())
PURE |= set("gcd lcm sqrt isqrt floor ceil factorial comb log log2 log10 hypot fabs trunc".split())
METHODS = set("isalpha isdigit isalnum isupper islower isspace lower upper title strip swapcase".split())
METHODS |= set("startswith endswith count find replace capitalize join split index zfill".split())
WALKERS = set("enumerate zip any all set list tuple map filter iter frozenset Counter deque accumulate".split())
OPERATORS = (ast.BinOp, ast.UnaryOp, ast.Compare, ast.BoolOp, ast.IfExp, ast.Call)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)


@dataclasses.dataclass(frozen=True, slots=True)
class Refused:
    """Why a problem has no environment: a short slug, with a detail behind a colon."""

    reason: str


@dataclasses.dataclass(frozen=True, slots=True)
class Compiled:
    """An environment with configurations, each with its difficulty, 1 to 5 (0: an example of the problem)."""

    environment: Environment
    configs: tuple[tuple[str, int], ...]


class Unsupported(Exception):
    """The slug of a Refused."""


@dataclasses.dataclass(frozen=True, slots=True)
class Shape:
    """What a parameter is, over all its examples. kind: scalar, text, list, grid (rows of scalars), table (a dict of
    scalars) or nested; outer and inner the container types of the first two levels; leaf a word for its leaves."""

    kind: str
    outer: type
    inner: type | None = None
    leaf: str = "value"


@dataclasses.dataclass(slots=True)
class Piece:
    """A step tool: `body` is an expression over `parameters`, and `weight` how much it does."""

    key: str  # the expression with its parameters numbered
    name: str
    body: ast.expr
    parameters: list[str]
    weight: int
    helper: str  # the function it is a call of, if it is


# Shapes


def _scalar(value: Any) -> bool:
    return value is None or isinstance(value, (bool, int, float, str))


def shape(values: Sequence[Any]) -> Shape:
    """The shape that all values share. Unsupported if there is none."""
    kinds = {type(value) for value in values}
    if all(_scalar(value) for value in values):
        return Shape("text", str) if kinds == {str} else Shape("scalar", object)
    if len(kinds) != 1:
        raise Unsupported(f"shape: a parameter is one of {sorted(kind.__name__ for kind in kinds)}")
    (outer,) = kinds
    items = [item for value in values for item in (value.values() if outer is dict else value)]
    if outer is dict:
        if all(type(key) is str for value in values for key in value) and all(map(_scalar, items)):
            return Shape("table", dict)
        return Shape("nested", dict)
    if all(map(_scalar, items)):
        return Shape("list", outer)
    inner = {type(item) for item in items}
    if (
        outer is not set
        and len(inner) == 1
        and inner <= {list, tuple}
        and all(map(_scalar, (x for i in items for x in i)))
    ):
        return Shape("grid", outer, inner.pop())
    return Shape("nested", outer)


# Where pieces are, and what they become


class Names:
    """Distinct readable names."""

    def __init__(self, taken: Sequence[str]) -> None:
        self.taken = set(taken)

    def new(self, wish: str) -> str:
        name, i = wish, 1
        while name in self.taken or keyword.iskeyword(name):
            i += 1
            name = f"{wish}{i}" if wish[:1].isupper() else f"{wish}_{i}"
        self.taken.add(name)
        return name


def camel(name: str) -> str:
    words = re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", name)
    return "".join(word[:1].upper() + word[1:] for word in words) or "Value"


def call(name: str, **parameters: ast.expr) -> ast.Call:
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


def _stored(tree: ast.AST) -> set[str]:
    """Names that are bound somewhere in a function, its nested ones included."""
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)}
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.Lambda)):
            every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            names |= {argument.arg for argument in every}
            names |= {argument.arg for argument in (node.args.vararg, node.args.kwarg) if argument}
            names |= {node.name} if isinstance(node, ast.FunctionDef) else set()
    return names


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
        if not parameters or not operations or len(parameters) > 6:
            return self._parts(node)
        helper = self.helper(node) if isinstance(node, ast.Call) else ""
        places = {name: f"_{i}" for i, name in enumerate(parameters)}
        key = ast.unparse(_renamed(expression, places))
        if key in self.banned:
            return self._parts(node)
        if (piece := self.pieces.get(key)) is None:
            name = camel(helper.removeprefix("self.")) if helper else wording.tool(expression, wish)
            weight = (
                2 * len(operations) + 3 * bool(helper) + sum(isinstance(n, (ast.Compare, ast.Call)) for n in operations)
            )
            if len(operations) == 1 and isinstance(node, ast.BinOp) and isinstance(node.right, ast.Constant):
                weight = 0  # i + 1
            piece = Piece(key, self.names.new(name), expression, parameters, weight, helper)
            if helper and isinstance(expression, ast.Call) and not expression.keywords:
                own = [a.arg for a in self.helpers[helper].args.args if a.arg != "self"]
                plain = [a.id for a in expression.args if isinstance(a, ast.Name)]
                if plain == parameters and len(plain) == len(expression.args) <= len(own):
                    piece.parameters = own[: len(plain)]
                    piece.body = _renamed(expression, dict(zip(plain, own)))
            self.pieces[key] = piece
        return call(piece.name, **{name: self.visit(part) for name, (_, part) in zip(piece.parameters, atoms.values())})

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
        node.value = self.cut(node.value, f"Update{camel(target.id)}" if isinstance(target, ast.Name) else "")
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


# The environment's source

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
            if not isinstance(given[key], self.KINDS[kind]) or (type(given[key]) is bool and kind in ("integer", "number")):
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
LEAVES = {int: "whole number", str: "text", float: "number", bool: "truth value"}


def _quoted(text: str) -> str:
    """Text that can stand in a docstring."""
    text = text.replace("\\", "\\\\").replace('"""', "'''").replace("\x00", "")
    return text[:-1] + '\\"' if text.endswith('"') else text


def _indent(text: str, spaces: int) -> str:
    return "\n".join(" " * spaces + line if line else "" for line in text.split("\n"))


@dataclasses.dataclass(slots=True)
class Accessor:
    name: str
    doc: str
    parameters: dict[str, tuple[str, str]]  # name: JSON type, text
    returns: str
    body: str


def accessors(shapes: dict[str, Shape], names: Names) -> tuple[dict[str, dict[str, str]], list[Accessor], str]:
    """Names of the accessors by parameter and purpose, the accessors, and the source of what reads through them."""
    table: dict[str, dict[str, str]] = {}
    tools: list[Accessor] = []
    readers = []
    index = {"index": ("integer", "place, counted from 0")}
    for name, form in shapes.items():
        it, words, get = camel(name), wording.words(name), f"self.config[{name!r}]"
        items = f"sorted({get}, key=lambda item: (type(item).__name__, item))" if form.outer is set else get
        build = {list: "{}", tuple: "tuple({})", set: "set({})", str: "''.join({})"}.get(form.outer, "{}")
        if form.kind == "scalar":
            table[name] = {"setting": "ReadSetting"}
            readers.append(f'def read_{name}():\n    return call("ReadSetting", name={name!r})\n')
        elif form.kind in ("list", "text"):
            length, item = names.new(f"{it}Length"), names.new(f"{it}Item" if form.kind == "list" else f"{it}Character")
            table[name] = {"length": length, "item": item}
            what = f"character of the text {words}" if form.kind == "text" else f"element of {words}"
            tools.append(
                Accessor(
                    length, f"Count the {what.replace(' of', 's of', 1)}.", {}, "int: how many", f"return len({get})"
                )
            )
            tools.append(Accessor(item, f"Read one {what}.", index, "Any: the element there", f"return {items}[index]"))
            readers.append(
                f'def each_{name}():\n    for index in range(call("{length}")):\n'
                f'        yield call("{item}", index=index)\n\n'
                f"def read_{name}():\n    return {build.format(f'list(each_{name}())') if form.outer is not list else f'list(each_{name}())'}\n"
            )
        elif form.kind == "grid":
            length, width, cell = names.new(f"{it}Rows"), names.new(f"{it}RowLength"), names.new(f"{it}Cell")
            table[name] = {"length": length, "width": width, "cell": cell}
            row = {"row": ("integer", "row, counted from 0")}
            both = row | {"column": ("integer", "place in the row, counted from 0")}
            tools.append(Accessor(length, f"Count the rows of {words}.", {}, "int: how many", f"return len({get})"))
            tools.append(
                Accessor(
                    width, f"Count what is in one row of {words}.", row, "int: how many", f"return len({get}[row])"
                )
            )
            tools.append(
                Accessor(cell, f"Read one place of {words}.", both, "Any: what is there", f"return {get}[row][column]")
            )
            inner = "tuple({})" if form.inner is tuple else "{}"
            values = f'[call("{cell}", row=row, column=column) for column in range(call("{width}", row=row))]'
            readers.append(
                f"def row_{name}(row):\n    return {inner.format(values)}\n\n"
                f'def each_{name}():\n    for row in range(call("{length}")):\n        yield row_{name}(row)\n\n'
                f"def read_{name}():\n    return {build.format(f'list(each_{name}())') if form.outer is not list else f'list(each_{name}())'}\n"
            )
        elif form.kind == "table":
            keys, lookup = names.new(f"{it}Keys"), names.new(f"{it}Lookup")
            table[name] = {"keys": keys, "lookup": lookup}
            key = {"key": ("string", f"a key of {words}")}
            tools.append(
                Accessor(
                    keys,
                    f"List the keys of {words}, without what belongs to them.",
                    {},
                    "list[str]: the keys",
                    f"return list({get})",
                )
            )
            tools.append(
                Accessor(
                    lookup,
                    f"Look up what belongs to one key of {words}.",
                    key,
                    "Any: what belongs to it",
                    f"return {get}[key]",
                )
            )
            readers.append(
                f'def read_{name}():\n    return {{key: call("{lookup}", key=key) for key in call("{keys}")}}\n'
            )
        else:
            look = names.new(f"{it}At")
            table[name] = {"at": look}
            path = {"path": ("array", f"places from the outside in; [] is {words} as a whole")}
            doc = f"Read one place of {words}: a value, or of what holds others its kind and how many, or its keys."
            tools.append(
                Accessor(look, doc, path, "Any: the value, or kind and size of what is there", NESTED.format(get=get))
            )
            readers.append(READ_NESTED.format(name=name, look=look))
    if scalars := [name for name, form in shapes.items() if form.kind == "scalar"]:
        doc = "Read one single value: " + ", ".join(scalars) + "."
        body = f"return {{name: self.config[name] for name in {scalars!r}}}[name]"
        tools.append(
            Accessor("ReadSetting", doc, {"name": ("string", "one of " + ", ".join(scalars))}, "Any: the value", body)
        )
    return table, tools, "\n".join(readers)


NESTED = """here = {get}
for place in path:
    if isinstance(here, dict):
        here = [value for key, value in here.items() if key == place or str(key) == place][0]
    else:
        here = (sorted(here) if isinstance(here, set) else here)[place]
if isinstance(here, dict):
    return {{"kind": "table", "keys": [[type(key).__name__, str(key)] for key in here]}}
return {{"kind": type(here).__name__, "length": len(here)}} if isinstance(here, (list, tuple, set)) else here"""
READ_NESTED = """def read_{name}(path=()):
    here = call("{look}", path=list(path))
    if not isinstance(here, dict):
        return here
    if here["kind"] == "table":
        kinds = {{"int": int, "float": float, "str": str, "bool": lambda text: text == "True", "tuple": _ast.literal_eval}}
        return {{kinds[kind](key): read_{name}((*path, key)) for kind, key in here["keys"]}}
    parts = [read_{name}((*path, i)) for i in range(here["length"])]
    return {{"list": list, "tuple": tuple, "set": set}}[here["kind"]](parts)
"""


# Putting it together

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
    return _json.dumps([env.reward, {name: [n, {k: sorted(v) for k, v in kinds.items()}, e] for name, (n, kinds, e) in _seen.items()}])
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
        kept = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign, ast.AugAssign)
        kept = (*kept, ast.Try, ast.For)
        nodes = [n for n in tree.body if isinstance(n, kept) and getattr(n, "module", "") != "__future__"]
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
        if isinstance(node, (ast.Subscript, ast.Attribute)) and not isinstance(node.ctx, ast.Load):
            if isinstance(node.value, ast.Name) and node.value.id in given:
                return False
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            changes = node.func.attr in (
                "append",
                "pop",
                "sort",
                "extend",
                "insert",
                "remove",
                "reverse",
                "add",
                "update",
            )
            if changes and isinstance(node.func.value, ast.Name) and node.func.value.id in given:
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
            for name in _stored(f)
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
        cutter = Cutter(names, helpers, _stored(entry) | {"self"}, self.banned)
        nested = []
        for name in sorted(self.nested):
            if not name.startswith("self."):
                helper = copy.deepcopy(self.solution.helpers[name])
                cutter.stored = _stored(helper)
                nested.append(_bare(cutter.visit(helper)))
        cutter.stored = _stored(entry) | {"self"}
        cutter.visit(tree)
        read = [name for name in self.shapes if name not in lazy]
        _bare(tree)
        arguments = [*tree.args.posonlyargs, *tree.args.args, *tree.args.kwonlyargs]
        defaults = dict(zip([a.arg for a in (*tree.args.posonlyargs, *tree.args.args)][::-1], tree.args.defaults[::-1]))
        defaults |= {a.arg: d for a, d in zip(tree.args.kwonlyargs, tree.args.kw_defaults) if d}
        kept = [a for a in arguments if a.arg in read or (a.arg in defaults and a.arg not in self.shapes)]
        tree.args = ast.arguments(
            [], [], None, kept, [None if a.arg in read else defaults[a.arg] for a in kept], None, []
        )
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
                    arguments=_quoted(_indent("\n".join(lines), 12).strip() or "None"),
                    returns=_quoted(returns),
                    example=_quoted(use.example),
                    body=_indent(tool.body, 8).strip(),
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
            statement=_quoted(_indent(wording.statement(self.problem.statement), 4).strip()),
            mapping=repr({name: i for i, name in enumerate(every)}),
            parameters=repr(parameters),
            default=self.examples[0],
            entry=self.problem.entry_point,
            observed=_quoted(self._observed_example()),
            shapes=", ".join(observed),
            tools="".join(parts),
            answer_kind=kind,
            answer_text=text,
            oracle=_indent(readers + "\n" + oracle, 8),
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


def fits(config: str, shapes: dict[str, Shape]) -> bool:
    given = ast.literal_eval(config)
    if given.keys() != shapes.keys():
        return False
    try:
        return all(
            (
                (found := shape([given[name]])).kind == form.kind
                and found.outer is form.outer
                and found.inner is form.inner
            )
            or (form.outer in (list, tuple) and type(given[name]) is form.outer and not given[name])
            for name, form in shapes.items()
        )
    except Unsupported:
        return False


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
    uses: dict[str, Use] = {}
    for _ in range(12):
        source, pieces = build.source(None)
        if not cuts and pieces:
            build.banned |= {piece.key for piece in pieces}
            continue
        outcomes = await pool.map(source + RECORD.replace("CLS", build.cls), "_profile", sample)
        bad = [o for o in outcomes if o.stop is not None]
        runs = [json.loads(o.value) for o in outcomes if o.stop is None]
        if bad and cuts is False:
            return Refused(f"oracle: {bad[0].detail}")
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
    """Keys of the pieces that have to stay in solve(): never run, not to be carried by JSON, or the least of too many."""
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
