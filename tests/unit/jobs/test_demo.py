"""Two demos that are started together."""

import subprocess
import sys

_DEMO = """
import sys
from pathlib import Path
from types import SimpleNamespace
from reelwise.core.progress import Silent
from reelwise.jobs import demo, train
from reelwise.jobs.runs import folder
from reelwise.jobs.runs.options import DemoOptions
import reelwise.jobs.predict as predict

demo.NUM_CLIPS, demo.NUM_NEW_CLIPS = 6, 1
predict.predict_job = lambda *_: iter(())

def train_job(options, progress):
    options.out.mkdir()
    return SimpleNamespace(path=options.out)

train.train_job = train_job
first_free = folder._first_free

def wait_for_the_others(*args):
    number = first_free(*args)
    print("ready", flush=True)
    sys.stdin.readline()
    return number

folder._first_free = wait_for_the_others
print(demo.demo_job(DemoOptions(Path(sys.argv[1])), Silent()).run.path.parent.name)
"""


def test_two_demos_at_once_take_a_folder_each(tmp_path):
    """In real processes, each of which sees the same number free before any of them takes it; nothing is trained."""
    command = [sys.executable, "-c", _DEMO, str(tmp_path / "out")]
    demos = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    assert [each.stdout.readline() for each in demos] == ["ready\n"] * 4
    for each in demos:
        each.stdin.write("\n")
        each.stdin.flush()
    outputs = [each.communicate(timeout=300) for each in demos]
    assert [error for _, error in outputs] == [""] * 4
    names = sorted(text.strip() for text, _ in outputs)
    assert names == ["demo-1", "demo-2", "demo-3", "demo-4"]
    for name in names:
        assert sorted(path.name for path in (tmp_path / "out" / name).iterdir()) == ["clips", "new-clips", "run"]
        assert len(list((tmp_path / "out" / name / "clips").rglob("*.mp4"))) == 6
