"""Fine-tune a policy on oracle trajectories: the paper's baseline, and the warm start of the quickstart.

    python launch/sft.py --config qwen2.5-7b
    python launch/sft.py --config quickstart --from-scratch

The second command makes tokenizer, random weights and SFT from nothing; with quickstart's seed it reproduces the
shipped envs/starter/warm_start. The Hugging Face folder is runs/<name>-sft/export.
"""

import asyncio
import sys

from codegym_jax import sft
from codegym_jax.cli import clear_errors
from codegym_jax.config import Config, parse


def main() -> None:
    config = parse(sys.argv[1:], Config, "sft.py", __doc__)
    folder = config.folder.with_name(f"{config.folder.name}-sft")
    with clear_errors("sft.py", folder):
        job = sft.warm_start if config.from_scratch else sft.sft
        print(f"the fine-tuned policy is in {asyncio.run(job(config, folder))}")


if __name__ == "__main__":
    main()
