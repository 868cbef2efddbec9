"""The Python face: light to import, the same verbs, keywords that are checked."""

import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
from plain_film import LENGTHS, make_film

import reelwise as rw
from reelwise.core.errors import UsageError
from reelwise.jobs.api import make_options
from reelwise.jobs.runs import options

HEAVY = {"keras", "tensorflow", "jax", "torch", "sklearn", "numpy", "av", "cv2", "pydantic", "matplotlib"}


def test_importing_reelwise_loads_nothing_heavy(tmp_path):
    code = f"import sys, reelwise; dir(reelwise); print(sorted({HEAVY!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout.strip() == "[]"


def test_the_verbs_work_together(tested, clips, cache, tmp_path):
    assert tested.metrics["schema"] == "reelwise/metrics/1"
    assert tested.path.is_dir()
    assert tested.model.labels == ("bounce", "down", "up")
    best, second = rw.load_model(str(tested.path / "model.keras")).predict(str(clips / "up" / "up_0002.mp4")).top(2)
    assert 1 >= best.prob >= second.prob > 0
    (prediction,) = rw.predict(str(tested.path), str(clips / "up" / "up_0002.mp4"))
    assert prediction.top(1) == [best]
    assert rw.check(clips, cache_dir=str(cache)).to_json()["num_usable"] == 18
    assert rw.info(str(tested.path / "model.keras"))["kind"] == "model"
    assert rw.evaluate(tested.path, clips, cache_dir=str(cache), seed=3)["num_videos"] == 18


@pytest.mark.parametrize("verb", ["train", "evaluate", "predict", "analyze", "check", "info"])
def test_a_wrong_keyword_is_refused_by_name_and_the_nearest_named(verb):
    kind = getattr(options, f"{verb.capitalize()}Options")
    field = fields(kind)[-1].name
    with pytest.raises(UsageError, match=f"{verb}: no option is called '{field}s'.*Did you mean {field}"):
        getattr(rw, verb)("somewhere", *(["else"] if verb == "evaluate" else []), **{f"{field}s": 1})


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"epochs": "20"}, "epochs is '20', expected int"),
        ({"epochs": 2.5}, "epochs is 2.5, expected int"),
        ({"epochs": True}, "epochs is True, expected int"),
        ({"out": 7}, "out is 7, expected Path"),
        ({"resume": "yes"}, "resume is 'yes', expected bool"),
        ({"model": None}, "model is None, expected str"),
    ],
)
def test_a_value_of_the_wrong_type_is_refused(given, told):
    with pytest.raises(UsageError, match=told):
        make_options(options.TrainOptions, data="clips", **given)


def test_paths_may_be_text_and_whole_numbers_stand_for_floats():
    made = make_options(options.TrainOptions, data="clips", out="runs/a", from_model="m.keras", cache_gb=3, epochs=None)
    assert (made.out, made.from_model, made.cache_gb) == (Path("runs/a"), Path("m.keras"), 3.0)
    assert made == options.TrainOptions("clips", out=Path("runs/a"), from_model=Path("m.keras"), cache_gb=3.0)


def test_a_model_that_is_not_there(tmp_path):
    with pytest.raises(UsageError, match="no model there"):
        rw.load_model(tmp_path / "model.keras")
    with pytest.raises(UsageError, match="no model there"):
        rw.load_model(tmp_path)


def test_an_analysis_without_out_goes_with_its_run(tmp_path):
    film = make_film(tmp_path / "film.mp4")
    run = rw.analyze(film, do="shots", cache_dir=tmp_path / "cache")
    assert len(run.analyses[0].items("shots")) == len(LENGTHS)
    page = run.to_html(tmp_path / "timeline.html").read_text(encoding="utf-8")
    assert "film.mp4" in page
    folder = run.path
    del run
    assert not folder.exists()
    assert list((tmp_path / "cache").glob("scratch-*")) == []


def test_clips_and_overlay_need_a_folder(tmp_path):
    with pytest.raises(UsageError, match="need out"):
        rw.analyze(tmp_path / "film.mp4", split=True)
