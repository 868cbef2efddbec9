"""Who predicts, analyzes or serves needs the cache, but no package of data sets."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    "module", ["reelwise.inference.decode_stream", "reelwise.cache.frame_cache", "reelwise.jobs.predict"]
)
def test_no_module_of_datasets_is_loaded(module):
    code = f"import {module}, sys; print([name for name in sys.modules if name.startswith('reelwise.datasets')])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
