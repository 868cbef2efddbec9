"""Sandboxed worker processes, the pool that supervises them, and the messages between them."""
