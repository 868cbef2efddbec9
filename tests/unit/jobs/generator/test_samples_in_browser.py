"""Samples in a real browser: they play to their end, with exactly their frames, each of them seen."""

import base64
from fractions import Fraction

import pytest
from browser_checks import CHROMIUM, FLAGS, NEEDS_BROWSER
from samples import head, moving_bar, plan_of

from reelwise.jobs.generator.sample_folder import open_folder

pytestmark = NEEDS_BROWSER

PLAYED = """async (source) => {
  const video = document.createElement('video');
  video.muted = true;
  document.body.append(video);
  video.src = source;
  await new Promise((done, fail) => { video.onloadeddata = done; video.onerror = () => fail(video.error.message); });
  await video.play();
  await new Promise(done => { video.onended = done; });
  return {seconds: video.duration, frames: video.webkitDecodedFrameCount, size: [video.videoWidth, video.videoHeight]};
}"""

FRAME_BY_FRAME = """async ([source, moments]) => {
  const video = document.createElement('video');
  video.muted = true;
  document.body.append(video);
  video.src = source;
  await new Promise((done, fail) => { video.onloadeddata = done; video.onerror = () => fail(video.error.message); });
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
  const context = canvas.getContext('2d', {willReadFrequently: true});
  const bars = [];
  for (const moment of moments) {
    const seeked = new Promise(done => { video.onseeked = done; });
    // `seeked` may come before the frame is handed to the page on a busy machine: that is another event.
    const shown = new Promise(done => { video.requestVideoFrameCallback(done); });
    video.currentTime = moment;
    await seeked;
    await Promise.race([shown, new Promise(done => { setTimeout(done, 5000); })]);
    context.drawImage(video, 0, 0);
    const row = context.getImageData(0, 16, canvas.width, 1).data;
    const reds = [...Array(canvas.width).keys()].map(x => row[4 * x]);
    bars.push(reds.indexOf(Math.max(...reds)));
  }
  return bars;
}"""


@pytest.fixture(scope="module")
def page():
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser.new_page()
        browser.close()


def address(path) -> str:
    return f"data:video/mp4;base64,{base64.b64encode(path.read_bytes()).decode()}"


@pytest.mark.parametrize(("num_frames", "rate"), [(8, Fraction(25, 2)), (12, Fraction(30000, 1001)), (3, Fraction(5))])
def test_exactly_the_asked_frames_at_the_asked_rate(page, tmp_path, num_frames, rate):
    plan = plan_of(1, num_frames, rate, num_following=num_frames)
    folder = open_folder(tmp_path / "out", head(), plan, resume=False)
    folder.add(plan.samples[0], moving_bar(num_frames))
    folder.finish(with_arrays=False)
    for name, count in (("sample_000", num_frames), ("grid", num_frames + 4), ("compare_000", num_frames + 4)):
        played = page.evaluate(PLAYED, address(tmp_path / f"out/{name}.mp4"))
        assert played["frames"] == count, name
        assert played["seconds"] == pytest.approx(float(count / rate), abs=0.002), name
    moments = [float((index + Fraction(1, 2)) / rate) for index in range(num_frames)]
    bars = page.evaluate(FRAME_BY_FRAME, [address(tmp_path / "out/sample_000.mp4"), moments])
    assert [bar // 2 for bar in bars] == list(range(num_frames))  # none is shown twice, first and last included
