"""Scores, confidence intervals and calibration from predictions, in plain numpy."""
