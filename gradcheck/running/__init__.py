"""Many ops: settings, processes, time limits, progress."""
