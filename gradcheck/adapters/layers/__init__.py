"""Layers: objects that hold parameters and gradients in attributes."""
