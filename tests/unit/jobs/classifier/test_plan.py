"""A command is turned into one plan."""

from pathlib import Path

from reelwise.core.backend import BackendInfo, choose_backend
from reelwise.jobs.classifier.plan import plan_job
from reelwise.jobs.runs.options import TrainOptions
from reelwise.jobs.runs.resume import resume_facts


def plan_of(**options):
    return plan_job(TrainOptions("clips", **options), choose_backend(), start=None, command="reelwise train clips")


def test_options_reach_the_part_of_the_plan_that_needs_them():
    plan = plan_of(
        folds=3, seed=5, budget="5m", no_refit=True, ablate="retrain", model="cnn, lstm", columns="site,hour",
        modalities="metadata,frames", splits=Path("splits.csv"), resume=True,
    )  # fmt: skip
    data = plan.data
    assert (data.data, data.folds, data.seed, data.splits_csv) == ("clips", 3, 5, Path("splits.csv"))
    assert (plan.request.names, plan.request.modalities) == (("cnn", "lstm"), ("frames", "metadata"))
    assert plan.request.columns == ("site", "hour")
    assert (plan.evaluation.ablation, plan.evaluation.refit, plan.evaluation.seed) == ("retrain", False, 5)
    assert (plan.budget_seconds, plan.resume, plan.start) == (300.0, True, None)


def test_what_must_match_to_resume_leaves_out_where_things_lie():
    here, there = plan_of(out=Path("a"), cache_gb=1.0), plan_of(out=Path("b"), cache_gb=2.0, resume=True)
    assert here.data.resume_facts == there.data.resume_facts
    assert here.data.resume_facts == plan_of(device="cpu", threads=7).data.resume_facts
    assert here.data.resume_facts != plan_of(epochs=3).data.resume_facts


def test_builds_of_one_release_may_go_on_with_each_others_runs():
    versions = {"keras": "3.15.1", "torch": "2.11.0+cu128"}
    on_gpu = resume_facts(TrainOptions("clips"), BackendInfo("torch", versions, threads=16))
    on_cpu = resume_facts(TrainOptions("clips"), BackendInfo("torch", {**versions, "torch": "2.11.0+cpu"}, threads=2))
    assert on_gpu == on_cpu
    other = BackendInfo("torch", {**versions, "torch": "2.12.0+cpu"}, threads=2)
    assert resume_facts(TrainOptions("clips"), other) != on_cpu
