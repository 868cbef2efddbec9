"""One file per verb: train, evaluate, predict, check, info put together from the rooms below."""
