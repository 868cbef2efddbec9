"""Which lines a frame shows."""

from fractions import Fraction

from reelwise.media.writers.captions import Caption, FrameText, TextOfFrames


def lines_of(text: FrameText, num_frames: int) -> list[list[str]]:
    texts = TextOfFrames(text)
    return [list(texts.lines_at(frame, Fraction(frame, 25))) for frame in range(num_frames)]


def test_a_caption_is_shown_from_its_first_to_its_last_frame() -> None:
    captions = (Caption(2, 4, "b"), Caption(0, 3, "a"), Caption(5, 5, "never"), Caption(4, 9, "c"))
    assert lines_of(FrameText(captions=captions), 6) == [["a"], ["a"], ["b", "a"], ["b"], ["c"], ["c"]]


def test_captions_that_start_together_stand_in_their_order() -> None:
    captions = (Caption(0, 2, "b"), Caption(0, 2, "a"), Caption(1, 2, "c"))
    assert lines_of(FrameText(captions=captions), 2) == [["b", "a"], ["b", "a", "c"]]


def test_time_and_lines_stand_above() -> None:
    lines = lines_of(FrameText(("x",), (Caption(1, 2, "a"),), shows_time=True), 2)
    assert lines == [["00:00:00.000  frame 0", "x"], ["00:00:00.040  frame 1", "x", "a"]]


def test_a_time_is_rounded_up_into_its_frame() -> None:
    text = TextOfFrames(FrameText(shows_time=True))
    assert text.lines_at(1, Fraction(1001, 30_000)) == ("00:00:00.034  frame 1",)
    assert text.lines_at(9, Fraction(3661)) == ("01:01:01.000  frame 9",)


def test_a_video_with_a_timecode_shows_it() -> None:
    text = TextOfFrames(FrameText(shows_time=True, timecode_rate=Fraction(30000, 1001)))
    assert text.lines_at(1800, Fraction(1800 * 1001, 30000)) == ("00:01:00;02  frame 1800",)
