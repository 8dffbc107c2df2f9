r"""Prompts, turns and tool calls as tokens: the only user of the tokenizer.

An episode is one growing token list (tokens in, tokens out): what the policy sampled is kept as sampled, and this
module adds the rest, the prompt and the glue between turns. The glue is read off the model's own chat template at
load, by rendering probe conversations. Added tokens (`<|im_end|>`, ...) are boundaries that no merge crosses, so
text is tokenised from one added token to the next, observation and glue together: the result equals the tokens of
the whole rendered conversation at every turn boundary.

Deviations from `tokenizer.apply_chat_template`, all deliberate:
- Added tokens spelled out in statements, tool descriptions, observations or arguments stay plain text: whoever
  writes an environment cannot end a turn or open a call. Lone surrogates become "?".
- `date_string` is pinned (Llama 3.2 would print today's date): a prompt must not change overnight within a run.
- A template's tools branch serves only if it teaches `<tool_call>` with JSON (Llama 3.1 wants bare JSON, Qwen3.5
  XML), and its tool role only if it renders text as it is (Llama 3.1 quotes it, so that JSON is escaped twice).
- Whitespace around a sampled turn, which some templates trim when they render it again, is kept as sampled.
"""

from __future__ import annotations

import itertools
import json
import math
import re
import textwrap
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Literal

from jinja2 import TemplateError
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import AutoTokenizer, PreTrainedTokenizerFast
from transformers.utils import cached_file

from codegym_jax.types import Call, Malformed, Tool

CallFormat = Literal["tool_call", "codegym"]
Messages = list[dict[str, str]]

_FORMATS = {  # opening tag, what goes before the JSON, what after it, closing tag, key of the arguments
    "tool_call": ("<tool_call>", "\n", "\n", "</tool_call>", "arguments"),
    "codegym": ("<|FunctionCallBegin|>", "[", "]", "<|FunctionCallEnd|>", "parameters"),
}
_RULES = "Call one tool per turn, at most {} calls. The first Done is final."
_GUARD = "\ufdd0"  # a Unicode noncharacter: breaks up added tokens in foreign text until the template has rendered it
_DEPTH = 64  # of a call's arguments: far below where json.dumps, deeper in some other stack, would raise RecursionError
_PYTHON = {"integer": "int", "number": "float", "string": "str", "boolean": "bool", "array": "list", "object": "dict"}
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
    """A tokenizer, its chat template and a call format. `options` go to the template (`enable_thinking=False`).

    `stop_token_ids` starts with the token that ends a turn in the template; further end tokens follow. `vocab_size`
    is the largest id + 1 (a model may have more rows). `rewrites_history`: the template renders earlier turns
    differently from how they were sampled, so no conversation can be continued by appending; see `rebuild`.
    """

    def __init__(
        self, tokenizer: Any, call_format: CallFormat = "tool_call", stop_token_ids: Iterable[int] = (), **options: Any
    ) -> None:
        _need(call_format in _FORMATS, f"call_format={call_format!r}: must be one of {', '.join(_FORMATS)}")
        self._format, self._tokenizer = call_format, tokenizer
        self._open, self._left, self._right, self._close, self._key = _FORMATS[call_format]
        self._options = {"date_string": "26 Jul 2024", **options}  # Llama 3's own default where there is no clock
        self._names = {i: token.content for i, token in tokenizer.added_tokens_decoder.items()}
        self._added = {name: i for i, name in self._names.items()}
        self._split = re.compile("(" + "|".join(map(re.escape, sorted(self._added, key=len, reverse=True))) + ")")
        spec = json.loads(tokenizer.backend_tokenizer.to_str())
        spec |= {"added_tokens": [], "post_processor": None, "truncation": None, "padding": None}
        self._plain = Tokenizer.from_str(json.dumps(spec))  # knows no added tokens: to it any text is just text
        self.vocab_size: int = max(tokenizer.get_vocab().values()) + 1
        try:
            end = self._probe()
        except (TemplateError, ChatError) as error:
            raise ChatError(f"{tokenizer.name_or_path or 'tokenizer'}: unusable chat template: {error}") from error
        stops = [i for i in (end, *stop_token_ids, tokenizer.eos_token_id) if i is not None and i < self.vocab_size]
        self.stop_token_ids: tuple[int, ...] = tuple(dict.fromkeys(stops))
        self.pad_id: int = end if tokenizer.pad_token_id is None else tokenizer.pad_token_id

    def prompt(self, statement: str, tools: Sequence[Tool], max_turns: int) -> list[int]:
        """Tokens of a new conversation, ending with the generation prompt."""
        return self._encode(self._render(*self._opening(statement, tools, max_turns)))

    def observation(self, text: str) -> list[int]:
        """What follows a sampled turn that ended with its stop token: the observation, then the generation prompt."""
        return [*self._head, *self._plain.encode(self._before + _clean(text) + self._after).ids, *self._tail]

    def rebuild(
        self, statement: str, tools: Sequence[Tool], max_turns: int, turns: Sequence[tuple[list[int], str]]
    ) -> list[int]:
        """Tokens of the conversation as the template renders it now, ending with the generation prompt.

        For templates with `rewrites_history` (QwQ's drops the reasoning of earlier turns): what the policy is meant
        to see next is no continuation of what it wrote, so the episode forks into a new row that starts with these
        tokens. `turns` are the (sampled tokens, observation) so far. Only here are sampled tokens decoded and
        encoded again; in the new row they are context, and the row they were sampled in trains on them as sampled.
        """
        messages, schemas = self._opening(statement, tools, max_turns)
        for tokens, text in turns:
            runs = itertools.groupby(self._without_stop(tokens), self._names.__contains__)
            said = [self.decode(list(run)) if added else self._guard(self.decode(list(run))) for added, run in runs]
            messages += [_say("assistant", "".join(said)), self._observed(self._guard(text))]
        return self._encode(self._render(messages, schemas))

    def parse(self, tokens: Sequence[int]) -> Call | Malformed:
        """The one call of a turn. Text around it and all within <think>...</think> is ignored. Never raises."""
        try:
            return self._call(self.decode(self._without_stop(tokens)))
        except RecursionError:
            problem = f"the JSON is nested more than {_DEPTH} levels deep"
        except ValueError as error:
            problem = str(error)
        return Malformed(f"Bad call: {problem}. Expected one {self._example}")

    def decode(self, tokens: Sequence[int]) -> str:
        """The text of any tokens, added tokens included; ids that the tokenizer lacks are left out."""
        known = [token for token in tokens if 0 <= token < self.vocab_size]
        return self._tokenizer.backend_tokenizer.decode(known, skip_special_tokens=False)

    def call_text(self, call: Call) -> str:
        """The canonical text of a call. ValueError for NaN or Infinity, which JSON lacks."""
        text = json.dumps({"name": call.name, self._key: call.arguments}, ensure_ascii=False, allow_nan=False)
        text = text.encode("utf-8", "backslashreplace").decode()  # a lone surrogate turns into its JSON escape
        return self._open + self._left + text + self._right + self._close

    def turn(self, call: Call) -> list[int]:
        """Tokens of a turn that is nothing but `call`, with the stop token: an oracle's turn for SFT."""
        text = self.call_text(call)[len(self._open) : -len(self._close)]
        text = self._open + self._guard(text) + self._close
        return [*self._encode(("\n</think>\n\n" if self._opens_think else "") + text), self.stop_token_ids[0]]

    @property
    def _example(self) -> str:
        return f'{self._open}{self._left}{{"name": "...", "{self._key}": {{...}}}}{self._right}{self._close}'

    def _render(self, messages: Messages, schemas: list[Any] | None = None, generate: bool = True) -> str:
        options = {"tools": schemas, "tokenize": False, "add_generation_prompt": generate, **self._options}
        return self._tokenizer.apply_chat_template(messages, **options)

    def _opening(self, statement: str, tools: Sequence[Tool], max_turns: int) -> tuple[Messages, list[Any] | None]:
        task, rules = self._guard(statement.strip()), _RULES.format(max_turns)
        schemas = [self._guard(json.dumps(tool.schema, ensure_ascii=False)) for tool in tools]
        if self._teaches_format:
            return [_say("user", f"{task}\n\n{rules}")], [json.loads(schema) for schema in schemas]
        rules += f"\nWrite a call like this: {self._example}"
        if self._format == "tool_call":
            return [_say("system", "\n".join(["Tools:", *schemas, rules])), _say("user", task)], None
        # The published format: functions in the system text, rules and question in the user's.
        functions = self._guard("".join(map(_signature, tools)))
        return [_say("system", functions), _say("user", f"{rules}\n\nQuestion:\n{task}")], None

    def _observed(self, text: str) -> dict[str, str]:
        return _say(self._role, text if self._role == "tool" else f"<tool_response>\n{text}\n</tool_response>")

    def _probe(self) -> int:
        """Read the roles and the glue off the template, and whether it rewrites history; the token that ends a turn."""
        question, probe = [_say("user", "Question")], Tool("Probe", "Probes.", {"type": "object", "properties": {}})
        bare, with_tools = self._render(question), self._render(question, [probe.schema])
        taught = all(s in with_tools and s not in bare for s in ("<tool_call>", '"arguments"'))
        self._teaches_format = taught and self._format == "tool_call"
        generation_prompt = bare.removeprefix(self._render(question, generate=False))
        self._opens_think = generation_prompt.rstrip().endswith("<think>")
        opening, schemas = self._opening("Question", [probe], 1)
        call, mark = self.call_text(Call("Probe", {})), '  "é\\<&>\n\n\n'  # trimming or quoting would change the mark
        whole = ""
        for role in ("tool", "user") if with_tools != bare else ("user",):
            self._role = role
            whole = self._render([*opening, _say("assistant", call), self._observed(mark)], schemas)
            if self._observed(mark)["content"] in whole and whole.endswith(generation_prompt):
                break
        said, _, glue = whole.rpartition(call)
        pieces = self._split.split(glue)  # odd pieces are added tokens
        _need(
            said and len(pieces) > 1 and not pieces[0] and mark in glue,
            f"after a call it renders {glue[:60]!r}, but a turn must end with an added token of the tokenizer and the "
            "observation follow; check that template and tokenizer belong together",
        )
        prefix, _, suffix = "".join(pieces[2:]).partition(mark)
        *head, self._before = self._split.split(prefix)
        self._after, *tail = self._split.split(suffix)
        self._head, self._tail = self._encode("".join(head)), self._encode("".join(tail))
        same = self._encode(whole) == self._tokenizer.encode(whole, add_special_tokens=False)
        _need(same, "text is not tokenised alike alone and after an added token; use a byte-level BPE tokenizer")
        forged = self._names.keys() & set(self._plain.encode("\n".join(self._added)).ids)
        _need(not forged, f"text can merge into the added tokens {forged}, so that an observation could end a turn")
        thought = f"Hm.\n</think>\n\n{call}"
        self.rewrites_history = False
        for text in [thought] if self._opens_think else [call, f"<think>\n{thought}"]:
            turns = 2 * [_say("assistant", text), self._observed(mark)]
            grown = self._render(opening, schemas) + 2 * (text + pieces[1] + prefix + mark + suffix)
            self.rewrites_history |= self._render([*opening, *turns], schemas) != grown
        return self._added[pieces[1]]

    def _encode(self, text: str) -> list[int]:
        ids: list[int] = []
        for n, piece in enumerate(self._split.split(text)):
            ids += [self._added[piece]] if n % 2 else self._plain.encode(piece.replace(_GUARD, "")).ids
        return ids

    def _guard(self, text: str) -> str:
        return self._split.sub(lambda match: match[0][0] + _GUARD + match[0][1:], _clean(text))

    def _without_stop(self, tokens: Sequence[int]) -> list[int]:
        return list(tokens[:-1] if len(tokens) and tokens[-1] in self.stop_token_ids else tokens)

    def _call(self, text: str) -> Call:
        start = _seek(text, self._open, 0, self._opens_think)
        _need(start >= 0, f"no {self._open} in the turn" + (" outside of <think>" if self._open in text else ""))
        body = text[start + len(self._open) :].lstrip()
        _need(self._close in body, f"{self._close} is missing")
        value, end = _DECODER.raw_decode(body)
        rest = body[end:].lstrip()
        _need(self._close in rest, f"{self._close} is missing")
        _need(rest.startswith(self._close), f"{rest[:20]!r} follows the JSON, not {self._close}")
        _need(_seek(rest, self._open, 0, False) < 0, "more than one call in the turn")
        if self._format == "codegym":
            _need(isinstance(value, list), "the JSON is no list of one call")
            _need(len(value) == 1, f"{len(value)} calls in the list")
            value = value[0]
        _need(isinstance(value, dict), f"the call is {type(value).__name__}, not an object")
        for key, kind, what in (("name", str, "a string"), (self._key, dict, "an object")):
            _need(key in value, f'"{key}" is missing')
            _need(isinstance(value[key], kind), f'"{key}" is not {what}')
        level: list[Any] = [value[self._key]]
        for _ in range(_DEPTH):
            level = [
                x for v in level for x in (v.values() if isinstance(v, dict) else v if isinstance(v, list) else ())
            ]
        if level:
            raise RecursionError
        return Call(value["name"], value[self._key])


def _need(ok: object, problem: str) -> None:
    if not ok:
        raise ChatError(problem)


def _seek(text: str, tag: str, position: int, thinking: bool) -> int:
    """Where `tag` first stands outside of <think>...</think>; -1 if nowhere."""
    while True:
        if thinking:
            position = text.find("</think>", position)
            if position < 0:
                return -1
        found, thought = text.find(tag, position), text.find("<think>", position)
        if thought < 0 or found < thought:
            return found
        position, thinking = thought, True


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    _need(len(dict(pairs)) == len(pairs), "a key appears twice in one JSON object")
    return dict(pairs)


def _finite(text: str) -> float:
    _need(math.isfinite(float(text)), f"{text[:20]} is not a JSON number")
    return float(text)


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_float=_finite, parse_constant=_finite)


def _clean(text: str) -> str:
    return text.replace(_GUARD, "\ufffd").encode("utf-8", "replace").decode()


def _say(role: str, text: str) -> dict[str, str]:
    return {"role": role, "content": text}


def _signature(tool: Tool) -> str:
    """The published rendering of a tool: a function signature with a docstring."""
    properties = tool.parameters["properties"]
    kinds = {name: _PYTHON.get(str(schema.get("type")), "") for name, schema in properties.items()}
    signature = ", ".join(f"{name}: {kind}" if kind else name for name, kind in kinds.items())
    lines = [f"    {n} ({kind or 'any'}): {properties[n].get('description', '')}" for n, kind in kinds.items()]
    parts = [tool.description, "\n".join(["Args:", *(lines or ["    None"])])]
    parts += [f"Returns:\n    {tool.returns}"] if tool.returns else []
    body = textwrap.indent("\n\n".join(parts), "    ")
    return f'\nFunction:\n\ndef {tool.name}({signature}):\n    r"""\n\n{body}\n\n    """\n'


def load_chat(folder: str, call_format: CallFormat = "tool_call", **options: Any) -> Chat:
    """The chat of a model folder or hub id. ChatError for a missing folder, tokenizer or chat template."""
    path = Path(folder).expanduser()
    hub_id = not path.is_dir() and re.fullmatch(r"[\w-][\w.-]*/[\w.-]+", folder)
    _need(hub_id or path.is_dir(), f"{folder}: no such folder, and no hub id (owner/name) either")
    # A folder's tokenizer.json is taken at its word: beside a config.json of model_type "qwen2" AutoTokenizer puts
    # Qwen's own pre-tokenizer in place of the file's, which changes the tokens of a tokenizer that we trained.
    loader = PreTrainedTokenizerFast if (path / "tokenizer.json").is_file() else AutoTokenizer
    try:
        tokenizer = loader.from_pretrained(folder if hub_id else str(path))
        config = cached_file(folder, "generation_config.json", _raise_exceptions_for_missing_entries=False)
    except (OSError, ValueError, KeyError, TypeError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise ChatError(f"{folder}: no tokenizer could be loaded ({reason}). It needs a tokenizer.json") from error
    fix = "Use the instruction-tuned variant of the model, or put its chat_template.jinja beside tokenizer.json"
    _need(getattr(tokenizer, "chat_template", None), f"{folder}: the tokenizer has no chat template. {fix}")
    eos = json.loads(Path(config).read_text()).get("eos_token_id") if config else None
    return Chat(tokenizer, call_format, eos if isinstance(eos, list) else [eos], **options)


def train_tokenizer(texts: Iterable[str], vocab_size: int) -> PreTrainedTokenizerFast:
    """Byte-level BPE whose merges cross spaces and punctuation, for small models trained from scratch.

    Digits are always single tokens (numbers of any size are spelled alike) and a role's header line stands alone
    (no merge crosses from the generation prompt into a turn). All else may merge: `<tool_call>\\n{"name": "` or a
    tool's name with the boilerplate around it becomes one token, which shortens transcripts several-fold. `texts`
    are rendered conversations, such as the `decode` of a `Chat(train_tokenizer((), 259))`, a chat over bare bytes.
    """
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    smallest = len(alphabet) + len(_SPECIAL)
    _need(vocab_size >= smallest, f"vocab_size={vocab_size}: must be at least {smallest}: bytes and special tokens")
    tokenizer = Tokenizer(models.BPE())
    header = pre_tokenizers.Split(Regex(r"\A(?:system|user|assistant|tool)\n"), "isolated")
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    digits = pre_tokenizers.Digits(individual_digits=True)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([header, digits, byte_level])
    tokenizer.decoder = decoders.ByteLevel()
    options = {"special_tokens": list(_SPECIAL), "initial_alphabet": alphabet, "show_progress": False}
    boundaries = re.compile("|".join(map(re.escape, _SPECIAL)))
    pieces = (piece for text in texts for piece in boundaries.split(text))
    tokenizer.train_from_iterator(pieces, trainers.BpeTrainer(vocab_size=vocab_size, **options))
    ends = {"eos_token": "<|im_end|>", "pad_token": "<|endoftext|>"}
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, chat_template=_TEMPLATE, **ends)
