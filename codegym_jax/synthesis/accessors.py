"""What is hidden and how it is read: the shapes of a problem's parameters, and the accessor tools that show one leaf a
call. The readers are the source that solve() reads a parameter through, all at once or as it goes."""

from __future__ import annotations

import ast
import dataclasses
import keyword
import re
from collections.abc import Sequence
from typing import Any

from codegym_jax.synthesis import wording


class Unsupported(Exception):
    """The slug of a Refused."""


@dataclasses.dataclass(frozen=True, slots=True)
class Shape:
    """What a parameter is, over all its examples. kind: scalar, text, list, grid (rows of scalars), table (a dict of
    scalars) or nested; outer and inner the container types of the first two levels; leaf a word for its leaves; most
    the largest number, or length."""

    kind: str
    outer: type
    inner: type | None = None
    leaf: str = "value"
    most: float = 0


def _scalar(value: Any) -> bool:
    return value is None or isinstance(value, (bool, int, float, str))


def shape(values: Sequence[Any]) -> Shape:
    """The shape that all values share. Unsupported if there is none."""
    form = _shape(values)
    sizes = [abs(v) if isinstance(v, (int, float)) else len(v or ()) for v in values]
    return dataclasses.replace(form, most=max(sizes))


def _shape(values: Sequence[Any]) -> Shape:
    kinds = {type(value) for value in values}
    if all(_scalar(value) for value in values):
        return Shape("text", str) if kinds == {str} else Shape("scalar", object)
    if len(kinds) != 1:
        raise Unsupported(f"shape: a parameter is one of {sorted(kind.__name__ for kind in kinds)}")
    (outer,) = kinds
    if not issubclass(outer, (list, tuple, set, frozenset, dict)):
        raise Unsupported(f"shape: a parameter is a {outer.__name__}")
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


def fits(config: str, shapes: dict[str, Shape]) -> bool:
    """Whether a configuration has these shapes, and nothing in it is larger: what takes too long may be."""
    given = ast.literal_eval(config)
    if given.keys() != shapes.keys():
        return False
    try:
        return all(
            (
                (found := shape([given[name]])).kind == form.kind
                and found.outer is form.outer
                and found.inner is form.inner
                and found.most <= form.most
            )
            or (form.outer in (list, tuple) and type(given[name]) is form.outer and not given[name])
            for name, form in shapes.items()
        )
    except Unsupported:
        return False


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


def indent(text: str, spaces: int) -> str:
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
        build: dict[Any, str] = {tuple: "tuple(each_{}())", set: "set(each_{}())", str: "''.join(each_{}())"}
        whole = build.get(form.outer, "list(each_{}())").format(name)
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
                f"def read_{name}():\n    return {whole}\n"
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
                Accessor(
                    cell,
                    f"Read what is in one row of {words}, at one place.",
                    both,
                    "Any: what is there",
                    f"return {get}[row][column]",
                )
            )
            inner = "tuple({})" if form.inner is tuple else "{}"
            values = f'[call("{cell}", row=row, column=column) for column in range(call("{width}", row=row))]'
            readers.append(
                f"def row_{name}(row):\n    return {inner.format(values)}\n\n"
                f'def each_{name}():\n    for row in range(call("{length}")):\n        yield row_{name}(row)\n\n'
                f"def read_{name}():\n    return {whole}\n"
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
            parts, value = names.new(f"{it}Parts"), names.new(f"{it}Value")
            table[name] = {"parts": parts, "value": value}
            path = {"path": ("array", f"places counted from 0, or keys, from the outside in; [] is all of {words}")}
            doc = f"Tell how a part of {words} is made up, not the values in it."
            back = "dict: its kind, how many elements or which keys it has, and which of them have parts themselves"
            tools.append(Accessor(parts, doc, path, back, WALK.format(get=get) + PARTS))
            doc = f"Read one value of {words}, which has no parts."
            tools.append(Accessor(value, doc, path, "Any: the value there", WALK.format(get=get) + VALUE))
            readers.append(READ_NESTED.format(name=name, parts=parts, value=value))
    if scalars := [name for name, form in shapes.items() if form.kind == "scalar"]:
        doc = "Read a value that stands alone: " + ", ".join(scalars) + "."
        body = f"return {{name: self.config[name] for name in {scalars!r}}}[name]"
        tools.append(
            Accessor(
                "ReadSetting",
                doc,
                {"name": ("string", ("one of " if scalars[1:] else "") + ", ".join(scalars))},
                "Any: the value",
                body,
            )
        )
    return table, tools, "\n".join(readers)


WALK = """here, parted = {get}, (list, tuple, set, dict)
for place in path:
    if isinstance(here, dict):
        here = [value for key, value in here.items() if key == place or str(key) == place][0]
    else:
        here = (sorted(here) if isinstance(here, set) else here)[place]
"""
PARTS = """if not isinstance(here, parted):
    raise TypeError("a value")
inner = list(here.values() if isinstance(here, dict) else sorted(here) if isinstance(here, set) else here)
inside = [i for i, item in enumerate(inner) if isinstance(item, parted)]
if isinstance(here, dict):
    return {"kind": "table", "keys": [[type(key).__name__, str(key)] for key in here], "with_parts": inside}
return {"kind": type(here).__name__, "length": len(here), "with_parts": inside}"""
VALUE = """if isinstance(here, parted):
    raise TypeError("no value")
return here"""
READ_NESTED = """def read_{name}(path=()):
    here = call("{parts}", path=list(path))
    keys = [key for _, key in here["keys"]] if here["kind"] == "table" else range(here["length"])
    items = [
        read_{name}((*path, key)) if i in here["with_parts"] else call("{value}", path=[*path, key])
        for i, key in enumerate(keys)
    ]
    if here["kind"] != "table":
        return {{"list": list, "tuple": tuple, "set": set}}[here["kind"]](items)
    kinds = dict.fromkeys(("int", "float", "bool", "tuple"), _ast.literal_eval) | {{"str": str}}
    return {{kinds[kind](key): item for (kind, key), item in zip(here["keys"], items)}}
"""
