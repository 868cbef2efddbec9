import pytest

from reelwise.core.errors import UsageError
from reelwise.transforms.flip import choose_flip, mirror_changes


@pytest.mark.parametrize(
    "labels",
    [
        ["turn_left", "wave"],
        ["TurnLeft", "TurnRight"],
        ["turnleft", "turnright"],
        ["Pushing something from left to right", "clap"],
        ["rotate clockwise", "rotate counter-clockwise"],
        ["spin_cw", "spin_ccw"],
        ["swipe-l", "swipe-r"],
        ["nach links", "nach rechts"],
        ["move_rightwards", "x"],
        ["←", "→"],
        ["向左", "向右"],
    ],
)
def test_labels_that_say_a_side_are_found(labels):
    assert "not mirrored" in mirror_changes(labels)
    flip, reason = choose_flip("auto", labels)
    assert flip == "off"
    assert reason


@pytest.mark.parametrize(
    "labels",
    [
        ["wave", "clap"],
        ["bright", "cleft"],
        ["upright", "lying"],
        ["size_l", "size_xl"],
        ["east", "north"],
        ["gauche"],
        [],
    ],
)
def test_other_labels_are_asked_of_the_videos(labels):
    assert mirror_changes(labels) == ""
    assert choose_flip("auto", labels) == ("ask", "")


def test_the_option_decides():
    assert choose_flip("off", ["wave", "clap"]) == ("off", "")
    flip, said = choose_flip("on", ["left", "right"])
    assert flip == "on"
    assert "yet --flip on" in said
    with pytest.raises(UsageError, match="auto, on or off"):
        choose_flip("maybe", ["a"])
