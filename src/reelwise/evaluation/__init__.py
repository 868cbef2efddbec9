"""A model judged beside its trivial rivals: metrics, baselines, and one honest sentence."""
