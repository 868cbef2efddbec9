"""Shots and how they begin: a learned detector over thumbnails, and the shots between its transitions."""
