"""Fixtures every test may use: where the real videos are, and a cache folder of its own."""

import gc
import os
import signal
from collections.abc import Generator
from pathlib import Path

import pytest

from reelwise.cli.threads import use_one_thread

# As the commands do, before TensorFlow is: modules of tests import Keras while they are collected.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
# As the commands do, before numpy is imported: two threads that wait for each other take three times the processor.
use_one_thread()

REPOSITORY = Path(__file__).parent.parent


def pytest_configure(config: pytest.Config) -> None:
    # What a script starts in the background ignores Ctrl-C, and so would every process that a test starts.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    config.addinivalue_line("markers", "real: needs the real videos of REELWISE_REAL_DATA (default ../shared/data)")
    config.addinivalue_line("markers", "backend: models, save/load and training; runs on every Keras back end")
    config.addinivalue_line("markers", "browser: needs a Chromium")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """With ``-m backend``, files without such a test are not imported: that takes half a minute on each back end."""
    if config.option.markexpr != "backend" or collection_path.suffix != ".py":
        return None
    return True if "mark.backend" not in collection_path.read_text(encoding="utf-8") else None


NO_REAL_DATA = "no folder of real videos, which are not part of the repository; set REELWISE_REAL_DATA"


def real_data_folder() -> Path | None:
    folder = Path(os.environ.get("REELWISE_REAL_DATA", REPOSITORY.parent / "shared" / "data"))
    return folder if folder.is_dir() else None


LONG_FILES = ("test_every_script.py", "test_resume.py")
"""Files of a minute and more that stand behind most others: begun last, they would end alone."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path.name not in LONG_FILES)
    if real_data_folder() is not None:
        return
    for item in items:
        if "real" in item.keywords:
            item.add_marker(pytest.mark.skip(reason=NO_REAL_DATA))


def pytest_collection_finish() -> None:
    """Keep what the imports made out of later collections of garbage.

    A model that is loaded and a training collect all garbage. To look through the 600,000 objects of Keras, TensorFlow
    and the tests themselves takes half a second each time.
    """
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where everything is there (REELWISE_NO_SKIPS, as in .ci/run) a test that is skipped has failed."""
    report = yield
    if report.skipped and os.environ.get("REELWISE_NO_SKIPS"):
        report.outcome = "failed"
        report.longrepr = f"skipped, although REELWISE_NO_SKIPS is set: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def real_data() -> Path:
    folder = real_data_folder()
    assert folder is not None, "a test of real videos is not marked with real"
    return folder


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test touches the user's own cache folder."""
    monkeypatch.setenv("REELWISE_CACHE", str(tmp_path_factory.getbasetemp() / "reelwise-cache"))
