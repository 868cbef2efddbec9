"""Views of a video through a network, averaged to one answer."""
