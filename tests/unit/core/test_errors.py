"""Errors keep their hint, also on the way out of another process."""

import pickle

from reelwise.core.errors import ReelwiseError, UsageError, VideoError


def test_message_and_hint_stand_together():
    error = VideoError("a.mp4: zero bytes.", hint="Copy it again.")
    assert str(error) == "a.mp4: zero bytes. Copy it again."
    assert isinstance(error, ReelwiseError)


def test_usage_errors_exit_with_two():
    assert (ReelwiseError.exit_code, UsageError.exit_code) == (1, 2)


def test_pickling_keeps_message_hint_and_kind():
    copy = pickle.loads(pickle.dumps(UsageError("wrong.", hint="Right it.")))
    assert (type(copy), copy.message, copy.hint) == (UsageError, "wrong.", "Right it.")
