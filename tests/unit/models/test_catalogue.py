"""The catalogue: complete, checked, and readable without Keras."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from reelwise.catalog import Entry
from reelwise.core.errors import UsageError
from reelwise.models.catalogue import CATALOG, choose_auto, find_entry, parse_model_name

ENTRIES = [pytest.param(entry, id=entry.name) for entry in CATALOG]


def test_the_entries_of_the_design_are_there() -> None:
    names = {entry.name for entry in CATALOG}
    image = {"cnn", "cnn_rnn", "cnn_lstm", "cnn_gru", "application_lstm"}
    other = {"lstm", "r2plus1d", "convlstm", "motion", "audio_cnn", "audio_lstm", "metadata_mlp"}
    assert names == image | other | {"simvp", "convlstm_prediction", "flowdit"}
    assert len(names) == len(CATALOG)


def test_reading_it_loads_neither_keras_nor_numpy() -> None:
    script = (
        "import sys, json; from reelwise.models.catalogue import CATALOG; json.dumps([e.to_json() for e in CATALOG]);"
        "assert not {'keras', 'tensorflow', 'torch', 'jax', 'numpy'} & set(sys.modules), sorted(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


@pytest.mark.parametrize("entry", ENTRIES)
def test_an_entry_is_whole(entry: Entry) -> None:
    module, _, function = entry.builder.partition(":")
    file = Path(__file__).parents[3] / "src" / f"{module.replace('.', '/')}.py"
    assert f"def {function}(" in file.read_text()
    assert entry.summary.endswith(".")
    assert entry.purpose.endswith(".")
    assert entry.gives in ("labels", "frames", "clips")
    assert ("dropout" in entry.arguments) == (entry.gives == "labels")
    for preset in entry.presets:
        assert set(entry.resolve(preset)) == set(entry.arguments) == set(entry.preset(preset).arguments)
        clip = entry.preset(preset).clip
        assert clip.input_size <= clip.decode_size
    document = entry.to_json()
    assert json.loads(json.dumps(document)) == document
    assert all(preset["parameters"] > 0 and preset["flops"] > 0 for preset in document["presets"])


def test_descriptors_are_as_long_as_the_catalogue_says() -> None:
    from reelwise.features.frame_descriptors import NUM_FEATURES

    entry = find_entry("lstm")
    assert {entry.preset(name).arguments["num_descriptors"] for name in entry.presets} == {NUM_FEATURES}


@pytest.mark.parametrize("value", [3, 129, 10**12, 16.0, "16", True, None, [16]])
def test_values_outside_their_range(value: object) -> None:
    with pytest.raises(UsageError, match=r"cnn: width is .*, expected an int from 4 to 128"):
        find_entry("cnn").resolve(None, {"width": value})


@pytest.mark.parametrize("value", [-0.1, 0.91, float("nan"), float("inf"), "0.5", True])
def test_shares_outside_their_range(value: object) -> None:
    with pytest.raises(UsageError, match="dropout is"):
        find_entry("cnn").resolve(None, {"dropout": value})


def test_words_and_switches() -> None:
    with pytest.raises(UsageError, match="expected rgb or motion or rgb_motion"):
        find_entry("cnn").resolve(None, {"picture": "infrared"})
    with pytest.raises(UsageError, match="expected true or false"):
        find_entry("motion").resolve(None, {"still": 1})
    assert find_entry("cnn").resolve(None, {"dropout": 0})["dropout"] == 0.0


def test_names_with_and_without_preset() -> None:
    assert [item if isinstance(item, str) else item.name for item in parse_model_name("cnn_lstm")] == [
        "cnn_lstm",
        "small",
    ]
    assert parse_model_name(" cnn_lstm:base ")[1] == "base"
    with pytest.raises(UsageError, match="no model 'cnnlstm'") as caught:
        parse_model_name("cnnlstm")
    assert "cnn_lstm" in caught.value.hint
    with pytest.raises(UsageError, match="no preset 'huge'") as caught:
        parse_model_name("cnn:huge")
    assert "cnn:small" in caught.value.hint


def test_auto_takes_motion_for_few_clips() -> None:
    assert choose_auto(96, 6) == "motion"
    assert choose_auto(20_000, 10) == "cnn_lstm"


def check_motion(num_frames: int, size: int) -> None:
    entry = find_entry("motion")
    assert entry.check_shape is not None
    entry.check_shape((num_frames, size), entry.resolve())


def test_a_clip_that_is_too_small_or_short_for_motion() -> None:
    with pytest.raises(UsageError, match="too small") as caught:
        check_motion(8, 19)
    assert "--size 20" in caught.value.hint
    check_motion(8, 20)
    with pytest.raises(UsageError, match="does not move"):
        check_motion(1, 84)


def test_the_second_stream_is_switched_by_an_argument() -> None:
    entry = find_entry("motion")
    streams = {preset: entry.num_streams(entry.resolve(preset)) for preset in entry.presets}
    assert streams == {"small": 2, "motion_only": 1}
    assert {item.num_streams(item.resolve()) for item in CATALOG if item is not entry} == {1}
    assert all(not item.second_stream or item.arguments[item.second_stream].kind is bool for item in CATALOG)
