"""Functions of one variable, as rows of tables."""
