"""Annotations for data sets and labelling tools: seconds and frame numbers, counted as each of them counts."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import crafted_tracks
import pytest
from crafted_tracks import Crafted

from reelwise.analysis.formats import activitynet, fiftyone, label_studio


def crafted_of(rate: Fraction | None) -> Crafted:
    start = Fraction(1, 3)
    if rate is None:
        return crafted_tracks.craft_uneven(start_seconds=start, first_pts=5)
    return crafted_tracks.craft_rate(rate, start_seconds=start, first_pts=5)


def read(files: dict[str, str | bytes], name: str) -> Any:
    return json.loads(files[name])


@pytest.mark.parametrize("rate", [*crafted_tracks.RATES, None])
def test_every_time_comes_back_to_its_frame(rate: Fraction | None, tmp_path: Path) -> None:
    crafted = crafted_of(rate)
    shots = crafted.analysis.items("shots")
    spans = [(shot.start.frame, shot.end.frame) for shot in shots]
    detections = read(activitynet.FORMAT.write(crafted.analysis, tmp_path), "activitynet-shots.json")["results"]["film"]
    assert [each["label"] for each in detections] == ["shot"] * len(shots)
    for edge in (0, 1):
        times = [Fraction(each["segment"][edge]).limit_denominator(10**6) for each in detections]
        assert [crafted.frame_shown(time) for time in times] == [span[edge] for span in spans]
        assert [crafted.nearest_frame(time) for time in times] == [span[edge] for span in spans]
    labels = read(fiftyone.FORMAT.write(crafted.analysis, tmp_path), "fiftyone-shots.json")["labels"]["film"]
    assert [(each["support"][0] - 1, each["support"][1]) for each in labels] == spans
    assert {each["confidence"] for each in labels} == {1.0}
    (task,) = read(label_studio.FORMAT.write(crafted.analysis, tmp_path), "label_studio.json")
    regions = [each for each in task["predictions"][0]["result"] if each["from_name"] == "shots"]
    ranges = [each["value"]["ranges"][0] for each in regions]
    assert [(each["start"] - 1, each["end"]) for each in ranges] == spans


def test_the_interface_has_every_name_of_the_task(tmp_path: Path) -> None:
    crafted = crafted_tracks.hostile()
    files = label_studio.FORMAT.write(crafted.analysis, tmp_path)
    (task,) = read(files, "label_studio.json")
    view = ElementTree.fromstring(str(files["label_studio.xml"]))
    controls = {each.get("name"): {label.get("value") for label in each} for each in view.findall("TimelineLabels")}
    assert len(controls) == len(crafted.analysis.tracks)
    regions = task["predictions"][0]["result"]
    assert len(regions) == sum(len(track.items) for track in crafted.analysis.tracks)
    assert all(region["value"]["timelinelabels"][0] in controls[region["from_name"]] for region in regions)
    video = view.find("Video")
    assert video is not None
    assert (video.get("value"), video.get("frameRate")) == ("$video", "25.000000")


def test_a_track_has_a_file_of_its_own(tmp_path: Path) -> None:
    analysis = crafted_tracks.craft_rate(Fraction(25)).analysis
    assert list(activitynet.FORMAT.write(analysis, tmp_path)) == ["activitynet-shots.json", "activitynet-quality.json"]
    document = read(activitynet.FORMAT.write(analysis, tmp_path), "activitynet-quality.json")
    assert document["results"]["film"][0] == {"label": "freeze", "score": 0.5, "segment": [0.0, 0.04]}
    assert set(document) == {"version", "results", "external_data"}
