"""The pytest plugin: gradients checked in other people's projects."""
