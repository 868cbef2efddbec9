"""How `analyze` works through its videos: the plan, one video, and several side by side."""
