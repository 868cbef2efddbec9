"""The dataset doctor: what is wrong with labelled videos and what to do about it."""
