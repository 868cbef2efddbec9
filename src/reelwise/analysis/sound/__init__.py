"""Sound: how loud it is, where it is silent, missing or clipped, and where it begins anew."""
