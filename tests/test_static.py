"""The static synthesizer against the original solutions: same answers, and one leaf a call at most."""

import ast
import dataclasses
import json
import random
from pathlib import Path

import pytest

from codegym_jax import problems
from codegym_jax.problems import Problem
from codegym_jax.sandbox import SandboxPool
from codegym_jax.synthesis import accessors, original, pieces, static

OWN = Path(__file__).parents[1] / "envs" / "problems"
# One for every way of being read, and the control flow that is hard to cut without changing it.
CASES = {
    "lists": (
        "def f(xs, k):\n best = 0\n for x in xs:\n  if x > k and x % 2: best = max(best, x - k)\n return best",
        "xs k",
    ),
    "index": ("def f(xs):\n i = 0\n while i < len(xs) and xs[i] >= 0: i += 1\n return i", "xs"),
    "negative index": ("def f(xs):\n return xs[-1] * 2 - xs[0]", "xs"),
    "mutated": ("def f(xs):\n xs.sort()\n return [x for x in xs if x > xs[0]]", "xs"),
    "alias": ("def f(xs):\n ys = xs\n ys.append(7)\n return sum(xs) + len(xs)", "xs"),
    "shadowed": ("def f(xs):\n return sum([xs for xs in xs if xs > 1])", "xs"),
    "text": ("def f(s):\n return ''.join(c.upper() if c < 'n' else c for c in s)", "s"),
    "grid": ("def f(g):\n return [sum(row) for row in g] + [g[0][0] - g[-1][-1], len(g[0])]", "g"),
    "pairs": ("def f(ps):\n return sum(b - a for a, b in ps if a != b)", "ps"),
    "table": ("def f(d):\n return sum(v for k, v in d.items() if k > 'a')", "d"),
    "nested": ("def f(n):\n return sum(len(x) for a in n for x in a)", "n"),
    "set": ("def f(u):\n return max(u) - len(u)", "u"),
    "recursion": ("def f(xs, k):\n return 0 if not xs or k == 0 else xs[0] + f(xs[1:], k - 1)", "xs k"),
    "closure": ("def f(xs):\n def g(i): return xs[i] * 2 if i < len(xs) else 0\n return g(0) + g(1) + g(99)", "xs"),
    "default": ("def f(xs, step=2):\n return [x + step for x in xs][::step]", "xs"),
    "helper": (
        "def odd(v):\n return v % 2 == 1\ndef f(xs):\n return [x for x in xs if odd(x) and odd(x // 3)]",
        "xs",
    ),
    "helper of all": (
        "def g(y):\n t = 0\n for x in y: t = t * 2 + x\n return t\ndef f(xs):\n return g(xs) - 1",
        "xs",
    ),
    "caught": ("def f(xs, k):\n try: return xs[k] + 1\n except IndexError: return -1", "xs k"),
    "short circuit": ("def f(xs, k):\n return k < len(xs) and xs[k] > 0 and 10 // xs[k] > 1", "xs k"),
    "rows changed": ("def f(g):\n for row in g: row[0] = 7\n g[0][1:] = []\n return [sum(r) for r in g]", "g"),
    "rows elsewhere": ("def f(g):\n kept = []\n for r in g: kept.append(r)\n kept[0][0] = 9\n return g[0][0]", "g"),
    "map and filter": (
        "def f(xs, k):\n return [*map(lambda x, y: x * y + k, xs, filter(lambda k: k > 1, xs)), sum(map(abs, xs))]",
        "xs k",
    ),
    "changing helper": (
        "def put(ys, y):\n ys.append(y * 2)\ndef f(xs):\n ys = []\n for x in xs: put(ys, x)\n return ys",
        "xs",
    ),
    "walking helper": (
        "def flat(n):\n for a in n:\n  if isinstance(a, list): yield from flat(a)\n  else: yield a + '!'\n"
        "def f(n):\n return list(flat(n))",
        "n",
    ),
    "local import": ("def f(xs):\n import math as m\n from math import gcd\n return m.floor(gcd(*xs[:2]) / 2)", "xs"),
    "grows beyond bounds": ("def f(k):\n t = 1\n for i in range(k): t = t * t * 10 + i\n return t % 7", "k"),
    "names": ("def f(name, self):\n return [name + self, name > self]", "name self"),
    "tuples": ("def f(ps):\n seen = set()\n for p in ps: seen.add(p)\n return len(seen) * 10 + ((1, 2) in seen)", "ps"),
}
VALUES = {
    "xs": ["[3, 1, 4, 1, 5]", "[2, 7, 1, 8]", "[9, 9, 3]"],
    "k": ["2", "3", "1"],
    "s": ["'tool'", "'gymnasium'", "'axe'"],
    "g": ["[[1, 2], [3, 4]]", "[[5, 1, 2], [0, 3, 3]]", "[[2], [8]]"],
    "ps": ["[(1, 2), (3, 7)]", "[(4, 4), (1, 9), (2, 3)]", "[(0, 5)]"],
    "d": ["{'a': 1, 'b': 2}", "{'c': 5}", "{'a': 4, 'd': 6, 'e': 1}"],
    "n": ["[['ab', 'c'], ['d']]", "[['xyz']]", "[['q', 'rs'], [], ['t']]"],
    "u": ["{1, 5, 3}", "{8, 2}", "{4}"],
    "name": ["1", "2", "3"],
    "self": ["2", "2", "1"],
}


def problem(solution: str, parameters: str) -> Problem:
    names = parameters.split()
    inputs = ["{" + ", ".join(f"{name!r}: {VALUES[name][i]}" for name in names) + "}" for i in range(3)]
    return Problem("case_1", "Find what is asked for.", solution, "f", tuple(inputs))


@pytest.fixture
async def pool():
    async with SandboxPool(original.LIMITS) as pool:
        yield pool


@pytest.mark.parametrize("case", CASES)
async def test_oracle_and_reference_answer_as_the_original_does(pool, case):
    source = problem(*CASES[case])
    compiled = await static.synthesize(pool, source, fewest=1)
    assert isinstance(compiled, static.Compiled), compiled
    configs = [config for config, _ in compiled.configs]
    assert set(source.inputs) <= set(configs)
    answers = await original.answers(pool, source, configs)
    environment = compiled.environment
    for config, answer in zip(configs, answers):
        run = await pool.solve(environment.source, environment.class_name, config)
        assert run.reward == 1.0, (config, run)
        done = json.loads(run.steps[-1][0])
        assert original.same(done["parameters"]["answer"], json.loads(answer.value))


async def test_a_wrong_answer_earns_nothing(pool):
    compiled = await static.synthesize(pool, problem(*CASES["lists"]))
    assert isinstance(compiled, static.Compiled), compiled
    for answer in (999, "2", True, None, 1.5, [2]):
        session = await pool.spawn(compiled.environment.source, "FEnv", compiled.configs[0][0])
        reply = await session.step(json.dumps({"name": "Done", "parameters": {"answer": answer}}))
        assert reply.reward == 0.0, answer
        assert reply.observation == '"recorded"'
        await session.close()


async def test_own_problems_compile_and_are_complex_enough(pool):
    """Every tenth of the shipped problems: at least four tools, and configurations of 10 to 256 calls."""
    found, rejected = problems.read(OWN)
    assert not rejected
    for one in found[::10]:
        compiled = await static.synthesize(pool, one, each=2)
        assert isinstance(compiled, static.Compiled), (one.id, compiled)
        configs = [config for config, _ in compiled.configs]
        verdicts = await pool.verify(compiled.environment.source, compiled.environment.class_name, configs)
        assert all(verdict.reward == 1.0 for verdict in verdicts), one.id
        assert any(10 <= verdict.calls <= 256 for verdict in verdicts), one.id
        assert len(compiled.environment.tools) >= 4, one.id


async def test_one_call_shows_at_most_one_leaf(pool):
    """Change one leaf: the only calls of the oracle that reply otherwise, made alone, are those that read this leaf."""
    source = problem(*CASES["lists"])
    compiled = await static.synthesize(pool, source)
    config = source.inputs[0]
    environment = compiled.environment
    run = await pool.solve(environment.source, environment.class_name, config)
    calls = [*dict.fromkeys(action for action, _ in run.steps[:-1]), '{"name": "Observe", "parameters": {}}']
    shown = dict.fromkeys(calls, 0)

    async def replies(given: str) -> list[str]:
        session = await pool.spawn(environment.source, environment.class_name, given)
        said = [(await session.step(action)).observation for action in calls]
        await session.close()
        return said

    before = await replies(config)
    for path in original.leaves(config):
        twin = original.mutate(config, path, random.Random(0))
        for action, old, new in zip(calls, before, await replies(twin)):
            shown[action] += old != new
    assert max(shown.values()) == 1
    assert shown['{"name": "Observe", "parameters": {}}'] == 0


async def test_a_solution_may_be_called_like_what_its_harness_uses(pool):
    for name in ("answer", "given", "text"):
        source = dataclasses.replace(problem(f"def {name}(xs):\n return xs[0]", "xs"), entry_point=name)
        outcomes = await original.answers(pool, source, source.inputs)
        assert [outcome.value for outcome in outcomes] == ["3", "2", "9"], name


def test_shares_are_drawn_as_shares():
    draw = original.infer([{"p": [0.5, 0.25]}, {"p": [0.9]}])
    assert all(0 <= p <= 1 for seed in range(20) for p in draw(random.Random(seed), 3)["p"])


async def test_the_same_problem_gives_the_same_environment(pool):
    first, second = [await static.synthesize(pool, problem(*CASES["helper"])) for _ in range(2)]
    assert first == second


METHODS = """
class Solution:
    bonus = 3

    def grow(self, ys, y):
        if y > 1:
            ys.append(y * self.bonus)
            self.grow(ys, y - 2)

    def f(self, xs):
        ys = []
        for x in xs:
            self.grow(ys, x)
        return [self.last(ys), len(ys)]

    def last(self, ys):
        return ys[-1] - 1 if ys else 0
"""


async def test_methods_of_the_control_flow_are_opened_and_cut(pool):
    source = dataclasses.replace(problem(METHODS, "xs"), entry_point="Solution().f")
    compiled = await static.synthesize(pool, source)
    assert isinstance(compiled, static.Compiled), compiled
    run = await pool.solve(compiled.environment.source, compiled.environment.class_name, "{'xs': [5, 1, 4]}")
    multiplied = [json.loads(action)["parameters"]["y"] for action, _ in run.steps if '"Multiply"' in action]
    assert multiplied == [5, 3, 4, 2]
    assert run.reward == 1.0


async def test_what_asks_for_few_calls_is_no_environment(pool):
    for solution in ("def f(k):\n return 3 * k * k + 1", "def f(xs):\n return xs[0] < xs[-1]"):
        refused = await static.synthesize(pool, problem(solution, solution[6:].split(")")[0]))
        assert isinstance(refused, static.Refused), solution
        assert refused.reason.startswith("too_simple: 0 ")


async def test_numbers_get_more_digits_where_the_examples_ask_for_few_calls(pool):
    solution = "def f(k):\n t = 0\n while k > 0:\n  t = t + k % 10\n  k = k // 10\n return t"
    compiled = await static.synthesize(pool, problem(solution, "k"))
    assert isinstance(compiled, static.Compiled), compiled
    assert any(len(config) >= len("{'k': 1234}") for config, _ in compiled.configs)


async def test_a_solution_that_grows_like_a_tree_keeps_the_inputs_it_can_take(pool):
    solution = "def f(k):\n return k if k < 2 else f(k - 1) + f(k - 2)"
    compiled = await static.synthesize(
        pool, dataclasses.replace(problem(solution, "k"), inputs=("{'k': 5}", "{'k': 60}"))
    )
    assert isinstance(compiled, static.Compiled), compiled
    assert "{'k': 60}" not in [config for config, _ in compiled.configs]


async def test_what_cannot_be_compiled_is_refused_with_its_reason(pool):
    for solution, slug in {
        "def f(xs):\n yield 1": "generator",
        "def f(xs):\n raise KeyError": "inputs",
        "def f(xs):\n return object()": "inputs",
        "def g(xs):\n return 1": "entry_point",
    }.items():
        refused = await static.synthesize(pool, problem(solution, "xs"))
        assert isinstance(refused, static.Refused), solution
        assert refused.reason.partition(":")[0] == slug


@pytest.mark.parametrize(
    ("body", "changed"),
    [
        ("g[0][1] = 2", True),
        ("for row in g: row.sort()", True),
        ("kept = [r for r in g]\n kept[0][0] = 9", True),
        ("kept = []\n for r in g: kept.append(r)\n last = kept[-1]\n del last[0]", True),
        ("total = [0] * len(g)\n total[0] = 1\n for row in g: print(sum(row))", False),
        ("best = 0\n for a, b in g: best = max(best, a - b)", False),
    ],
)
def test_a_grid_whose_rows_may_change_is_told(body, changed):
    assert pieces.changes(ast.parse(f"def f(g):\n {body}"), "g") == changed


def test_inputs_larger_than_those_compiled_for_do_not_fit():
    shapes = {"xs": accessors.shape([[1], [2, 3]]), "k": accessors.shape([4, 7])}
    assert accessors.fits("{'xs': [9, 9], 'k': -7}", shapes)
    assert not accessors.fits("{'xs': [1, 1, 1], 'k': 1}", shapes)
    assert not accessors.fits("{'xs': [1], 'k': 8}", shapes)


def test_leaves_are_scalars_and_characters_and_mutate_changes_one():
    config = repr({"s": "ab", "words": ["cd", "e"], "t": {"x": 1, "y": (2, 3)}, "k": True})
    paths = original.leaves(config)
    assert len(paths) == 2 + 2 + 3 + 1
    for path in paths:
        twin = ast.literal_eval(original.mutate(config, path, random.Random(1)))
        old = ast.literal_eval(config)
        assert sum(a != b for a, b in zip(str_leaves(old), str_leaves(twin), strict=True)) == 1


def str_leaves(value):
    return [original.at(value, path) for path in original.leaves(repr(value))]


def test_canonical_answers_compare_as_said():
    same, canonical = original.same, original.canonical
    assert same(canonical((1, {3, 2})), [1, [2, 3]])
    assert same(0.1 + 0.2, 0.3)
    assert same(2, 2.0000001)
    assert not same(True, 1)
    assert not same("1", 1)
    assert not same([1], [1, 2])
    assert not same(10**20, 10**20 + 1)
    with pytest.raises(ValueError, match="finite"):
        canonical(float("nan"))
