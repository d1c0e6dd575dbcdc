"""gradcheck: is a hand-written backward pass right, on inputs its author did not think of?"""

__version__ = "0.1.0"
