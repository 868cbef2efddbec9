"""One video on one page; whatever a stranger writes into its tags."""

import re
from fractions import Fraction

import numpy as np
import pytest

from reelwise.core.sound import Sound
from reelwise.core.video import SoundFacts, VideoFacts, VideoWarning, WarningKind
from reelwise.reports.sound_overview import summarize_sound
from reelwise.reports.video_page import Thumbnail, VideoOverview, render_video_page, sound_facts

EVIL = '"><script>alert(1)</script><img src=x onerror=y>\u202egpj'


def look_of(text: str = "plain", *, with_sound: bool = True, with_shots: bool = True) -> VideoOverview:
    facts = VideoFacts(100, 64, 48, 4.0, Fraction(25), False, 0, "h264", text, SoundFacts("aac", 16000, 1),
                       {text: text}, (VideoWarning(WarningKind.OTHER, text),))  # fmt: skip
    rng = np.random.default_rng(0)
    thumbnails = tuple(
        Thumbnail(i / 2, rng.integers(0, 256, (48, 64, 3), np.uint8)) for i in range(8 if with_shots else 0)
    )
    samples = rng.normal(0, 0.1, 3 * 16000).astype(np.float32)
    samples[16000:32000] = 0
    sound = summarize_sound(Sound(samples, 16000), Fraction(4), (text,)) if with_sound else None
    return VideoOverview(text, facts, thumbnails, text, sound, "" if with_sound else f"no sound track {text}")


def test_it_says_what_there_is():
    page = render_video_page(look_of(), (("picture", "h264"),), 12345)
    assert page.count("<li><img ") == 8
    for part in ("64×48", "12.3", "LUFS", "no sound", "2 kHz", "1.0 s – 2.0 s", "4.0 s"):
        assert part in page, part
    assert "http" not in re.sub(r"http-equiv|data:[^\"]*", "", page)


@pytest.mark.parametrize("with_sound", [True, False])
def test_a_strangers_text_stays_text(with_sound):
    page = render_video_page(look_of(EVIL, with_sound=with_sound), ((EVIL, EVIL),), 1)
    assert "<script" not in page
    assert "onerror=y>" not in page
    assert "\u202e" not in page
    assert page.count("<img") == 8


def test_without_sound_and_pictures_it_says_so():
    page = render_video_page(look_of(with_sound=False, with_shots=False), (), 1)
    assert "No sound track plain." in page
    assert 'id="pictures"' not in page


def test_measured_in_words():
    look = look_of().sound
    rows = dict(sound_facts(look))
    assert rows["silent"] == "33 % in 1 stretch"
    assert rows["without sound"] == "25.0 % of the video"
    assert rows["loudness"].endswith("LUFS (EBU R128)")
