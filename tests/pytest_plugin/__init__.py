"""Real pytest runs in projects that use the plugin."""
