"""The audit on small environments whose leaks, twins and loopholes are known, and on the starter set; and repairs."""

import ast
from pathlib import Path

import pytest

from codegym_jax.environments import load, parse_environment
from codegym_jax.problems import Problem
from codegym_jax.synthesis.audit import LEAVES, REPEATS, audit, read_config
from codegym_jax.synthesis.harden import harden
from codegym_jax.types import Call

STARTER = Path(__file__).parent.parent / "envs" / "starter"
SOURCE = '''
import ast
import gymnasium
import json


class TotalEnv(gymnasium.Env):
    """Add up all hidden numbers."""

    def __init__(self, env_str=None):
        self.func_mapping = {"Observe": 0, "Item": 1, "Next": 2, "Done": 3}
        self.reset(ast.literal_eval(env_str.split("@", 1)[1]) if env_str else {})

    @staticmethod
    def from_env_str(env_str):
        return TotalEnv(env_str)

    @property
    def finished(self):
        return self._done

    @property
    def reward(self):
        return self._reward

    def reset(self, options={}):
        self.numbers = options.get("numbers", [])
        self.place, self.step_count, self._done, self._reward = 0, 0, False, 0.0

    def get_ref_answer(self):
        REFERENCE

    def step(self, action):
        self.step_count += 1
        GUARD
        try:
            call = json.loads(action)
            LOOKUP
            return True, getattr(self, call["name"])(**call["parameters"])
        except Exception as error:
            return True, f"Error: {error}"

    def Observe(self):
        """Look around."""
        return OBSERVE

    def Item(self, i: int):
        """Read one number.

        Args:
            i (int): its position
        """
        return str(self.numbers[i])

    def Next(self):
        """Say hello, or go on."""
        NEXT

    def Done(self, answer: int):
        """Hand in the answer."""
        self._done, self._reward = True, float(answer == self.get_ref_answer())
        return VERDICT

    def solve(self):
        def call(name, **parameters):
            return self.step(json.dumps({"name": name, "parameters": parameters}))[1]

        SOLVE
        return call("Done", answer=total)
'''
PARTS = {
    "REFERENCE": "return sum(self.numbers)",
    "GUARD": "if self._done: return True, 'over'",
    "LOOKUP": "assert call['name'] in self.func_mapping, 'no such tool'",
    "OBSERVE": "str(len(self.numbers))",
    "NEXT": "return 'hello'",
    "VERDICT": "'thanks'",
    "SOLVE": "total = sum(int(call('Item', i=i)) for i in range(int(call('Observe'))))",
}
TELLS = {"OBSERVE": "json.dumps(self.numbers)", "SOLVE": "total = sum(json.loads(call('Observe')))"}
LOOSE = {"GUARD": "pass", "VERDICT": "f'your answer {answer}, reference {self.get_ref_answer()}'"}
CONFIGS = ["{'numbers': [3, 14, 15, 92]}", "{'numbers': [6, 53, 58, 9, 79]}"]


def environment(**parts):
    source = SOURCE
    for name, text in (PARTS | parts).items():
        source = source.replace(name, text)
    return parse_environment(source, "test_1__TotalEnv", "here")


async def test_observe_that_tells_all_leaks_all_and_needs_one_call(pool):
    found = await audit(pool, environment(**TELLS), CONFIGS)
    assert found.leak_fraction == 1
    assert found.tool_leaks["Observe"] == 1
    assert found.shown == 5
    assert set(found.bound.values()) == {1.0}
    assert found.shortcuts["observe"] == 1


async def test_a_leaf_a_call_needs_as_many_calls_as_leaves(pool):
    found = await audit(pool, environment(), CONFIGS)
    assert (found.leaked, found.leak_fraction, found.shown) == (0, 0, 1)
    assert found.pivotal == dict(zip(CONFIGS, (4, 5)))
    assert found.bound == dict(zip(CONFIGS, (4.0, 5.0)))
    assert found.ratio == dict(zip(CONFIGS, (4 / 5, 5 / 6)))
    assert found.shortcuts["observe"] == found.shortcuts["done"] == 0


async def test_an_aggregate_pins_no_leaf_but_shows_all_of_them_at_once(pool):
    total = {"OBSERVE": "f'{len(self.numbers)} numbers, {sum(self.numbers)} in all'", "SOLVE": "total = 0"}
    found = await audit(pool, environment(**total), CONFIGS)
    assert found.leak_fraction == 0
    assert found.shown == 5
    assert set(found.bound.values()) == {1.0}


async def test_sorted_values_are_a_leak(pool):
    found = await audit(pool, environment(OBSERVE="str(sorted(self.numbers))"), ["{'numbers': [40, 9, 92, 70]}"])
    assert found.leak_fraction == 1


async def test_a_cursor_leaks_what_it_tells_in_the_rounds_played(pool):
    cursor = "self.place += 1; return str(self.numbers[self.place - 1])"
    config = repr({"numbers": list(range(10, 20))})
    found = await audit(pool, environment(NEXT=cursor), [config])
    assert found.leaked == REPEATS
    assert found.tool_leaks == {"Observe": 0, "Next": REPEATS / 10, "(errors)": 0}
    assert found.shown == 1


async def test_numbers_in_error_texts_are_a_leak(pool):
    lookup = "assert call['name'] in self.func_mapping, self.numbers"
    found = await audit(pool, environment(LOOKUP=lookup), CONFIGS)
    assert found.tool_leaks["(errors)"] == found.leak_fraction == 1


async def test_twins_differ_in_one_leaf_and_in_the_answer(pool):
    found = await audit(pool, environment(REFERENCE="return max(self.numbers)", SOLVE="total = 0"), CONFIGS)
    for config, twins in found.twins.items():
        numbers = ast.literal_eval(config)["numbers"]
        assert found.pivotal[config] == len(twins) > 0
        for (name, i), twin in twins:
            other = ast.literal_eval(twin)[name]
            assert [a != b for a, b in zip(numbers, other)] == [j == i for j in range(len(numbers))]
            assert max(other) != max(numbers)


async def test_twins_are_judged_by_the_original_solution(pool):
    problem = Problem("p", "", "def least(numbers):\n    return 7", "least", tuple(CONFIGS))
    assert set((await audit(pool, environment(), CONFIGS, problem)).pivotal.values()) == {0}


async def test_a_reference_that_loops_on_a_perturbed_input_makes_no_twin(pool):
    looping = "while self.numbers[0] != 3: pass\n        return sum(self.numbers)"
    found = await audit(pool, environment(REFERENCE=looping), CONFIGS[:1])
    assert [path for path, _ in found.twins[CONFIGS[0]]] == [("numbers", i) for i in (1, 2, 3)]


@pytest.mark.parametrize("loose", [True, False])
async def test_second_done_and_the_answer_in_its_message(pool, loose):
    found = await audit(pool, environment(**(LOOSE if loose else {})), CONFIGS)
    assert (found.double_done, found.answer_in_errors) == (loose, loose)


async def test_methods_that_answer_to_their_names_are_hidden_access(pool):
    assert (await audit(pool, environment(LOOKUP="pass"), CONFIGS)).hidden_access
    assert not (await audit(pool, environment(), CONFIGS)).hidden_access


async def test_done_only_is_right_where_all_answers_are_one(pool):
    configs = ["{'numbers': [1, 5]}", "{'numbers': [2, 4]}", "{'numbers': [3, 3]}"]
    assert (await audit(pool, environment(), configs)).shortcuts["done"] == 1


async def test_an_ablated_tool_is_needed_or_not(pool):
    found = await audit(pool, environment(SOLVE=PARTS["SOLVE"] + "; call('Next')"), CONFIGS)
    assert {tool: found.shortcuts[f"without {tool}"] for tool in ("Observe", "Item", "Next")} == {
        "Observe": 0,
        "Item": 0,
        "Next": 1,
    }


async def test_counts_are_scaled_up_from_the_sampled_leaves(pool):
    config = repr({"numbers": list(range(5 * LEAVES))})
    found = await audit(pool, environment(**TELLS), [config])
    assert (found.sampled, found.leaf_count, found.leaked) == (LEAVES, 5 * LEAVES, 5 * LEAVES)
    assert found.pivotal == {config: 5 * LEAVES}
    assert found.bound == {config: 1.0}


@pytest.mark.parametrize(
    ("text", "config"),
    [
        ('{"n": 2, "arr": [1, 2]}', {"n": 2, "arr": [1, 2]}),
        ("n=2, arr=[1, 2]", {"n": 2, "arr": [1, 2]}),
        ("s1: ab, s2: cd", {"s1": "ab", "s2": "cd"}),
        ("a(b)c", {"s": "a(b)c"}),
        ("[[1, 2], [3, 4]]", {"grid": [[1, 2], [3, 4]]}),
        ("arr: [4, 4, 4]", {"n": 3, "arr": [4, 4, 4]}),
    ],
)
def test_a_configuration_is_read_from_what_observe_says(text, config):
    empty = {key: type(value)() for key, value in config.items()}
    assert ast.literal_eval(read_config(text, repr(empty)) or "None") == config
    assert read_config("3 numbers", repr({"n": 1, "arr": [1]})) is None


@pytest.mark.parametrize("stem", ["starter_01__HeaviestCrateEnv", "starter_10__RestockEnv"])
async def test_starter_environments_have_no_loophole(pool, stem):
    shipped = load(STARTER)
    configs = [task.config for task in shipped.tasks if task.environment == stem]
    found = await audit(pool, shipped.environments[stem], configs)
    assert (found.double_done, found.answer_in_errors, found.hidden_access) == (False, False, False)
    assert found.shortcuts["done"] == found.shortcuts["observe"] == 0
    assert min(found.bound.values()) >= 1
    assert max(found.ratio.values()) <= 1  # a lower bound: the oracle cannot be under it


async def test_hardened_it_leaks_nothing_and_its_oracle_reads_leaf_by_leaf(pool):
    hardened = await harden(pool, environment(**TELLS, **LOOSE), CONFIGS)
    assert hardened is not None
    found = await audit(pool, hardened, CONFIGS)
    assert (found.leaked, found.shown, found.double_done, found.answer_in_errors) == (0, 1, False, False)
    assert found.bound == dict(zip(CONFIGS, (4.0, 5.0)))
    verdicts = await pool.verify(hardened.source, hardened.class_name, CONFIGS)
    assert [(v.reward, v.calls) for v in verdicts] == [(1.0, 6), (1.0, 7)]  # Observe, the leaves, Done
    assert {"ReadValue", "ReadItem", "ReadNested"} <= {tool.name for tool in hardened.tools}


@pytest.mark.parametrize(
    "value", [[5, 1], "text", {"a": 1, (2, 3): "b"}, {"x", "y"}, (1, (2, [3])), [["a", "bc"], []], 2.5, None, True, {}]
)
async def test_the_oracle_of_a_hardened_environment_rebuilds_fields_of_any_kind(pool, value):
    told = {"OBSERVE": "repr([self.numbers, len(self.numbers[0])])", "REFERENCE": "return sorted(repr(self.numbers))"}
    told |= {"SOLVE": "total = sorted(repr(__import__('ast').literal_eval(call('Observe'))[0]))"}
    value = value if value and hasattr(value, "__len__") else [value]
    hardened = await harden(pool, environment(**told), [repr({"numbers": [value]})])
    assert hardened is not None


async def test_a_hardened_environment_keeps_its_configuration_and_explains_errors(pool):
    hardened = await harden(pool, environment(**TELLS, **LOOSE), CONFIGS)
    harness = "\ndef play(text):\n    env = TotalEnv('TotalEnv@' + text)\n    env.reset()\n    return env.step(%r)[1]\n"
    for index, reply in ((1, "14"), (4, "must be an integer from 0 to 3"), ("x", "must be an integer")):
        source = hardened.source + harness % Call("ReadItem", {"name": "numbers", "index": index}).action
        (outcome,) = await pool.map(source, "play", CONFIGS[:1])
        assert reply in outcome.value
    source = hardened.source + harness % Call("ReadItem", {"name": "_reward", "index": 0}).action
    assert "name must be one of numbers" in (await pool.map(source, "play", CONFIGS[:1]))[0].value


async def test_what_cannot_be_repaired_is_given_up(pool):
    opaque = {"OBSERVE": "str(iter(self.numbers).__length_hint__())", "VERDICT": "str(self.get_ref_answer())"}
    unsolvable = environment(**TELLS | {"SOLVE": "total = -1"})
    assert await harden(pool, unsolvable, CONFIGS) is None
    item = environment(**opaque, NEXT="seen = list(self.numbers); self.place += 1; return str(seen)")
    assert await harden(pool, item, CONFIGS) is None
