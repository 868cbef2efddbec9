"""Passages that are found to the frame, and what is no match by itself."""

import numpy as np
import pytest
from made_up_films import film, print_of, scene

from reelwise.analysis.similarity.matches import find_passages

FILM = film((1, 0, 6), (2, 0, 5), (3, 0, 7))
"""450 frames: cuts at 150 and 275."""


@pytest.fixture(scope="module")
def films():
    return [print_of(film((4, 0, 8), (5, 0, 8))), print_of(FILM)]


def assert_close(passage, clip_frames, film_frames, tolerance=1):
    assert passage.film == 1
    np.testing.assert_allclose(passage.clip_frames, clip_frames, atol=tolerance)
    np.testing.assert_allclose(passage.film_frames, film_frames, atol=tolerance)


def test_a_clip_in_a_film(films):
    first = find_passages(print_of(FILM[100:250], is_clip=True), films)[0]
    assert_close(first, (0, 150), (100, 250))
    assert first.speed == 1
    assert not first.is_mirrored
    assert first.clip_share == pytest.approx(1, abs=0.01)
    assert first.film_share == pytest.approx(1 / 3, abs=0.01)


@pytest.mark.parametrize("rate", [25, 30])
def test_a_copy_is_found_from_the_first_frame_to_the_last(rate):
    pictures = film((6, 0, 4), rate=rate)
    (first, *_) = find_passages(print_of(pictures, rate, is_clip=True), [print_of(pictures, rate)])
    assert first.clip_frames == first.film_frames == (0, len(pictures))


def test_equal_frames_agree_to_rounding():
    """At a rate whose frames do not start on the grid of the fast look-up, and beside lines half a second off."""
    pictures = film((6, 0, 5), rate=29)
    (first, *_) = find_passages(print_of(pictures[20:120], 29, is_clip=True), [print_of(pictures, 29)])
    assert first.alignment.motion > 0.99  # 0.983 with a mean picture of half a second beside


def test_a_mirrored_clip(films):
    first = find_passages(print_of(FILM[100:250, :, ::-1], is_clip=True), films)[0]
    assert_close(first, (0, 150), (100, 250))
    assert first.is_mirrored


def test_a_crop_with_a_border(films):
    crop = FILM[100:250, 2:-2, 4:-4]
    framed = np.zeros((150, 57, 96), np.uint8)
    framed[:, 8:-8, 12:-12] = crop
    assert_close(find_passages(print_of(framed, is_clip=True), films)[0], (0, 150), (100, 250))


@pytest.mark.parametrize("left", [0, 8])
@pytest.mark.parametrize("seed", [1, 3, 4, 7])
def test_a_crop_beside_the_middle_of_slow_motion(seed, left):
    """What moves slowly to one side looks like what is seen from beside; 1 to 3.6 frames off without a last look."""
    slow = scene(seed, np.arange(200) / 25 * 0.3)
    (first, *_) = find_passages(print_of(slow[40:140, 2:43, left : left + 72], is_clip=True), [print_of(slow)])
    assert float(first.alignment.line.film_seconds(np.array(0.0))) * 25 == pytest.approx(40, abs=1.3)


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_a_crop_from_a_corner_is_judged_as_what_it_shows(seed):
    """A tenth of the picture is gone, all of it at one side and at the bottom."""
    whole = scene(seed, np.arange(200) / 25)
    (first, *_) = find_passages(print_of(whole[40:140, :41, 8:], is_clip=True), [print_of(whole)])
    np.testing.assert_allclose(first.film_frames, (40, 140), atol=1)
    assert first.score > 0.9  # 0.72 to 0.86 with what lies beside taken for what differs


def test_what_moves_outside_of_a_crop_does_not_end_the_passage():
    """For the last second and a half a light goes up and down at the edge that the crop does not show."""
    whole = scene(2, np.arange(100) / 25 * 0.5).astype(np.float32)
    light = np.zeros(100)
    light[62:] = 35 * np.sin(np.arange(38) / 2)
    whole[:, :, 76:] += light[:, None, None]
    pictures = np.clip(whole, 0, 255).astype(np.uint8)
    (first, *_) = find_passages(print_of(pictures[:, 2:-2, 4:-4], is_clip=True), [print_of(pictures)])
    assert first.clip_frames == (0, 100)


def test_of_equally_certain_passages_the_longer_comes_first():
    """One film has a second of the clip, another all of it."""
    whole = scene(3, np.arange(100) / 25)
    passages = find_passages(print_of(whole, is_clip=True), [print_of(whole[40:65]), print_of(whole)])
    assert [one.film for one in passages] == [1, 0]


@pytest.mark.parametrize("speed", [0.9, 1.1])
def test_another_speed(films, speed):
    clip = film((1, 0, 6), rate=25 / speed)
    first = find_passages(print_of(clip, is_clip=True), films)[0]
    assert_close(first, (0, len(clip)), (0, 150), tolerance=2)
    assert first.speed == pytest.approx(speed, abs=0.005)


@pytest.mark.parametrize("rate", [15, 50])
def test_another_frame_rate(films, rate):
    clip = film((1, 2, 4), (2, 0, 3), rate=rate)
    first = find_passages(print_of(clip, rate, is_clip=True), films)[0]
    assert_close(first, (0, len(clip)), (50, 225), tolerance=2)


def test_films_that_share_a_scene(films):
    clip = np.concatenate([film((7, 0, 4)), FILM[150:275], film((8, 0, 5))])
    passages = find_passages(print_of(clip, is_clip=True), films)
    assert len(passages) == 1
    assert_close(passages[0], (100, 225), (150, 275), tolerance=2)


def test_a_long_clip_that_holds_a_short_film():
    long = film((7, 0, 8), (1, 0, 6), (8, 0, 10))
    (first, *_) = find_passages(print_of(long, is_clip=True), [print_of(film((9, 0, 5))), print_of(FILM[:150])])
    assert_close(first, (200, 350), (0, 150), tolerance=2)


def test_another_take_of_the_same_scene_is_no_match(films):
    """The same ground and the same blobs, at other moments of their ways."""
    assert not [p for p in find_passages(print_of(film((1, 47, 6)), is_clip=True), films) if p.score > 0.5]


CARD = np.repeat(scene(20, np.zeros(1)), 75, 0)
BLACK = np.zeros((75, 45, 80), np.uint8)
INTRO = film((30, 0, 3))


@pytest.mark.parametrize("shared", [CARD, BLACK, np.full_like(BLACK, 128), np.concatenate([BLACK, CARD])])
def test_still_cards_and_black_frames_are_no_match(shared):
    one = np.concatenate([film((21, 0, 4)), shared, film((22, 0, 4))])
    other = np.concatenate([film((23, 0, 3)), shared, film((24, 0, 4))])
    assert find_passages(print_of(one, is_clip=True), [print_of(other)]) == []


def test_black_between_pictures_is_no_motion():
    """Two still pictures that are much alike, with black frames in both: all that changes is from and to black."""
    one = scene(20, np.zeros(1))
    other = np.clip(one + 0.1 * (scene(23, np.zeros(1)).astype(float) - one), 0, 255).astype(np.uint8)
    first, second = (np.concatenate([np.repeat(p, 40, 0), BLACK[:30], np.repeat(p, 40, 0)]) for p in (one, other))
    assert find_passages(print_of(first, is_clip=True), [print_of(second)]) == []


def two_takes() -> list[np.ndarray]:
    """Two takes of one room, 150 frames each: pictures much alike, motion not at all."""
    ground = scene(20, np.zeros(1))
    return [np.clip(ground * 0.8 + film((seed, 0, 6)) * 0.2, 0, 255).astype(np.uint8) for seed in (21, 22)]


def test_a_card_between_two_takes_of_one_room_is_no_match():
    """The room agrees, the card agrees, and so does the cut between them."""
    card = scene(33, np.zeros(1)).repeat(50, 0)
    one, other = (np.concatenate([take[:60], card, take[60:]]) for take in two_takes())
    assert find_passages(print_of(one, is_clip=True), [print_of(other)]) == []


def test_an_intro_of_two_films_that_go_on_alike_is_an_intro():
    """Pictures alone would make one passage of both."""
    one, other = (np.concatenate([INTRO[:60], take]) for take in two_takes())
    assert find_passages(print_of(one, is_clip=True), [print_of(other)]) == []


def test_slow_motion_is_found_to_the_frame_when_frames_are_left_out():
    slow = scene(1, np.arange(0, 1.6, 0.016))
    (first, *_) = find_passages(print_of(slow[20:80:2], 15, is_clip=True), [print_of(slow, 30)])
    assert first.speed == pytest.approx(1, abs=0.005)
    np.testing.assert_allclose(first.film_frames, (20, 80), atol=2)


def test_a_shared_intro_is_no_match():
    one, other = (np.concatenate([INTRO, film((seed, 0, 8))]) for seed in (21, 22))
    assert find_passages(print_of(one, is_clip=True), [print_of(other)]) == []
    # In the middle of both it is a scene that they share.
    one, other = (np.concatenate([film((seed + 4, 0, 3)), picture]) for seed, picture in ((21, one), (22, other)))
    assert len(find_passages(print_of(one, is_clip=True), [print_of(other)])) == 1


def test_what_stands_in_many_films_is_theirs():
    many = [print_of(np.concatenate([film((seed, 0, 5)), INTRO, film((seed + 1, 0, 3))])) for seed in (41, 43, 45)]
    clip = print_of(np.concatenate([film((51, 0, 5)), INTRO, film((52, 0, 6))]), is_clip=True)
    assert find_passages(clip, many) == []
    assert len(find_passages(clip, many[:2])) == 2


def test_nothing_to_search():
    assert find_passages(print_of(FILM[:50], is_clip=True), []) == []
    assert find_passages(print_of(BLACK, is_clip=True), [print_of(BLACK)]) == []
