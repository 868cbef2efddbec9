"""What does a GPU make of ten minutes? ``flowdit:small`` on sprites and real clips, ``simvp`` on two moving digits.

``python benchmarks/generate_gpu.py --backend jax`` trains each by ``reelwise.train`` and prints what its own judgement
says beside its simple rules; figures of a GPU only, no target. ``--tiny`` runs the same on a processor, with the
smallest networks and a few seconds each: it shows that the script works, and nothing else.
"""

import argparse
import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from compare import save
from reelwise import train
from reelwise.media.synthetic import KINDS, write_synthetic_set
from shot_sources import DATA
from targets import Load


@dataclass(frozen=True)
class Case:
    """One training.

    Args:
        name: Of its row.
        data: A kind of made-up set, or a folder.
        options: What ``train`` is given beside it.
        tiny: What replaces and joins these options with ``--tiny``, and made-up sets are small then.
    """

    name: str
    data: str | Path
    options: dict[str, Any]
    tiny: dict[str, Any]


_TINY = {"epochs": 1, "batch_size": 4}
_TINY_CLIPS = 96
"""Of a made-up set with ``--tiny``: three of each of the 32 classes of sprites."""

CASES = (
    Case(
        "sprites",
        "moving_sprites",
        {"task": "generation", "model": "flowdit:small"},
        {"model": "flowdit:nano", "size": 32, "num_frames": 8, **_TINY},
    ),
    Case(
        "real clips",
        DATA / "actions",
        {"task": "generation", "model": "flowdit:small"},
        {"model": "flowdit:nano", "size": 32, "num_frames": 8, **_TINY},
    ),
    Case(
        "two digits",
        "moving_digits",
        {"task": "prediction", "model": "simvp:small"},
        {"model": "simvp:nano", "size": 32, **_TINY},
    ),
)


def measure(case: Case, plan: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Train and judge one case; its row."""
    options = {**case.options, **(case.tiny if plan.tiny else {"budget": f"{plan.minutes:g}m"})}
    out = folder / case.name.replace(" ", "-")
    data = case.data
    if isinstance(data, str):
        kind, data = data, folder / data
        write_synthetic_set(kind, data, _TINY_CLIPS if plan.tiny else KINDS[kind].num_clips, plan.seed)
    run = train(str(data), out=out, seed=plan.seed, backend=plan.backend, threads=plan.threads, **options)
    metrics = json.loads((run.path / "metrics.json").read_text(encoding="utf-8"))
    print(f"{case.name}, {options['model']}: {metrics['verdict']}", flush=True)
    return {"case": case.name, "options": options, "metrics": metrics}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tiny", action="store_true", help="the smallest networks, for a processor")
    parser.add_argument("--minutes", type=float, default=10, help="of each training")
    parser.add_argument("--cases", nargs="*", default=[case.name for case in CASES], help="by name")
    parser.add_argument("--backend", default=None, choices=("tensorflow", "jax", "torch"))
    parser.add_argument("--threads", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, help="keep the run folders here")
    plan = parser.parse_args()
    load = Load.now()
    with tempfile.TemporaryDirectory() as folder:
        rows = [measure(case, plan, plan.out or Path(folder)) for case in CASES if case.name in plan.cases]
    print(f"generate_gpu: {load}")
    save("generate_gpu_tiny" if plan.tiny else "generate_gpu", {"rows": rows, **load.as_dict()})
    return 0


if __name__ == "__main__":
    sys.exit(main())
