"""Names of folders: which ones name no class."""

import pytest

from reelwise.datasets.lists.folder_words import FolderRole, are_splits, role_of, role_of_labels, role_of_level


@pytest.mark.parametrize(
    "names",
    [
        ("train", "test"), ("train", "test", "extra"), ("trainset", "testset"), ("TrainingSet", "TestSet"),
        ("train", "holdout"), ("train", "hold-out"), ("training_data", "held_out_data"), ("trn", "vld", "tst"),
        ("train_videos", "val_videos"), ("ucf_train", "ucf_test"), ("01_train", "02_test"), ("Train", "Dev", "Eval"),
        ("train", "unseen"), ("validation", "test"), ("train", "test", "unlabeled", "extra"),
    ],
)  # fmt: skip
def test_parts_of_a_split(names):
    assert are_splits(names)


@pytest.mark.parametrize(
    "names",
    [
        ("train", "bus", "car"),
        ("test_tube", "beaker"),
        ("train_station", "test_tube"),
        ("walk", "run"),
        ("trains", "tests"),
    ],
)
def test_no_parts_of_a_split(names):
    assert not are_splits(names)


@pytest.mark.parametrize(
    ("role", "names"),
    [
        (FolderRole.PERSON, ["subject01", "Subject 2", "subject_A", "Actor-03", "person12", "patient_7", "speakerB"]),
        (FolderRole.CAMERA, ["cam_front", "cam_side", "camera1", "front-view", "Kinect2", "rgb", "depth", "LeftCam"]),
        (FolderRole.FOLD, ["fold1", "fold_2", "Fold-03", "cv1"]),
        (FolderRole.RECORDING, ["session1", "day_02", "2021-03-05", "20210305", "rec003", "Take 4", "site_B"]),
        (FolderRole.SPLIT, ["train", "testset", "hold_out"]),
        (
            None,
            [
                "walk",
                "person_walking",
                "cameraman",
                "testify",
                "1",
                "hand clap",
                "left",
                "a",
                "spectator",
                "trains",
                "mouse",
                "room",
            ],
        ),
    ],
)
def test_roles_of_names(role, names):
    assert {name: role_of(name) for name in names} == dict.fromkeys(names, role)


def test_names_that_only_count_are_a_series_and_classes_that_say_so_are_none():
    assert role_of_level(["p01", "p02", "p10"]) is FolderRole.SERIES
    for names in (["class1", "class2"], ["A001", "A002"], ["1", "2"], ["gesture_1", "gesture_2"], ["p1", "q1"], ["p1"]):
        assert role_of_level(names) is None, names


def test_one_odd_folder_among_many_people():
    assert role_of_level([*(f"subject{i}" for i in range(12)), "misc"]) is FolderRole.PERSON
    assert role_of_level(["subject1", "subject2", "misc"]) is None


def test_labels_that_are_no_classes():
    assert role_of_labels(["cam_front", "cam_side"]) is FolderRole.CAMERA
    assert role_of_labels(["train", "val", "walk"]) is FolderRole.SPLIT
    assert role_of_labels(["walk_train", "walk_test", "run_train"]) is FolderRole.SPLIT
    assert role_of_labels(["subject1", "subject2", "background_noise"]) is FolderRole.PERSON
    for labels in (
        ["walk", "run"],
        ["train", "bus"],
        ["train_station", "test_tube"],
        ["person", "dog", "cat"],
        ["rgb", "walk", "run", "hug"],
        [],
    ):
        assert role_of_labels(labels) is None, labels
