import json

import numpy as np
import pytest

from reelwise.core.devices import Device
from reelwise.core.memory_errors import is_out_of_memory
from reelwise.training import failures
from reelwise.training.failures import device_fault, not_finite, out_of_memory


class ResourceExhaustedError(Exception):
    """As TensorFlow names it."""


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (MemoryError(), True),
        (ResourceExhaustedError("OOM when allocating tensor with shape[8]"), True),
        (RuntimeError("RESOURCE_EXHAUSTED: Out of memory allocating 9 bytes"), True),
        (RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried"), True),
        (RuntimeError("Unable to initialize backend 'cuda': no supported devices found for platform CUDA"), True),
        (RuntimeError("INTERNAL: Failed to get configs for 7 out of 55 instructions"), True),
        (RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB"), True),
        (RuntimeError("shapes do not match"), False),
    ],
)
def test_out_of_memory_is_known_on_every_back_end(error, expected):
    assert is_out_of_memory(error) is expected


def test_out_of_memory_names_a_batch_size_to_try():
    assert str(out_of_memory(16)) == "out of memory in a training step with batch size 16. Use --batch-size 8."
    assert "--size" in out_of_memory(1).hint


def test_a_full_gpu_is_named_with_its_free_memory_and_what_to_do(monkeypatch):
    device = Device("gpu", "NVIDIA X", memory_bytes=8 * 2**30, free_bytes=300 * 2**20)
    monkeypatch.setattr(failures, "device_in_use", lambda: device)
    error = out_of_memory(16)
    assert error.message == "out of memory in a training step with batch size 16 on NVIDIA X (0.3 of 8.0 GiB are free)."
    assert error.hint == "Use --batch-size 8, end other programs on that device, or use --device cpu."
    assert out_of_memory().message == "out of memory on NVIDIA X (0.3 of 8.0 GiB are free)."
    assert out_of_memory().hint == "End other programs on that device, or use --device cpu."


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("CUDA error: illegal memory access.\nFor debugging …", "CUDA error: illegal memory access"),
        ("2 root errors\n (0) INTERNAL: CUDA_ERROR_LAUNCH_FAILED.", "(0) INTERNAL: CUDA_ERROR_LAUNCH_FAILED"),
        ("cuDNN error: CUDNN_STATUS_EXECUTION_FAILED", "cuDNN error: CUDNN_STATUS_EXECUTION_FAILED"),
    ],
)
def test_a_device_that_fails_is_named_with_what_to_do(text, reason, monkeypatch):
    monkeypatch.setattr(failures, "device_in_use", lambda: Device("gpu", "NVIDIA X"))
    fault = device_fault(RuntimeError(text), 16)
    assert fault is not None
    assert fault.message == f"NVIDIA X failed: {reason}."
    assert "--resume" in fault.hint
    assert "--device cpu" in fault.hint


def test_a_full_device_is_no_failed_one_and_a_bug_is_neither():
    assert "batch size 16" in str(device_fault(RuntimeError("CUDA error: out of memory"), 16))
    assert device_fault(KeyError("a bug")) is None


def test_the_videos_of_the_bad_batch_are_named_and_listed(tiny, tmp_path):
    batches = tiny.batches(names=[f"{i}.mp4" for i in range(tiny.NUM_VIDEOS)])
    error = not_finite(batches, np.array([3, 1, 3]), 1, 4, tmp_path)
    assert "epoch 2, step 5. Its videos: 3.mp4, 1.mp4." in error.message
    assert json.loads((tmp_path / "bad_batch.json").read_text())["files"] == ["3.mp4", "1.mp4"]
