"""For each law a file of its name, with two ops: `right`, which every law leaves alone, and `wrong`, beside it, which only that law catches.

`lawful` holds more correct ops, among them all that have kinks.
"""
