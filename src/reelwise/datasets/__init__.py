"""Annotation formats to records, labels, splits, batches and the dataset doctor."""
