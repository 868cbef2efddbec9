"""Which passage is also in another video: a few numbers for every frame, and how two rows of them are aligned."""
