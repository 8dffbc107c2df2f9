"""Names and sentences for what the static synthesizer cuts out of a solution: no hint of programming in them."""

from __future__ import annotations

import ast
import re
from typing import Any

COMPARED: dict[type, tuple[str, str]] = {
    ast.Lt: ("IsLess", "is less than"),
    ast.LtE: ("IsAtMost", "is at most"),
    ast.Gt: ("IsGreater", "is greater than"),
    ast.GtE: ("IsAtLeast", "is at least"),
    ast.Eq: ("IsEqual", "equals"),
    ast.NotEq: ("IsDifferent", "differs from"),
    ast.In: ("IsAmong", "is among"),
    ast.NotIn: ("IsNotAmong", "is not among"),
}
OPERATED: dict[type, tuple[str, str]] = {
    ast.Add: ("Add", "{} plus {}"),
    ast.Sub: ("Subtract", "{} minus {}"),
    ast.Mult: ("Multiply", "{} times {}"),
    ast.Div: ("Divide", "{} divided by {}"),
    ast.FloorDiv: ("DivideWhole", "{} divided by {}, rounded down"),
    ast.Mod: ("Remainder", "the remainder of {} divided by {}"),
    ast.Pow: ("Power", "{} to the power of {}"),
    ast.BitAnd: ("CommonBits", "the bits that {} and {} have in common"),
    ast.BitOr: ("JoinedBits", "the bits that {} or {} has"),
    ast.BitXor: ("DifferingBits", "the bits in which {} and {} differ"),
    ast.LShift: ("ShiftUp", "{} doubled {} times"),
    ast.RShift: ("ShiftDown", "{} halved {} times, rounded down"),
}
CALLED = {
    "abs": ("AbsoluteValue", "the absolute value of {}"),
    "max": ("Largest", "the largest of {}"),
    "min": ("Smallest", "the smallest of {}"),
    "sum": ("Total", "the sum of {}"),
    "sorted": ("Sort", "{} in ascending order"),
    "len": ("Count", "how many elements {} has"),
    "round": ("Round", "{} rounded"),
    "int": ("WholePart", "{} as a whole number"),
    "float": ("AsNumber", "{} as a number"),
    "str": ("AsText", "{} written as text"),
    "ord": ("CharacterCode", "the Unicode code of {}"),
    "chr": ("CharacterOfCode", "the character with the Unicode code {}"),
    "bool": ("IsAnything", "whether {} is neither zero nor empty"),
    "pow": ("Power", "the power of {}"),
    "gcd": ("CommonDivisor", "the greatest common divisor of {}"),
    "sqrt": ("SquareRoot", "the square root of {}"),
    "isqrt": ("WholeSquareRoot", "the square root of {}, rounded down"),
    "isalpha": ("HasOnlyLetters", "whether {} has letters only"),
    "isdigit": ("HasOnlyDigits", "whether {} has digits only"),
    "isalnum": ("HasOnlyLettersOrDigits", "whether {} has letters and digits only"),
    "isupper": ("IsUpperCase", "whether {} is in upper case"),
    "islower": ("IsLowerCase", "whether {} is in lower case"),
    "lower": ("ToLowerCase", "{} in lower case"),
    "upper": ("ToUpperCase", "{} in upper case"),
    "join": ("JoinTexts", "the texts joined, with a separator between: {}"),
    "split": ("SplitText", "the parts of a text: {}"),
    "strip": ("StripText", "{} without what surrounds it"),
    "count": ("CountWithin", "how often the second occurs in the first: {}"),
    "replace": ("ReplaceText", "the first text, with the second replaced by the third: {}"),
}


def words(name: str) -> str:
    return " ".join(word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+", name)) or name


def _snake(text: str) -> str:
    return re.sub(r"\W+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text)).strip("_").lower()[:24] or "value"


def parameter(node: ast.expr) -> str:
    """A name for a parameter that stands for this expression."""
    match node:
        case ast.Name(id=name):
            return name.split("(")[0].removeprefix("read_").removeprefix("each_")
        case ast.Call(func=ast.Name(id="call"), args=[ast.Constant(value=str(name)), *_], keywords=keywords):
            if name == "ReadSetting" and keywords and isinstance(keywords[0].value, ast.Constant):
                return _snake(str(keywords[0].value.value))
            return _snake(name)
        case ast.Subscript(value=ast.Name(id=name)):
            return f"{name}_value"
        case ast.Subscript(value=ast.Subscript(value=ast.Name(id=name))):
            return f"{name}_value"
        case ast.Attribute(attr=name):
            return _snake(name)
        case ast.Call(func=ast.Name(id=name)) | ast.Call(func=ast.Attribute(attr=name)):
            return f"{_snake(name)}_result"
    return "value"


def tool(body: ast.expr, wish: str) -> str:
    """A name for a step tool: what it is for, else what it does."""
    if wish.startswith("Update"):
        return wish
    match body:
        case ast.Compare(ops=[op]):
            name, sides = COMPARED[type(op)][0], [body.left, *body.comparators]
            named = ["".join(w.capitalize() for w in words(s.id).split()) for s in sides if isinstance(s, ast.Name)]
            if isinstance(sides[0], ast.BinOp) and isinstance(sides[0].op, ast.Mod) and named == []:
                return "CheckRemainder"
            return {1: f"{name}{named[0]}", 2: f"{name}{named[0]}"}[len(named)] if named else f"{wish or 'Check'}{name}"
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in CALLED:
            return CALLED[name][0]
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return "".join(word.capitalize() for word in words(name).split())
        case ast.BinOp(op=op) if type(op) in OPERATED:
            return wish or OPERATED[type(op)][0]
        case ast.UnaryOp(op=ast.Not()):
            return "IsNot"
        case ast.BoolOp() | ast.Compare():
            return "CheckCondition"
    return wish or "WorkOut"


def sentence(node: ast.AST, top: bool = True) -> str:
    """The expression in English; parameters are in backquotes."""

    def inner(part: ast.AST) -> str:
        text = sentence(part, False)
        return f"({text})" if isinstance(part, (ast.BinOp, ast.BoolOp, ast.IfExp, ast.Compare)) else text

    match node:
        case ast.Name(id=name):
            return f"`{name}`"
        case ast.Constant(value=value):
            return repr(value) if isinstance(value, (str, int, float)) else str(value).lower()
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATED:
            return OPERATED[type(op)][1].format(inner(left), inner(right))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return f"minus {inner(operand)}"
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return f"whether not {inner(operand)}" if top else f"not {inner(operand)}"
        case ast.Compare(left=left, ops=ops, comparators=others):
            parts, sides = [], [left, *others]
            for a, how, b in zip(sides, ops, sides[1:]):
                parts.append(f"{inner(a)} {COMPARED[type(how)][1]} {inner(b)}")
            return ("whether " if top else "") + " and ".join(parts)
        case ast.BoolOp(op=op, values=values):
            link = " and " if isinstance(op, ast.And) else " or "
            return ("whether " if top else "") + link.join(inner(value) for value in values)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            return f"{inner(body)} if {sentence(test, False)}, else {inner(orelse)}"
        case ast.Call(func=func, args=arguments, keywords=keywords):
            name = func.id if isinstance(func, ast.Name) else func.attr if isinstance(func, ast.Attribute) else ""
            given: list[Any] = [*arguments, *(keyword.value for keyword in keywords)]
            if isinstance(func, ast.Attribute) and ast.unparse(func.value) not in ("math", "Solution()"):
                given = [func.value, *given]
            text = " and ".join(inner(item) for item in given)
            return CALLED[name][1].format(text) if name in CALLED else f"the {words(name)} of {text}"
        case ast.List(elts=items) | ast.Tuple(elts=items) | ast.Set(elts=items):
            return ", ".join(inner(item) for item in items)
    return f"`{ast.unparse(node)}`"


# Statements

HINTS: list[tuple[str, Any]] = [
    (
        r"(?i)^\s*(please\s+)?write (a|an) (python )?(function|program|code)( in python)?( \w+)?,? (to|that|which) ",
        "",
    ),
    (r"(?i)^\s*write (a|an) (python )?(function|program)\b[^.]*\. ", ""),
    (r"(?i)\b(the|this|your|a) (python )?(function|program|method|code)\b", "the task"),
    (r"(?i)\bpython\b ?", ""),
    (r"(?i)\bimplement\b", "work out"),
    (r"(?i)\breturns?\b", lambda found: "Report" if found.group()[0] == "R" else "report"),
]


def statement(text: str) -> str:
    """A problem's statement without what hints at programming."""
    for pattern, replacement in HINTS:
        text = re.sub(pattern, replacement, text)
    text = re.sub(r"[ \t]+", " ", text).strip()
    return text[:1].upper() + text[1:]
