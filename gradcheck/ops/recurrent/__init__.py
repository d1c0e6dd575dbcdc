"""Recurrent networks: their cells, and layers over time."""
