"""From columns, tags and file names to labels, groups and the task that they define."""
