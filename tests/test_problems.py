"""Readers of problems, on small rows of each format that were written for these tests."""

import ast
import gzip
import json
from pathlib import Path

import pytest

from codegym_jax.problems import FORMATS, Problem, ProblemFormatError, clean, constant, read

TOTAL = (
    "def total(xs: list[int], start: int = 0) -> int:\n    s = start\n    for x in xs:\n        s += x\n    return s\n"
)
HUMANEVAL = {
    "task_id": "Own/3",
    "prompt": 'def total(xs, start=0):\n    """ Add up all weights.\n\n    >>> total([1, 2])\n    3\n    """\n',
    "entry_point": "total",
    "canonical_solution": "    return start + sum(xs)\n",
    "test": "def check(candidate):\n    assert candidate([1, 2]) == 3\n    assert candidate([1], start=-2) == -1\n",
}
MBPP = {
    "task_id": 7,
    "text": "Write a function to add up weights.",
    "code": TOTAL,
    "test_list": ["assert total([1]) == 1"],
}
LEETCODE = {
    "task_id": "weigh-in",
    "prompt": "from typing import *\nimport math\n",
    "completion": "class Solution:\n    def total(self, xs: List[int]) -> int:\n        return sum(xs)\n",
    "entry_point": "Solution().total",
    "test": "def check(candidate):\n    assert candidate(xs = [4]) == 4\n",
    "input_output": [{"input": "xs = [1,2]", "output": "3"}, {"input": "xs = [4]", "output": "4"}],
    "query": "Add up the weights.\nPlease complete the following python code precisely:\n```python\nclass S:\n```",
    "meta": {"difficulty": "Hard"},
}
KODCODE = {
    "question_id": "Own_1_I",
    "question": "Add up the weights.",
    "solution": TOTAL,
    "test": "from solution import total\ndef test_1():\n    xs = [1, 2]\n    said = total(xs)\n    assert said == 3\n",
    "test_info": [{"function_name": "total", "parameter_list": "(xs)"}],
    "gpt_difficulty": "easy",
}
APPS = {
    "problem_id": 12,
    "question": "Add up the weights.",
    "solutions": json.dumps(["def total(xs):\n    print 1\n", TOTAL]),
    "input_output": json.dumps({"fn_name": "total", "inputs": [[[1, 2]], [[]]], "outputs": [[3], [0]]}),
}
CODEGYM = {
    "question_id": "Own_9",
    "question": "Add up.",
    "solution": TOTAL + "def double(xs):\n    return 2 * total(xs)\n",
}
ROWS = {"HumanEval": HUMANEVAL, "MBPP": MBPP, "LeetCodeDataset": LEETCODE, "KodCode": KODCODE, "APPS": APPS}
ROWS |= {"TACO": APPS | {"skill_types": "[]"}, "CodeGym": CODEGYM}
ROWS |= {"KodCode-SFT": {("test_code" if key == "test" else key): value for key, value in KODCODE.items()}}


def file(folder: Path, *rows: dict) -> Path:
    (path := folder / "set.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def only(folder: Path, row: dict) -> Problem:
    problems, rejected = read(file(folder, row))
    assert (len(problems), rejected) == (1, [])
    return problems[0]


def reason(folder: Path, row: dict) -> str:
    problems, rejected = read(file(folder, row))
    assert (problems, len(rejected)) == ([], 1)
    assert rejected[0].where == f"{folder / 'set.jsonl'}:1"
    return rejected[0].slug


def called(test: str, folder: Path) -> list[tuple[object, str]]:
    """What the asserts of a test say of total(xs): (xs, output)."""
    problem = only(folder, MBPP | {"test_list": [test]})
    return [(ast.literal_eval(i)["xs"], output) for i, output in zip(problem.inputs, problem.outputs)]


def answers(problem: Problem) -> list[str]:
    """Of the solution, which was written above."""
    exec(problem.solution, scope := {})
    return [repr(eval(problem.entry_point, scope)(**ast.literal_eval(call))) for call in problem.inputs]


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_gives_a_solution_that_agrees_with_the_examples(format: str, tmp_path: Path):
    problem = only(tmp_path, ROWS[format])
    assert answers(problem) == list(problem.outputs)
    assert len(problem.inputs) == {"CodeGym": 0, "MBPP": 1, "KodCode": 1, "KodCode-SFT": 1}.get(format, 2)
    assert problem.origin.startswith(format + " ")
    assert problem.licence == FORMATS[format][1]
    assert problem.statement.startswith("Add up")


def test_statement_is_prose(tmp_path: Path):
    assert only(tmp_path, HUMANEVAL).statement == "Add up all weights."
    assert only(tmp_path, LEETCODE).statement == "Add up the weights."


def test_ids_are_safe_as_file_names(tmp_path: Path):
    assert [only(tmp_path, row).id for row in (HUMANEVAL, MBPP, LEETCODE)] == ["Own_3", "set_7", "weigh-in"]


def test_a_default_is_filled_in_where_another_call_gives_it(tmp_path: Path):
    inputs = [ast.literal_eval(text) for text in only(tmp_path, HUMANEVAL).inputs]
    assert inputs == [{"xs": [1, 2], "start": 0}, {"xs": [1], "start": -2}]


def test_difficulty_is_read(tmp_path: Path):
    assert [only(tmp_path, row).difficulty for row in (MBPP, KODCODE, LEETCODE)] == [0, 1, 3]


def test_gzip_and_parquet_read_like_lines(tmp_path: Path):
    import pyarrow
    import pyarrow.parquet

    problem = only(tmp_path, KODCODE)
    (tmp_path / "set.jsonl.gz").write_bytes(gzip.compress(json.dumps(KODCODE).encode()))
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist([KODCODE]), tmp_path / "set.parquet")
    assert read(tmp_path / "set.jsonl.gz") == read(tmp_path / "set.parquet") == ([problem], [])


@pytest.mark.parametrize(
    ("test", "output"),
    [
        ("assert total([2]) is 2", "2"),
        ("assert 2 == total([2]), 'said'", "2"),
        ("assert total([2])", "True"),
        ("assert not total([2])", "False"),
        ("assert abs(total([2]) - 2.0) < 1e-6", "2.0"),
        ("assert math.isclose(total([2]), 2.0, rel_tol=0.1)", "2.0"),
        ("assert total([2]) == pytest.approx(2.0)", "2.0"),
        ("assert set(total([2])) == {2}", ""),
        ("assert total([2]) == other([2])", ""),
        ("assert total([2]) == 2 and total([2]) != 3", "2"),
        ("xs = [2]\nassert total(xs) == 2", "2"),
        ("said = total([1 + 1])\nassert said == 2", "2"),
        ("for xs, want in [([2], 2)]:\n    assert total(xs) == want", "2"),
        ("@pytest.mark.parametrize('xs, want', [([2], 2)])\ndef test_it(xs, want):\n    assert total(xs) == want", "2"),
        ("class TestIt:\n    def test_it(self):\n        assert total([2]) == 2", "2"),
    ],
)
def test_forms_of_asserts(test: str, output: str, tmp_path: Path):
    assert called(test, tmp_path) == [([2], output)]


def test_a_name_that_may_have_changed_is_not_used(tmp_path: Path):
    said = "xs = [1]\nassert total(xs) == 1\nxs.append(2)\nassert total(xs) == 3"
    assert called(said, tmp_path) == [([1], "1")]


@pytest.mark.parametrize("text", ["-2", "10**5", "[0] * 3 + [1]", "{1: (2, {3})}", "set()", "list(range(3))", "1.5e3"])
def test_constants_have_the_value_that_python_gives_them(text: str):
    assert constant(ast.parse(text, mode="eval").body) == eval(text)


@pytest.mark.parametrize(
    "text", ["x", "f()", "float('inf')", "1 / 0", "10**10**10", "[0] * 10**9", "range(10**12)", "1 << 9"]
)
def test_what_is_no_small_constant_raises(text: str):
    with pytest.raises(ValueError, match="no constant"):
        constant(ast.parse(text, mode="eval").body)


@pytest.mark.parametrize(
    ("slug", "row"),
    [
        ("no_tests", MBPP | {"test_list": []}),
        ("no_tests", KODCODE | {"test": ""}),
        ("no_literal_calls", KODCODE | {"test": "assert total(other()) == 3"}),
        ("no_arguments", MBPP | {"code": "def total():\n    return 1\n"}),
        ("no_entry_point", MBPP | {"code": "x = 1\n"}),
        ("no_statement", MBPP | {"text": "", "prompt": "```x```"}),
        ("stdin", APPS | {"input_output": json.dumps({"inputs": ["1\n"], "outputs": ["1\n"]})}),
        ("stdin", MBPP | {"code": "def total(xs):\n    return int(input())\n"}),
        ("linked_input", LEETCODE | {"completion": LEETCODE["completion"].replace("List[int]", "Optional[ListNode]")}),
        ("class_design", KODCODE | {"solution": "class total:\n    pass\n"}),
        ("syntax", KODCODE | {"solution": "def total(:\n"}),
        ("varargs", KODCODE | {"solution": "def total(*xs):\n    return sum(xs)\n"}),
        ("generator/async", KODCODE | {"solution": "def total(xs):\n    yield from xs\n"}),
        ("generator/async", KODCODE | {"solution": "async def total(xs):\n    return 1\n"}),
        ("needs_package", KODCODE | {"solution": "import numpy as np\ndef total(xs):\n    return np.sum(xs)\n"}),
        ("malformed_row", HUMANEVAL | {"prompt": None}),
        ("malformed_row", HUMANEVAL | {"entry_point": "other"}),
        ("malformed_row", KODCODE | {"test": "@p('a b c', [1])\ndef test(a):\n    assert total(a)"}),
    ],
)
def test_a_row_that_cannot_be_used_is_rejected_with_the_reason(slug: str, row: dict, tmp_path: Path):
    assert reason(tmp_path, row) == slug


def test_a_second_row_of_the_same_id_is_rejected(tmp_path: Path):
    problems, rejected = read(file(tmp_path, MBPP, MBPP))
    assert (len(problems), [r.slug for r in rejected]) == (1, ["duplicate_id"])


def test_a_nested_generator_is_no_generator(tmp_path: Path):
    code = "def total(xs):\n    def each():\n        yield from xs\n    return sum(each())\n"
    assert answers(only(tmp_path, MBPP | {"code": code})) == ["1"]


def test_solution_keeps_what_it_reaches_and_drops_the_rest(tmp_path: Path):
    code = """
import math, random
LIMIT = [0]
LIMIT.append(5)
for i in range(2):
    LIMIT[0] += i
def helper(x):
    return x + LIMIT[0]
def unused(x):
    return random.random()
def total(xs):
    return sum(map(helper, xs))
print(unused(1))
if __name__ == "__main__":
    print(total([1]))
"""
    problem = only(tmp_path, MBPP | {"code": code})
    assert answers(problem) == ["2"]
    assert "unused" not in problem.solution
    assert "__main__" not in problem.solution


def test_the_entry_point_of_a_raw_problem_is_the_last_function_that_no_other_calls(tmp_path: Path):
    swapped = "def double(xs):\n    return 2 * total(xs)\n" + TOTAL
    assert (
        only(tmp_path, CODEGYM).entry_point == only(tmp_path, CODEGYM | {"solution": swapped}).entry_point == "double"
    )


def test_own_files_give_statement_solution_and_generator(tmp_path: Path):
    own = '"""How heavy are the crates together?"""\n\n' + TOTAL.replace("total", "crates")
    own += "\n\ndef generate(rng, size):\n    return {'xs': [rng.randint(1, 9) for _ in range(size)], 'start': 0}\n"
    (tmp_path / "crates.py").write_text(own)
    (tmp_path / "silent.py").write_text("def silent(x):\n    return x\n")
    (problem,), (rejected,) = read(tmp_path)
    assert (problem.id, problem.entry_point, problem.inputs) == ("crates", "crates", ())
    assert problem.statement == "How heavy are the crates together?"
    assert "generate" not in problem.solution
    assert "crates" not in problem.generator
    assert rejected.slug == "no_statement"


def test_unknown_columns_are_an_error_that_names_the_known_ones(tmp_path: Path):
    with pytest.raises(ProblemFormatError, match=r"set\.jsonl:1: columns \['a'\].*HumanEval: task_id prompt.*CodeGym:"):
        read(file(tmp_path, {"a": 1}))


def test_what_is_no_json_is_an_error_with_its_line(tmp_path: Path):
    (tmp_path / "set.jsonl").write_text(json.dumps(MBPP) + "\n{\n")
    with pytest.raises(ProblemFormatError, match=r"set\.jsonl:2: "):
        read(tmp_path / "set.jsonl")


def test_a_folder_without_problems_is_an_error(tmp_path: Path):
    with pytest.raises(ProblemFormatError, match="no problems"):
        read(tmp_path)


def test_clean_cuts_examples_and_how_to_do_it():
    said = "Write a python function to find the lightest crate using lambda function.\n\nExample 1:\n\nInput: 3\n"
    assert clean(said) == "Find the lightest crate."
