"""A number for each video."""

from reelwise.tasks.task import Task


class RegressionTask(Task):
    """A number for each video."""

    name = "regression"


REGRESSION = RegressionTask()
