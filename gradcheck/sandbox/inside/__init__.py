"""What runs on the other side: modules that are sent as text to a process where gradcheck cannot be imported.

They import the standard library, NumPy, and each other.  `sandbox.launch_text` lists them.
"""
