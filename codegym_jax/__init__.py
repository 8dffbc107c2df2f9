"""CodeGym in JAX: environments from coding problems, rollouts in a sandbox, GRPO. README.md has the reading order."""

import os

# Importing transformers would say at every start that PyTorch is missing: its models are not used here.
os.environ.setdefault("TRANSFORMERS_NO_ADVISORY_WARNINGS", "1")
