"""Filters of synthesized tasks. Duplicates are made of the starter environments by rewriting them."""

import ast
import math
import random
from pathlib import Path

import pytest

from codegym_jax.problems import Problem
from codegym_jax.synthesis import filters
from codegym_jax.synthesis.filters import HARD, Record, Thresholds

STARTER = Path(__file__).parent.parent / "envs" / "starter"
SOURCES = {file.stem: file.read_text() for file in sorted(STARTER.glob("*__*.py"))}
NAME = next(iter(SOURCES))
GOOD = Record(NAME, "starter_01", "{}", oracle_calls=40, tools=5, leak_fraction=0.05, bound=6.0, pass_rate=0.25)
SOLUTION = """
def heaviest(crates: list[int], limit: int) -> int:
    \"\"\"{doc}\"\"\"
    best = -1
    for crate in crates:
        if crate <= limit and crate > best:
            best = crate
    return best
"""
STATEMENT = "Of all the crates in the warehouse find the heaviest one that the old crane can still lift safely."


def problem(id: str, statement: str, solution: str = "", entry_point: str = "heaviest") -> Problem:
    return Problem(id, statement, solution, entry_point, (), origin=f"Set {id}")


def retold(source: str, class_name: str) -> str:
    """The same environment with other tool, variable and class names, numbers and docstrings."""
    tree = ast.parse(source)
    (cls,) = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == class_name]
    methods = {n.name for n in cls.body if isinstance(n, ast.FunctionDef) and n.name[0] != "_"} - filters.PLUMBING
    new = {name: f"Other{name}" for name in methods - {"solve", "generate"}}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.name = new.get(node.name, node.name)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = new.get(node.value, node.value if node.value in filters.PLUMBING else node.value + "!")
        elif isinstance(node, ast.Constant) and type(node.value) is int:
            node.value += 3
        elif isinstance(node, ast.Attribute):
            node.attr = new.get(node.attr, node.attr)
    return ast.unparse(tree)


def test_a_good_record_is_kept():
    assert filters.measured([GOOD], Thresholds()) == ([GOOD], [])


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"oracle_calls": 9}, "oracle_calls"),
        ({"oracle_calls": 257}, "oracle_calls"),
        ({"tools": 3}, "tools"),
        ({"leak_fraction": 0.11}, "leak_fraction"),
        ({"leak_fraction": math.nan}, "leak_fraction"),
        ({"bound": 1.0}, "bound"),
        ({"pass_rate": 0.26}, "pass_rate"),
    ],
)
def test_what_does_not_measure_up_is_dropped_by_the_filter_of_that_name(change: dict, name: str):
    kept, dropped = filters.measured([GOOD._replace(**change)], Thresholds())
    assert (kept, [(d.record, d.filter) for d in dropped]) == ([], [(GOOD._replace(**change), name)])


@pytest.mark.parametrize("change", [{"oracle_calls": 10}, {"oracle_calls": 256}, {"tools": 4}, {"pass_rate": None}])
def test_bounds_are_inclusive_and_what_was_not_measured_drops_nothing(change: dict):
    assert filters.measured([GOOD._replace(**change)], Thresholds())[1] == []


def test_the_hard_set_takes_longer_tasks_and_fewer_that_are_solved():
    long, solved = GOOD._replace(oracle_calls=512, pass_rate=1 / 8), GOOD._replace(pass_rate=0.2)
    kept, dropped = filters.measured([long, solved], HARD)
    assert (kept, [d.filter for d in dropped]) == ([long], ["pass_rate"])


@pytest.mark.parametrize("name", SOURCES)
def test_an_environment_told_anew_is_a_near_duplicate(name: str):
    class_name = name.rsplit("__", 1)[-1]
    pair = {"a": SOURCES[name], "b": retold(SOURCES[name], class_name)}
    assert pair["a"] != pair["b"]
    prints = {key: filters.fingerprint(source, class_name) for key, source in pair.items()}
    assert filters.duplicates(prints).keys() == {"b"}


def test_different_environments_are_no_duplicates():
    prints = {name: filters.fingerprint(source, name.rsplit("__", 1)[-1]) for name, source in SOURCES.items()}
    assert filters.duplicates(prints) == {}


def test_the_same_code_with_another_call_graph_is_no_duplicate():
    print_ = filters.fingerprint(SOURCES[NAME], NAME.rsplit("__", 1)[-1])
    assert filters.duplicates({"a": print_, "b": print_._replace(graph=frozenset({("x", "y")}))}) == {}


def test_the_search_finds_what_comparing_all_pairs_finds():
    rng = random.Random(0)
    prints: dict[str, filters.Fingerprint] = {}
    for i in range(150):
        base = set(rng.choice(list(prints.values())).code) if prints and i % 2 else set(rng.sample(range(200), 30))
        changed = (base - set(rng.sample(sorted(base), 3))) | set(rng.sample(range(200), rng.randint(0, 6)))
        prints[f"e{i}"] = filters.Fingerprint(frozenset(changed), frozenset())
    kept: list[str] = []
    slow = set()
    for name, print_ in prints.items():
        if any(len(print_.code & prints[o].code) >= 0.75 * len(print_.code | prints[o].code) for o in kept):
            slow.add(name)
        else:
            kept.append(name)
    assert 10 < len(slow) < 140
    assert filters.duplicates(prints).keys() == slow


def test_distinct_drops_repeated_tasks_and_later_copies_of_an_environment():
    copy = GOOD._replace(environment="copy__" + NAME.rsplit("__", 1)[-1])
    sources = {NAME: SOURCES[NAME], copy.environment: SOURCES[NAME]}
    kept, dropped = filters.distinct([GOOD, GOOD._replace(config="{'a': 1}"), GOOD, copy], sources)
    assert [record.config for record in kept] == ["{}", "{'a': 1}"]
    assert [(d.record, d.filter) for d in dropped] == [(GOOD, "duplicate_task"), (copy, "near_duplicate")]


def test_a_statement_that_shares_thirteen_words_is_contaminated():
    ours = problem("a", f"A story comes first. {STATEMENT.upper()} Then it ends.")
    assert filters.contamination([ours], [problem("b", STATEMENT)]).keys() == {"a"}


def test_twelve_shared_words_are_not_enough():
    words = STATEMENT.split()
    ours = problem("a", " ".join(["Here", *words[:12], "end", "of", "this"]))
    assert filters.contamination([ours], [problem("b", STATEMENT)]) == {}


def test_a_solution_with_other_names_and_docs_is_contaminated():
    theirs = SOLUTION.format(doc="Theirs.")
    ours = theirs.replace("crate", "box").replace("best", "found").replace("heaviest", "pick").replace("Theirs", "Ours")
    ours = ours.replace(": list[int]", "")
    found = filters.contamination([problem("a", "Ours.", ours, "pick")], [problem("b", "Theirs.", theirs)])
    assert found == {"a": "solution of Set b"}


def test_a_solution_with_another_constant_or_a_tiny_one_is_not():
    theirs, tiny = SOLUTION.format(doc="x"), "def heaviest(a, b):\n    return a + b\n"
    assert filters.contamination([problem("a", "A.", theirs.replace("-1", "-2"))], [problem("b", "B.", theirs)]) == {}
    assert filters.contamination([problem("a", "A.", tiny)], [problem("b", "B.", tiny)]) == {}


def test_tasks_of_contaminated_problems_are_dropped():
    other = GOOD._replace(problem="other")
    problems = [problem("starter_01", STATEMENT), problem("other", "Something else.")]
    kept, dropped = filters.uncontaminated([GOOD, other], problems, [problem("b", STATEMENT)])
    assert (kept, [(d.record, d.filter) for d in dropped]) == ([other], [(GOOD, "contaminated")])


def test_splits_hold_out_the_share_asked_for_and_only_grow_with_it():
    ids = [f"problem_{i}" for i in range(2000)]
    small = {id for id in ids if filters.split(id, 0.1) == "unseen_env"}
    large = {id for id in ids if filters.split(id, 0.3) == "unseen_env"}
    assert 150 < len(small) < 250
    assert small < large
    assert {id for id in ids if filters.split(id, 0.1, seed="2") == "unseen_env"} != small


def test_a_split_does_not_change_between_versions():  # `printf /p0 | sha256sum` starts with 8, then 6, 5, 2
    assert [filters.split(f"p{i}", 0.5) for i in range(4)] == ["train"] + 3 * ["unseen_env"]
