"""Which files show the same recording, told from frames that were decoded."""
