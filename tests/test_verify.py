"""Verification: a clean environment passes, and each planted defect is rejected for what it is."""

import dataclasses
import random

import pytest
import pytest_asyncio
from hostile import TIGHT

from codegym_jax.environments import parse_environment
from codegym_jax.problems import Problem
from codegym_jax.sandbox import SandboxPool
from codegym_jax.synthesis.mutants import extent, mutants, oracle, reached
from codegym_jax.synthesis.verify import near_misses, verify
from codegym_jax.types import Environment

pytestmark = pytest.mark.asyncio(loop_scope="module")
SOLUTION = "def heavy(weights, limit):\n    return sum(w > limit for w in weights)\n"
STATEMENT = "How many crates are heavier than the limit?"
PROBLEM = Problem("crates", STATEMENT, SOLUTION, "heavy", ("{'weights': [5, 9, 2], 'limit': 4}",))
NAME = "crates__CratesEnv"
CLEAN = '''
import ast
import json
import gymnasium


class CratesEnv(gymnasium.Env):
    """How many crates are heavier than the limit?"""

    def __init__(self, env_str=None):
        super().__init__()
        self.func_mapping = {"Observe": 0, "Weight": 1, "Limit": 2, "Compare": 3, "Done": 4}
        self.config = {"weights": [1, 2], "limit": 1}
        self.reset(ast.literal_eval(env_str.split("@", 1)[1]) if env_str else None)

    @staticmethod
    def from_env_str(env_str):
        return CratesEnv(env_str) if env_str.startswith("CratesEnv@") else None

    @property
    def finished(self):
        return self._finished

    @property
    def reward(self):
        return self._reward

    def reset(self, options=None):
        self.config = options or self.config
        self.weights, self.limit = list(self.config["weights"]), self.config["limit"]
        self._finished, self._reward = False, 0.0
        return "reset"

    def get_ref_answer(self):
        count = 0
        for weight in self.weights:
            if weight > self.limit:
                count += 1
        return count

    def step(self, action):
        if self._finished:
            return True, "finished"
        try:
            call = json.loads(action)
            name, given = call["name"], call["parameters"]
            if name not in self.func_mapping:
                raise ValueError("no such tool")
            return True, getattr(self, name)(**given)
        except (KeyError, TypeError, ValueError, IndexError, RecursionError) as error:
            return True, f"Error: {error}"

    def Observe(self):
        """Tell how many crates there are.

        Returns:
            str: their number
        """
        return str(len(self.weights))

    def Weight(self, i: int):
        """Weigh one crate.

        Args:
            i (int): number of the crate, from 0
        """
        if type(i) is not int or not 0 <= i < len(self.weights):
            raise ValueError("no such crate")
        return str(self.weights[i])

    def Limit(self):
        """Tell the limit."""
        return str(self.limit)

    def Compare(self, a: int, b: int):
        """Whether one number is greater than another.

        Args:
            a (int): a number
            b (int): another number
        """
        if type(a) is not int or type(b) is not int:
            raise TypeError("two integers are needed")
        return "yes" if a > b else "no"

    def Done(self, answer: int):
        """Hand in the answer.

        Args:
            answer (int): how many crates are heavier
        """
        self._finished = True
        self._reward = float(type(answer) is int and answer == self.get_ref_answer())
        return "noted"

    def solve(self):
        def call(name, **parameters):
            return self.step(json.dumps({"name": name, "parameters": parameters}))[1]

        count, limit = 0, int(call("Limit"))
        for i in range(int(call("Observe"))):
            if call("Compare", a=int(call("Weight", i=i)), b=limit) == "yes":
                count += 1
        return call("Done", answer=count)
'''
CONFIGS = [
    repr({"weights": weights, "limit": limit})
    for weights, limit in [([5, 9, 2], 4), ([7], 7), ([3, 1, 4, 1, 5, 9, 2, 6], 3), ([8, 8, 8, 2], 7), ([1, 2, 3], 0)]
]
FUZZ = [
    repr({"weights": [rng.randrange(12) for _ in range(rng.randrange(9))], "limit": rng.randrange(12)})
    for rng in map(random.Random, range(12))
]

LOOP = "        while True:\n            pass\n"
SOLVE, OBSERVE = "        count, limit = 0,", "        return str(len(self.weights))\n"
END, COUNTED = '        return call("Done", answer=count)\n', "        return count\n\n    def step"
RESET, REFERENCE = "        self._finished, self._reward = False, 0.0\n", "    def get_ref_answer(self):\n"
ADMITTED, ENDED = "answer == self.get_ref_answer()", '        if self._finished:\n            return True, "finished"\n'
CALLED, RETURNED = "            call = json.loads(action)\n", "            return True, getattr(self, name)(**given)\n"


def said(more):
    """Observe with so many spaces after its number."""
    return {OBSERVE: OBSERVE.replace("str(len(self.weights))", f"str(len(self.weights)) + ' ' * ({more})")}


def first(line):
    """solve() with a line before all others."""
    return {SOLVE: f"        {line}\n{SOLVE}"}


DEFECTS = {  # what it is: the check that has to say so, and what in CLEAN gives way to what
    "syntax error": ("load", {"class CratesEnv": "klass CratesEnv"}),
    "fails when imported": ("load", {"import json\n": "import json\n\nraise RuntimeError('no')\n"}),
    "no Done": ("load", {', "Done": 4': ""}),
    "wrong reference": ("wrong_reference", {"if weight > self": "if weight >= self"}),
    "reference and oracle share a bug": ("wrong_reference", {"weight > self": "weight >= self", "a > b": "a >= b"}),
    "Done knows better than the reference": ("wrong_reference", {ADMITTED: "answer == 2"}),
    "an answer of another type": ("wrong_reference", {COUNTED: COUNTED.replace("count", "str(count)")}),
    "the configuration is ignored": ("wrong_reference", {"options or self.config": "self.config"}),
    "an answer that has no JSON": ("contract", {COUNTED: COUNTED.replace("count", "object()")}),
    "the clock": ("nondeterminism", {"import ast": "import ast, time"} | said("int(time.time()) // 3600 % 7")),
    "random numbers": ("nondeterminism", {"import ast": "import ast, random"} | said("random.randrange(1000)")),
    "numbers of processes": ("nondeterminism", {"import ast": "import ast, os"} | said("os.getpid() % 1000")),
    "the order of a set": ("hash_seed", said("hash('crate') % 1000")),
    "a configuration that cannot be solved": ("oracle_fails", {"range(int(": "range(1 + 0 * int("}),
    "the oracle does not answer": ("oracle_fails", {END: "        return count\n"}),
    "the oracle raises": ("oracle_fails", {END: "        return count / 0\n"}),
    "the oracle reads the state": ("oracle_cheats", first("self.limit")),
    "the oracle asks for the reference": ("oracle_cheats", {END: END.replace("=count", "=self.get_ref_answer()")}),
    "the oracle reads __dict__": ("oracle_cheats", first("self.__dict__")),
    "the oracle uses getattr": ("oracle_cheats", first("getattr(self, 'lim' + 'it')")),
    "the oracle evaluates text": ("oracle_cheats", first("eval('self.' + 'limit')")),
    "the oracle goes through a method": ("oracle_cheats", first("self.step.__self__")),
    "the oracle passes itself on": ("oracle_cheats", first("str(self)")),
    "the oracle has a helper that reads": (
        "oracle_cheats",
        {"    def solve(self):": "    def peek(self):\n        return self.limit\n\n    def solve(self):"}
        | first("self.peek()"),
    ),
    "the oracle reads what reset left in the module": (
        "oracle_cheats",
        {"class CratesEnv": "LAST = []\nclass CratesEnv", RESET: RESET + "        LAST[:] = [self.get_ref_answer()]\n"}
        | {END: END.replace("=count", "=LAST[0]")},
    ),
    "the oracle reads what the reference left in the module": (
        "oracle_fails",
        {"class CratesEnv": "LAST = []\nclass CratesEnv", COUNTED: "        LAST[:] = [count]\n" + COUNTED}
        | {END: END.replace("=count", "=LAST[0]")},
    ),
    "the oracle reads what Done left in another module": (
        "oracle_cheats",
        {COUNTED: "        json.last = count\n" + COUNTED, END: END.replace("=count", "=json.last")},
    ),
    "the oracle tells the tools to help it": (
        "nondeterminism",
        {"class CratesEnv": "ASKED = []\nclass CratesEnv"}
        | {OBSERVE: OBSERVE.replace("\n", " + ' ' * len(ASKED)\n")}
        | first("ASKED.append(1)"),
    ),
    "the reference repeats what Done was told": (
        "wrong_reference",
        {"if weight > self": "if weight >= self", COUNTED: COUNTED.replace("count", "getattr(json, 'last', count)")}
        | {ADMITTED: "answer == sum(w > self.limit for w in self.weights) and not setattr(json, 'last', answer)"},
    ),
    "Done knows the answer of the reference only": (
        "wrong_reference",
        {COUNTED: "        json.last = count\n" + COUNTED, ADMITTED: "answer == getattr(json, 'last', None)"},
    ),
    "Done takes anything until it was told": (
        "wrong_answer_accepted",
        {ADMITTED: "answer == (LAST or [answer])[0]); LAST.append(self.get_ref_answer()"}
        | {"class CratesEnv": "LAST = []\nclass CratesEnv"},
    ),
    "endless loop in a tool": ("timeout", {OBSERVE: LOOP}),
    "endless loop in the constructor": ("timeout", {"        super().__init__()\n": LOOP}),
    "endless loop in the oracle": ("timeout", {SOLVE: LOOP + SOLVE}),
    "endless loop in the reference": ("timeout", {REFERENCE: REFERENCE + LOOP}),
    "endless calls": ("timeout", first("while True: self.step('Observe')")),
    "memory hog": ("memory", {OBSERVE: "        self.x = [bytearray(1 << 20) for _ in range(4096)]\n" + OBSERVE}),
    "step returns a text": ("contract", {RETURNED: RETURNED.replace("True, ", "")}),
    "an observation is a number": ("contract", {OBSERVE: "        return len(self.weights)\n"}),
    "a malformed action crashes it": ("contract", {CALLED: "", ENDED: ENDED + "        call = json.loads(action)\n"}),
    "malformed ends it": ("contract", {'return True, f"': 'self._finished = True\n            return True, f"'}),
    "a malformed action is passed over": ("malformed", {'return True, f"Error: {error}"': 'return True, ""'}),
    "missing is passed over": ("missing", {"(**given)\n": "(**given) if given or name[0] in 'OL' else ''\n"}),
    "an ill-typed parameter crashes it": ("ill_typed", {"raise TypeError": "raise SystemError"}),
    "finished at the start": ("contract", {RESET: RESET.replace("False", "True")}),
    "a second Done earns": ("second_done", {ENDED: ""}),
    "Done takes anything": ("wrong_answer_accepted", {ADMITTED: "True"}),
    "Done takes what is near": ("wrong_answer_accepted", {ADMITTED: "abs(answer - self.get_ref_answer()) < 2"}),
    "Done takes a text for a number": ("lenient_done", {"type(answer) is int and answer": "int(answer)"}),
    "Done does not end it": ("contract", {"        self._finished = True\n": ""}),
    "a reward without Done": ("reward_without_done", {OBSERVE: "        self._reward = 1.0\n" + OBSERVE}),
    "reset loses the configuration": ("reset", {"options or self.config": "options or {'weights': [1], 'limit': 1}"}),
    "it speaks for the harness": ("protocol", {OBSERVE: "        json.dumps = lambda *_: '{}'\n" + OBSERVE}),
    "a tool without a doc": ("docs", {'        """Tell the limit."""\n': ""}),
    "a parameter without a doc": ("docs", {"            i (int): number of the crate, from 0\n": ""}),
}  # fmt: skip


def environment(changes=None):
    source = CLEAN
    for old, new in (changes or {}).items():
        assert old in source, f"{old!r} is not there to be changed"
        source = source.replace(old, new)
    tools = CRATES.tools if changes else parse_environment(source, NAME, NAME).tools
    return Environment(NAME, source, PROBLEM.statement, tools)


CRATES = environment()
PICKY = dataclasses.replace(PROBLEM, solution=SOLUTION.replace("return", "assert limit > 0\n    return"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pools():
    limits = dataclasses.replace(TIGHT, step_cpu_s=0.2, solve_wall_s=1.5)
    async with SandboxPool(limits, 1) as pool, SandboxPool(limits, 1, hash_seed=1) as other:
        yield pool, other


async def found(pools, environment, problem=PROBLEM, configs=CONFIGS, fuzz=FUZZ):
    return await verify(pools[0], environment, configs, problem, fuzz, pools[1])


async def test_a_clean_environment_has_no_finding(pools):
    result = await found(pools, CRATES)
    assert result.ok
    assert result.findings == result.notes == ()
    assert result.calls == {config: 3 + 2 * len(eval(config)["weights"]) for config in CONFIGS}
    assert result.checked == len({*CONFIGS, *FUZZ})


async def test_a_parameter_may_be_called_name(pools):
    said = {"a: int, b": "name: int, b", "a (int)": "name (int)", "type(a)": "type(name)", "if a > b": "if name > b"}
    said |= {"def call(name, **": "def call(name, /, **", "a=int(call(": "name=int(call("}
    renamed = environment(said)
    tools = parse_environment(renamed.source, NAME, NAME).tools
    result = await found(pools, dataclasses.replace(renamed, tools=tools))
    assert result.ok, result.findings


@pytest.mark.parametrize("defect", DEFECTS)
async def test_a_defect_is_rejected_for_what_it_is(pools, defect):
    check, changes = DEFECTS[defect]
    result = await found(pools, environment(changes))
    assert not result.ok
    assert result.findings[0].check == check, result.findings
    assert result.findings[0].detail


async def test_mutants_are_caught_by_configurations_that_tell_them_apart(pools):
    result = await found(pools, CRATES)
    assert result.mutants >= 5
    assert result.mutation_score >= 0.9


async def test_configurations_that_tell_nothing_apart_do_not_catch_mutants(pools):
    dull = [repr({"weights": [], "limit": n}) for n in range(5)]  # no tool of interest is called
    result = await found(pools, CRATES, configs=dull)
    assert [finding.check for finding in result.findings] == ["mutants"]
    assert "survive" in result.findings[0].detail


async def test_one_configuration_in_many_that_is_wrong_is_named(pools):
    wrong = environment({"        return count\n": "        return count + (self.weights == [1, 2, 3])\n"})
    result = await found(pools, wrong, fuzz=())
    assert [(finding.check, finding.config) for finding in result.findings] == [("wrong_reference", CONFIGS[-1])]
    assert list(result.calls) == CONFIGS[:-1]


MANY = [repr({"weights": [i, 3, 80], "limit": i % 7}) for i in range(60)]


@pytest.mark.parametrize("wrong", range(0, 60, 7))
async def test_each_of_many_configurations_is_compared_with_the_original(pools, monkeypatch, wrong):
    monkeypatch.setattr("codegym_jax.synthesis.verify.TWICE", 4)
    changes = {"        return count\n": f"        return count + (self.weights[0] == {wrong})\n"}
    result = await found(pools, environment(changes), configs=MANY, fuzz=())
    assert [(finding.check, finding.config) for finding in result.findings] == [("wrong_reference", MANY[wrong])]
    unsolved = environment({OBSERVE: f"        if self.weights[0] == {wrong}: return 'x'\n{OBSERVE}"})
    result = await found(pools, unsolved, configs=MANY, fuzz=())
    assert [(finding.check, finding.config) for finding in result.findings] == [("oracle_fails", MANY[wrong])]


LASTING = (
    "the clock",
    "random",
    "the order of a set",
    "the oracle reads what",
    "the oracle tells",
    "the reference repeats",
    "Done",
)


@pytest.mark.parametrize("defect", [defect for defect in DEFECTS if defect.startswith(LASTING)])
async def test_a_few_of_many_configurations_show_what_is_wrong_with_the_code(pools, monkeypatch, defect):
    monkeypatch.setattr("codegym_jax.synthesis.verify.TWICE", 4)
    result = await found(pools, environment(DEFECTS[defect][1]), configs=MANY, fuzz=())
    assert not result.ok


@pytest.mark.parametrize(
    ("check", "place", "line"),
    [
        ("oracle", OBSERVE, "if self.limit == 77: os._exit(0)"),
        ("reference", REFERENCE, "if self.limit == 77: os._exit(0)"),
        ("memory", REFERENCE, "if self.limit == 77: self.x = [bytearray(1 << 20) for _ in range(4096)]"),
    ],
)
async def test_one_configuration_in_many_that_kills_its_process_costs_the_others_nothing(pools, check, place, line):
    many = [repr({"weights": [i, 3, 80], "limit": 77 if i == 50 else i % 7}) for i in range(100)]
    source = f"        {line}\n"
    changes = {"import ast": "import ast, os", place: source + place if place == OBSERVE else place + source}
    result = await found(pools, environment(changes), configs=many, fuzz=())
    assert [(finding.check, finding.config) for finding in result.findings] == [(check, many[50])]
    assert list(result.calls) == many[:50] + many[51:]


async def test_a_run_too_long_to_be_repeated_counts_and_is_noted(pools):
    talk = {SOLVE: '        [call("Weight", i=0) for _ in range(12000 * (int(call("Limit")) == 77))]\n' + SOLVE}
    endless = repr({"weights": [1, 2, 3], "limit": 77})
    result = await found(pools, environment(talk), fuzz=(endless,))
    assert result.ok, result.findings
    assert [(note.check, note.config) for note in result.notes] == [("long", endless)]
    assert "12010 calls" in result.notes[0].detail
    assert list(result.calls) == CONFIGS
    assert result.checked == len(CONFIGS) + 1
    alone = await found(pools, environment(talk), configs=(endless,), fuzz=())
    assert [finding.check for finding in alone.findings] == ["long"]
    changes = {"        return count\n": "        return count + (self.limit == 77)\n"}
    wrong = await found(pools, environment(talk | changes), fuzz=(endless,))
    assert ("wrong_reference", endless) in {(finding.check, finding.config) for finding in wrong.findings}


async def test_a_solution_may_define_a_function_of_a_builtins_name(pools):
    result = await found(
        pools, environment({"class CratesEnv": "def sum(a, b):\n    return a + b\n\n\nclass CratesEnv"})
    )
    assert result.findings == result.notes == ()


async def test_an_environment_without_configurations_is_not_verified(pools):
    assert [finding.check for finding in (await found(pools, CRATES, configs=())).findings] == ["no_configs"]


async def test_fuzzed_configurations_count(pools):
    wrong = environment({"        return count\n": "        return count + (len(self.weights) == 0)\n"})
    assert (await found(pools, wrong, fuzz=())).ok
    result = await found(pools, wrong, fuzz=[repr({"weights": [], "limit": 3})])
    assert [finding.check for finding in result.findings] == ["wrong_reference"]


async def test_a_configuration_on_which_the_original_fails_is_rejected(pools):
    result = await found(pools, CRATES, PICKY, fuzz=())
    assert [(finding.check, finding.config) for finding in result.findings] == [("original_fails", CONFIGS[-1])]


async def test_a_fuzzed_configuration_on_which_the_original_fails_is_left_out_and_that_is_said(pools):
    result = await found(pools, CRATES, PICKY, CONFIGS[:-1], CONFIGS[-1:])
    assert result.ok
    assert (result.checked, [note.check for note in result.notes]) == (len(CONFIGS) - 1, ["fuzz"])
    assert "1 of 1" in result.notes[0].detail


async def test_without_a_problem_the_environment_is_its_own_judge_and_that_is_said(pools):
    result = await found(pools, environment(DEFECTS["wrong reference"][1]), None)
    assert "oracle_fails" in {finding.check for finding in result.findings}  # it disagrees with itself
    result = await found(pools, environment(DEFECTS["reference and oracle share a bug"][1]), None)
    assert result.ok
    assert [note.check for note in result.notes] == ["no_original"]


async def test_what_published_environments_do_is_noted(pools):
    result = await found(pools, environment(DEFECTS["a second Done earns"][1]), None)
    assert result.ok
    assert {note.check for note in result.notes} == {"no_original", "second_done"}


async def test_messages_in_hash_order_do_not_hide_an_oracle_that_cheats(pools):
    changes = said("hash('crate') % 1000") | DEFECTS["the oracle reads what Done left in another module"][1]
    result = await found(pools, environment(changes), None)  # where such messages are a note
    assert {finding.check for finding in result.findings} == {"oracle_cheats"}
    assert "hash_seed" in {note.check for note in result.notes}


async def test_an_environment_that_hangs_on_all_configurations_costs_a_few_time_outs(pools):
    before = pools[0].counters["spawned"]
    configs = [repr({"weights": [i], "limit": 1}) for i in range(100)]
    await found(pools, environment(DEFECTS["endless loop in the oracle"][1]), configs=configs)
    assert pools[0].counters["spawned"] - before < 30


async def test_without_another_pool_one_is_started(pools):
    result = await verify(pools[0], environment(said("hash('crate') % 1000")), CONFIGS, PROBLEM)
    assert {finding.check for finding in result.findings} == {"hash_seed"}


@pytest.mark.parametrize(
    "answer", [0, 1, True, False, 1.5, -0.5, 0.0, "", "ab", [], [1, 2], {}, {"a": 1}, None, [[1], [2]]]
)
async def test_near_misses_are_other_answers(answer):
    misses = near_misses(answer)
    assert misses
    assert all(miss != answer or type(miss) is not type(answer) for miss in misses)


async def test_helpers_of_the_oracle_that_only_step_are_allowed():
    helper = "    def ask(self, name):\n        return self.step(name)\n\n    def solve(self):"
    source = CLEAN.replace("    def solve(self):", helper)
    assert oracle(source.replace(SOLVE, "        self.ask('Limit')\n" + SOLVE), "CratesEnv") == ([], ["ask"])


HARMLESS = ["input = 3; str(input)", "def f(input): return [input for i in input]", "str(sys.maxsize)"]
HARMLESS += ["def f(vars):\n            def g(): return vars", "str(-sys.float_info.max)"]


@pytest.mark.parametrize("line", HARMLESS)
async def test_what_is_harmless_in_an_oracle_is_no_fault(line):
    assert oracle(CLEAN.replace(SOLVE, f"        {line}\n{SOLVE}"), "CratesEnv")[0] == []


@pytest.mark.parametrize(
    "line",
    [
        "[getattr for getattr in [1]]; getattr(self.step, '__self__')",
        "(lambda getattr: 0)(1); getattr(1, 'real')",
        "f = lambda x=(lambda getattr: 0): getattr(1, 'real')",
        "def f(getattr): return 1\n        getattr(1, 'real')",
        "def f(getattr=getattr): return 1",
        "def f(x):\n            def g(getattr): return 1\n            return getattr(x, 'real')",
        "class f:\n            getattr = 1\n            def g(self): return getattr(self, 'real')",
        "str(sys.modules)",
        "str(sys.float_info.__class__)",
        "x = sys; str(x.maxsize)",
    ],
)
async def test_what_only_looks_harmless_in_an_oracle_is_a_fault(line):
    assert oracle(CLEAN.replace(SOLVE, f"        {line}\n{SOLVE}"), "CratesEnv")[0]


async def test_mutants_differ_from_the_original_in_one_function_each():
    found = reached(CRATES)
    made = mutants(found, 1000, extent(found))
    functions = {"get_ref_answer", "Observe", "Weight", "Limit", "Compare", "Done"}
    assert {path for path, _, _ in made} == {f"CratesEnv.{name}" for name in functions}
    assert len({code for _, code, _ in made}) == len(made)
    assert mutants(found, 1000, extent(found)) == made
    assert CRATES.source == CLEAN
    line = found["CratesEnv.Compare"].body[-1].lineno
    assert {path for path, _, _ in mutants(found, 1000, {line})} == {"CratesEnv.Compare"}
    assert mutants(found, 1000, ()) == []
