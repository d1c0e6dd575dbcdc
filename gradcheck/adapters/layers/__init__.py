"""Objects that hold parameters and gradients in attributes."""
