"""Makes segment_reference.json from the evaluation scripts of ActivityNet and MS-TCN.

``PYTHON tests/parity/make_segment_reference.py ACTIVITYNET_REPOSITORY MS_TCN_REPOSITORY``, in an environment of Python
3.11 or 3.12 with ``pip install numpy pandas joblib``. The scripts are of Python 2: they are converted by lib2to3 in a
temporary folder and run there. None of their code is kept.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

OUTPUT = Path(__file__).with_name("segment_reference.json")
ACTIVITYNET = {"Evaluation/eval_detection.py": "eval_detection.py", "Evaluation/utils.py": "utils.py"}
ACTIVITYNET_COMMIT = "82304fa9f4a7219421df13dae6347a445c4cf5bc"
MS_TCN = {"eval.py": "ms_tcn_eval.py"}
MS_TCN_COMMIT = "33ed91c0c7576650a2367efc602553af4c5295b1"
TIOU_THRESHOLDS = [0.3, 0.4, 0.5, 0.6, 0.7]
OVERLAPS = [0.10, 0.25, 0.50]
LABELS = ["run", "jump", "wave"]


def converted_scripts(repository: str, commit: str, files: dict[str, str], folder: Path) -> None:
    """Write the scripts of a commit into a folder, converted to Python 3."""
    from lib2to3.refactor import RefactoringTool, get_fixers_from_package

    tool = RefactoringTool(get_fixers_from_package("lib2to3.fixes"))
    for source, target in files.items():
        command = ["git", "-C", repository, "show", f"{commit}:{source}"]
        script = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        (folder / target).write_text(str(tool.refactor_string(script + "\n", source)))


def random_detections(seed: int) -> dict[str, dict[str, list]]:
    """Truths and predictions of three videos; predictions are truths that moved, doubled, lost or mislabelled."""
    rng = np.random.default_rng(seed)
    truths: dict[str, list] = {}
    predictions: dict[str, list] = {}
    for video in ("a", "b", "c"):
        starts = np.sort(rng.uniform(0, 100, 6))
        truths[video] = [[str(rng.choice(LABELS)), s, s + rng.uniform(2, 15)] for s in starts.round(2).tolist()]
        predictions[video] = []
        for label, start, end in truths[video] * 2:
            if rng.random() < 0.8:
                moved = np.sort(np.array([start, end]) + rng.normal(0, 0.2 * (end - start), 2)).round(2).tolist()
                name = label if rng.random() < 0.8 else str(rng.choice(LABELS))
                predictions[video].append([name, *moved, float(rng.random())])
    predictions["d"] = [["run", 1.0, 5.0, float(rng.random())]]  # A video without truths.
    return {"truths": truths, "predictions": predictions}


def random_labels(seed: int) -> dict[str, list]:
    """Frame labels of three videos, the true ones and predicted ones that differ in runs."""
    rng = np.random.default_rng(seed)
    names = [*LABELS, "background"]
    pairs = []
    for _ in range(3):
        truth = np.repeat(rng.integers(len(names), size=12), rng.integers(3, 20, size=12))
        predicted = np.roll(truth, rng.integers(-4, 5))
        for _ in range(5):
            start = int(rng.integers(len(truth) - 10))
            predicted[start : start + int(rng.integers(1, 10))] = rng.integers(len(names))
        pairs.append([[names[i] for i in truth], [names[i] for i in predicted]])
    return {"videos": pairs}


def activitynet_results(case: dict, folder: Path) -> dict:
    from eval_detection import ANETdetection
    from joblib import parallel_backend

    def annotations(segments: list, with_score: bool) -> list[dict]:
        return [{"label": s[0], "segment": s[1:3], **({"score": s[3]} if with_score else {})} for s in segments]

    database = {
        video: {"subset": "validation", "annotations": annotations(segments, False)}
        for video, segments in case["truths"].items()
    }
    truth_file, prediction_file = folder / "truth.json", folder / "predictions.json"
    truth_file.write_text(json.dumps({"database": database, "taxonomy": [], "version": "1"}))
    results = {video: annotations(segments, True) for video, segments in case["predictions"].items()}
    prediction_file.write_text(json.dumps({"results": results, "version": "1", "external_data": {}}))
    evaluation = ANETdetection(
        str(truth_file), str(prediction_file), tiou_thresholds=np.array(TIOU_THRESHOLDS), check_status=False
    )
    with parallel_backend("threading"):
        evaluation.evaluate()
    precisions = {label: evaluation.ap[:, i].tolist() for label, i in evaluation.activity_index.items()}
    return {"average_precisions": precisions, "mean_average_precisions": evaluation.mAP.tolist()}


def tiou_results(case: dict) -> list[list[float]]:
    from utils import segment_iou

    truths = np.array([segment[1:3] for segment in case["truths"]["a"]])
    return [segment_iou(np.array(segment[1:3]), truths).tolist() for segment in case["predictions"]["a"]]


def ms_tcn_results(case: dict) -> dict:
    from ms_tcn_eval import edit_score, f_score

    counts = {str(overlap): [f_score(p, t, overlap) for t, p in case["videos"]] for overlap in OVERLAPS}
    return {"edit": [edit_score(p, t) for t, p in case["videos"]], "tp_fp_fn": counts}


def main() -> None:
    activitynet, ms_tcn = sys.argv[1:]
    setattr(np, "float", float)  # numpy 1.24 took the name away; the scripts use it.  # noqa: B010
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        converted_scripts(activitynet, ACTIVITYNET_COMMIT, ACTIVITYNET, folder)
        converted_scripts(ms_tcn, MS_TCN_COMMIT, MS_TCN, folder)
        sys.path.insert(0, name)
        detections = [random_detections(seed) for seed in range(4)]
        labels = [random_labels(seed) for seed in range(4)]
        document = {
            "sources": {
                "activitynet/ActivityNet": [ACTIVITYNET_COMMIT, *ACTIVITYNET],
                "yabufarha/ms-tcn": [MS_TCN_COMMIT, *MS_TCN],
            },
            "tiou_thresholds": TIOU_THRESHOLDS,
            "detections": [
                {**case, **activitynet_results(case, folder), "tious": tiou_results(case)} for case in detections
            ],
            "labels": [{**case, **ms_tcn_results(case)} for case in labels],
        }
    OUTPUT.write_text(json.dumps(document) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
