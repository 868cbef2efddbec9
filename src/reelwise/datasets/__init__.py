"""Annotation formats to records, the dataset doctor, splits, and frames decoded once."""
