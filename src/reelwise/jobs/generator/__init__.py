"""New video: what it begins with, how it is made, and the folder in which it lies."""
