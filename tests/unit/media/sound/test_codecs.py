"""Sound of cameras, discs and old players is decoded in its place; of other codecs the name is told."""

from pathlib import Path

import numpy as np
import pytest
from av.codec import Codec
from sound_files import Track, click, make_sounding, tone

from reelwise.media.limits import SOUND_CODECS, VIDEO_CODECS
from reelwise.media.readers.scan import scan_video
from reelwise.media.sound.decode import decode_sound

CODECS = [
    ("a.asf", "wmav1", "wmav1", 44_100, {"b": "128000"}),
    ("a.asf", "wmav2", "wmav2", 44_100, {"b": "128000"}),
    ("a.avi", "adpcm_ms", "adpcm_ms", 22_050, {}),
    ("a.avi", "adpcm_ima_wav", "adpcm_ima_wav", 8_000, {}),
    ("a.mov", "adpcm_ima_qt", "adpcm_ima_qt", 44_100, {}),
    ("a.avi", "adpcm_yamaha", "adpcm_yamaha", 44_100, {}),
    ("a.flv", "adpcm_swf", "adpcm_swf", 22_050, {}),
    ("a.flv", "nellymoser", "nellymoser", 22_050, {}),
    ("a.mpg", "pcm_dvd", "pcm_dvd", 48_000, {}),
    ("a.m2ts", "pcm_bluray", "pcm_bluray", 48_000, {}),
    ("a.asf", "g722", "adpcm_g722", 16_000, {}),
    ("a.asf", "g726", "adpcm_g726", 8_000, {"b": "32000"}),
    ("a.mkv", "pcm_f32le", "pcm_f32le", 44_100, {}),
]
OUTSIDE = ("tta", "wavpack")


@pytest.mark.parametrize("name", VIDEO_CODECS + SOUND_CODECS)
def test_every_name_of_the_lists_is_a_decoder_of_this_ffmpeg(name):
    assert Codec(name, "r").is_decoder


@pytest.mark.parametrize(("name", "encoder", "codec", "rate", "options"), CODECS)
def test_a_click_is_heard_in_its_place(tmp_path, name, encoder, codec, rate, options):
    track = Track([(0, click(1, 0.4, rate, channels=2))], encoder, rate, "stereo", options)
    if encoder in ("nellymoser", "g722", "g726", "adpcm_swf"):
        track = Track([(0, click(1, 0.4, rate))], encoder, rate, "mono", options)
    path = make_sounding(tmp_path / name, [track])
    facts = scan_video(path).sound
    assert facts is not None
    assert (facts.codec, facts.sample_rate) == (codec, rate)
    sound, decoded = decode_sound(path)
    assert decoded.missing == ""
    loudest = int(np.convolve(np.square(sound.samples), np.ones(32), "same").argmax())
    assert float(sound.time_of(loudest)) == pytest.approx(0.4, abs=0.06)  # some encoders add silence before
    assert 0.1 < np.abs(sound.samples).max() < 1.5


def test_aac_of_a_broadcast_is_heard(tmp_path):
    path = make_sounding(tmp_path / "a.ts", [Track([(0, tone(1))], "aac")], container_options={"mpegts_flags": "latm"})
    facts = scan_video(path).sound
    assert facts is not None
    assert facts.codec == "aac_latm"
    assert np.abs(decode_sound(path)[0].samples).max() == pytest.approx(0.6, abs=0.2)


@pytest.mark.parametrize("codec", OUTSIDE)
def test_a_codec_outside_of_the_list_is_a_track_that_cannot_be_used(tmp_path, codec):
    assert codec not in SOUND_CODECS
    path = make_sounding(tmp_path / "a.mkv", [Track([(0, tone(1))], codec)])
    facts = scan_video(path).sound
    assert facts is not None
    assert facts.codec == codec
    assert decode_sound(path)[1].missing == f"no usable sound: codec {codec}."


def test_the_track_that_can_be_used_is_the_one_that_is_named(tmp_path):
    path = make_sounding(tmp_path / "a.mkv", [Track([(0, tone(1))], "tta"), Track([(0, tone(1))], "flac")])
    facts = scan_video(path).sound
    assert facts is not None
    assert facts.codec == "flac"


def test_a_codec_that_ffmpeg_does_not_know_is_a_track_all_the_same(tmp_path):
    path: Path = make_sounding(tmp_path / "a.mkv", [Track([(0, tone(1))], "tta")])
    path.write_bytes(path.read_bytes().replace(b"A_TTA1", b"A_XXXX"))
    facts = scan_video(path).sound
    assert facts is not None
    assert facts.codec == "unknown"
    assert decode_sound(path)[1].missing == "no usable sound: codec unknown."
