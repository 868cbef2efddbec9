"""Rivals behind one interface: interleaved runs, the ratio to a baseline with median and spread, JSON beside it."""

import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
PACKAGES = ("keras", "tensorflow-cpu", "torch", "jax", "numpy", "av", "opencv-python-headless")
MIN_REPEATS = 7


def compare(
    name: str, rivals: Mapping[str, Callable[[], float]], baseline: str, repeats: int = MIN_REPEATS
) -> dict[str, dict[str, float]]:
    """Run every rival in turn, ``repeats`` times, and print each one's rate as a ratio to the baseline's.

    A ratio is taken inside one round, so that what the machine did meanwhile falls on both.

    Args:
        name: Of the benchmark, and of the JSON file under benchmarks/results.
        rivals: Name to a function that does the work once and gives its rate (units per second).
        baseline: Which rival the others are divided by.
        repeats: Rounds, 7 or more.

    Returns:
        For each rival the median ratio, its lowest and highest, and the median rate.
    """
    for run in rivals.values():
        run()  # Warm-up: compilation, page cache.
    rates: dict[str, list[float]] = {rival: [] for rival in rivals}
    for _ in range(repeats):
        for rival, run in rivals.items():
            rates[rival].append(run())
    found = {rival: _summary(rates[rival], rates[baseline]) for rival in rivals}
    for rival, row in found.items():
        print(
            f"{name}: {rival:<28} {row['rate']:>10.2f}/s   {row['ratio']:.2f} x {baseline}"
            f"   (lowest {row['lowest']:.2f}, highest {row['highest']:.2f}, {repeats} rounds)",
            flush=True,
        )
    save(name, {"baseline": baseline, "repeats": repeats, "rivals": found})
    return found


def timed(work: Callable[[], Any], units: float) -> float:
    """Units per second of one run of ``work``."""
    began = time.perf_counter()
    work()
    return units / (time.perf_counter() - began)


def save(name: str, result: Mapping[str, Any]) -> None:
    """Write a result with the machine and the versions it was seen on."""
    RESULTS.mkdir(exist_ok=True)
    document = {"benchmark": name, "command": " ".join(sys.argv), "machine": machine(), "result": result}
    (RESULTS / f"{name}.json").write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


def machine() -> dict[str, Any]:
    """Processor, cores, system and versions."""
    versions = {}
    for package in PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            continue
    return {"processor": _processor(), "cores": os.cpu_count(), "system": platform.platform(), "versions": versions}


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")
    except OSError:
        return platform.processor()
    return next((line.split(":", 1)[1].strip() for line in text.splitlines() if line.startswith("model name")), "")


def _summary(rates: list[float], against: list[float]) -> dict[str, float]:
    ratios = [rate / base for rate, base in zip(rates, against, strict=True)]
    return {
        "ratio": statistics.median(ratios),
        "lowest": min(ratios),
        "highest": max(ratios),
        "rate": statistics.median(rates),
    }
