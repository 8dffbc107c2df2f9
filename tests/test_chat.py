"""chat.py against transformers: the tokens of real chat templates, read from the installed trl package."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast

from codegym_jax.chat import Chat, load_chat, train_tokenizer
from codegym_jax.types import Call, Malformed, Tool

INTEGER = {"type": "integer", "description": "position, from 0"}
TOOLS = (
    Tool("Observe", "Tells the length.", {"type": "object", "properties": {}}, "the length"),
    Tool("Swap", "Swaps two\n   numbers.", {"type": "object", "properties": {"i": INTEGER, "j": INTEGER}}),
    Tool("Done", "Answers.", {"type": "object", "properties": {"answer": {}}}),
)
STATEMENT = 'Sort the hidden list, e.g. [3, 1] -> "1,3".\n\nZahlen: größer als 0.'
TEXTS = [
    STATEMENT,
    "assistant\n user\n system tool\n\n\n  \r\n",
    '{"name": "Swap", "arguments": {"i": 10, "j": 22}}',
] * 3
NASTY = (
    "",
    "\n\nlead",
    "trail \n\n",
    "  both\t ",
    "漢字 é e\u0301 🎉",
    '{"a": [1, -2.5, "x"], "b": "\\n"}',
    "12345\r\n\r\n",
)
NASTY += ("user\n", "assistant\n\n", "<|im_start", "|>", "'s <b>&amp;</b>\\", "\u200b\u00a0")

# The split patterns are the families' own published ones; what matters here is which characters may merge.
WORD = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|"
REST = r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
QWEN = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
QWEN_PLAIN = ["<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>", "<think>", "</think>"]
LLAMA = ["<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eom_id|>", "<|eot_id|>"]
CHATML = (
    "{% for m in messages %}{% if loop.first and m.role != 'system' %}{{ '<|im_start|>system\nBe brief.<|im_end|>\n' }}"
    "{% endif %}{{ '<|im_start|>' + m.role + '\n' + m.content + '<|im_end|>\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
QWQ = CHATML.replace("m.content", "(m.content.split('</think>')[-1].lstrip() if m.role == 'assistant' else m.content)")
TRIMMED = CHATML.replace("m.content", "(m.content | trim)")


def trl_template(name: str) -> str:
    spec = importlib.util.find_spec("trl")  # located, never imported: its own dependencies are heavy
    assert spec is not None, "the real templates are in the package trl: pip install --no-deps trl"
    return (Path(spec.submodule_search_locations[0]) / "chat_templates" / f"{name}.jinja").read_text()


def small_tokenizer(special: list[str], plain: list[str], split: object, template: str) -> PreTrainedTokenizerFast:
    backend = Tokenizer(models.BPE())
    if plain:
        backend.normalizer = normalizers.NFC()
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    backend.pre_tokenizer = pre_tokenizers.Sequence([split, byte_level])
    backend.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    backend.train_from_iterator(
        TEXTS, trainers.BpeTrainer(vocab_size=600, initial_alphabet=alphabet, show_progress=False)
    )
    backend.add_special_tokens([AddedToken(s, special=True, normalized=False) for s in special])
    backend.add_tokens([AddedToken(s, special=False, normalized=False) for s in plain])
    if special is LLAMA:  # Llama's tokenizer adds a BOS of its own, and so does its template: only one may remain
        bos = (special[0], backend.token_to_id(special[0]))
        backend.post_processor = processors.TemplateProcessing(single=f"{special[0]} $A", special_tokens=[bos])
    ends = {"eos_token": special[2], "pad_token": special[0]} if special is not LLAMA else {"eos_token": special[5]}
    bos = {"bos_token": special[0]} if special is LLAMA else {}
    return PreTrainedTokenizerFast(tokenizer_object=backend, chat_template=template, **ends, **bos)


def tokenizer_of(family: str) -> PreTrainedTokenizerFast:
    if family == "ours":
        return train_tokenizer(
            [*TEXTS, *(f"<|im_start|>assistant\n<tool_call>\n{text}<|im_end|>" for text in TEXTS)], 400
        )
    if family.startswith("llama"):
        split = pre_tokenizers.Split(Regex(WORD + r"\p{N}{1,3}" + REST), "isolated")
        return small_tokenizer(LLAMA, [], split, trl_template(family))
    if family.startswith("qwen"):
        split = pre_tokenizers.Split(Regex(WORD + r"\p{N}" + REST), "isolated")
        return small_tokenizer(QWEN, QWEN_PLAIN, split, trl_template(family))
    gpt2 = pre_tokenizers.Split(Regex(r" ?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"), "isolated")
    return small_tokenizer(QWEN, [], gpt2, {"chatml": CHATML, "qwq": QWQ, "trimmed": TRIMMED}[family])


FAMILIES = ("qwen2_5", "qwen3", "qwen3_instruct_2507", "llama3", "llama3_1", "llama3_2", "chatml", "trimmed", "ours")
TOOL_ROLE = ("qwen2_5", "qwen3", "qwen3_instruct_2507", "ours")
TOKENIZERS: dict[str, PreTrainedTokenizerFast] = {}
CHATS: dict[tuple[str, str], Chat] = {}


def chat_of(family: str, call_format: str = "tool_call") -> Chat:
    if family not in TOKENIZERS:
        TOKENIZERS[family] = tokenizer_of(family)
    if (family, call_format) not in CHATS:
        CHATS[family, call_format] = Chat(TOKENIZERS[family], call_format)
    return CHATS[family, call_format]


def asked(family: str, chat: Chat, monkeypatch: pytest.MonkeyPatch, statement: str = STATEMENT) -> tuple[list, list]:
    """The messages and tools that a prompt consists of, as they are handed to transformers."""
    seen = []
    real = TOKENIZERS[family].apply_chat_template

    def spy(messages: list, **options: object) -> object:
        seen.append((list(messages), options["tools"]))
        return real(messages, **options)

    with monkeypatch.context() as patch:
        patch.setattr(TOKENIZERS[family], "apply_chat_template", spy)
        chat.prompt(statement, TOOLS, 12)
    return seen[-1]


def rendered(family: str, messages: list, tools: list | None) -> list[int]:
    return TOKENIZERS[family].apply_chat_template(
        messages, tools=tools, add_generation_prompt=True, tokenize=True, return_dict=False, date_string="26 Jul 2024"
    )


def observed(family: str, text: str) -> dict[str, str]:
    if family in TOOL_ROLE:
        return {"role": "tool", "content": text}
    return {"role": "user", "content": f"<tool_response>\n{text}\n</tool_response>"}


def said(text: str) -> dict[str, str]:
    return {"role": "assistant", "content": text}


@pytest.mark.parametrize("call_format", ["tool_call", "codegym"])
@pytest.mark.parametrize("family", FAMILIES)
def test_prompt_is_what_transformers_makes_of_the_same_messages(family, call_format, monkeypatch):
    chat = chat_of(family, call_format)
    tokens = chat.prompt(STATEMENT, TOOLS, 12)
    assert tokens == rendered(family, *asked(family, chat, monkeypatch))
    text = chat.decode(tokens)
    assert STATEMENT in text
    assert "at most 12 calls" in text
    assert all(tool.name in text for tool in TOOLS)
    assert ("<tool_call>" if call_format == "tool_call" else "<|FunctionCallBegin|>") in text


@pytest.mark.parametrize("family", FAMILIES)
def test_growing_tokens_equal_the_whole_conversation_at_every_turn_boundary(family, monkeypatch):
    for call_format in ("tool_call", "codegym"):
        chat = chat_of(family, call_format)
        messages, tools = asked(family, chat, monkeypatch)
        row = chat.prompt(STATEMENT, TOOLS, 12)
        boundaries = []
        for n, text in enumerate(NASTY):
            call = Call("Swap", {"i": n, "j": 10 * n, "why": text})
            row += chat.turn(call)
            boundaries.append(list(row))
            row += chat.observation(text)
            messages += [said(chat.call_text(call)), observed(family, text)]
            assert row == rendered(family, messages, tools), (call_format, text)
        assert all(row[: len(boundary)] == boundary for boundary in boundaries)
        assert not chat.rewrites_history


@pytest.mark.parametrize("family", FAMILIES)
@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=30) | st.text(" \n\r\tab1é<>|", max_size=12))
def test_any_observation_is_tokenised_as_part_of_the_conversation(family, text):
    chat = chat_of(family)
    assume(
        "\ufdd0" not in text and not any(t.content in text for t in TOKENIZERS[family].added_tokens_decoder.values())
    )
    start = [{"role": "user", "content": "Sort."}, said("Go.")]
    whole = rendered(family, [*start, observed(family, text)], None)
    grown = chat.observation(text)
    assert whole[-len(grown) :] == grown
    assert whole[-len(grown) - 1] == chat.stop_token_ids[0]


def test_reasoning_before_the_call_stays_where_the_template_keeps_it(monkeypatch):
    chat = chat_of("qwen3")
    messages, tools = asked("qwen3", chat, monkeypatch)
    row = chat.prompt(STATEMENT, TOOLS, 12)
    for text in NASTY:
        content = f"<think>\nFirst {len(text)}.\n</think>\n\n{chat.call_text(Call('Observe', {}))}"
        row += [*TOKENIZERS["qwen3"].encode(content), chat.stop_token_ids[0], *chat.observation(text)]
        messages += [said(content), observed("qwen3", text)]
        assert row == rendered("qwen3", messages, tools)


def test_a_tool_role_without_a_generation_prompt_after_it_is_not_used():
    template = (
        CHATML.replace("{% if add", "{% if messages[-1].role != 'tool' and add") + "{% if tools %}Tools{% endif %}"
    )
    chat = Chat(small_tokenizer(QWEN, [], pre_tokenizers.Digits(), template), "tool_call")
    text = chat.decode(chat.observation("7"))
    assert text == "\n<|im_start|>user\n<tool_response>\n7\n</tool_response><|im_end|>\n<|im_start|>assistant\n"


def test_of_two_added_tokens_the_longer_one_counts():
    chat = Chat(small_tokenizer(QWEN, ["<tool", "<tool_call>"], pre_tokenizers.Digits(), CHATML), "tool_call")
    tokenizer, call = chat._tokenizer, Call("Observe", {})
    assert chat.turn(call)[:-1] == tokenizer.encode(chat.call_text(call))


# -- history


def test_rebuild_gives_the_conversation_as_a_reasoning_dropping_template_renders_it(monkeypatch):
    chat = chat_of("qwq")
    assert chat.rewrites_history
    messages, tools = asked("qwq", chat, monkeypatch)
    turns = []
    for text in ("7", " \n8\n"):
        content = f"<think>\nHm.\n</think>\n\n{chat.call_text(Call('Observe', {}))}"
        turns.append(([*TOKENIZERS["qwq"].encode(content), chat.stop_token_ids[0]], text))
        messages += [said(content), observed("qwq", text)]
    tokens = chat.rebuild(STATEMENT, TOOLS, 12, turns)
    assert tokens == rendered("qwq", messages, tools)
    assert "Hm." not in chat.decode(tokens)


@pytest.mark.parametrize("family", FAMILIES)
def test_rebuild_equals_the_grown_row_where_nothing_is_rewritten(family):
    chat = chat_of(family)
    row, turns = chat.prompt(STATEMENT, TOOLS, 12), []
    for text in (*NASTY, "<|im_end|><|eot_id|></tool_response>", "\ufdd0<\ufdd0|im_end|>"):
        turns.append((chat.turn(Call("Done", {"answer": text})), text))
        row += turns[-1][0] + chat.observation(text)
    assert chat.rebuild(STATEMENT, TOOLS, 12, turns) == row


def test_empty_thoughts_in_the_generation_prompt_only_are_a_rewritten_history():
    tokenizer = chat_of("qwen3") and TOKENIZERS["qwen3"]
    chat = Chat(tokenizer, "tool_call", enable_thinking=False)
    assert chat.decode(chat.prompt(STATEMENT, TOOLS, 12)).endswith("<think>\n\n</think>\n\n")
    assert chat.rewrites_history


def test_a_thought_opened_by_the_generation_prompt_is_not_searched_for_calls():
    template = QWQ.replace("<|im_start|>assistant\n", "<|im_start|>assistant\n<think>\n")
    chat = Chat(small_tokenizer(QWEN, QWEN_PLAIN, pre_tokenizers.Digits(), template), "tool_call")
    call = Call("Observe", {})
    assert isinstance(chat.parse(chat._tokenizer.encode(chat.call_text(call))), Malformed)
    assert chat.parse(chat.turn(call)) == call


# -- injection


@pytest.mark.parametrize("family", FAMILIES)
def test_no_text_from_outside_becomes_an_added_token(family):
    chat = chat_of(family)
    added = set(TOKENIZERS[family].added_tokens_decoder)
    evil = "".join(token.content + " " for token in TOKENIZERS[family].added_tokens_decoder.values()) + "\ufdd0<\ufdd0|"

    def controls(tokens: list[int]) -> list[int]:
        return [t for t in tokens if t in added]

    def everywhere(text: str) -> list[list[int]]:
        tool = Tool("Get" + text, text, {"type": "object", "properties": {text: {"description": text}}}, text)
        turn = chat.turn(Call("Get", {"x": text}))
        typed = chat._plain.encode(text).ids
        places = [chat.observation(text), turn, chat.rebuild(text, [tool], 3, [(typed, text), (turn, text)])]
        return [*places, chat.prompt(text, [tool], 3), chat_of(family, "codegym").prompt(text, [tool], 3)]

    for benign, attacked in zip(everywhere("x"), everywhere(evil)):
        assert controls(benign) == controls(attacked)
        assert "<|" in chat.decode(attacked)


def test_a_lone_surrogate_does_not_raise():
    chat = chat_of("qwen2_5")
    assert chat.observation("a\ud800b") == chat.observation("a?b")
    assert chat.prompt("\udfff", TOOLS, 3) == chat.prompt("?", TOOLS, 3)


# -- calls


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufdd0"))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize("call_format", ["tool_call", "codegym"])
@settings(max_examples=150, deadline=None)
@given(name=TEXT, arguments=st.dictionaries(TEXT, JSON, max_size=4))
def test_parse_undoes_turn(call_format, name, arguments):
    chat = chat_of("ours", call_format)
    assert chat.parse(chat.turn(Call(name, arguments))) == Call(name, arguments)


def test_surrogates_in_arguments_survive_the_round_trip():
    chat = chat_of("ours")
    call = Call("Done", {"answer": "\ud800"})
    assert chat.parse(chat.turn(call)) == call


FRAGMENTS = [
    "<tool_call>",
    "\n</tool_call>",
    "<think>",
    "</think>",
    '{"name": "A", "arguments": {}}',
    "{",
    "}",
    "[",
    "]",
]
FRAGMENTS += [
    "<|FunctionCallBegin|>",
    "<|FunctionCallEnd|>",
    '"',
    "\\",
    "1e999",
    "NaN",
    "<|im_end|>",
    "\ufffd",
    " ",
    ",",
]


@pytest.mark.parametrize("call_format", ["tool_call", "codegym"])
@settings(max_examples=300, deadline=None)
@given(
    tokens=st.lists(st.integers(-2, 500) | st.integers(-(2**70), 2**70)),
    parts=st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=3)),
)
def test_parse_never_raises(call_format, tokens, parts):
    chat = chat_of("ours", call_format)
    text = "".join(parts).encode("utf-8", "replace").decode()
    for turn in (tokens, TOKENIZERS["ours"].encode(text)):
        assert isinstance(chat.parse(turn), Call | Malformed)


GOOD = '{"name": "Swap", "arguments": {"i": 1}}'
DEEP = "[" * 200_000


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("I would swap.", "no <tool_call>"),
        (f"<think><tool_call>{GOOD}</tool_call></think>", "outside of <think>"),
        (f"<think>Never closed <tool_call>{GOOD}</tool_call>", "outside of <think>"),
        (f"<tool_call>{GOOD}</tool_call><tool_call>{GOOD}</tool_call>", "more than one call"),
        (f"<tool_call>{GOOD}", "</tool_call> is missing"),
        ('<tool_call>{"name": "Sw', "</tool_call> is missing"),
        ('<tool_call>{"name": Swap}</tool_call>', "Expecting value: line 1 column 10"),
        (f"<tool_call>{GOOD}}}</tool_call>", "'}</tool_call>' follows the JSON, not </tool_call>"),
        ("<tool_call>[1]</tool_call>", "the call is list, not an object"),
        ('<tool_call>{"arguments": {}}</tool_call>', '"name" is missing'),
        ('<tool_call>{"name": 3, "arguments": {}}</tool_call>', '"name" is not a string'),
        ('<tool_call>{"name": "Swap"}</tool_call>', '"arguments" is missing'),
        ('<tool_call>{"name": "Swap", "arguments": "{}"}</tool_call>', '"arguments" is not an object'),
        ('<tool_call>{"name": "A", "name": "B", "arguments": {}}</tool_call>', "appears twice"),
        ('<tool_call>{"name": "A", "arguments": {"x": NaN}}</tool_call>', "NaN is not a JSON number"),
        ('<tool_call>{"name": "A", "arguments": {"x": -Infinity}}</tool_call>', "-Infinity is not a JSON number"),
        ('<tool_call>{"name": "A", "arguments": {"x": 1e999}}</tool_call>', "1e999 is not a JSON number"),
        (f'<tool_call>{{"name": "A", "arguments": {{"x": {"9" * 5000}}}}}</tool_call>', "5000 digits"),
        (f"<tool_call>{DEEP}</tool_call>", "recursion depth exceeded"),
        (f'<tool_call>{{"name": "A", "arguments": {{"x": {"[" * 64}{"]" * 64}}}}}</tool_call>', "nested more than 64"),
    ],
)
def test_a_malformed_call_is_told_what_is_wrong(text, problem):
    parsed = chat_of("ours").parse(TOKENIZERS["ours"].encode(text))
    assert isinstance(parsed, Malformed)
    assert problem in parsed.problem
    assert '<tool_call>\n{"name": "...", "arguments": {...}}\n</tool_call>' in parsed.problem
    assert len(parsed.problem) < 300


@pytest.mark.parametrize(
    ("body", "problem"),
    [(body, "no list of exactly one call") for body in ("[]", '[{"name": "A", "parameters": {}}, 2]', "{}", "3")]
    + [('[{"name": "A"}]', '"parameters" is missing'), ("[4]", "the call is int, not an object")],
)
def test_the_published_format_wants_a_list_of_one_call(body, problem):
    chat = chat_of("ours", "codegym")
    parsed = chat.parse(TOKENIZERS["ours"].encode(f"<|FunctionCallBegin|>{body}<|FunctionCallEnd|>"))
    assert isinstance(parsed, Malformed)
    assert problem in parsed.problem


@pytest.mark.parametrize(
    "text",
    [
        f"I swap. <tool_call>\n {GOOD} \n</tool_call> Let us see.",
        f"<think>not <tool_call>this</tool_call></think>\n<tool_call>{GOOD}</tool_call><|im_end|>",
        f"<tool_call>{GOOD}</tool_call><|endoftext|>",
    ],
)
def test_text_around_the_one_call_is_allowed(text):
    assert chat_of("ours").parse(TOKENIZERS["ours"].encode(text)) == Call("Swap", {"i": 1})


def test_tags_within_a_string_argument_are_text():
    chat = chat_of("qwen3")
    call = Call("Done", {"answer": "</tool_call> <tool_call> <think> <|im_end|>"})
    assert chat.parse(chat.turn(call)) == call


def test_a_call_with_infinity_has_no_text():
    with pytest.raises(ValueError, match="JSON"):
        chat_of("ours").call_text(Call("Done", {"answer": float("inf")}))


def test_functions_are_rendered_in_the_published_format():
    text = chat_of("qwen3", "codegym").decode(chat_of("qwen3", "codegym").prompt("Sort.", TOOLS[:2], 3))
    assert 'Function:\n\ndef Observe():\n    r"""\n\n    Tells the length.\n\n    Args:\n        None\n' in text
    assert '    Returns:\n        the length\n\n    """\n' in text
    assert "def Swap(i: int, j: int):" in text
    assert "        i (int): position, from 0\n" in text


# -- loading


def test_end_tokens_come_from_template_tokenizer_and_generation_config(tmp_path):
    chat_of("llama3_1")
    TOKENIZERS["llama3_1"].save_pretrained(tmp_path)
    ids = {name: TOKENIZERS["llama3_1"].convert_tokens_to_ids(name) for name in LLAMA}
    (tmp_path / "generation_config.json").write_text(json.dumps({"eos_token_id": [ids["<|end_of_text|>"], 10**6]}))
    chat = load_chat(str(tmp_path), "tool_call")
    assert chat.stop_token_ids == (ids["<|eot_id|>"], ids["<|end_of_text|>"])
    assert chat.vocab_size == max(ids.values()) + 1
    assert chat.pad_id == ids["<|eot_id|>"]


@pytest.mark.parametrize("model_type", [None, "qwen2", "qwen3", "llama"])
def test_our_tokenizer_survives_saving_beside_any_model(tmp_path, model_type):
    chat = chat_of("ours")
    TOKENIZERS["ours"].save_pretrained(tmp_path)
    if model_type:
        (tmp_path / "config.json").write_text(json.dumps({"model_type": model_type}))
    loaded = load_chat(str(tmp_path), "tool_call")
    assert loaded.prompt(STATEMENT, TOOLS, 12) == chat.prompt(STATEMENT, TOOLS, 12)
    assert loaded.observation("a  12") == chat.observation("a  12")
    assert (loaded.stop_token_ids, loaded.pad_id, loaded.vocab_size) == ((2,), 0, chat.vocab_size)


def test_a_missing_folder_is_named():
    with pytest.raises(ValueError, match=r"/no/such/model: no folder with a tokenizer.json"):
        load_chat("/no/such/model", "tool_call")


def test_a_folder_without_a_tokenizer_is_named(tmp_path):
    (tmp_path / "config.json").write_text('{"model_type": "qwen2"}')
    with pytest.raises(ValueError, match=r"no folder with a tokenizer.json, nor a hub id; copy"):
        load_chat(str(tmp_path), "tool_call")


def test_a_broken_tokenizer_file_is_named(tmp_path):
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(ValueError, match=rf"{tmp_path}: the tokenizer could not be loaded"):
        load_chat(str(tmp_path), "tool_call")


def test_a_hub_id_is_left_to_the_hub(monkeypatch):
    asked_for = []
    tokenizer = train_tokenizer((), 259)
    monkeypatch.setattr(
        "codegym_jax.chat.AutoTokenizer.from_pretrained", lambda name: asked_for.append(name) or tokenizer
    )
    monkeypatch.setattr("codegym_jax.chat.cached_file", lambda *_, **__: None)
    assert load_chat("Owner/Model-0.5B", "codegym").vocab_size == 259
    assert asked_for == ["Owner/Model-0.5B"]


def test_an_unknown_call_format_is_named():
    with pytest.raises(ValueError, match="call_format='xml': must be one of tool_call, codegym"):
        Chat(train_tokenizer((), 259), "xml")


def test_a_tokenizer_without_a_template_says_what_to_do(tmp_path):
    PreTrainedTokenizerFast(tokenizer_object=train_tokenizer((), 259).backend_tokenizer).save_pretrained(tmp_path)
    with pytest.raises(ValueError, match=r"no chat template; take an instruct model"):
        load_chat(str(tmp_path), "tool_call")


def test_a_template_of_another_tokenizer_is_refused():
    tokenizer = train_tokenizer((), 259)
    tokenizer.chat_template = trl_template("llama3").replace("bos_token", "''")
    with pytest.raises(ValueError, match=r"follows a call, not an added token of this tokenizer"):
        Chat(tokenizer, "tool_call")


def test_a_tokenizer_that_merges_text_into_an_added_token_is_refused():
    backend = train_tokenizer(["<|im_end|>"], 259).backend_tokenizer
    trainer = trainers.BpeTrainer(
        vocab_size=300, special_tokens=QWEN, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()
    )
    backend.train_from_iterator(["<|im_end|>"] * 50, trainer)
    with pytest.raises(ValueError, match="can merge into the added tokens"):
        Chat(PreTrainedTokenizerFast(tokenizer_object=backend, eos_token=QWEN[2], chat_template=CHATML), "tool_call")


# -- the tokenizer of small models


def test_training_is_deterministic_and_merges_never_touch_digits():
    texts = [f'<tool_call>\n{{"name": "Swap", "arguments": {{"i": {n}, "j": 77}}}}\n</tool_call>' for n in range(50)]
    tokenizer = train_tokenizer(texts, 330)
    assert tokenizer.backend_tokenizer.to_str() == train_tokenizer(texts, 330).backend_tokenizer.to_str()
    assert not [t for t in tokenizer.get_vocab() if len(t) > 1 and any(c.isdigit() for c in t)]
    assert len(tokenizer.encode(texts[7])) == 1 + 1 + 1 + 2 + 1  # call up to i, 7, glue, 77, end


def test_rendered_conversations_may_be_trained_on_without_merging_control_tokens():
    tokenizer = train_tokenizer(["<|im_start|>user\nSort.<|im_end|>"] * 50, 300)
    assert {t for t in tokenizer.get_vocab() if "|" in t and len(t) > 1} == set(QWEN)
    Chat(tokenizer, "tool_call")


def test_the_smallest_vocabulary_spells_any_text():
    tokenizer = train_tokenizer((), 259)
    assert tokenizer.decode(tokenizer.encode(STATEMENT + "🎉\n")) == STATEMENT + "🎉\n"
    with pytest.raises(ValueError, match="vocab_size=258: must be at least 259"):
        train_tokenizer((), 258)


# -- OpenAI's messages

SCHEMAS = [tool.schema for tool in TOOLS]


def made(name: str, **arguments: object) -> dict:
    return {"id": "call_1", "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}


def parsed(messages: list) -> list:
    """As templates of transformers want them: arguments are objects."""
    messages = json.loads(json.dumps(messages))
    for message in messages:
        for call in message.get("tool_calls", ()):
            call["function"]["arguments"] = json.loads(call["function"]["arguments"])
    return messages


TALK = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": STATEMENT},
    {"role": "assistant", "content": "I look.", "tool_calls": [made("Observe")]},
    {"role": "tool", "tool_call_id": "call_1", "content": '  {"n": 3}\n'},
    {"role": "assistant", "content": "", "tool_calls": [made("Swap", i=0, j="größer"), made("Observe")]},
    {"role": "tool", "tool_call_id": "call_1", "content": "done"},
    {"role": "tool", "tool_call_id": "call_2", "content": "3"},
    {"role": "assistant", "content": "Sorted."},
    {"role": "user", "content": "Again."},
]


@pytest.mark.parametrize("family", [family for family in TOOL_ROLE if family != "ours"])
@pytest.mark.parametrize("end", range(1, len(TALK) + 1))
def test_messages_are_rendered_as_transformers_does_where_the_template_knows_calls(family, end):
    chat = chat_of(family)
    if family.startswith("qwen") and end == 1:
        end += 1  # these templates want a question
    whole = rendered(family, parsed(TALK[:end]), SCHEMAS)
    assert chat.conversation(TALK[:end], SCHEMAS) == whole


@pytest.mark.parametrize("family", FAMILIES)
def test_messages_without_tools_are_rendered_as_transformers_does(family):
    messages = [message for message in TALK if message["role"] in ("system", "user")]
    messages.insert(1, {"role": "user", "content": "First."})
    messages.insert(2, said("Yes?"))
    parts = [{"type": "text", "text": "Fir"}, {"type": "text", "text": "st."}]
    split = [messages[0], {"role": "user", "content": parts}, *messages[2:]]
    assert chat_of(family).conversation(split) == rendered(family, messages, None)


@pytest.mark.parametrize("call_format", ["tool_call", "codegym"])
@pytest.mark.parametrize("family", FAMILIES)
def test_calls_and_results_are_written_as_in_a_rollout(family, call_format):
    chat = chat_of(family, call_format)
    messages = [{"role": "user", "content": STATEMENT}]
    row = chat.conversation(messages, SCHEMAS)
    assert all(tool.name in chat.decode(row) for tool in TOOLS)
    for n, text in enumerate(NASTY):
        messages += [{"role": "assistant", "content": None, "tool_calls": [made("Swap", i=n, why=text)]}]
        messages += [{"role": "tool", "tool_call_id": "call_1", "content": text}]
        row += chat.turn(Call("Swap", {"i": n, "why": text})) + chat.observation(text)
        assert chat.conversation(messages, SCHEMAS) == row


@pytest.mark.parametrize("family", ["qwen2_5", "qwen3", "ours"])
def test_a_rollout_s_prompt_can_be_asked_for_in_messages(family, monkeypatch):
    messages, tools = asked(family, chat_of(family), monkeypatch)
    assert chat_of(family).conversation(messages, tools) == chat_of(family).prompt(STATEMENT, TOOLS, 12)


@pytest.mark.parametrize("call_format", ["tool_call", "codegym"])
@pytest.mark.parametrize("family", FAMILIES)
def test_no_text_in_messages_or_tools_becomes_an_added_token(family, call_format):
    chat = chat_of(family, call_format)
    added = set(TOKENIZERS[family].added_tokens_decoder)
    evil = "".join(token.content + " " for token in TOKENIZERS[family].added_tokens_decoder.values()) + "\ufdd0<\ufdd0|"

    def controls(text: str) -> list[int]:
        properties = {text: {"description": text, "enum": [text]}}
        tool = Tool("Get" + text, text, {"type": "object", "properties": properties, "x": [{text: text}]}).schema
        messages = [
            {"role": "system", "content": text},
            {"role": "user", "content": [{"type": "text", "text": text}]},
            {
                "role": "assistant",
                "content": text,
                "reasoning_content": text,
                "tool_calls": [made(text, **{text: text})],
            },
            {"role": "tool", "content": text, "name": text, "tool_call_id": text},
        ]
        return [token for token in chat.conversation(messages, [tool]) if token in added]

    assert controls(evil) == controls("x")


def test_reasoning_goes_where_the_template_puts_it():
    thought = {"role": "assistant", "content": "", "reasoning_content": "Hm.", "tool_calls": [made("Observe")]}
    messages = [TALK[1], thought, TALK[3]]
    tokens = chat_of("qwen3").conversation(messages, SCHEMAS)
    assert tokens == rendered("qwen3", parsed(messages), SCHEMAS)
    assert "<think>\nHm.\n</think>\n\n<tool_call>" in chat_of("qwen3").decode(tokens)


@pytest.mark.parametrize(
    ("message", "problem"),
    [
        (3, r"messages\[0\]: must be an object"),
        ({"content": "x"}, r"messages\[0\].role = None: must be one of system"),
        ({"role": "function", "content": "x"}, "role = 'function'"),
        ({"role": "user", "content": 3}, "content: must be a string"),
        ({"role": "user", "content": [{"type": "image_url", "image_url": {}}]}, "only parts of type text"),
        ({"role": "assistant", "tool_calls": [3]}, "tool_calls: each must be an object"),
        ({"role": "assistant", "tool_calls": [{"function": {"name": "A", "arguments": "{"}}]}, "arguments: not JSON"),
        ({"role": "assistant", "tool_calls": [{"function": {"name": "A", "arguments": "[]"}}]}, "object of arguments"),
        ({"role": "assistant", "tool_calls": [{"function": {"arguments": "{}"}}]}, "a name and"),
    ],
)
def test_a_message_that_cannot_be_rendered_is_named(message, problem):
    with pytest.raises(ValueError, match=problem):
        chat_of("qwen2_5").conversation([message])


@pytest.mark.parametrize(
    "tool",
    [3, {}, {"function": {"name": 3}}]
    + [{"function": {"name": "A", "parameters": p}} for p in (3, {"properties": []}, {"type": "string"})],
)
def test_a_tool_that_cannot_be_rendered_is_named(tool):
    with pytest.raises(ValueError, match=r"tools\[0\]|tool A"):
        chat_of("llama3").conversation([TALK[1]], [tool])


def test_what_the_template_refuses_is_an_error_of_the_input():
    template = CHATML.replace("{% for", "{{ raise_exception('no') if messages[-1].role == 'system' }}{% for", 1)
    chat = Chat(small_tokenizer(QWEN, [], pre_tokenizers.Digits(), template), "tool_call")
    with pytest.raises(ValueError, match="does not take these messages"):
        chat.conversation(TALK[:1])


def test_a_tool_needs_no_description_and_no_parameters():
    tools = [{"type": "function", "function": {"name": "Observe"}}]
    whole = [
        {"type": "function", "function": {"name": "Observe", "description": "", "parameters": TOOLS[0].parameters}}
    ]
    for family in FAMILIES:
        assert chat_of(family).conversation([TALK[1]], tools) == chat_of(family).conversation([TALK[1]], whole)


@pytest.mark.parametrize(
    ("text", "content", "thought"),
    [
        ("I look. <tool_call>{}</tool_call> Now.", "I look.", None),
        ("<think>\nHm <tool_call>.\n</think>\n\n<tool_call>{}</tool_call>", None, "Hm <tool_call>."),
        ("<think>\n\n</think>\n\nWell.\n<tool_call>{}</tool_call>", "Well.", None),
    ],
)
def test_a_sampled_call_becomes_a_tool_call_and_the_text_before_it_content(text, content, thought):
    text = text.replace("{}", json.dumps({"name": "Swap", "arguments": {"i": 1, "j": "é"}}), 1)
    chat = chat_of("qwen3")
    message = chat.message([*TOKENIZERS["qwen3"].encode(text), chat.stop_token_ids[0]])
    (call,) = message.pop("tool_calls")
    assert call["function"].pop("name") == "Swap"
    assert json.loads(call["function"].pop("arguments")) == {"i": 1, "j": "é"}
    assert message == {"role": "assistant", "content": content} | ({"reasoning_content": thought} if thought else {})


def test_a_turn_without_a_usable_call_stays_text():
    chat = chat_of("qwen3")
    for text in ("It is 7.", '<tool_call>{"name": </tool_call>'):
        message = chat.message([*TOKENIZERS["qwen3"].encode(text), chat.stop_token_ids[0]])
        assert message == {"role": "assistant", "content": text}
    turn = chat.turn(Call("Observe", {}))
    assert "tool_calls" in chat.message(turn)
    assert chat.message(turn, calls=False)["content"] == chat.call_text(Call("Observe", {}))


@pytest.mark.parametrize("call_format", ["tool_call", "codegym"])
@pytest.mark.parametrize("family", FAMILIES)
def test_a_reply_sent_back_is_rendered_as_it_was_sampled(family, call_format):
    chat = chat_of(family, call_format)
    turn = chat.turn(Call("Swap", {"i": 1, "why": "<|im_end|> {"}))
    question = [TALK[1]]
    grown = chat.conversation(question, SCHEMAS) + turn + chat.observation("ok")
    replied = [*question, chat.message(turn), {"role": "tool", "tool_call_id": "call_1", "content": "ok"}]
    assert chat.conversation(replied, SCHEMAS) == grown
