r"""Prompts, turns and tool calls as tokens: the only user of the tokenizer.

An episode is one growing token list (tokens in, tokens out): what the policy sampled is kept as sampled, and this
module adds the prompt and the glue between turns, read off the model's own chat template by rendering probes at load.
No merge crosses an added token (`<|im_end|>`, ...), so text is tokenised from one to the next, observation and glue
together: the result equals the tokens of the whole conversation at every turn boundary.

Deviations from `tokenizer.apply_chat_template`, all deliberate:
- Added tokens spelled out in statements, tool descriptions, observations or arguments stay plain text: whoever
  writes an environment cannot end a turn or open a call. Lone surrogates become "?", U+FDD0 becomes U+FFFD.
- `date_string` is pinned (Llama 3.2 would print today's date): a prompt must not change overnight within a run.
- A template's tools branch serves only if it teaches `<tool_call>` with JSON (Llama 3.1 wants bare JSON, Qwen3.5
  XML), and its tool role only if it renders text as it is (Llama 3.1 quotes it, so that JSON is escaped twice).
- Whitespace around a sampled turn, which some templates trim when they render it again, is kept as sampled.
"""

from __future__ import annotations

import itertools
import json
import re
import uuid
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from jinja2 import TemplateError
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import AutoTokenizer, PreTrainedTokenizerFast
from transformers.utils import cached_file

from codegym_jax.types import Call, Malformed, Tool
from codegym_jax.weights import resolve

Turns = Sequence[tuple[list[int], str]]  # (sampled tokens, observation)
_FORMATS = {  # opening tag, what goes before the JSON, what after it, closing tag, key of the arguments
    "tool_call": ("<tool_call>", "\n", "\n", "</tool_call>", "arguments"),
    "codegym": ("<|FunctionCallBegin|>", "[", "]", "<|FunctionCallEnd|>", "parameters"),
}
_RULES = "Call one tool per turn, at most {} calls. The first Done is final."
_GUARD = "\ufdd0"  # a Unicode noncharacter: breaks up added tokens in foreign text until the template has rendered it
_DEPTH = 64  # of a call's arguments: far below where json.dumps, deeper in some other stack, would raise RecursionError
_SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
# For from-scratch models, which pay for every token: one line a tool, and no newline between turns.
_TEMPLATE = r"""{%- if tools %}{{ '<|im_start|>system\n' }}{% for t in tools %}
{{- t.function.name + '(' + t.function.parameters.properties | join(', ') + '): ' }}
{{- t.function.description.split() | join(' ') + '\n' }}{% endfor %}
{{- '<tool_call>\n{"name": "...", "arguments": {...}}\n</tool_call><|im_end|>' }}{% endif %}
{%- for m in messages %}{{ '<|im_start|>' + m.role + '\n' + m.content + '<|im_end|>' }}{% endfor %}
{%- if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"""


class ChatError(ValueError):
    """A tokenizer or chat template that cannot be used; the message says where, why and what to do."""


class Chat:
    """A fast tokenizer of transformers, its chat template and a call format. ValueError if they cannot be used.

    `stop_token_ids` starts with the token that ends a turn in the template. `vocab_size` is the largest id + 1.
    `rewrites_history`: the template renders earlier turns differently from how they were sampled, so conversations
    cannot grow by appending (see `rebuild`); True also for Qwen3 with enable_thinking=False, for its empty thoughts.
    """

    def __init__(self, tokenizer, call_format: str, stops: Sequence[int] = (), enable_thinking: bool | None = None):
        _need(call_format in _FORMATS, f"call_format={call_format!r}: must be one of {', '.join(_FORMATS)}")
        self._format, self._tokenizer = call_format, tokenizer
        self._open, self._left, self._right, self._close, self._key = _FORMATS[call_format]
        self._example = f'{self._open}{self._left}{{"name": "...", "{self._key}": {{...}}}}{self._right}{self._close}'
        self._options: dict[str, Any] = {"date_string": "26 Jul 2024"}  # Llama 3's own default where it has no clock
        self._options |= {} if enable_thinking is None else {"enable_thinking": enable_thinking}
        self._added: dict[str, int] = tokenizer.get_added_vocab()
        longest_first = map(re.escape, sorted(self._added, key=len, reverse=True))
        self._split = re.compile(f"({'|'.join(longest_first) or '(?!)'})")
        self._tags = re.compile(rf"<think>.*?(?:</think>|\Z)|({re.escape(self._open)})", re.DOTALL)
        spec = json.loads(tokenizer.backend_tokenizer.to_str())
        spec |= {"added_tokens": [], "post_processor": None, "truncation": None, "padding": None}
        self._plain = Tokenizer.from_str(json.dumps(spec))  # knows no added tokens: to it any text is just text
        self.vocab_size: int = max(tokenizer.get_vocab().values()) + 1
        self._json = json.JSONDecoder(object_pairs_hook=_unique, parse_float=_finite, parse_constant=_finite)
        try:
            end = self._probe()
        except (TemplateError, ValueError) as error:
            raise ChatError(f"{tokenizer.name_or_path or 'tokenizer'}: unusable chat template: {error}") from error
        ends = dict.fromkeys((end, *stops, tokenizer.eos_token_id))
        self.stop_token_ids: tuple[int, ...] = tuple(i for i in ends if i is not None and i < self.vocab_size)
        self.pad_id: int = end if tokenizer.pad_token_id is None else tokenizer.pad_token_id

    def prompt(self, statement: str, tools: Sequence[Tool], max_turns: int) -> list[int]:
        """Tokens of a new conversation, ending with the generation prompt."""
        return self._encode(self._render(*self._opening(statement, tools, max_turns)))

    def observation(self, text: str) -> list[int]:
        """What follows a sampled turn that ended with its stop token: the observation, then the generation prompt."""
        return self._encode(self._before + _GUARD + self._guard(text) + _GUARD + self._after)

    def rebuild(self, statement: str, tools: Sequence[Tool], max_turns: int, turns: Turns) -> list[int]:
        """Tokens of the conversation as the template renders it now, ending with the generation prompt.

        For templates with `rewrites_history` (QwQ's drops earlier reasoning): the episode forks into a new row that
        starts with these tokens. Only here are sampled tokens encoded again, as context; they train in their own row.
        """
        messages, schemas = self._opening(statement, tools, max_turns)
        for tokens, text in turns:
            sampled = tokens[:-1] if tokens and tokens[-1] in self.stop_token_ids else tokens
            runs = itertools.groupby(sampled, frozenset(self._added.values()).__contains__)
            said = [self.decode(list(run)) if added else self._guard(self.decode(list(run))) for added, run in runs]
            messages += [("assistant", "".join(said)), self._observed(self._guard(text))]
        return self._encode(self._render(messages, schemas))

    def parse(self, tokens: Sequence[int]) -> Call | Malformed:
        """The one call of a turn. Text around it and all within <think>...</think> is ignored. Never raises."""
        try:
            text = ("<think>" if self._opens_think else "") + self.decode(tokens)
            start = next((match.end() for match in self._tags.finditer(text) if match[1]), None)
            _need(start, f"no {self._open} in the turn" + (" outside of <think>" if self._open in text else ""))
            body = text[start:].lstrip()
            _need(self._close in body, f"{self._close} is missing")
            value, end = self._json.raw_decode(body)
            rest = body[end:].lstrip()
            _need(rest.startswith(self._close), f"{rest[:20]!r} follows the JSON, not {self._close}")
            _need(not any(match[1] for match in self._tags.finditer(rest)), "more than one call in the turn")
            if self._format == "codegym":
                _need(isinstance(value, list) and len(value) == 1, "the JSON is no list of exactly one call")
                value = value[0]
            _need(isinstance(value, dict), f"the call is {type(value).__name__}, not an object")
            for key, kind, what in (("name", str, "a string"), (self._key, dict, "an object")):
                _need(key in value, f'"{key}" is missing')
                _need(isinstance(value[key], kind), f'"{key}" is not {what}')
            level = [value[self._key]]
            for _ in range(_DEPTH):
                level = [x for v in level if isinstance(v, dict | list) for x in (v.values() if type(v) is dict else v)]
            _need(not level, f"arguments nested more than {_DEPTH} levels deep")
            return Call(value["name"], value[self._key])
        except (ValueError, RecursionError) as error:
            return Malformed(f"Bad call: {error}. Expected one {self._example}")

    def decode(self, tokens: Sequence[int]) -> str:
        """The text of any tokens, added tokens included; ids that the tokenizer lacks are left out."""
        return self._tokenizer.backend_tokenizer.decode([t for t in tokens if 0 <= t < self.vocab_size], False)

    def call_text(self, call: Call) -> str:
        """The canonical text of a call. ValueError for NaN or Infinity, which JSON lacks."""
        text = json.dumps({"name": call.name, self._key: call.arguments}, ensure_ascii=False, allow_nan=False)
        text = text.encode("utf-8", "backslashreplace").decode()  # a lone surrogate turns into its JSON escape
        return self._open + self._left + text + self._right + self._close

    def turn(self, call: Call) -> list[int]:
        """Tokens of a turn that is nothing but `call`, with the stop token: an oracle's turn for SFT."""
        text = ("\n</think>\n\n" if self._opens_think else "") + self._written(call)
        return [*self._encode(text), self.stop_token_ids[0]]

    def conversation(self, messages: Sequence[Any], tools: Sequence[Any] = ()) -> list[int]:
        """Tokens of OpenAI's messages and tools, ending with the generation prompt. ChatError names what is wrong.

        Calls stand in the text of a turn, as the policy writes them, and results as `observation` renders them: what
        rollouts make of the same conversation. A template's own rendering of `tool_calls` is used nowhere: most have
        none, and Llama 3.1's is another format. Unlike in a rollout, turns are encoded again from their text.
        """
        turns = [self._turn(message, f"messages[{n}]") for n, message in enumerate(messages)]
        known = [_tool(tool, f"tools[{n}]") for n, tool in enumerate(tools)]
        schemas = [self._guard(json.dumps(tool.schema, ensure_ascii=False)) for tool in known]
        if known and not self._teaches_format:
            signatures = self._guard("".join(tool.signature for tool in known))
            described = ["Tools:", *schemas] if self._format == "tool_call" else [signatures]
            system = "\n".join([*described, f"Write a call like this: {self._example}"])
            if turns and turns[0]["role"] == "system":
                system = f"{system}\n\n{turns.pop(0)['content']}"
            turns = [{"role": "system", "content": system}, *turns]
        native = [json.loads(schema) for schema in schemas] if self._teaches_format else []
        try:
            return self._encode(self._apply(turns, native or None))
        except (TemplateError, ValueError, TypeError, AttributeError) as error:
            raise ChatError(f"the chat template does not take these messages: {error}") from error

    def message(self, tokens: Sequence[int], calls: bool = True) -> dict[str, Any]:
        """A sampled turn as OpenAI's assistant message; with `calls` its one call, if `parse` finds it, in tool_calls.

        A thought that opens the turn goes to `reasoning_content`. What is no usable call stays text.
        """
        ended = tokens[:-1] if tokens and tokens[-1] in self.stop_token_ids else tokens
        text = ("<think>" if self._opens_think else "") + self.decode(ended)
        thought = re.match(r"\s*<think>(.*?)(?:</think>|\Z)", text, re.DOTALL)
        start, end, call = thought.end() if thought else 0, len(text), self.parse(tokens) if calls else None
        if isinstance(call, Call):
            end = next(match.start() for match in self._tags.finditer(text) if match[1])
        message: dict[str, Any] = {"role": "assistant", "content": text[start:end].strip()}
        if thought and thought[1].strip():
            message["reasoning_content"] = thought[1].strip()
        if isinstance(call, Call):
            function = {"name": call.name, "arguments": json.dumps(call.arguments, ensure_ascii=False)}
            message["tool_calls"] = [{"id": f"call_{uuid.uuid4().hex[:24]}", "type": "function", "function": function}]
            message["content"] = message["content"] or None
        return message

    def _turn(self, message: Any, where: str) -> dict[str, str]:
        """One of OpenAI's messages as the template takes it."""
        _need(isinstance(message, dict), f"{where}: must be an object")
        role, content = message.get("role"), message.get("content")
        if isinstance(content, list):
            parts: list[Any] = [part.get("text") if isinstance(part, dict) else None for part in content]
            _need(all(isinstance(part, str) for part in parts), f"{where}.content: only parts of type text are taken")
            content = "".join(parts)
        _need(isinstance(content, str | None), f"{where}.content: must be a string")
        text = self._guard(content or "")
        if role == "tool":
            role, text = self._observed(text)
        elif role == "assistant":
            written = [self._written(_call(call, where)) for call in message.get("tool_calls") or ()]
            text = "\n".join([text, *written] if text else written)
            if isinstance(thought := message.get("reasoning_content"), str):
                return {"role": role, "content": text, "reasoning_content": self._guard(thought)}
        roles = {"system": "system", "developer": "system", "user": "user", "assistant": "assistant", "tool": "tool"}
        _need(isinstance(role, str) and role in roles, f"{where}.role = {role!r}: must be one of {', '.join(roles)}")
        return {"role": roles[role], "content": text}

    def _written(self, call: Call) -> str:
        return self._open + self._guard(self.call_text(call)[len(self._open) : -len(self._close)]) + self._close

    def _render(self, turns: list[tuple[str, str]], schemas: list[Any] | None = None, generate: bool = True) -> str:
        return self._apply([{"role": role, "content": text} for role, text in turns], schemas, generate)

    def _apply(self, messages: list[dict[str, str]], schemas: list[Any] | None, generate: bool = True) -> str:
        options = {"tools": schemas, "tokenize": False, "add_generation_prompt": generate, **self._options}
        return str(self._tokenizer.apply_chat_template(messages, **options))

    def _opening(self, statement: str, tools: Sequence[Tool], max_turns: int) -> tuple[list[Any], list[Any] | None]:
        task, rules = self._guard(statement.strip()), _RULES.format(max_turns)
        schemas = [self._guard(json.dumps(tool.schema, ensure_ascii=False)) for tool in tools]
        if self._teaches_format:
            return [("user", f"{task}\n\n{rules}")], [json.loads(schema) for schema in schemas]
        rules += f"\nWrite a call like this: {self._example}"
        if self._format == "tool_call":
            return [("system", "\n".join(["Tools:", *schemas, rules])), ("user", task)], None
        functions = self._guard(
            "".join(tool.signature for tool in tools)
        )  # the published layout: the rules with the question
        return [("system", functions), ("user", f"{rules}\n\nQuestion:\n{task}")], None

    def _observed(self, text: str) -> tuple[str, str]:
        return self._role, (text if self._role == "tool" else f"<tool_response>\n{text}\n</tool_response>")

    def _probe(self) -> int:
        """Read the roles and the glue off the template, and whether it rewrites history; the token that ends a turn."""
        question, probe = [("user", "Question")], Tool("Probe", "Probes.", {"type": "object", "properties": {}})
        bare, with_tools = self._render(question), self._render(question, [probe.schema])
        taught = all(s in with_tools and s not in bare for s in ("<tool_call>", '"arguments"'))
        self._teaches_format = taught and self._format == "tool_call"
        generation_prompt = bare.removeprefix(self._render(question, generate=False))
        self._opens_think = generation_prompt.rstrip().endswith("<think>")
        opening, schemas = self._opening("Question", [probe], 1)
        call, mark = self.call_text(Call("Probe", {})), '  "é\\<&>\n\n\n'  # trimming or quoting would change the mark
        for self._role in ("tool", "user") if with_tools != bare else ("user",):
            whole = self._render([*opening, ("assistant", call), self._observed(mark)], schemas)
            if self._observed(mark)[1] in whole and whole.endswith(generation_prompt):
                break
        said, _, glue = whole.rpartition(call)
        pieces = self._split.split(glue)  # odd pieces are added tokens
        fits = said and len(pieces) > 1 and not pieces[0] and mark in glue
        _need(fits, f"{glue[:50]!r} follows a call, not an added token of this tokenizer; do the two belong together?")
        self._before, _, self._after = "".join(pieces[2:]).partition(mark)
        alike = self._encode(whole) == self._tokenizer.encode(whole, add_special_tokens=False)
        _need(alike, "text after an added token is tokenised differently; use a byte-level BPE tokenizer")
        forged = set(self._added.values()) & set(self._plain.encode("\n".join(self._added)).ids)
        _need(not forged, f"text can merge into the added tokens {forged}, so that an observation could end a turn")
        self.rewrites_history, thought = False, f"Hm.\n</think>\n\n{call}"
        for text in [thought] if self._opens_think else [call, f"<think>\n{thought}"]:
            whole = self._render([*opening, *(2 * [("assistant", text), self._observed(mark)])], schemas)
            grown = self._render(opening, schemas) + 2 * (text + pieces[1] + self._before + mark + self._after)
            self.rewrites_history |= whole != grown
        return self._added[pieces[1]]

    def _encode(self, text: str) -> list[int]:
        ids: list[int] = []
        for n, piece in enumerate(self._split.split(text)):
            ids += [self._added[piece]] if n % 2 else self._plain.encode(piece.replace(_GUARD, "")).ids
        return ids

    def _guard(self, text: str) -> str:
        text = text.replace(_GUARD, "\ufffd").encode("utf-8", "replace").decode()
        return self._split.sub(lambda match: match[0][0] + _GUARD + match[0][1:], text)


def _need(ok: object, problem: str) -> None:
    if not ok:
        raise ChatError(problem)


def _call(call: Any, where: str) -> Call:
    """One of OpenAI's tool_calls, whose arguments are JSON text."""
    function: Any = call.get("function") if isinstance(call, dict) else None
    _need(isinstance(function, dict), f"{where}.tool_calls: each must be an object with a function")
    name, arguments = function.get("name"), function.get("arguments") or "{}"
    try:
        arguments = json.loads(arguments) if isinstance(arguments, str) else arguments
    except (ValueError, RecursionError) as error:
        raise ChatError(f"{where}.tool_calls: arguments: not JSON: {error}") from None
    fits = isinstance(name, str) and isinstance(arguments, dict)
    _need(fits, f"{where}.tool_calls: each must have a name and an object of arguments")
    return Call(name, arguments)


def _tool(tool: Any, where: str) -> Tool:
    """One of OpenAI's tools; description and parameters may be missing."""
    function: Any = tool.get("function") if isinstance(tool, dict) else None
    fits = isinstance(function, dict) and isinstance(function.get("name"), str)
    _need(fits, f"{where}: must be a function with a name")
    parameters = function.get("parameters") or {}
    properties = parameters.get("properties", {}) if isinstance(parameters, dict) else None
    fits = isinstance(properties, dict) and all(isinstance(value, dict) for value in properties.values())
    _need(fits, f"{where}.function.parameters: must be a JSON schema of type object")
    parameters = {"type": "object", "properties": {}} | parameters
    return Tool(function["name"], str(function.get("description") or ""), parameters)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    _need(len(dict(pairs)) == len(pairs), "a key appears twice in one JSON object")
    return dict(pairs)


def _finite(text: str) -> float:
    _need(abs(float(text)) < float("inf"), f"{text[:20]} is not a JSON number")
    return float(text)


def load_chat(folder: str, call_format: str = "tool_call", enable_thinking: bool | None = None) -> Chat:
    """The chat of what weights.resolve takes. ValueError for a missing folder, tokenizer or chat template."""
    path = resolve(folder) if folder.startswith("gguf:") else Path(folder).expanduser()
    files = [name for name in ("tokenizer.json", "vocab.json") if (path / name).is_file()]
    found = files or (re.fullmatch(r"[\w-][\w.-]*/[\w.-]+", folder) and not path.is_dir())
    _need(found, f"{folder}: no folder with a tokenizer.json, nor a hub id; copy the model's tokenizer there")
    # A folder's tokenizer.json is taken at its word: beside a config.json of model_type "qwen2" AutoTokenizer puts
    # Qwen's own pre-tokenizer in place of the file's, which changes the tokens of a tokenizer that we trained.
    loader: Any = PreTrainedTokenizerFast if "tokenizer.json" in files else AutoTokenizer
    try:
        tokenizer = loader.from_pretrained(str(path))
        config = cached_file(str(path), "generation_config.json", _raise_exceptions_for_missing_entries=False)
    except (OSError, ValueError, KeyError) as error:
        raise ChatError(f"{folder}: the tokenizer could not be loaded: {error}") from error
    _need(tokenizer.chat_template, f"{folder}: no chat template; take an instruct model or add chat_template.jinja")
    eos: Any = json.loads(Path(config).read_text()).get("eos_token_id") if config else None
    return Chat(tokenizer, call_format, eos if isinstance(eos, list) else [eos], enable_thinking)


def train_tokenizer(texts: Iterable[str], vocab_size: int) -> PreTrainedTokenizerFast:
    """Byte-level BPE whose merges cross spaces and punctuation, for small models trained from scratch.

    Digits are always single tokens and a role's header line stands alone (no merge crosses into a turn); all else may
    merge: transcripts are 5 to 10 times shorter than bytes. `texts` are rendered conversations, as a `Chat` over bare
    bytes (`train_tokenizer((), 259)`) can `decode`.
    """
    _need(vocab_size >= 259, f"vocab_size={vocab_size}: must be at least 259: 256 bytes and 3 special tokens")
    tokenizer = Tokenizer(models.BPE())
    header_or_digit = pre_tokenizers.Split(Regex(r"\A(?:system|user|assistant|tool)\n|\p{N}"), "isolated")
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([header_or_digit, byte_level])
    tokenizer.decoder = decoders.ByteLevel()
    first, then = list[Any](_SPECIAL), sorted(pre_tokenizers.ByteLevel.alphabet())
    bpe = trainers.BpeTrainer(vocab_size=vocab_size, special_tokens=first, initial_alphabet=then, show_progress=False)
    pieces = (piece for text in texts for piece in re.split("|".join(map(re.escape, _SPECIAL)), text))
    tokenizer.train_from_iterator(pieces, bpe)
    options = {"eos_token": "<|im_end|>", "pad_token": "<|endoftext|>", "chat_template": _TEMPLATE}
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, **options)
