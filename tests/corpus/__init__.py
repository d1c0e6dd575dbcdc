"""For each law a file of its name with two ops: every law leaves `right` alone, and that law only catches `wrong`.

`lawful` holds more correct ops, among them all that have kinks.
"""
