"""A reference traced by JAX, as NumPy source."""
