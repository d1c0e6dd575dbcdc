"""A project set up for gradcheck: the files of it that hold layers, its settings, a first test, and its CI."""
