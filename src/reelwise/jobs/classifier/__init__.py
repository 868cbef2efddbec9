"""Training of a classifier, multilabel model or regressor: from options to a finished run."""
