"""What each choice of a training plan brings: folds over several seeds, one change at a time.

``python benchmarks/ablation.py DATA --seeds 0 1 2 --variants default no_still …`` prints mean and lowest accuracy of
each; the figures of LOG.md are from here.
"""

import argparse
import json
import statistics
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from compare import save

# One change each: arguments of the network, fields of the configuration, the clip.
VARIANTS: dict[str, dict[str, dict[str, Any]]] = {
    "default": {},
    "no_still": {"arguments": {"still": False}},
    "one_block": {"arguments": {"num_blocks": 1}},
    "fine_cells": {"arguments": {"cell": 4}},
    "narrow": {"arguments": {"width": 16}},
    "wide": {"arguments": {"width": 64}},
    "half_epochs": {"epochs": {"share": 0.5}},
    "double_epochs": {"epochs": {"share": 2.0}},
    "mixup": {"config": {"mixup": 0.4}},
    "no_variation": {"config": {"augment": "none"}},
    "strong_variation": {"config": {"augment": "strong"}},
    "no_smoothing": {"config": {"label_smoothing": 0.0}},
    "float32": {"config": {"bfloat16": False}},
    "few_frames": {"clip": {"num_frames": 17}},
}


def accuracy(data: str, seed: int, folds: int, variant: dict[str, dict[str, Any]], cache: Path) -> float:
    """Pooled accuracy of one cross-validation with one change."""
    from reelwise.jobs.api import train
    from reelwise.jobs.classifier import prepare_data

    plan_training = prepare_data.plan_training

    def changed(*arguments: Any) -> Any:
        plan, flip_note = plan_training(*arguments)
        contract = plan.contract
        first, *others = contract.network.encoders
        first = replace(first, arguments={**first.arguments, **variant.get("arguments", {})})
        contract = replace(
            contract,
            network=replace(contract.network, encoders=(first, *others)),
            input=replace(contract.input, clip=replace(contract.input.clip, **variant.get("clip", {}))),
        )
        config = replace(plan.config, **variant.get("config", {}))
        if "epochs" in variant:
            share = variant["epochs"]["share"]
            return replace(
                plan, contract=contract, config=replace(config, epochs=round(60 * share)), fixed_epochs=True
            ), flip_note
        return replace(plan, contract=contract, config=config), flip_note

    prepare_data.plan_training = changed
    try:
        with tempfile.TemporaryDirectory() as out:
            run = train(data, seed=seed, folds=folds, out=Path(out) / "run", no_refit=True, cache_dir=cache)
    finally:
        prepare_data.plan_training = plan_training
    return run.metrics["accuracy"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--folds", type=int, default=4)
    parser.add_argument("--variants", nargs="+", default=["default"], choices=list(VARIANTS))
    parser.add_argument("--cache-dir", type=Path)
    arguments = parser.parse_args()
    rows = {}
    with tempfile.TemporaryDirectory() as folder:
        cache = arguments.cache_dir or Path(folder)
        for name in arguments.variants:
            scores = [
                accuracy(arguments.data, seed, arguments.folds, VARIANTS[name], cache) for seed in arguments.seeds
            ]
            rows[name] = {"scores": scores, "mean": statistics.fmean(scores), "lowest": min(scores)}
            print(f"{name}: mean {rows[name]['mean']:.3f}, lowest {min(scores):.3f}, {json.dumps(scores)}", flush=True)
    save("ablation", {"data": arguments.data, "seeds": arguments.seeds, "folds": arguments.folds, "variants": rows})
    return 0


if __name__ == "__main__":
    sys.exit(main())
