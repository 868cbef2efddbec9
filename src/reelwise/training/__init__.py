"""Feed, schedule, fit, checkpoints and resume."""
