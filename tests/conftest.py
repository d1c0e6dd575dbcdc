"""Tests of the plugin run pytest in pytest."""

import os

# Tests run side by side on all cores: threads of their matrix products would wait for each other.  Read when NumPy is
# imported, which workers do after this.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

pytest_plugins = ["pytester"]
