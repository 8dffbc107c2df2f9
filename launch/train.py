"""Train a policy on environments with GRPO.

    python launch/train.py --config quickstart
    python launch/train.py --config quickstart --from-scratch --seed 1 --name seed-1
    python launch/train.py --config quickstart --resume

Everything of a run is under runs/<name>/: config.toml, metrics.jsonl, TensorBoard events, episodes.jsonl, transcripts,
checkpoints, export/ (a Hugging Face folder), curve.png and summary.json. `--from-scratch` first makes the warm start
(tokenizer, random weights, SFT on oracle trajectories) and then trains it.
"""

import asyncio
import dataclasses
import sys

from codegym_jax import grpo, sft
from codegym_jax.cli import clear_errors
from codegym_jax.config import Config, parse


def main() -> None:
    config = parse(sys.argv[1:], Config, "train.py", __doc__)
    with clear_errors("train.py", config.folder):
        if config.from_scratch:
            warm = asyncio.run(sft.warm_start(config, config.folder / "warm_start"))
            config = dataclasses.replace(config, model=dataclasses.replace(config.model, path=str(warm)))
        summary = asyncio.run(grpo.train(config))
    print(
        f"success on unseen configurations {summary['warm_start_success']:.1%} -> {summary['final_success']:.1%} "
        f"in {summary['updates']} updates; everything is in {config.folder}/ (curve.png, summary.json, export/final)"
    )


if __name__ == "__main__":
    main()
