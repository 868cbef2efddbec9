"""Any number of labels for each video, each by itself."""

from reelwise.tasks.task import Task


class MultilabelTask(Task):
    """Any number of labels for each video, each by itself."""

    name = "multilabel"


MULTILABEL = MultilabelTask()
