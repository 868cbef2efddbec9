"""A transformer over patches of space and time that takes noise out of clips."""
