import itertools
from fractions import Fraction
from pathlib import Path

import crafted
import numpy as np
import pytest
from sound_files import Track, click, make_sounding, tone

from reelwise.core.errors import CacheError, UsageError, VideoError
from reelwise.core.intervals import Interval
from reelwise.core.sound import Sound
from reelwise.media.limits import ReadLimits
from reelwise.media.requests.sound import DecodeSound, SoundTask
from reelwise.media.sound.decode import decode_sound, decode_sound_to_file
from reelwise.media.sound.track import SoundSettings, SoundTrack, open_sound
from reelwise.media.workers.wire import NonsenseError, pack_reply, unpack_reply

OWN = SoundSettings(sample_rate=None, mono=False)
SAMPLE = 1 / 16_000


def click_seconds(sound: Sound) -> float:
    """When the middle of the click sounds: the peak of its envelope."""
    energy = np.convolve(np.square(sound.samples.reshape(len(sound), -1)[:, 0]), np.ones(32), "same")
    return float(sound.time_of(int(energy.argmax())))


def near(seconds: float, tolerance: float = 2e-4):
    return pytest.approx(seconds, abs=tolerance)


# On the clock of the frames


@pytest.mark.parametrize("rate", [8_000, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000])
def test_a_click_keeps_its_time_at_every_rate(tmp_path, rate):
    path = make_sounding(tmp_path / "a.mkv", [Track([(0, click(1, 0.4, rate))], rate=rate)])
    sound, track = decode_sound(path)
    assert click_seconds(sound) == near(0.4)
    assert (sound.sample_rate, sound.start, len(sound), sound.present) == (16_000, 0, 16_000, (Interval(0, 16_000),))
    assert track.warnings == ()


@pytest.mark.parametrize(
    ("name", "codec", "tolerance"),
    [("a.mp4", "aac", 3e-3), ("a.mov", "pcm_s16le", 2e-4), ("a.ts", "mp2", 3e-2), ("a.mkv", "libopus", 3e-3)],
)
def test_sound_that_starts_late_keeps_its_time(tmp_path, name, codec, tolerance):
    track = Track([(0.3, click(1, 0.7, start=0.3))], codec=codec)
    sound, _ = decode_sound(make_sounding(tmp_path / name, [track]))
    assert click_seconds(sound) == near(0.7, tolerance)
    assert float(sound.start) == near(0.3, 0.03)


def test_zero_is_the_first_frame_when_the_picture_starts_late(tmp_path):
    path = make_sounding(tmp_path / "a.mkv", [Track([(0, click(1, 0.6))])], first_pts=5)
    sound, _ = decode_sound(path)
    assert float(sound.start) == near(-0.2)
    assert click_seconds(sound) == near(0.4)
    assert click_seconds(sound.between(Fraction(0), Fraction(1, 2))) == near(0.4)


def test_an_edit_list_of_the_picture_counts(tmp_path):
    path = crafted.make_video(tmp_path / "a.mp4", 50, sound=True)
    whole, _ = decode_sound(path)
    time_base = 12_800
    edited, _ = decode_sound(crafted.with_edits(path, [(1000, int(0.4 * time_base))]))
    # The sound starts where it did on the container's clock, and so does the picture, with a later frame.
    assert edited.start == whole.start


# Holes


def test_a_gap_is_not_silence(tmp_path):
    pieces = [(0, tone(0.5)), (0.75, tone(0.25))]
    sound, track = decode_sound(make_sounding(tmp_path / "a.mkv", [Track(pieces)]))
    assert sound.present == (Interval(0, 8_000), Interval(12_000, 16_000))
    assert not sound.samples[8_000:12_000].any()
    assert track.warnings == ("gaps: the sound has 1 holes.",)


def test_half_a_track_is_present_for_its_half(tmp_path):
    sound, _ = decode_sound(make_sounding(tmp_path / "a.mkv", [Track([(0, tone(0.5))])]))
    mask = sound.between(Fraction(0), Fraction(1)).mask()
    assert mask[:8_000].all()
    assert not mask[8_000:].any()


def test_sound_longer_than_the_picture_is_kept(tmp_path):
    sound, _ = decode_sound(make_sounding(tmp_path / "a.mkv", [Track([(0, tone(3))])]))
    assert len(sound) == 48_000


def test_a_silent_track_is_real_sound(tmp_path):
    sound, _ = decode_sound(make_sounding(tmp_path / "a.mkv", [Track([(0, 0 * tone(1))])]))
    assert sound.present == (Interval(0, 16_000),)
    assert not sound.samples.any()


def test_a_video_without_sound_says_so(tmp_path):
    sound, track = decode_sound(crafted.make_video(tmp_path / "a.mp4"))
    assert (len(sound), sound.present, track.missing) == (0, (), "no sound track.")


def test_damaged_packets_are_holes(tmp_path):
    track = Track([(0, tone(2))], codec="ac3", rate=48_000)
    whole, _ = decode_sound(make_sounding(tmp_path / "whole.mkv", [track], num_frames=50))
    sound, facts = decode_sound(make_sounding(tmp_path / "a.mkv", [track], num_frames=50, damage=range(20, 26)))
    assert float(sound.end) == near(float(whole.end), 1e-3)  # Matroska rounds to milliseconds
    (first, hole), (after, last) = sound.intervals
    assert (first, last) == (0, len(sound))
    assert (after - hole) / 16_000 == near(6 * 1536 / 48_000, 0.04)
    assert facts.warnings[0].startswith("damaged: ")


def test_nonsense_samples_are_damage(tmp_path):
    samples = tone(1)
    samples[:, 20_000:20_100] = np.nan
    samples[:, 30_000:30_010] = 1e30
    sound, track = decode_sound(make_sounding(tmp_path / "a.mkv", [Track([(0, samples)], codec="pcm_f32le")]))
    assert np.abs(sound.samples).max() < 1
    assert len(sound.present) == 3
    assert track.warnings[0].startswith("damaged: ")


# Forms


def test_channels_are_averaged_into_one(tmp_path):
    samples = np.concatenate([tone(1), np.zeros((1, 48_000), np.float32)])
    sound, track = decode_sound(make_sounding(tmp_path / "a.mkv", [Track([(0, samples)], layout="stereo")]))
    assert np.abs(sound.samples).max() == pytest.approx(0.25, abs=0.01)
    assert (sound.samples.ndim, track.channels) == (1, ("FC",))


def test_the_own_form_keeps_rate_channels_and_names(tmp_path):
    samples = np.stack([0.1 * (i + 1) * tone(1)[0] for i in range(6)])
    path = make_sounding(tmp_path / "a.mkv", [Track([(0, samples)], layout="5.1")])
    sound, track = decode_sound(path, OWN)
    assert (sound.sample_rate, sound.samples.shape) == (48_000, (48_000, 6))
    assert track.channels == ("FL", "FR", "FC", "LFE", "BL", "BR")
    np.testing.assert_allclose(np.abs(sound.samples).max(axis=0), 0.05 * np.arange(1, 7), atol=1e-3)
    mono, _ = decode_sound(path)
    assert np.abs(mono.samples).max() == pytest.approx(0.05 * (1 + 2 + 3 + 5 + 6) / 5, abs=2e-3)  # no LFE


@pytest.mark.parametrize(
    ("codec", "layout", "num_channels"),
    [("libopus", "7.1", 8), ("pcm_f32le", "octagonal", 8), ("pcm_s16le", "hexadecagonal", 16)],
)
def test_eight_channels_and_more_do_not_crash(tmp_path, codec, layout, num_channels):
    track = Track([(0, tone(0.5, channels=num_channels))], codec=codec, layout=layout)
    path = make_sounding(tmp_path / "a.mkv", [track])
    assert decode_sound(path, OWN)[0].num_channels == num_channels
    assert np.abs(decode_sound(path)[0].samples).max() == pytest.approx(0.5, abs=0.05)


def test_a_change_of_rate_and_channels_in_the_stream_is_followed(tmp_path):
    first = make_sounding(tmp_path / "1.ts", [Track([(0, tone(1, rate=44_100))], codec="mp2", rate=44_100)])
    stereo = Track([(0, tone(1, rate=48_000, channels=2))], codec="mp2", rate=48_000, layout="stereo")
    second = make_sounding(tmp_path / "2.ts", [stereo])
    both = tmp_path / "both.ts"
    both.write_bytes(first.read_bytes() + second.read_bytes())
    sound, track = decode_sound(both)
    assert len(sound) / 16_000 == pytest.approx(2.0, abs=0.1)
    assert "the rate or channels of the sound change in the stream." in track.warnings
    spectrum = np.abs(np.fft.rfft(sound.samples[-8_000:] * np.hanning(8_000)))
    assert spectrum.argmax() * 2 == pytest.approx(440, abs=4)


# What is read


def test_a_codec_outside_of_the_list_costs_the_sound_only(tmp_path):
    path = make_sounding(tmp_path / "a.mkv", [Track([(0, tone(1))], codec="tta")])
    sound, track = decode_sound(path)
    assert (len(sound), track.missing) == (0, "no usable sound: codec tta.")


def test_the_first_usable_track_is_taken(tmp_path):
    tracks = [Track([(0, tone(1))], codec="tta"), Track([(0, click(1, 0.4))]), Track([(0, click(1, 0.8))])]
    sound, track = decode_sound(make_sounding(tmp_path / "a.mkv", tracks))
    assert click_seconds(sound) == near(0.4)
    assert track.codec == "pcm_s16le"


def test_a_track_of_which_nothing_decodes_is_passed_over(tmp_path):
    broken = Track([(0, tone(0.2))], codec="ac3")
    path = make_sounding(tmp_path / "a.mkv", [broken, Track([(0, click(1, 0.4))])], damage=range(7))
    assert click_seconds(decode_sound(path)[0]) == near(0.4)
    path = make_sounding(tmp_path / "b.mkv", [broken], damage=range(7))
    assert decode_sound(path)[1].missing == "no usable sound: nothing of it could be decoded."


def test_reading_stops_at_the_limit(tmp_path):
    sound, track = decode_sound(
        make_sounding(tmp_path / "a.mkv", [Track([(0, tone(5))])]), SoundSettings(max_seconds=2)
    )
    assert len(sound) == 32_000
    assert track.warnings == ("the sound is read up to 2 s only.",)


def test_a_gap_of_hours_does_not_fill_the_disk(tmp_path):
    path = make_sounding(tmp_path / "a.mkv", [Track([(0, tone(1)), (11 * 3600, tone(1))])])
    sound, _ = decode_sound(path, SoundSettings(max_seconds=3))
    assert len(sound) == 48_000
    assert sound.present == (Interval(0, 16_000),)


def test_many_bad_packets_end_the_track(tmp_path):
    path = make_sounding(tmp_path / "a.mkv", [Track([(0, tone(2))], codec="ac3")], damage=range(10, 40))
    sound, _ = decode_sound(path, limits=ReadLimits(max_bad_packets=5))
    assert sound.end < 1


@pytest.mark.parametrize("maker", [crafted.sound_only, crafted.cover_picture])
def test_a_file_without_a_picture_is_refused(tmp_path, maker):
    with pytest.raises(VideoError, match=r"no video stream|only a cover picture"):
        decode_sound(maker(tmp_path / "a.m4a"))


def test_wrong_settings_are_a_usage_error():
    with pytest.raises(UsageError, match="sample rate"):
        SoundSettings(sample_rate=1)
    with pytest.raises(UsageError, match="max_seconds"):
        SoundSettings(max_seconds=0)


# To a file, by a worker


def test_a_worker_writes_what_this_process_decodes(tmp_path, pool):
    path = make_sounding(tmp_path / "a.mkv", [Track([(0, tone(0.5)), (0.8, tone(1, channels=1))])])
    task = SoundTask(path, SoundSettings(), tmp_path / "out.f32")
    [(_, track)] = pool.run([task])
    sound, expected = decode_sound(path)
    written = open_sound(track, task.output)
    np.testing.assert_array_equal(written.samples, sound.samples)
    assert (written.start, written.present, track.codec) == (sound.start, sound.present, expected.codec)
    with pytest.raises(ValueError, match="read-only"):
        written.samples[0] = 1


def test_many_channels_lie_side_by_side(tmp_path):
    path = make_sounding(tmp_path / "a.mkv", [Track([(0, tone(1, channels=2))], layout="stereo")])
    track = decode_sound_to_file(path, OWN, tmp_path / "out.f32")
    np.testing.assert_array_equal(open_sound(track, tmp_path / "out.f32").samples, decode_sound(path, OWN)[0].samples)


def test_a_worker_says_why_there_is_no_sound_and_makes_an_empty_file(tmp_path, pool):
    tasks = [
        SoundTask(crafted.make_video(tmp_path / "a.mp4"), SoundSettings(), tmp_path / "a.f32"),
        SoundTask(crafted.sound_only(tmp_path / "b.m4a"), SoundSettings(), tmp_path / "b.f32"),
    ]
    answers = {task.path.name: answer for task, answer in pool.run(tasks)}
    assert answers["a.mp4"].missing == "no sound track."
    assert len(open_sound(answers["a.mp4"], tmp_path / "a.f32")) == 0
    assert isinstance(answers["b.m4a"], VideoError)


def test_an_output_that_cannot_be_written_is_no_fault_of_the_video(tmp_path, pool):
    path = make_sounding(tmp_path / "a.mkv", [Track([(0, tone(1))])])
    with pytest.raises(CacheError, match="cannot be written"):
        list(pool.run([SoundTask(path, SoundSettings(), tmp_path / "no such folder" / "a.f32")]))


def test_a_file_of_another_size_is_refused(tmp_path):
    path = make_sounding(tmp_path / "a.mkv", [Track([(0, tone(1))])])
    output = tmp_path / "out.f32"
    track = decode_sound_to_file(path, SoundSettings(), output)
    output.write_bytes(output.read_bytes()[:-4])
    with pytest.raises(CacheError, match="expected 16000 samples"):
        open_sound(track, output)
    output.unlink()
    with pytest.raises(CacheError, match="cannot be opened"):
        open_sound(track, output)


SOUND = DecodeSound()
TRACK = SoundTrack(
    9, 16_000, ("FL", "FR"), Fraction(-1, 3), (Interval(0, 2), Interval(4, 9)), "aac", "", ("gaps: x.",), 7
)


def test_tasks_and_answers_survive_the_way():
    task = SoundTask(Path("odd \udcff.mp4"), SoundSettings(None, mono=False, max_seconds=9), Path("x"))
    assert SOUND.unpack(SOUND.pack(task)) == task
    assert unpack_reply(SOUND, pack_reply(SOUND, TRACK)) == TRACK


@pytest.mark.parametrize(
    "lie",
    [
        {"present": [[0, 10]]},
        {"present": [[4, 9], [0, 2]]},
        {"present": [[-1, 2]]},
        {"start": [1, 0]},
        {"start": 3},
        {"num_samples": "many"},
        {"channels": []},
        {"sample_rate": 0},
    ],
)
def test_an_answer_that_cannot_be_is_nonsense(lie):
    with pytest.raises(NonsenseError):
        unpack_reply(SOUND, pack_reply(SOUND, TRACK) | lie)


@pytest.mark.real
def test_real_sound_tracks(real_data):
    found = {path.name: decode_sound(path) for path in (real_data / "odd" / "one_clip_many_containers").iterdir()}
    starts = {
        name: float(sound.start) for name, (sound, _) in found.items() if len(sound) and name.startswith("flower")
    }
    assert max(starts.values()) - min(starts.values()) < 0.002
    assert found["uuid540.mp4"][1].missing == "no sound track."
    assert all(len(sound.present or ()) <= 1 for sound, _ in found.values())


@pytest.mark.real
def test_the_times_of_real_vorbis_make_no_false_gaps(real_data):
    sound, track = decode_sound(real_data / "long" / "cuts" / "tears-of-steel-battle-clip-medium.webm")
    assert len(sound.intervals) == 1
    assert track.warnings == ()


def test_at_the_deadline_the_rest_is_left_out(tmp_path, monkeypatch):
    path = make_sounding(tmp_path / "a.mkv", [Track([(0, tone(8))])], num_frames=200)
    clock = itertools.count()
    monkeypatch.setattr("reelwise.media.sound.decode.time.monotonic", lambda: next(clock) / 10)
    track = decode_sound_to_file(path, OWN, tmp_path / "sound", deadline_seconds=20.0)
    assert 20_000 < track.num_samples < 6 * 48_000
    assert not track.complete
    assert any("up to" in sentence for sentence in track.warnings)
    assert len(open_sound(track, tmp_path / "sound")) == track.num_samples
    assert decode_sound_to_file(path, OWN, tmp_path / "sound", deadline_seconds=10_000).complete
    none = decode_sound_to_file(path, OWN, tmp_path / "sound", deadline_seconds=0)
    assert (none.num_samples, none.complete, none.missing) == (0, False, "sound that takes too long to find.")


def test_the_deadline_holds_while_only_pictures_come(tmp_path, monkeypatch):
    path = make_sounding(tmp_path / "a.mkv", [Track([(0, tone(1)), (36, tone(1))])], num_frames=1000)
    clock = itertools.count()
    monkeypatch.setattr("reelwise.media.sound.decode.time.monotonic", lambda: next(clock) / 10)
    track = decode_sound_to_file(path, OWN, tmp_path / "sound", deadline_seconds=30.0)
    assert not track.complete
    assert track.num_samples <= 48_000
    assert next(clock) < 350
