"""A device that fails in the middle, a run that goes on on another one, and what run.json says of both."""

import itertools
import json
import re

import pytest

from reelwise.core import backend as backend_module
from reelwise.core.devices import Device
from reelwise.core.errors import TrainingError, UsageError
from reelwise.inference.model import Model
from reelwise.jobs import evaluate as evaluate_module
from reelwise.jobs import predict as predict_module
from reelwise.jobs import train as train_module
from reelwise.jobs.analyses import actions as actions_module
from reelwise.jobs.api import analyze, evaluate, info, predict
from reelwise.jobs.classifier import report, training_plan
from reelwise.jobs.classifier import train as classifier_train
from reelwise.jobs.runs import context, device_notes
from reelwise.jobs.runs.device_notes import device_change, naming_device_faults, warn_of_unused_device
from reelwise.training import failures
from reelwise.training.trainee import Trainee

GPU = Device("gpu", "NVIDIA X", memory_bytes=8 * 2**30, free_bytes=2**30, peak_bytes=3 * 2**30)


def document_of(path):
    return json.loads((path / "run.json").read_text())


def test_a_finished_run_names_device_and_precision(tested):
    document = document_of(tested.path)
    assert document["device"]["kind"] == "cpu"
    assert document["device"]["peak_memory_gib"] is None
    assert list(document["precision"].values()) == ["bfloat16" if document["training"]["bfloat16"] else "float32"]
    run = info(tested.path)["run"]
    assert (run["device"], run["precision"]) == (document["device"], document["precision"])
    assert document["device"]["name"] in (tested.path / "report.html").read_text(encoding="utf-8")


@pytest.mark.backend
def test_a_full_device_is_named_and_resume_goes_on_on_another_in_the_same_precision(
    tiny_train, tmp_path, monkeypatch, listener
):
    take_step, steps = Trainee.take_step, []

    def fail_in_the_second_epoch(self, *arguments):
        steps.append(1)
        if len(steps) == 3:
            raise RuntimeError("RESOURCE_EXHAUSTED: Out of memory while trying to allocate 9 bytes.")
        return take_step(self, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(Trainee, "take_step", fail_in_the_second_epoch)
        for module in (failures, context, train_module):
            patch.setattr(module, "device_in_use", lambda: GPU)
        patch.setattr(training_plan, "bfloat16_pays", lambda _: True)
        with pytest.raises(TrainingError, match=r"on NVIDIA X \(1.0 of 8.0 GiB are free\)"):
            tiny_train()
    document = document_of(tmp_path / "run")
    assert document["device"] == {"kind": "gpu", "name": "NVIDIA X", "memory_gib": 8.0, "peak_memory_gib": 3.0}
    monkeypatch.setattr(training_plan, "bfloat16_pays", lambda _: False)
    run = tiny_train(resume=True, device="cpu", progress=listener)
    assert len(listener.warned) == 1
    assert "the device was NVIDIA X, is " in listener.warned[0]
    after = document_of(run.path)
    assert after["changes"] == listener.warned
    assert listener.warned[0] in after["notes"]
    assert set(after["precision"].values()) == {"bfloat16"}
    assert after["training"]["bfloat16"]
    assert after["device"]["kind"] == "cpu"


def test_another_precision_is_refused_on_resume(tested, tiny_train):
    with pytest.raises(UsageError, match="--precision was auto, is bfloat16"):
        tiny_train(out=str(tested.path), resume=True, precision="bfloat16")


def test_a_run_from_before_these_options_resumes(tiny_train, tmp_path, monkeypatch):
    def fail(*_):
        raise RuntimeError("out of memory")

    with monkeypatch.context() as patch:
        patch.setattr(Trainee, "take_step", fail)
        with pytest.raises(TrainingError):
            tiny_train()
    document = document_of(tmp_path / "run")
    for name in ("device", "precision"):
        del document[name], document["configuration"][name]
    (tmp_path / "run" / "run.json").write_text(json.dumps(document))
    assert document_of(tiny_train(resume=True).path)["status"] == "finished"


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_the_precision_of_the_command_decides(tiny_train, quick_fit, precision):
    run = tiny_train(precision=precision)
    assert set(document_of(run.path)["precision"].values()) == {precision}
    report = (run.path / "report.html").read_text(encoding="utf-8")
    assert re.search(rf"precision of training.{{0,60}}{precision}", report, re.DOTALL)


def test_a_run_warns_once_of_a_gpu_that_nothing_can_use(tiny_train, quick_fit, monkeypatch, listener):
    for module in (train_module, device_notes):
        monkeypatch.setattr(module, "unused_device_warning", lambda device: f"unused on {device}")
    tiny_train(progress=listener)
    assert listener.warned == ["unused on auto"]
    warn_of_unused_device(listener, "cpu")
    assert listener.warned[1:] == ["unused on cpu"]


def test_a_device_that_is_full_at_the_start_is_named(monkeypatch):
    monkeypatch.setattr(failures, "device_in_use", lambda: GPU)
    with pytest.raises(TrainingError, match="out of memory on NVIDIA X"), naming_device_faults():
        raise RuntimeError("Unable to initialize backend 'cuda': no supported devices found")
    with pytest.raises(KeyError), naming_device_faults():
        raise KeyError("a bug")
    with pytest.raises(MemoryError), naming_device_faults():
        raise MemoryError


def test_a_change_of_device_or_threads_is_said():
    assert device_change({}, GPU, 2) == ""
    before = {"device": GPU.document(), "backend": {"threads": 16}}
    assert device_change(before, GPU, 16) == ""
    change = device_change(before, Device("cpu", "AMD Y"), 2)
    assert "the device was NVIDIA X, is AMD Y, and the number of threads was 16, is 2: last digits may differ" in change


def test_a_run_that_failed_on_another_device_with_other_threads_goes_on_and_its_report_says_so(
    tested, tiny_train, tmp_path, monkeypatch, listener
):
    """The device is planted; the numbers are those of the run that was left alone."""
    take_step, steps = Trainee.take_step, itertools.count()

    def fail_in_the_second_epoch(self, *arguments):
        if next(steps) == 3:
            raise RuntimeError("CUDA error: unspecified launch failure")
        return take_step(self, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(Trainee, "take_step", fail_in_the_second_epoch)
        with pytest.raises(TrainingError, match="unspecified launch failure"):
            tiny_train()
    document = document_of(tmp_path / "run")
    assert document["status"] == "failed"
    document["device"], document["backend"]["threads"] = GPU.document(), 64
    (tmp_path / "run" / "run.json").write_text(json.dumps(document))
    with monkeypatch.context() as patch:  # This resume ends before it trains, and may not take the sentence with it.
        patch.setattr(classifier_train, "_try_extractors", lambda _: (_ for _ in ()).throw(UsageError("no weights.")))
        with pytest.raises(UsageError):
            tiny_train(resume=True, threads=1)
    run = tiny_train(resume=True, threads=1, device="cpu", progress=listener)
    assert listener.warned == []
    (change,) = document_of(run.path)["changes"]
    assert "the device was NVIDIA X, is " in change
    assert "the number of threads was 64, is 1:" in change
    assert change[1:] in (run.path / "report.html").read_text(encoding="utf-8")
    for name in ("accuracy", "log_loss"):
        assert run.metrics[name] == pytest.approx(tested.metrics[name], abs=1e-3)


def test_analyze_warns_once_of_an_unused_gpu_and_names_one_that_is_full(tested, clips, tmp_path, monkeypatch, listener):
    video = next((clips / "up").glob("*.mp4"))
    arguments = {"model": tested.path, "do": "actions", "window": "0.25s"}
    monkeypatch.setattr(device_notes, "unused_device_warning", lambda device: f"unused on {device}")
    analyze(video, out=tmp_path / "whole", progress=listener, **arguments)
    assert listener.warned == ["unused on auto"]

    def fail(*_, **__):
        raise RuntimeError("INTERNAL: no supported devices found")

    monkeypatch.setattr(failures, "device_in_use", lambda: GPU)
    for owner, name in ((Model, "predict_frames"), (actions_module, "load_model")):
        with monkeypatch.context() as patch:
            patch.setattr(owner, name, fail)
            with pytest.raises(TrainingError, match=r"out of memory on NVIDIA X \(1.0 of 8.0 GiB are free\)"):
                analyze(video, out=tmp_path / name, **arguments)


def test_the_report_and_info_name_a_gpu_with_its_memory_and_peak_use(tiny_train, quick_fit, monkeypatch):
    for module in (context, train_module, report):
        monkeypatch.setattr(module, "device_in_use", lambda: GPU)
    run = tiny_train()
    assert "NVIDIA X, 8.0 GiB, 3.00 GiB used at most" in (run.path / "report.html").read_text(encoding="utf-8")
    assert info(run.path)["run"]["device"] == GPU.document()


def test_bfloat16_pays_on_a_gpu_that_the_running_back_end_can_use(monkeypatch):
    monkeypatch.setattr(backend_module, "running_backend", lambda: "torch")
    monkeypatch.setattr(backend_module, "can_use_accelerator", lambda name: name == "torch")
    assert backend_module.bfloat16_pays(1.0)


def test_train_evaluate_and_predict_name_a_device_that_is_full_at_the_start(tested, clips, tiny_train, monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("INTERNAL: no supported devices found")

    monkeypatch.setattr(failures, "device_in_use", lambda: GPU)
    monkeypatch.setattr(classifier_train, "_try_extractors", fail)
    for module in (evaluate_module, predict_module):
        monkeypatch.setattr(module, "load_model", fail)
    for call in (tiny_train, lambda: evaluate(tested.path, clips), lambda: predict(tested.path, clips)):
        with pytest.raises(TrainingError, match="out of memory on NVIDIA X"):
            call()
