"""What does the model cost beside decoding? Targets: 0.8 x the speed of decoding alone with one view, 0.5 x by default.

One warm process predicts 100 clips of 10 s; the rival decodes the same clips with the same workers and has no model.
"""

import sys
import tempfile
from pathlib import Path

from clips import plan_model, start, write_clips
from compare import compare, timed
from targets import exit_status

NUM_CLIPS = 100


def main() -> int:
    arguments = start(__doc__, NUM_CLIPS)
    from reelwise.inference.model import Model
    from reelwise.media.requests.decode import DecodeTask
    from reelwise.media.workers.pool import WorkerPool

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = write_clips(folder / "clips", arguments.clips)
        model = Model.load(_untrained(arguments.model, folder / "model.keras"))
        settings = model.contract.input.decode
        tasks = [DecodeTask(path, settings, (None,), (folder / f"{path.name}.frames",)) for path in paths]

        def decode() -> None:
            with WorkerPool() as pool:
                for task, _ in pool.run(tasks):
                    if isinstance(task, DecodeTask):
                        task.outputs[0].unlink()

        def predict(num_views: int | None) -> None:
            for prediction in model.predict_many(paths, num_views=num_views, scratch=folder):
                if prediction.error:
                    raise SystemExit(prediction.error)

        rivals = {
            "decoding, no model": lambda: timed(decode, len(paths)),
            "predict, one view": lambda: timed(lambda: predict(1), len(paths)),
            "predict, default views": lambda: timed(lambda: predict(None), len(paths)),
        }
        found = compare("predict_speed", rivals, baseline="decoding, no model")
    low = found["predict, one view"]["ratio"] < 0.8 or found["predict, default views"]["ratio"] < 0.5
    return exit_status(is_met=not low)


def _untrained(name: str, path: Path) -> Path:
    """A model file with random weights: speed does not depend on what it has learned."""
    from reelwise.models.build import build_network
    from reelwise.models.file import save_model

    contract = plan_model(name, ("a", "b", "c", "d"), NUM_CLIPS).contract
    save_model(path, build_network(contract), contract)
    return path


if __name__ == "__main__":
    sys.exit(main())
