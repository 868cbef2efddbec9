"""Annotation formats on disk (CSV, JSON, Parquet, text lists, folders, sidecar files) to records."""
