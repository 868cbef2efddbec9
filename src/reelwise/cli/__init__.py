"""The command line: one file per command; a command only parses, calls and prints."""
