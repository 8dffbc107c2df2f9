"""An environment set on disk: sources and task instances in the published CodeGym format.

Formats: a folder of `<problem id>__<Name>Env.py` and `*.jsonl` task instances (`ability`, `prompt`,
`plugin_call_max_round`, `extra_info.solve_fc_round`; our rows add `split` and `extra_info.difficulty`), and the
Parquet of huggingface.co/datasets/VanishD/CodeGym (environments: env_code, env_name, source = the problem id; tasks:
the same instances with `extra_info.gym_env` = the source). Sources are read with `ast` and never executed here: what
an environment says about itself comes from its docstrings, which is all that the agent gets to see as well.
"""

from __future__ import annotations

import ast
import dataclasses
import json
import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from codegym_jax.types import Environment, Task, Tool

SECTION = re.compile(r"^(Args|Returns|Raises|Notes?|Examples?|Example Output):[ \t]*$", re.MULTILINE)
ARGUMENT = re.compile(r"^[ \t]+(\w+)[ \t]*(?:\((.*?)\))?[ \t]*:", re.MULTILINE)
TYPES = {"int": "integer", "float": "number", "str": "string", "bool": "boolean", "dict": "object", "Dict": "object"}
TYPES |= dict.fromkeys(("list", "List", "tuple", "Tuple", "set", "Set", "Sequence"), "array")


class EnvironmentFormatError(ValueError):
    """A source or an instance that cannot be used; the message names file:line, the field and the fix."""


@dataclasses.dataclass(frozen=True, slots=True)
class EnvironmentSet:
    """Environments by file stem, and their tasks in file order."""

    environments: dict[str, Environment]
    tasks: tuple[Task, ...]

    def split(self, name: str) -> list[Task]:
        """The tasks of one split, in file order. ValueError if the set has no such split."""
        tasks = [task for task in self.tasks if task.split == name]
        if not tasks:
            raise ValueError(f"no task of split {name!r}; this set has {sorted({task.split for task in self.tasks})}")
        return tasks


def _schema(node: ast.expr | None) -> dict[str, Any]:
    """JSON schema of a type expression; {}, which allows anything, where it says nothing that JSON can."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return {"type": TYPES[name]} if name in TYPES else {}
        case ast.Constant(value=str(text)):  # a docstring's type, or an annotation in quotes
            try:
                return _schema(ast.parse(text.strip(), mode="eval").body)
            except (SyntaxError, ValueError):
                return {}
        case ast.Tuple(elts=[first, *_]) | ast.BinOp(left=first):  # "int, optional"; int | None
            return _schema(first)
        case ast.Subscript(value=outer, slice=inner):
            schema = _schema(outer)
            return schema | ({"items": _schema(inner)} if schema.get("type") == "array" else {})
    return {}


def _tool(method: ast.FunctionDef) -> Tool:
    """A tool from its method. Type and text of a parameter come from its annotation and its line under `Args:`."""
    parts = ["", *SECTION.split(ast.get_docstring(method) or "")]  # title, text, title, text, ...
    sections = {title: " ".join(text.split()) for title, text in zip(parts[::2], parts[1::2])}
    parts = ARGUMENT.split(dict(zip(parts[::2], parts[1::2])).get("Args", ""))[1:]  # name, type, text, name, ...
    documented = dict(zip(parts[::3], zip(parts[1::3], parts[2::3])))
    arguments = [argument for argument in method.args.args if argument.arg != "self"]
    properties = {}
    for argument in arguments:
        kind, text = documented.get(argument.arg, ("", ""))
        written, annotated = _schema(ast.Constant(kind)), _schema(argument.annotation)
        schema = written if not annotated or "items" in written else annotated  # `arr: list` and `arr (list[int])`
        properties[argument.arg] = schema | ({"description": " ".join(text.split())} if text.strip() else {})
    required = [argument.arg for argument in arguments[: len(arguments) - len(method.args.defaults)]]
    parameters = {"type": "object", "properties": properties, "required": required}
    return Tool(method.name, sections[""], parameters, sections.get("Returns", ""))


def parse_environment(source: str, name: str, where: str) -> Environment:
    """Read one source without executing it. `name` is the file stem; errors name `where`.

    Raises EnvironmentFormatError: unusable name, syntax error, no such class, func_mapping without methods or Done.
    """
    if not re.fullmatch(r"\w[\w.-]*__[A-Za-z_]\w*", name):
        raise EnvironmentFormatError(f"{where}: environment name {name!r}; expected <problem id>__<Name>Env")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # "\d" in somebody's docstring is a SyntaxWarning and no concern of ours
            tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:  # of a NUL, not UTF-8, nested too deeply
        line, why = getattr(error, "lineno", 1), getattr(error, "msg", error)
        raise EnvironmentFormatError(f"{where}:{line}: Python cannot parse this source: {why}; fix it") from None
    class_name = name.rsplit("__", 1)[-1]
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    if (body := classes.get(class_name)) is None:
        raise EnvironmentFormatError(f"{where}:1: no class {class_name}, as the name says; it has {sorted(classes)}")
    methods = {node.name: node for node in body.body if isinstance(node, ast.FunctionDef)}
    tools: dict[str, Tool] = {}
    for node in (node for node in ast.walk(body) if isinstance(node, (ast.Assign, ast.AnnAssign))):
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        if isinstance(target, ast.Attribute) and target.attr == "func_mapping" and isinstance(node.value, ast.Dict):
            for key in (key for key in node.value.keys if key):
                tool = str(key.value) if isinstance(key, ast.Constant) else ast.unparse(key)
                if tool not in methods:
                    raise EnvironmentFormatError(f"{where}:{key.lineno}: func_mapping: {tool!r} is no method; add it")
                tools[tool] = _tool(methods[tool])
    if "Done" not in tools:  # also where there is no func_mapping at all
        raise EnvironmentFormatError(f"{where}:{body.lineno}: func_mapping: no Done; map the tool names to codes")
    return Environment(name, source, ast.get_docstring(body) or "", tuple(tools.values()))


def _task(row: dict[str, Any], where: str) -> Task:
    extra, prompt = row.get("extra_info") or {}, row.get("prompt") or ()
    ability = str(row.get("ability")).split("@", 2)
    if len(ability) != 3 or ability[0] != "codegym_v1":
        raise EnvironmentFormatError(f"{where}: ability: {row.get('ability')!r}; expected codegym_v1@<stem>@<config>")
    numbers = {"plugin_call_max_round": 256, "solve_fc_round": 0, "difficulty": 0}
    for field in numbers:  # the published JSONL and Parquet differ in where they keep the turns
        value = next((place[field] for place in (row, extra) if place.get(field) is not None), numbers[field])
        if type(value) is not int or value < 0:
            raise EnvironmentFormatError(f"{where}: {field}: {value!r}; expected an integer >= 0")
        numbers[field] = value
    said = [str(m.get("content", "")) for m in prompt if isinstance(m, dict) and m.get("role") == "user"]
    statement = re.split("Question:|问题：", said[-1], maxsplit=1)[-1].strip() if said else ""
    return Task(ability[1], ability[2], row.get("split") or "train", statement, *numbers.values())


def _rows(file: Path) -> Iterator[tuple[Any, str]]:
    """Rows of a JSONL or Parquet file with their places. Parquet in small batches: every row repeats a source."""
    i = 1
    try:
        if file.suffix == ".parquet":
            import pyarrow.parquet

            batches = pyarrow.parquet.ParquetFile(file).iter_batches(batch_size=256)
            for i, row in enumerate((row for batch in batches for row in batch.to_pylist()), start=1):
                yield row, f"{file}:{i}"
        elif file.suffix == ".jsonl":
            for i, line in enumerate(file.read_bytes().split(b"\n"), start=1):
                if line.strip():
                    yield json.loads(line), f"{file}:{i}"
    except ValueError as error:  # of json and of pyarrow
        raise EnvironmentFormatError(f"{file}:{i}: not {file.suffix[1:]}: {error}; fix or remove it") from None


def instance(task: Task, index: int) -> dict[str, Any]:
    """A task as a row of the published format."""
    row: dict[str, Any] = {"ability": task.id, "code_id": task.environment.rsplit("__", 1)[0]}
    row |= {"data_source": "codegym_gym_v1", "split": task.split, "plugin_call_max_round": task.max_turns}
    row["extra_info"] = {"index": str(index), "solve_fc_round": task.oracle_calls, "difficulty": task.difficulty}
    if task.statement:
        row["prompt"] = [{"role": "user", "content": f"Question:\n{task.statement}"}]
    row["reward_model"] = {"ground_truth": None, "style": "agent_env"}
    return row


def save(environments: EnvironmentSet, folder: str | Path) -> None:
    """Write sources and tasks.jsonl in the published format; `load` of the folder gives the same set."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for environment in environments.environments.values():
        path = folder / f"{environment.name}.py"
        path.write_text(environment.source, encoding="utf-8", errors="surrogateescape")  # as `load` has read it
    with open(folder / "tasks.jsonl", "w", encoding="utf-8") as file:
        file.writelines(json.dumps(instance(task, i)) + "\n" for i, task in enumerate(environments.tasks))


def load(path: str | Path) -> EnvironmentSet:
    """Read a folder (with what is below it), or one JSONL or Parquet file with the sources beside or inside it.

    Raises EnvironmentFormatError for anything that cannot be used, a task without a source or statement included.
    """
    root = Path(path)
    files = sorted(root.rglob("*")) if root.is_dir() else [root, *sorted(root.parent.glob("*.py"))]
    tasks: list[tuple[Task, str]] = []
    sources: dict[str, tuple[str, str]] = {}  # stem -> source, place

    def add(stem: str, source: str, where: str) -> None:
        if sources.setdefault(stem, (source, where))[0] != source:
            raise EnvironmentFormatError(f"{where}: {stem} differs from its source in {sources[stem][1]}; keep one")

    for file in files:
        if file.suffix == ".py" and file.stem[0] != "_" and "__" in file.stem:
            add(file.stem, file.read_text(encoding="utf-8", errors="surrogateescape"), str(file))
        for row, where in _rows(file):
            if not isinstance(row, dict) or not isinstance(row.get("extra_info") or {}, dict):
                raise EnvironmentFormatError(f"{where}: expected a JSON object, and extra_info one in it")
            if isinstance(code := row.get("env_code"), str):
                add(f"{row.get('source')}__{row.get('env_name')}", code, where)
                continue
            tasks.append((_task(row, where), where))
            if code := (row.get("extra_info") or {}).get("gym_env"):
                add(tasks[-1][0].environment, code, where)
    if missing := list(dict.fromkeys(task.environment for task, _ in tasks if task.environment not in sources)):
        shown = ", ".join(missing[:20]) + ", ..." * (len(missing) > 20)
        fix = "put <name>.py or the environments' Parquet beside them, or extra_info.gym_env in the rows"
        raise EnvironmentFormatError(f"{root}: no source for {len(missing)} environments of tasks: {shown}; {fix}")
    if not sources:
        raise EnvironmentFormatError(f"{root}: no environment; expected <problem id>__<Name>Env.py files or Parquet")
    environments = {stem: parse_environment(code, stem, where) for stem, (code, where) in sorted(sources.items())}
    kept = []
    for task, where in tasks:
        if not (task.statement or environments[task.environment].statement):
            raise EnvironmentFormatError(f"{where}: prompt: no statement; give one, or the class a docstring")
        own = task.statement == environments[task.environment].statement.strip()
        kept.append(task._replace(statement="") if own else task)
    return EnvironmentSet(environments, tuple(kept))
