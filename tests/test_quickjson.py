"""JSON in the sandbox: what the standard library gives and raises, for anything that an environment may pass."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from codegym_jax.sandbox import quickjson

whole = {"loads": json.loads, "dumps": json.dumps}


@pytest.fixture(scope="module")
def quick():
    quickjson.install()
    installed = {"loads": json.loads, "dumps": json.dumps}
    json.loads, json.dumps = whole["loads"], whole["dumps"]
    return installed


def ending(function, *arguments, **options):
    try:
        return "value", repr(function(*arguments, **options))
    except Exception as error:
        return type(error).__name__, str(error)


class Odd(dict):
    """Neither the C encoder nor the one of Python asks a subclass how it would like to be shown."""

    def __repr__(self):
        return "odd"


circular: list = [1]
circular.append(circular)
deep: list = []
for _ in range(100_000):
    deep = [deep]
leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=()))
leaves |= st.binary() | st.complex_numbers() | st.just({1, 2}) | st.builds(object) | st.just(Odd(a=1))
keys = st.text() | st.integers() | st.floats() | st.booleans() | st.none() | st.tuples(st.integers())
values = st.recursive(leaves, lambda inner: st.lists(inner) | st.tuples(inner) | st.dictionaries(keys, inner))
plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(values)
@example(circular)
@example({"a": circular})
@example(10**5000)
def test_dumps(quick, value):
    assert ending(quick["dumps"], value) == ending(whole["dumps"], value)


def test_what_is_too_deep(quick):
    assert ending(quick["dumps"], deep)[0] == ending(whole["dumps"], deep)[0] == "RecursionError"
    text = "[" * 100_000
    assert ending(quick["loads"], text)[0] == ending(whole["loads"], text)[0] == "RecursionError"


@given(
    plain, st.sampled_from(["", " ", "\n", "\ufeff", "x", "{}", "\x00"]), st.sampled_from(["", " ", "\n\t", "]", "1"])
)
@example(float("nan"), "", "")
def test_loads(quick, value, before, after):
    text = before + whole["dumps"](value) + after
    assert ending(quick["loads"], text) == ending(whole["loads"], text)
    data = text.encode()
    assert ending(quick["loads"], data) == ending(whole["loads"], data)


@given(st.text() | st.text('{}[],:"0123456789.eE+-\\truefalsn \n'))
def test_loads_of_what_is_no_json(quick, text):
    assert ending(quick["loads"], text) == ending(whole["loads"], text)


@pytest.mark.parametrize("options", [{"indent": 1}, {"sort_keys": True}, {"ensure_ascii": False}, {"default": str}])
def test_options_are_for_the_original(quick, options):
    value = {"b": ["é", 1], "a": None}
    assert quick["dumps"](value, **options) == whole["dumps"](value, **options)
    assert quick["loads"]("[1.5]", parse_float=str) == ["1.5"]
    assert ending(quick["loads"], None) == ending(whole["loads"], None)


def test_a_default_for_all_encoders_is_obeyed(quick, monkeypatch):
    monkeypatch.setattr(json.JSONEncoder, "default", lambda self, value: sorted(value))
    assert quick["dumps"]({"a": {2, 1}}) == '{"a": [1, 2]}'


def test_an_interpreter_without_the_c_parts_keeps_its_own():
    code = "import json.encoder; json.encoder.c_make_encoder = None; old = json.dumps; import quickjson\n"
    code += "quickjson.install(); assert json.dumps is old"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(quickjson.__file__).parent)


async def test_environments_have_it(pool):
    source = "import json\n\ndef f(text):\n    return json.dumps([json.loads(text), json.loads.__module__])\n"
    (outcome,) = await pool.map(source, "f", ["[1]"])
    assert outcome.value == '[[1], "quickjson"]'
