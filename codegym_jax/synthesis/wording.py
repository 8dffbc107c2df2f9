"""Names and sentences for what the static synthesizer cuts out of a solution: no hint of programming in them."""

from __future__ import annotations

import ast
import re
from typing import Any

COMPARED: dict[type, tuple[str, str]] = {
    ast.Lt: ("LessThan", "is less than"),
    ast.LtE: ("AtMost", "is at most"),
    ast.Gt: ("GreaterThan", "is greater than"),
    ast.GtE: ("AtLeast", "is at least"),
    ast.Eq: ("EqualTo", "equals"),
    ast.NotEq: ("DifferentFrom", "differs from"),
    ast.In: ("Among", "is among"),
    ast.NotIn: ("NotAmong", "is not among"),
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
    if wish.startswith(("Update", "WorkOut")):
        return wish
    match body:
        case ast.Compare(left=ast.BinOp(op=ast.Mod()), comparators=[ast.Constant()]):
            return "CheckRemainder"
        case ast.Compare(left=ast.Name(id=name), ops=[op], comparators=[other]):
            if name == "first":  # of operands whose names differ from use to use
                return "Is" + re.sub("(To|Than|From)$", "", COMPARED[type(op)][0])
            other_name = other.id if isinstance(other, ast.Name) else ""
            if isinstance(other, ast.Constant) and type(other.value) is int and other.value >= 0:
                other_name = str(other.value)
            relation = COMPARED[type(op)][0] + _capital(other_name)
            return f"Is{_capital(name)}{relation if other_name else re.sub('(To|Than|From)$', '', relation)}"
        case ast.Compare() | ast.BoolOp():
            return _of("Check", body)
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in CALLED:
            return CALLED[name][0]
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return _capital(name)
        case ast.BinOp(op=op) if type(op) in OPERATED:
            return OPERATED[type(op)][0] if _single(body) else _of("Combine", body)
        case ast.UnaryOp(op=ast.Not()):
            return "IsNot"
    return _of("WorkOut", body)


def _single(body: ast.expr) -> bool:
    return sum(isinstance(part, (ast.BinOp, ast.UnaryOp, ast.Call, ast.IfExp)) for part in ast.walk(body)) == 1


def _capital(name: str) -> str:
    return "".join(word.capitalize() for word in words(name).split()[:3])


def _of(verb: str, body: ast.expr) -> str:
    """A name for what several operations make of the parameters."""
    called = {id(n.func) for n in ast.walk(body) if isinstance(n, ast.Call)}
    names = dict.fromkeys(n.id for n in ast.walk(body) if isinstance(n, ast.Name) and id(n) not in called)
    if "first" in names:
        return {"Check": "CheckCondition"}.get(verb, verb)
    told = [_capital(name) for name in names if name != "math"]
    verb = "WorkOutFrom" if verb == "Combine" and len(told) == 1 else verb
    return verb + "And".join(told[:2])


def given(name: str) -> str:
    """What a parameter of a step tool is, as far as its name tells."""
    told = words(name)
    return f"the {told}" if name in ("first", "second", "third") or "value" in told else f"value of {told}"


def sentence(node: ast.AST, top: bool = True) -> str:
    """The expression in English; parameters are in backquotes."""

    def inner(part: ast.AST) -> str:
        text = sentence(part, False)
        deep = isinstance(part, ast.Call) and any(
            isinstance(p, (ast.Call, ast.BinOp)) for p in ast.walk(part) if p is not part
        )
        return f"({text})" if deep or isinstance(part, (ast.BinOp, ast.BoolOp, ast.IfExp, ast.Compare)) else text

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
