"""Code that runs under JAX or PyTorch."""
