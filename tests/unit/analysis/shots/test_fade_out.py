"""A fade after which nothing comes leads to no other shot."""

from reelwise.analysis.shots.fade_out import FadeOut
from reelwise.analysis.shots.transitions import Transition

FADE = Transition("fade_black", 40, 50, 0.9)
CUT = Transition("cut", 50, 50, 0.9)


def test_a_fade_waits_for_a_picture() -> None:
    fade_out = FadeOut(lambda frame: frame < 60, max_delay=100)
    assert fade_out.push([FADE], 52) == []
    assert fade_out.push([], 60) == []
    assert fade_out.push([], 61) == [FADE]
    assert fade_out.push([], 62) == []


def test_no_frame_is_looked_at_twice_while_black_lasts() -> None:
    tested: list[int] = []
    fade_out = FadeOut(lambda frame: tested.append(frame) is None and frame < 60, max_delay=100)
    for num_frames in range(51, 61):
        assert fade_out.push([FADE] if num_frames == 51 else [], num_frames) == []
    assert fade_out.push([], 61) == [FADE]
    assert tested == list(range(50, 61))


def test_what_comes_after_it_waits_too() -> None:
    fade_in = Transition("fade_black", 58, 63, 0.9)
    fade_out = FadeOut(lambda frame: frame < 60, max_delay=100)
    assert fade_out.push([FADE, fade_in], 60) == []
    assert fade_out.push([], 64) == [FADE, fade_in]


def test_a_long_black_is_a_shot_and_so_is_one_after_a_cut() -> None:
    fade_out = FadeOut(lambda frame: True, max_delay=100)
    assert fade_out.push([FADE], 139) == []
    assert fade_out.push([], 140) == [FADE]
    assert fade_out.push([CUT], 141) == [CUT]
