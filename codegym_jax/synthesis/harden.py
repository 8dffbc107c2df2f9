"""Repair by machine what an audit finds in an environment of the published format (arXiv 2509.17325), or give up.

A tool that tells hidden fields without being asked (Observe, in nearly all published sources) from now on tells their
types and sizes only; their values are behind ReadValue, ReadItem and ReadNested, one leaf a call. The oracle keeps its
logic: where it called such a tool, it reads the fields through the new tools, runs the tool's old body on them and
goes on with the text it always got. The reply to Done says nothing, the first Done is final, reset() without options
keeps the configuration. All by rewriting the syntax tree; what comes out is verified and audited again.
"""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Iterator, Sequence

from codegym_jax.environments import EnvironmentFormatError, parse_environment
from codegym_jax.sandbox.pool import SandboxPool
from codegym_jax.synthesis.audit import CONFIGS, LEAK, Audit, audit, evenly
from codegym_jax.types import Environment, StopReason

ROUNDS = 3  # of rewriting and auditing: a tool may begin to leak what another one hid
FIXED = {"step", "reset", "finished", "reward", "solve", "func_mapping", "step_count"}  # no hidden field
MUTATORS = set("append add clear discard extend insert pop popleft appendleft remove reverse setdefault sort".split())
MUTATORS |= {"update", "popitem", "subtract"}
READERS = ("ReadValue", "ReadItem", "ReadNested")
SHAPE_DOC = """
Tell the type and the size of: FIELDS. The values are read with ReadValue, ReadItem and ReadNested.

Args:
    None

Returns:
    str: A JSON object of types and lengths by name.

Example Output:
    "{\\"numbers\\": {\\"type\\": \\"list\\", \\"length\\": 3}}"
"""
MODULE = '''
def _look(value, top=False):
    """A leaf, or type and size of a container. A string is a container of characters only where it is a field."""
    if isinstance(value, dict):
        return {"type": "dict", "length": len(value)}
    if isinstance(value, (set, frozenset)):
        return {"type": "set", "length": len(value)}
    if value is None or isinstance(value, (bool, int, float, str)) and not (top and isinstance(value, str)):
        return value
    kind = type(value).__name__
    return {"type": kind if kind in ("str", "tuple") else "list", "length": len(value)}


def _gather(step, name, seen, path=()):
    """Rebuild a field, or what is at a place in it, by asking for its leaves one by one."""
    import json

    def ask(place):
        tool, more = ("ReadItem", {"index": place[0]}) if len(place) == 1 else ("ReadNested", {"path": place})
        tool, more = (tool, more) if place else ("ReadValue", {})
        return json.loads(step(json.dumps({"name": tool, "parameters": {"name": name, **more}}))[1])

    def frozen(key):
        return tuple(map(frozen, key)) if isinstance(key, list) else key

    if isinstance(seen, dict) and "length" not in seen:
        seen = ask([])
    if not isinstance(seen, dict):
        return seen
    items = []
    for i in range(seen["length"]):
        item = ask([*path, i])
        if seen["type"] == "dict":
            items.append((frozen(item["key"]), _gather(step, name, item["value"], [*path, i])))
        else:
            items.append(_gather(step, name, item, [*path, i]))
    if seen["type"] == "str":
        return "".join(items)
    return {"dict": dict, "set": set, "tuple": tuple}.get(seen["type"], list)(items)
'''
TOOLS = '''
class _:
    def ReadValue(self, name: str):
        """
        Read a hidden field that is a plain value. For one that holds several, type and length come back.

        Args:
            name (str): The field, one of FIELDS.

        Returns:
            str: The value as JSON.

        Example Output:
            "7"
        """
        return self._read(name, [])

    def ReadItem(self, name: str, index: int):
        """
        Read one item of a hidden field: an element of a list, a character of a string, an entry of a dictionary.

        Args:
            name (str): The field, one of FIELDS.
            index (int): The position of the item, from 0.

        Returns:
            str: The item as JSON; type and length if it holds several itself.

        Example Output:
            "7"
        """
        return self._read(name, [index])

    def ReadNested(self, name: str, path: list):
        """
        Read what is inside the items of a hidden field, such as a cell of a table.

        Args:
            name (str): The field, one of FIELDS.
            path (list[int]): The positions from the outside in, each from 0; [2, 0] is the first item of the third.

        Returns:
            str: The item as JSON; type and length if it holds several itself.

        Example Output:
            "7"
        """
        return self._read(name, path)

    def _read(self, name, path):
        import json

        if name not in FIELDNAMES:
            return "Error: name must be one of FIELDS"
        value, entry = getattr(self, name), None
        for depth, i in enumerate(path):
            inside = depth == 0 or not isinstance(value, str)
            size = len(value) if inside and hasattr(value, "__len__") else 0
            if type(i) is not int or not 0 <= i < size:
                return f"Error: {i} must be an integer from 0 to {size - 1}" if size else "Error: no such place"
            value = sorted(value, key=repr) if isinstance(value, (set, frozenset)) else value
            entry = list(value.items())[i] if isinstance(value, dict) else None
            value = entry[1] if entry else value[i]
        seen = _look(value, not path)
        return json.dumps({"key": entry[0], "value": seen} if entry else seen)

    def _shape(self, names):
        import json

        seen = {name: _look(getattr(self, name), True) for name in names}
        plain = {name: {"type": type(value).__name__} for name, value in seen.items() if not isinstance(value, dict)}
        return json.dumps({**seen, **plain})

    def step(self, action):
        import json

        try:
            call = json.loads(action)
            name, parameters = call["name"], call["parameters"]
        except (KeyError, TypeError, ValueError):
            name, parameters = "", {}
        if self.finished:
            return True, "The episode is over: the first answer counts."
        if name in ("ReadValue", "ReadItem", "ReadNested"):
            self.step_count += 1
            try:
                return True, getattr(self, name)(**parameters)
            except (TypeError, ValueError) as error:
                return True, f"Error: {name}: {error}"

    def reset(self, OPTIONS):
        import copy

        self._options = copy.deepcopy(OPTIONS or getattr(self, "_options", {}))
        OPTIONS = copy.deepcopy(self._options)

    def solve(self):
        import json

        def _step(action):
            call = json.loads(action)
            ok, reply = self.step(action)
'''


def harden_source(source: str, class_name: str, tools: Sequence[str]) -> str | None:
    """The source with these argument-free tools reduced to the shape of what they told. None where it cannot be done:
    no such methods, names that are taken, or a reply made of locals of a method that also changes the state."""
    tree = ast.parse(source)
    body = next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == class_name)
    methods = {node.name: node for node in body.body if isinstance(node, ast.FunctionDef)}
    taken = {*READERS, "_read", "_shape", "_options", "_step"} & methods.keys()
    if taken or {*tools, "step", "reset", "solve", "Done"} - methods.keys():
        return None
    shown: dict[str, ast.FunctionDef] = {}  # what the oracle runs on the fields it has read
    fields: dict[str, list[str]] = {}  # by tool
    for tool in tools:
        shown[tool], last = copy.deepcopy(methods[tool]), methods[tool].body[-1]
        if not _pure(tool, methods):  # it keeps its body, and the oracle evaluates what it returned
            shown[tool].body = [last]
            if not isinstance(last, ast.Return) or _locals(methods[tool]) & _names(last):
                return None
            if not _pure(tool, {**methods, **shown}):
                return None
        reach = [tool]
        for name in reach:  # grows
            shown.setdefault(name, copy.deepcopy(methods[name]))
            reach += [x for x in _fields(shown[name]) if x in methods and x not in reach]
        read = dict.fromkeys(x for name in reach for x in _fields(shown[name]) if x not in methods)
        fields[tool] = [name for name in read if name not in FIXED]
    names = list(dict.fromkeys(name for listed in fields.values() for name in listed))
    if not names:
        return None
    options = methods["reset"].args.args[1].arg if len(methods["reset"].args.args) > 1 else "options"
    text = TOOLS.replace("FIELDNAMES", repr(tuple(names))).replace("FIELDS", ", ".join(names))
    for tool, listed in fields.items():
        kept = [] if _pure(tool, methods) else [x for x in methods[tool].body[:-1] if not _is_doc(x)]
        doc = ast.parse(repr(SHAPE_DOC.replace("FIELDS", ", ".join(listed)))).body
        methods[tool].body = [*doc, *kept, *ast.parse(f"return self._shape({listed!r})").body]
        read = "".join(f"                old.{x} = _gather(self.step, {x!r}, seen[{x!r}])\n" for x in listed)
        text += f"            if call['name'] == {tool!r}:\n                old, seen = _Shown(), json.loads(reply)\n"
        text += f"{read}                return ok, old.{tool}()\n"
    text = text.replace("OPTIONS", options) + "            return ok, reply\n"
    new = {node.name: node for node in _class(text).body if isinstance(node, ast.FunctionDef)}
    methods["solve"].body = [_Stepless().visit(node) for node in methods["solve"].body]
    for name in ("step", "reset", "solve"):
        old = methods[name].body
        methods[name].body = [*old[: _is_doc(old[0])], *new[name].body, *old[_is_doc(old[0]) :]]
    _silence(methods["Done"])
    body.body += [new[name] for name in (*READERS, "_read", "_shape")]
    for node in ast.walk(body):
        match node:
            case (
                ast.Assign(targets=[ast.Attribute(attr="func_mapping")], value=ast.Dict() as mapping)
                | ast.AnnAssign(target=ast.Attribute(attr="func_mapping"), value=ast.Dict() as mapping)
            ):
                mapping.keys += [ast.Constant(name) for name in READERS]
                mapping.values += [ast.Constant(1000 + i) for i in range(len(READERS))]
    holder = _class("class _Shown:\n    pass")
    holder.body = list(shown.values())
    at = tree.body.index(body)
    tree.body[at:at] = [*ast.parse(MODULE).body, holder]
    tree.body = [node for node in tree.body if not isinstance(node, ast.If)]  # the tests that a script runs
    header = re.match(r"(?:[ \t]*#.*\n|[ \t]*\n)*", source)  # a licence, say
    return (header.group() if header else "") + ast.unparse(ast.fix_missing_locations(tree)) + "\n"


def _class(source: str) -> ast.ClassDef:
    return next(node for node in ast.parse(source).body if isinstance(node, ast.ClassDef))


class _Stepless(ast.NodeTransformer):
    """self.step becomes _step."""

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        self.generic_visit(node)
        mine = isinstance(node.value, ast.Name) and node.value.id == "self" and node.attr == "step"
        return ast.Name("_step", ast.Load()) if mine else node


def _is_doc(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _names(node: ast.AST) -> set[str]:
    return {x.id for x in ast.walk(node) if isinstance(x, ast.Name)} - {"self"}


def _locals(node: ast.FunctionDef) -> set[str]:
    stored = {x.id for x in ast.walk(node) if isinstance(x, ast.Name) and isinstance(x.ctx, ast.Store)}
    return stored | {argument.arg for argument in node.args.args}


def _selves(node: ast.AST) -> Iterator[ast.Attribute]:
    """self.name, wherever it stands."""
    for x in ast.walk(node):
        if isinstance(x, ast.Attribute) and isinstance(x.value, ast.Name) and x.value.id == "self":
            yield x


def _fields(node: ast.AST) -> list[str]:
    return [x.attr for x in _selves(node)]


def _pure(name: str, methods: dict[str, ast.FunctionDef], above: tuple[str, ...] = ()) -> bool:
    """Whether a method, with those it calls, changes nothing of the instance, as far as its source tells."""
    if name in above:
        return True
    for node in ast.walk(methods[name]):
        if isinstance(node, (ast.Attribute, ast.Subscript)) and not isinstance(node.ctx, ast.Load) and _fields(node):
            return False
        if isinstance(node, ast.Call):
            function = node.func
            if isinstance(function, ast.Attribute) and function.attr in MUTATORS and _fields(function.value):
                return False
            if ast.unparse(function).startswith("heap") and any(_fields(x) for x in node.args):
                return False
    return all(_pure(x, methods, (*above, name)) for x in _fields(methods[name]) if x in methods)


def _silence(node: ast.FunctionDef) -> None:
    """Done keeps its verdict to itself, and its docs say so."""
    text = "The answer has been handed in."
    for x in ast.walk(node):
        if isinstance(x, ast.Return):
            x.value = ast.Constant(text)
    doc = re.split(r"\n\s*(?:Returns|Example Output):", ast.get_docstring(node) or "Hand in the answer.")[0].rstrip()
    doc = doc.replace(" and return the result information", "").replace(" and return result information", "")
    ends = f'\n\nReturns:\n    str: That the answer was handed in.\n\nExample Output:\n    "{text}"\n'
    node.body = [ast.Expr(ast.Constant(doc + ends)), *node.body[1 if _is_doc(node.body[0]) else 0 :]]


async def harden(pool: SandboxPool, environment: Environment, configs: Sequence[str]) -> Environment | None:
    """The environment repaired: its oracle still earns 1 on every configuration that it solved before, and the audit
    finds leaks of LEAK at most, no second Done and no answer in messages. None where that did not come out."""
    name, class_name = environment.name, environment.class_name
    before = await pool.verify(environment.source, class_name, configs)
    solved = [config for config, verdict in zip(configs, before) if verdict.stop is StopReason.ANSWERED]
    chosen = evenly(solved, CONFIGS)
    tools: list[str] = ["Observe"] if any(tool.name == "Observe" for tool in environment.tools) else []
    found: Audit | None = await audit(pool, environment, chosen) if solved else None
    for _ in range(ROUNDS):
        if found is None:
            return None
        more = [tool for tool, share in found.tool_leaks.items() if share > 0 and not tool.startswith("(")]
        tools += [tool for tool in more if tool not in tools]
        source = harden_source(environment.source, class_name, tools)
        if source is None and tools[1:]:
            source = harden_source(environment.source, class_name, tools[:1])
        if source is None:
            return None
        try:
            hardened = parse_environment(source, name, name)
        except EnvironmentFormatError:
            return None
        verdicts = await pool.verify(source, class_name, solved)
        if any(verdict.stop is not StopReason.ANSWERED for verdict in verdicts):
            return None
        found = await audit(pool, hardened, chosen)
        if found.leak_fraction <= LEAK and not (found.double_done or found.answer_in_errors or found.hidden_access):
            return hardened
    return None
