"""From trained models to the files of the run folder: metrics, predictions, history, model and report."""

from collections.abc import Sequence

from reelwise.core.files import write_json
from reelwise.jobs.run_context import RunContext
from reelwise.jobs.run_folder import Run, write_history
from reelwise.jobs.train_model import Trained
from reelwise.metrics.classification import classification_metrics
from reelwise.models.file import save_model


def finish_run(context: RunContext, trained: Sequence[Trained]) -> Run:
    best = trained[0]
    m = best.material
    y = m.training_set.y
    groups = [m.groups[i] for i in best.asked]
    metrics = classification_metrics(
        m.labels,
        y[list(best.asked)],
        best.probs,
        groups,
        context.options.seed,
        split="out_of_fold" if best.folds else "test",
    )
    metrics["baselines"] = {
        k: {"accuracy": float((v.argmax(1) == y[list(best.asked)]).mean())} for k, v in best.baseline_probs.items()
    }
    metrics["verdict"] = ""
    write_history(context.path, best.history)
    save_model(context.path / "model.keras", best.network, best.contract, metrics, best.baselines.to_arrays(), {})
    write_json(context.path / "metrics.json", metrics)
    context.save("finished")
    return Run(context.path, metrics)
