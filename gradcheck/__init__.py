"""gradcheck: is a hand-written backward pass right, on inputs its author did not think of?

The public names stand in __init__.pyi; each is loaded on first use, as importing gradcheck must cost a host project
nothing.
"""

import lazy_loader

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
