"""Words in the names of folders: a part of a split, a fold, a person, a recording or a camera, and no class."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from enum import StrEnum
from itertools import pairwise

from reelwise.datasets.lists.columns import split_word

_NO_LETTER = re.compile(r"[\W\d_]+")
_CASES = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^A-Z]+")
_NUMBER = re.compile(r"\d+")
_DATE = re.compile(r"(19|20)\d\d[-_. ]?[01]\d[-_. ]?[0-3]\d([-_. T]?[\d\-_.]+)?")
_SPLIT_WORDS = {
    "trn": "train", "trainval": "train", "learn": "train", "learning": "train", "devel": "val", "vld": "val",
    "tst": "test", "holdout": "test", "heldout": "test", "unseen": "test",
}  # fmt: skip
"""What folders are called beside the words that a list may use."""

_ENDS = ("set", "sets", "data", "split", "videos", "clips", "video", "frames", "list")
_FILLERS = {
    "set", "sets", "data", "dataset", "split", "subset", "partition", "part", "fold", "video", "videos", "vid", "clip",
    "clips", "file", "files", "frames", "images", "samples", "my", "new", "all", "full", "final", "list", "the", "v",
}  # fmt: skip
_MOST_READ = 2000
"""Names of one level that are read: a million clips may each have a folder, and the first thousands say what it is."""

_MOST = 0.9
"""Share of the folders beside each other that must have names of one role; a single odd one is common."""


class FolderRole(StrEnum):
    """What the name of a folder says where it names no class."""

    SPLIT = "split"
    FOLD = "fold"
    PERSON = "person"
    RECORDING = "recording"
    SERIES = "series"
    CAMERA = "camera"

    @property
    def plural(self) -> str:
        """For a person: what such names stand for."""
        return _PLURALS[self]


_PLURALS = {
    FolderRole.SPLIT: "parts of a split",
    FolderRole.FOLD: "folds",
    FolderRole.PERSON: "people or animals",
    FolderRole.RECORDING: "recordings or places",
    FolderRole.SERIES: "things that are only numbered",
    FolderRole.CAMERA: "cameras or views",
}
_WORDS = {
    FolderRole.FOLD: {
        "fold", "folds", "kfold", "cv", "split",
    },
    FolderRole.PERSON: {
        "person", "persons", "subject", "subjects", "subj", "sub", "actor", "actress", "participant", "performer",
        "speaker", "signer", "talker", "patient", "user", "volunteer", "player", "driver", "child", "student", "human",
        "proband", "individual", "identity", "id", "pid", "uid", "sid", "animal", "mouse", "rat", "operator", "worker",
    },
    FolderRole.RECORDING: {
        "recording", "rec", "session", "sess", "day", "date", "take", "trial", "sequence", "seq", "scene", "clip",
        "video", "vid", "part", "batch", "block", "visit", "week", "month", "year", "round", "tape", "episode", "group",
        "site", "series", "set", "center", "centre", "hospital", "clinic", "lab", "room", "location", "place", "house",
        "home", "environment", "env", "scenario", "background", "repetition", "rep", "film", "movie", "match",
        "experiment", "exp",
    },
    FolderRole.CAMERA: {
        "cam", "cams", "camera", "cameras", "view", "views", "viewpoint", "angle", "kinect", "gopro", "webcam",
        "sensor", "device", "phone", "lens", "rgb", "depth", "ir", "infrared", "thermal", "flow",
        "drone", "perspective",
    },
}  # fmt: skip
_POSITIONS = {
    "front", "frontal", "back", "rear", "side", "left", "right", "top", "bottom", "up", "down", "overhead", "center",
    "centre", "middle", "near", "far", "high", "low", "lateral", "sagittal", "coronal", "axial", "ego", "exo", "first",
    "third", "main", "wide", "close", "inner", "outer", "upper", "lower", "north", "south", "east", "west", "color",
}  # fmt: skip
_CLASS_WORDS = {
    "class", "cls", "label", "category", "cat", "action", "act", "activity", "gesture", "sign", "behavior", "behaviour",
    "a", "c", "g", "l", "event", "exercise", "pose", "emotion", "type", "kind", "level", "grade", "stage", "score",
    "task",
}  # fmt: skip


def name_words(name: str) -> tuple[str, ...]:
    """The words of a name in lower case, numbers left out.

    Example:
        >>> name_words("Cam_front-02"), name_words("TrainingSet"), name_words("trainset1"), name_words("TRAIN")
        (('cam', 'front'), ('training', 'set'), ('train', 'set'), ('train',))
    """
    words: list[str] = []
    for chunk in _NO_LETTER.split(name):
        for word in [chunk] if chunk.islower() or chunk.isupper() else _CASES.findall(chunk):
            words += _without_end(word.lower())
    return tuple(word for word in words if word)


def _split_word(word: str) -> str | None:
    return split_word(word) or _SPLIT_WORDS.get(word)


def _without_end(word: str) -> Sequence[str]:
    """``trainset`` as two words; others as they are."""
    for end in _ENDS:
        start = word.removesuffix(end)
        if start != word and _split_word(start):
            return start, end
    return (word,)


def split_in_name(name: str) -> str | None:
    """The split that the name of a folder or file holds as a word of its own, as Hugging Face reads it.

    Example:
        >>> split_in_name("train-0003"), split_in_name("my_eval_videos"), split_in_name("hold-out")
        ('train', 'test', 'test')
    """
    words = name_words(name)
    pairs = {"".join(pair) for pair in pairwise(words)}
    splits = {_split_word(word) for word in (*words, *pairs)} - {None}
    return splits.pop() if len(splits) == 1 else None


def rest_of_split(name: str) -> tuple[str, ...]:
    """The words of a name beside its split and words that say nothing.

    Example:
        >>> rest_of_split("my_train_videos"), rest_of_split("test_tube")
        ((), ('tube',))
    """
    words = name_words(name)
    pairs = {word for pair in pairwise(words) if _split_word("".join(pair)) for word in pair}
    return tuple(word for word in words if not _split_word(word) and word not in _FILLERS and word not in pairs)


def _sample(names: Collection[str]) -> Sequence[str]:
    """All names, or some thousand of very many at even distances."""
    return list(names)[:: -(-len(names) // _MOST_READ) or 1]


def are_splits(names: Collection[str]) -> bool:
    """Whether these names can be the parts of one split.

    All name a part and say nothing else that differs; or some of them are plainly train and test, so that another one
    beside them, such as ``extra``, can hardly be a class.

    Example:
        >>> are_splits(["train", "holdout"]), are_splits(["train", "test", "extra"]), are_splits(["train", "bus"])
        (True, True, False)
        >>> are_splits(["train_station", "test_tube"])
        False
    """
    splits = {name: split_in_name(name) for name in _sample(names)}
    rests = {rest_of_split(name) for name in splits}
    if splits and all(splits.values()) and len(rests) == 1:
        return True
    plain = {split for name, split in splits.items() if split and not rest_of_split(name)}
    return "train" in plain and len(plain) > 1


def role_of(name: str) -> FolderRole | None:
    """What a name stands for by all of its words; None where one of them says something else.

    Example:
        >>> role_of("Subject 3"), role_of("cam_front"), role_of("fold_1"), role_of("person_walking")
        (<FolderRole.PERSON: 'person'>, <FolderRole.CAMERA: 'camera'>, <FolderRole.FOLD: 'fold'>, None)
    """
    if _DATE.fullmatch(name.strip()):
        return FolderRole.RECORDING
    words = name_words(name)
    if split_in_name(name) and not rest_of_split(name):
        return FolderRole.SPLIT
    content = {word for word in words if len(word) > 1 and word not in _POSITIONS}
    roles = (role for role, of_role in _WORDS.items() if content and content <= of_role)
    role = next(roles, None)
    # `mouse`, `room` and `player` alone are classes of somebody; `mouse_2` and `room B` are not.
    is_bare = len(words) == 1 and not _NUMBER.search(name)
    return None if is_bare and role in (FolderRole.PERSON, FolderRole.RECORDING) else role


def role_of_level(names: Collection[str]) -> FolderRole | None:
    """What the names of folders beside each other stand for; None where they may be classes.

    Names that differ by a number alone are a series (``p01``, ``p02``), unless they call themselves classes.

    Example:
        >>> role_of_level(["p1", "p2"]), role_of_level(["walk", "run"]), role_of_level(["class1", "class2"])
        (<FolderRole.SERIES: 'series'>, None, None)
    """
    names = _sample(names)
    counts = Counter(role for name in names if (role := role_of(name)))
    if counts and sum(counts.values()) >= _MOST * len(names):
        return counts.most_common(1)[0][0]
    stems = {_NUMBER.sub("#", name.lower(), count=1) for name in names}
    if len(names) < 2 or len(stems) > 1:
        return None
    words = name_words(next(iter(names)))
    return FolderRole.SERIES if words and not _CLASS_WORDS.intersection(words) else None


def are_numbers(names: Iterable[str]) -> bool:
    """Whether all names are digits and signs, such as ``01``."""
    return all(not name_words(name) for name in names)


def role_of_labels(labels: Collection[str]) -> FolderRole | None:
    """What labels stand for that name no classes: half of them people, cameras and the like, or two parts of a split.

    Example:
        >>> role_of_labels(["train", "test", "extra"]), role_of_labels(["train", "bus"])
        (<FolderRole.SPLIT: 'split'>, None)
    """
    splits_by_rest: dict[tuple[str, ...], set[str]] = {}
    for label in labels:
        if split := split_in_name(label):
            splits_by_rest.setdefault(rest_of_split(label), set()).add(split)
    if any(len(splits) > 1 for splits in splits_by_rest.values()):  # also `walk_train` and `walk_test`
        return FolderRole.SPLIT
    counts = Counter(role for label in labels if (role := role_of(label)) and role is not FolderRole.SPLIT)
    role, count = counts.most_common(1)[0] if counts else (None, 0)
    return role if count > 1 and 2 * count >= len(labels) else None
