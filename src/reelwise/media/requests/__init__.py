"""What a sandboxed worker can be asked for, and what it answers."""
