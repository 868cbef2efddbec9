"""The table of attempts for the worker that reads Parquet lists: the same, where pyarrow was imported before."""

from attempts import Attempt

from reelwise.datasets.lists import parquet_request

KINDS = (*parquet_request.KINDS, Attempt())
