"""One class of several for each video."""

from reelwise.tasks.task import Task


class ClassificationTask(Task):
    """One class of several for each video."""

    name = "classification"


CLASSIFICATION = ClassificationTask()
