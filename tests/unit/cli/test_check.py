"""The exit status of ``reelwise check`` says whether the data can be used."""

import json
from pathlib import Path

import crafted
import pytest

from reelwise.cli.main import run


def data_set(folder: Path, num_good: int, num_bad: int) -> Path:
    for number in range(num_good):
        path = folder / ("walk", "run")[number % 2] / f"{number}.mp4"
        path.parent.mkdir(parents=True, exist_ok=True)
        crafted.make_video(path, 20 + number)
    for number in range(num_bad):
        path = folder / ("walk", "run")[number % 2] / f"bad_{number}.mp4"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("<html>no video</html>")
    return folder


@pytest.mark.parametrize(("num_good", "num_bad", "status"), [(4, 0, 0), (3, 3, 0), (2, 3, 1), (0, 4, 1)])
@pytest.mark.parametrize("form", [[], ["--json"]])
def test_more_than_half_unusable_is_a_failure(tmp_path, capsys, num_good, num_bad, status, form):
    data = data_set(tmp_path / "clips", num_good, num_bad)
    assert run(["check", str(data), "--quiet", "--cache-dir", str(tmp_path / "cache"), *form]) == status
    text = capsys.readouterr().out
    if form:
        report = json.loads(text)
        assert (report["num_usable"], report["num_videos"]) == (num_good, num_good + num_bad)
    else:
        assert f"{num_good} of {num_good + num_bad} videos can be used" in text
