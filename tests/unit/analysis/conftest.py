"""Fixtures of analysis."""

import crafted_analysis
import pytest

from reelwise.analysis.results import Analysis


@pytest.fixture
def analysis() -> Analysis:
    """Three shots at 29.97 frames per second."""
    return crafted_analysis.make_analysis()
