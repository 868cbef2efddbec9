"""Which files show the same recording, found by comparing decoded frames."""
